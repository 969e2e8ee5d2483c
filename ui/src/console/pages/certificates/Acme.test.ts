import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Fake, fault } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const DIRECTORY = 'https://acme-v02.api.letsencrypt.org/directory';
const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const type = async (name: string, value: string): Promise<void> => {
  await fireEvent.input(await screen.findByTestId(name), { target: { value } });
};
const open = async (fake: Fake): Promise<void> => {
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-certificates');
  await screen.findByTestId('acme');
};

test('it is turned on with the terms agreed to, and the external account’s key is sent once and kept nowhere', async () => {
  const fake = new Fake().running();
  await open(fake);
  await click('acme-set');
  expect(screen.getByTestId<HTMLButtonElement>('acme-take').disabled).toBe(true);
  await type('acme-contact', 'web@example.co.jp、ops@example.co.jp');
  await type('acme-account', 'kid-1');
  await type('acme-key', 'c2VjcmV0');
  await click('acme-terms');
  fake.refusals['acme.set'] = fault('service.acme_rate', undefined, { host: 'a', kind: 'k', detail: 'd' });
  await click('acme-take');
  await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('acme-key').value).toBe(''));
  await type('acme-key', 'c2VjcmV0');
  await click('acme-take');
  await screen.findByTestId('acme-drafted');
  const asked = fake.calls.filter(([method]) => method === 'acme.set').at(-1)?.[1];
  expect(asked).toEqual({
    directory: DIRECTORY,
    contact: ['web@example.co.jp', 'ops@example.co.jp'],
    challenge: 'http01',
    names: [],
    external_account: { name: 'kid-1', key: 'c2VjcmV0' },
    root: null,
    terms_agreed: true,
  });
  expect(screen.queryByTestId('acme-key')).toBeNull();
});

test('who has ordered, until when it holds and why the last order failed is told, with what to do', async () => {
  const fake = new Fake().running();
  const setting = {
    directory: DIRECTORY,
    contact: [],
    challenge: 'http01' as const,
    names: [],
    asked: ['sso.example.co.jp'],
    registered: true,
    root: null,
  };
  fake.acme = {
    ...fake.acme,
    drafted: setting,
    applied: setting,
    issued: {
      by: 'sso2',
      at: 1_800_000_000,
      names: ['sso.example.co.jp'],
      not_before: 1_800_000_000,
      not_after: 1_807_776_000,
      renewal: 1_805_184_000,
      served: true,
      reason: null,
    },
    work: {
      by: 'sso3',
      at: 1_805_184_000,
      what: {
        state: 'failed',
        times: 2,
        next: 1_805_191_200,
        reason: fault('service.acme_http', undefined, { name: 'sso.example.co.jp', detail: 'refused' }),
      },
    },
  };
  await open(fake);
  expect(screen.getByTestId('acme-in-force').textContent).toContain('sso.example.co.jp');
  expect(screen.getByTestId('acme-issued').textContent).toContain('sso2');
  expect(screen.getByTestId('acme-failed').textContent).toContain('sso3');
  expect(screen.getByTestId('acme').textContent).toContain('port 80');
  await click('acme-order');
  await waitFor(() => expect(fake.calls.some(([method]) => method === 'acme.order')).toBe(true));
  await click('acme-off');
  await screen.findByTestId('acme-drafted');
});
