import { render, screen } from '@testing-library/svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import type { User } from './handover';

const page = vi.hoisted(() => ({
  start: vi.fn(() => Promise.resolve()),
  finish: vi.fn(),
  takeDirect: vi.fn(),
}));
vi.mock('./sign-in', async (original) => ({ ...(await original<object>()), ...page }));
vi.mock('./handover', async (original) => ({
  ...(await original<object>()),
  checkOf: async () => '12345678',
}));
vi.mock('./sign-out', () => ({ leave: vi.fn(), tellEnd: vi.fn(), onEnd: () => () => undefined }));

const { default: Vault } = await import('./Vault.svelte');

const alice: User = {
  user_key: 'A'.repeat(43),
  hub_seed: 'B'.repeat(43),
  organisation: 'o',
  connection: 'c',
  account: 'a',
  vault_session: 'v',
  email: 'alice@example.com',
  first_name: 'Alice',
  last_name: 'Ng',
  session_id: 's',
  session_marks: [],
  policies: {
    role: 'Staff',
    two_factor: true,
    import: false,
    extension: 'https://extension.example/',
    onboarding: true,
    session_minutes: 30,
  },
};

const open = (fragment: string): void => {
  location.hash = fragment;
  render(Vault);
};

beforeEach(() => void Object.values(page).forEach((one) => one.mockClear()));

test('who was signed in by the portal is named, with a word of warning', async () => {
  page.takeDirect.mockResolvedValue({ kind: 'user', user: alice });
  open('#direct=0123');
  await screen.findByTestId('unasked');
  expect(screen.getByTestId('email').textContent).toContain('Alice Ng (alice@example.com)');
  expect(page.takeDirect).toHaveBeenCalledWith('0123');
  expect(page.start).not.toHaveBeenCalled();
});

test('who signs in from this page is not warned', async () => {
  page.finish.mockResolvedValue({ kind: 'user', user: alice });
  open('#code=c&state=s');
  await screen.findByTestId('signed-in');
  expect(screen.queryByTestId('unasked')).toBeNull();
});

test('what the company has set is said, and an extension that is to be had elsewhere than by https is not linked', async () => {
  page.finish.mockResolvedValue({ kind: 'user', user: alice });
  open('#code=c&state=s');
  expect((await screen.findByTestId('policy-role')).textContent).toBe('Role: Staff');
  expect(screen.getByTestId('policy-import').textContent).toBe('Import is off.');
  expect(screen.getByTestId('policy-extension').getAttribute('href')).toBe('https://extension.example/');
  expect(screen.getByTestId('policy-session').dataset['minutes']).toBe('30');
});

test('a link of another kind is not followed', async () => {
  const policies = { ...alice.policies, extension: 'javascript:alert(1)' };
  page.finish.mockResolvedValue({ kind: 'user', user: { ...alice, policies } });
  open('#code=c&state=s');
  await screen.findByTestId('policy-session');
  expect(screen.queryByTestId('policy-extension')).toBeNull();
});

test('where nothing waits, the page begins a sign-in of its own', async () => {
  page.takeDirect.mockResolvedValue(undefined);
  open('#direct=0123');
  await vi.waitFor(() => expect(page.start).toHaveBeenCalledOnce());
  expect(screen.queryByTestId('signed-in')).toBeNull();
});

test('what cannot be asked for is said', async () => {
  page.takeDirect.mockRejectedValue(new TypeError('Failed to fetch'));
  open('#direct=0123');
  await screen.findByTestId('failed');
  expect(page.start).not.toHaveBeenCalled();
});
