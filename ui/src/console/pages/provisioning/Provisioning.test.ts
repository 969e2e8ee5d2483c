import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UserInfo } from '../../../lib/backend/types/UserInfo';
import { language } from '../../../lib/messages/language.svelte';
import { Fake, fault } from '../../../test/fake';
import App from '../../App.svelte';

const user = (email: string, more: Partial<UserInfo> = {}): UserInfo => ({
  email,
  name: '',
  state: 'active',
  removed: null,
  node: null,
  role: null,
  second_factor: null,
  ...more,
});

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};

const open = async (users: UserInfo[], fake = new Fake().running()): Promise<Fake> => {
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
  language.choose('ja');
  await waitFor(() => expect(screen.getByTestId('users-said').textContent).toContain('ロックしました'));
  language.choose('en');
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
  const text = (): string => screen.getByTestId<HTMLTextAreaElement>('text-invitation').value;
  expect(text(), 'what to send').toContain('Single sign-on for the vault is ready.');
  await click('close-invitation');
  await click('invitation-hanako@example.co.jp');
  await fireEvent.change(screen.getByTestId('invitation-language'), { target: { value: 'ja' } });
  await waitFor(() => expect(text(), 'and to send again').toContain('ボルトのシングルサインオン'));
});

test('an invitation goes by mail where a mail server is set, and the mail server may refuse', async () => {
  const fake = await open([user('hanako@example.co.jp', { state: 'invited' })]);
  await click('invitation-hanako@example.co.jp');
  expect(screen.queryByTestId('send-invitation')).toBeNull();
  await click('close-invitation');
  await fake.call('draft.set', { field: 'mail_server', value: 'smtp.example.co.jp' });
  await click('nav-overview');
  fake.apply();
  await click('nav-provisioning');
  await click('invitation-hanako@example.co.jp');
  await fireEvent.change(screen.getByTestId('invitation-language'), { target: { value: 'ja' } });
  await click('send-invitation');
  await waitFor(() =>
    expect(screen.getByTestId('invitation-said').textContent).toBe('smtp.example.co.jp has taken the mail.'),
  );
  expect(fake.calls.find(([method]) => method === 'mail.invitation')?.[1]).toEqual({
    email: 'hanako@example.co.jp',
    language: 'ja',
  });
  fake.refusals['mail.invitation'] = fault('service.mail_refused', undefined, { server: 'x', answer: '550' });
  await click('send-invitation');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('service.mail_refused');
});

test('what is typed stays while the service is silent', async () => {
  const fake = await open([]);
  await fireEvent.input(await screen.findByTestId('field-invite-user'), { target: { value: 'hanako@' } });
  fake.refusals['status.get'] = fault('admin-api.unreachable');
  fake.tell();
  await waitFor(() => expect(document.querySelector('[data-state=no_service]')).not.toBeNull());
  expect(screen.getByTestId<HTMLInputElement>('field-invite-user').value).toBe('hanako@');
});

test('all users are written into a file, and a refusal says why', async () => {
  const fake = await open([user('alice@example.co.jp'), user('bob@example.co.jp')]);
  await screen.findByTestId('user-alice@example.co.jp');
  await fireEvent.input(screen.getByTestId('find-users'), { target: { value: 'alice' } });
  await click('export-users');
  await waitFor(() =>
    expect(screen.getByTestId('users-said').textContent).toMatch(/sekisho-users\.csv \(CSV\): 2$/),
  );
  fake.refusals['console.export_users'] = fault('console.file', undefined, { path: '/x', detail: 'full' });
  await click('export-users');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('console.file');
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

test('a role is made, given to new users, and a group chooses it: all of it is a draft until it is saved', async () => {
  const fake = await open([]);
  await click('add-role');
  await fireEvent.input(screen.getByTestId('field-role-name'), { target: { value: 'Staff' } });
  await click('role-two_factor');
  await fireEvent.input(screen.getByTestId('field-role-session'), { target: { value: '３０' } });
  await fireEvent.change(screen.getByTestId('field-role-session'));
  await click('put-role');
  expect((await screen.findByTestId('role-Staff')).textContent).toContain('second factor required');
  expect(screen.getByTestId('role-Staff').textContent).toContain('closes after 30 min');
  const role = fake.calls.find(([method]) => method === 'draft.roles')?.[1];
  expect(role).toMatchObject({
    step: 'put_role',
    id: null,
    policies: { session_minutes: 30, extension: null },
  });

  await fireEvent.change(await screen.findByTestId('field-default-role'), { target: { value: 'r1' } });
  await fireEvent.input(screen.getByTestId('field-group-attribute'), { target: { value: 'memberOf' } });
  await fireEvent.input(screen.getByTestId('field-group'), { target: { value: 'CN=Staff' } });
  await fireEvent.change(screen.getByTestId('field-group-role'), { target: { value: 'r1' } });
  await click('add-group');
  expect((await screen.findByTestId('group-CN=Staff')).textContent).toContain('Staff');
  expect(fake.calls.filter(([method]) => method === 'draft.roles').at(-1)?.[1]).toEqual({
    step: 'groups',
    groups: { attribute: 'memberOf', groups: [{ group: 'CN=Staff', role: 'r1' }] },
  });
  await click('remove-group-CN=Staff');
  await waitFor(() => expect(screen.queryByTestId('group-CN=Staff')).toBeNull());
  expect(screen.getAllByTestId('to-save').length).toBeGreaterThan(0);
});

test('a session that is no number is refused by the service, and what was typed stays', async () => {
  const fake = await open([]);
  fake.refusals['draft.roles'] = fault('config.session_minutes', 'session_minutes', {
    least: '5',
    most: '1440',
  });
  await click('add-role');
  await fireEvent.input(screen.getByTestId('field-role-name'), { target: { value: 'Staff' } });
  await fireEvent.input(screen.getByTestId('field-role-session'), { target: { value: 'long' } });
  await click('put-role');
  await waitFor(() => expect(screen.getByTestId('dialog-role').textContent).toContain('5 to 1440 minutes'));
  expect(screen.getByTestId<HTMLInputElement>('field-role-session').value).toBe('long');
});

test('nodes stand below one another, and a user is moved to one that is applied', async () => {
  const fake = await open([user('alice@example.co.jp', { name: 'Alice' })]);
  await click('add-node');
  await fireEvent.input(screen.getByTestId('field-node-name'), { target: { value: 'Osaka' } });
  await click('put-node');
  await click('add-below-Osaka');
  await fireEvent.input(screen.getByTestId('field-node-name'), { target: { value: 'Sales' } });
  await click('put-node');
  expect((await screen.findByTestId('node-Sales')).dataset['depth']).toBe('2');
  expect(screen.queryByTestId('place-alice@example.co.jp'), 'a draft is no place yet').toBeNull();

  fake.apply();
  await click('nav-overview');
  await click('nav-provisioning');
  await click('place-alice@example.co.jp');
  await fireEvent.change(screen.getByTestId('field-place-node'), { target: { value: 'n2' } });
  await click('confirm-place-user');
  expect((await screen.findByTestId('where-alice@example.co.jp')).textContent).toBe('Osaka › Sales');
  expect(fake.calls.filter(([method]) => method === 'admin.place_users')).toHaveLength(1);
});

test('whoever is invited is put on a node and under a role where there are any', async () => {
  const fake = await open([user('gone@example.co.jp', { state: 'gone' })]);
  expect(screen.queryByTestId('field-invite-node')).toBeNull();
  await click('add-node');
  await fireEvent.input(screen.getByTestId('field-node-name'), { target: { value: 'Osaka' } });
  await click('put-node');
  await screen.findByTestId('node-Osaka');
  fake.apply();
  await click('nav-overview');
  await click('nav-provisioning');
  await fireEvent.change(await screen.findByTestId('field-invite-node'), { target: { value: 'n1' } });
  await fireEvent.input(screen.getByTestId('field-invite-user'), {
    target: { value: ' hanako@example.co.jp ' },
  });
  await click('invite-user');
  await click('close-invitation');
  const invited = (): unknown => fake.calls.filter(([method]) => method === 'admin.invite_user').at(-1)?.[1];
  expect(invited()).toMatchObject({ email: 'hanako@example.co.jp', node: 'n1', role: null });
  await waitFor(() => expect(screen.getByTestId<HTMLSelectElement>('field-invite-node').value).toBe(''));
  // Who is invited by their line comes as it comes.
  await fireEvent.input(screen.getByTestId('field-invite-user'), { target: { value: 'ichiro@' } });
  await fireEvent.change(screen.getByTestId('field-invite-node'), { target: { value: 'n1' } });
  await click('invite-gone@example.co.jp');
  await waitFor(() =>
    expect(invited()).toMatchObject({ email: 'gone@example.co.jp', node: null, role: null }),
  );
  await click('close-invitation');
  expect(screen.getByTestId<HTMLInputElement>('field-invite-user').value).toBe('ichiro@');
});

test('whoever waits is shown beside the user who has the address, and decided about', async () => {
  const fake = new Fake().running();
  fake.waiting = [
    {
      id: 'w1',
      email: 'alice@example.co.jp',
      name: 'Alice Ng',
      subject: 'u-2',
      known_name: 'Alice Suzuki',
      known_subject: 'u-1',
      idp: 'https://idp.example.com/',
      source: 'name_id:persistent',
      known_idp: 'https://idp.example.com/',
      known_source: 'name_id:persistent',
      account: 'a1',
      time: 1_795_000_000,
    },
  ];
  await open([user('alice@example.co.jp')], fake);
  const waiting = await screen.findByTestId('waiting-alice@example.co.jp');
  expect(waiting.textContent).toMatch(/u-2\s+Alice Ng/);
  expect(waiting.textContent).toMatch(/u-1\s+Alice Suzuki/);
  await click('approve-alice@example.co.jp');
  expect((await screen.findByTestId('waiting-said')).textContent).toContain('the vault of the user');
  expect(fake.calls.find(([method]) => method === 'admin.decide_waiting')?.[1]).toMatchObject({
    id: 'w1',
    same: true,
  });
});
