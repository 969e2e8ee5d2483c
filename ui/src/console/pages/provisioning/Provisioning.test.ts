import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UserInfo } from '../../../lib/backend/types/UserInfo';
import { language } from '../../../lib/messages/language.svelte';
import { Fake } from '../../../test/fake';
import App from '../../App.svelte';

const user = (email: string, more: Partial<UserInfo> = {}): UserInfo => ({
  email,
  name: '',
  state: 'active',
  removed: null,
  node: null,
  role: null,
  ...more,
});

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};

const open = async (users: UserInfo[]): Promise<Fake> => {
  const fake = new Fake().running();
  fake.users = users;
  const connection = fake.status.membership?.connection ?? '';
  fake.signedIn = {
    organisation: 'Example Inc.',
    login: 'tanaka',
    hub: 'https://hub.example.co.jp:8444/',
    connections: [
      {
        id: connection,
        name: 'Tokyo',
        node: 'Tokyo',
        enterprise_domain: 'example',
        domains: ['example.co.jp'],
        servers: 1,
      },
    ],
    administrators: ['tanaka'],
  };
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-provisioning');
  return fake;
};

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  language.choose('en');
});

test('users are looked for, locked, unlocked, removed after a question, and taken back', async () => {
  const fake = await open([user('alice@example.co.jp', { name: 'Alice Suzuki' }), user('bob@example.co.jp')]);
  await screen.findByTestId('user-alice@example.co.jp');
  await fireEvent.input(screen.getByTestId('find-users'), { target: { value: 'Suzuki' } });
  await waitFor(() => expect(screen.queryByTestId('user-bob@example.co.jp')).toBeNull());
  expect(screen.getByTestId('users-count').textContent).toContain('1 of 2 users');
  const reads = (): number =>
    fake.calls.filter(([method, wish]) => method === 'admin.find_users' && (wish as { fresh: boolean }).fresh)
      .length;
  expect(reads(), 'typing reads nothing').toBe(1);

  const state = (): string | undefined => screen.getByTestId('user-alice@example.co.jp').dataset['state'];
  await click('lock-alice@example.co.jp');
  await waitFor(() => expect(state()).toBe('locked'));
  expect(screen.getByTestId('users-said').textContent).toContain('alice@example.co.jp is locked.');
  await click('unlock-alice@example.co.jp');
  await waitFor(() => expect(state()).toBe('active'));
  await click('remove-alice@example.co.jp');
  await click('cancel-remove-user');
  expect(fake.calls.some(([method]) => method === 'admin.remove_users')).toBe(false);
  await click('remove-alice@example.co.jp');
  await click('confirm-remove-user');
  await waitFor(() => expect(state()).toBe('removed'));
  await click('restore-alice@example.co.jp');
  await waitFor(() => expect(state()).toBe('active'));
});

test('a user is invited, and an empty list says what to do first', async () => {
  await open([]);
  await screen.findByText(/Nobody yet/);
  await fireEvent.input(screen.getByTestId('field-invite-user'), {
    target: { value: 'hanako@example.co.jp' },
  });
  await click('invite-user');
  expect((await screen.findByTestId('user-hanako@example.co.jp')).dataset['state']).toBe('invited');
});

test('the way there is shown with its addresses, and the announcement in the language that is chosen', async () => {
  await open([]);
  expect((await screen.findByTestId('way-link')).textContent).toMatch(/^https:\/\/.*\/to\/[a-z0-9.-]+$/);
  expect(screen.getByTestId('assign').textContent).toContain('ssign');
  await fireEvent.change(screen.getByTestId('announcement-language'), { target: { value: 'ja' } });
  await waitFor(() =>
    expect(screen.getByTestId<HTMLTextAreaElement>('text-announcement').value).toContain(
      'ボルトのシングルサインオン',
    ),
  );
  expect(screen.getByRole('heading', { name: 'Provisioning' })).toBeTruthy();
});

test('who is not signed in sees the switch, and is asked to sign in for the rest', async () => {
  const fake = new Fake().running();
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-provisioning');
  await screen.findByTestId('field-just_in_time');
  expect(screen.queryByTestId('find-users')).toBeNull();
  await click('field-just_in_time');
  await click('to-save');
  await screen.findByTestId('field-advertised_host');
});
