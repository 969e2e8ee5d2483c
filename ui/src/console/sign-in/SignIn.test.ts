import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import type { AdminSession } from '../../lib/backend/types/AdminSession';
import { Fake, fault } from '../../test/fake';
import App from '../App.svelte';

beforeEach(() => localStorage.clear());

const INVITATION = 'sekisho-invitation https://hub.example.co.jp i1 c2VjcmV0 9a41 c3V6dWtp';

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const type = async (name: string, value: string): Promise<void> => {
  const field = await screen.findByTestId(`field-${name}`);
  await fireEvent.input(field, { target: { value } });
  await fireEvent.change(field);
};
const parameters = (fake: Fake, method: string): unknown =>
  fake.calls.filter(([one]) => one === method).at(-1)?.[1];

const choose = async (fake: Fake, way: 'accept' | 'recover'): Promise<void> => {
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-settings');
  await click(`way-${way}`);
};

const typeKit = async (): Promise<void> => {
  await type('kit-hub', 'https://hub.example.co.jp sha256-3fX9');
  await type('kit-fingerprint', '4F2A 90C1');
  for (const line of [1, 2, 3, 4]) await type(`kit-line-${line}`, `AAAA BBBB CCCC DDD${line}`);
  await type('login', 'rescuer');
  await type('passphrase', 'nine copper kettles beneath a winter moon');
};

test('an invitation names the account, which waits to be admitted when it is made', async () => {
  const fake = new Fake().running();
  await choose(fake, 'accept');
  // By keyboard alone: what comes next has the focus at each step.
  expect(document.activeElement).toBe(screen.getByTestId('field-invitation'));
  await type('invitation', ` ${INVITATION} `);
  await click('check-invitation');
  expect((await screen.findByTestId('invited-as')).dataset['login']).toBe('suzuki');
  expect(screen.queryByTestId('field-login')).toBeNull();
  expect(document.activeElement).toBe(screen.getByTestId('field-passphrase'));
  await click('suggest');
  await waitFor(() =>
    expect(screen.getByTestId('field-passphrase')).toHaveProperty('value', 'kumo-7301-tabi-mizu-yama'),
  );
  await click('begin-account');
  expect((await screen.findByTestId('qr')).getAttribute('src')).toMatch(/^data:image\/svg\+xml;base64,/);
  expect(parameters(fake, 'admin.begin_founding')).toEqual({ login: 'suzuki' });
  expect(document.activeElement).toBe(screen.getByTestId('field-totp'));
  await type('totp', '１２３４５６');
  await click('accept');
  expect((await screen.findByTestId('account-made')).textContent).toContain('“suzuki”');
  expect(parameters(fake, 'admin.accept')).toEqual({
    way: { hub: INVITATION, proxy: '', authorities: '' },
    passphrase: 'kumo-7301-tabi-mizu-yama',
    totp_code: '123456',
  });
  // Signing in is next, at the hub that is remembered from now on.
  expect(await screen.findByTestId('field-sign-in-passphrase')).toHaveProperty('value', '');
  expect(screen.queryByTestId('field-sign-in-hub')).toBeNull();
  expect(document.activeElement).toBe(screen.getByTestId('field-sign-in-passphrase'));
});

test('what is no invitation is refused before anything is asked', async () => {
  const fake = new Fake().running();
  await choose(fake, 'accept');
  await type('invitation', 'https://hub.example.co.jp');
  await click('check-invitation');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('admin.needs_invitation');
  expect(screen.queryByTestId('field-passphrase')).toBeNull();
  await click('back-to-sign-in');
  expect(await screen.findByTestId('sign-in-form')).toBeTruthy();
});

test('a weak passphrase is told at its field, where the rules stand', async () => {
  const fake = new Fake().running();
  fake.refusals['admin.accept'] = fault('admin.weak_passphrase', 'passphrase');
  await choose(fake, 'accept');
  await type('invitation', INVITATION);
  await click('check-invitation');
  await type('passphrase', 'password1234');
  expect(document.getElementById('help-passphrase')?.textContent).toContain('12 characters');
  await click('begin-account');
  await type('totp', '123456');
  await click('accept');
  expect((await screen.findByTestId('fault-passphrase')).dataset['code']).toBe('admin.weak_passphrase');
  expect(screen.queryByTestId('notice')).toBeNull();
});

test('the kit makes an administrator, and the next kit stands in front until it was rehearsed', async () => {
  const fake = new Fake().running();
  await choose(fake, 'recover');
  await typeKit();
  await click('begin-account');
  await type('totp', '123456');
  await click('recover');
  await screen.findByTestId('dialog-new-kit');
  expect(parameters(fake, 'admin.recover')).toMatchObject({
    way: { hub: 'https://hub.example.co.jp sha256-3fX9' },
    lines: ['AAAA BBBB CCCC DDD1', 'AAAA BBBB CCCC DDD2', 'AAAA BBBB CCCC DDD3', 'AAAA BBBB CCCC DDD4'],
    fingerprint: '4F2A 90C1',
    login: 'rescuer',
    totp_code: '123456',
  });
  const lines = [1, 2, 3, 4].map((number) => screen.getByTestId(`kit-line-${number}`).textContent);
  // Leaving asks first, and loses nothing.
  await click('close-kit');
  await click('stay');
  // Neither does another page.
  await click('nav-overview');
  await click('on-paper');
  const line = Number(screen.getByTestId('rehearse-line').dataset['line']);
  await type('rehearse', lines[line - 1] ?? '');
  await click('rehearse');
  await screen.findByTestId('kit-done');
  expect(parameters(fake, 'admin.rehearse_kit')).toEqual({ line, text: lines[line - 1] });
  await click('close-kit');
  await waitFor(() => expect(screen.queryByTestId('dialog-new-kit')).toBeNull());
});

test('a kit of which nobody has said whether it counts is kept beside the one before', async () => {
  const fake = new Fake().running();
  const sheet = { organisation: 'o', hub: 'h', fingerprint: 'F', lines: ['A', 'B', 'C', 'D'] };
  fake.replies['admin.recover'] = () => ({ ...sheet, unsure: true });
  await choose(fake, 'recover');
  await typeKit();
  await click('begin-account');
  await type('totp', '123456');
  await click('recover');
  expect((await screen.findByTestId('kit-before')).textContent).toContain('Keep both');
});

test('a slip on the paper is told at its line, which takes the focus', async () => {
  const fake = new Fake().running();
  await choose(fake, 'recover');
  await typeKit();
  await click('begin-account');
  await type('totp', '123456');
  const refusal = { ...fault('keys.kit_line'), args: { line: { type: 'number' as const, value: 3 } } };
  fake.refusals['admin.recover'] = refusal;
  await click('recover');
  expect((await screen.findByTestId('fault-kit-line-3')).dataset['code']).toBe('keys.kit_line');
  expect(document.activeElement).toBe(screen.getByTestId('field-kit-line-3'));
  expect(screen.queryByTestId('dialog-new-kit')).toBeNull();
  fake.refusals['admin.recover'] = fault('admin.kit_spent');
  await click('recover');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('admin.kit_spent');
});

test('the hub is reached before the authenticator app is set up', async () => {
  const fake = new Fake().running();
  await choose(fake, 'recover');
  await typeKit();
  fake.refusals['admin.preflight'] = fault('hub.proxy');
  await click('begin-account');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('hub.proxy');
  expect(screen.queryByTestId('qr')).toBeNull();
});

test('an invitation given as the way to the hub is at hand in the wizard', async () => {
  render(App, { backend: new Fake() });
  await click('set-up');
  await type('hub', INVITATION);
  await click('preflight');
  await waitFor(() => expect(screen.getByTestId('next').dataset['ready']).toBe('true'));
  await click('next');
  await click('way-accept');
  expect(await screen.findByTestId('field-invitation')).toHaveProperty('value', INVITATION);
});

test('a form that is shown before it is heard who signed in last takes that in, and keeps what was typed', async () => {
  const fake = new Fake().running();
  let heard: (session: AdminSession) => void = () => undefined;
  const later = new Promise<AdminSession>((resolve) => (heard = resolve));
  const call = fake.call.bind(fake);
  fake.call = (method, params) => (method === 'admin.session' ? (later as never) : call(method, params));
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-servers');
  await click('sign-in-for-left');
  await type('sign-in-login', 'suzuki');
  await type('sign-in-passphrase', 'nine copper kettles');
  heard({ signed_in: null, last_hub: 'https://hub.example.co.jp sha256-3fX9', last_login: 'tanaka' });
  const value = (name: string): string => screen.getByTestId<HTMLInputElement>(`field-${name}`).value;
  await waitFor(() => expect(value('sign-in-hub')).toBe('https://hub.example.co.jp sha256-3fX9'));
  expect([value('sign-in-login'), value('sign-in-passphrase')]).toEqual(['suzuki', 'nine copper kettles']);
  await type('sign-in-code', '123456');
  await click('sign-in');
  expect(parameters(fake, 'admin.sign_in')).toMatchObject({
    way: { hub: 'https://hub.example.co.jp sha256-3fX9' },
    login: 'suzuki',
  });
});
