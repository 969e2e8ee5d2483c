import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { language } from '../lib/messages/language.svelte';
import type { Answer } from './leads';

const hub = vi.hoisted(() => ({ ask: vi.fn<(asked: object) => Promise<Answer>>() }));
vi.mock('./leads', async (original) => ({ ...(await original<object>()), ...hub }));

const { default: Routing } = await import('./Routing.svelte');

const LEAD: Answer = {
  kind: 'lead',
  lead: { vault: 'https://sso.example.com:8443/vault/', idp: 'login.example.com' },
};

beforeEach(() => {
  hub.ask.mockReset();
  history.replaceState(null, '', '/');
});
afterEach(() => {
  cleanup();
  language.choose('en');
});

const type = async (text: string): Promise<void> => {
  await fireEvent.input(screen.getByTestId('who'), { target: { value: text } });
  await fireEvent.click(screen.getByTestId('look'));
};

test('a user is shown both hosts before anything leads away', async () => {
  hub.ask.mockResolvedValue(LEAD);
  render(Routing);
  await type('alice@example.com');
  expect((await screen.findByTestId('vault-host')).textContent).toBe('sso.example.com:8443');
  expect(screen.getByTestId('idp-host').textContent).toBe('login.example.com');
  expect(hub.ask.mock.calls).toEqual([[{ domain: 'example.com' }]]);
  await fireEvent.click(screen.getByTestId('back'));
  expect(screen.getByTestId('who')).toHaveProperty('value', '');
});

test('a deep link needs nothing typed', async () => {
  hub.ask.mockResolvedValue(LEAD);
  history.replaceState(null, '', '/to/Example-Tokyo');
  render(Routing);
  await screen.findByTestId('go');
  expect(hub.ask.mock.calls).toEqual([[{ name: 'example-tokyo' }]]);
});

test('what is wrong or not known is said in words, in both languages', async () => {
  hub.ask.mockResolvedValue({ kind: 'unknown' });
  render(Routing);
  await type('alice@');
  expect(screen.getByTestId('fault').textContent).toContain('Enter an e-mail address');
  expect(hub.ask).not.toHaveBeenCalled();
  await type('other-company');
  expect((await screen.findByText(/Nothing is known of it here/)).id).toBe('who-fault');
  language.choose('ja');
  expect(await screen.findByText(/登録されていません/)).toBeTruthy();
});
