import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Fake, fault } from '../../test/fake';
import App from '../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const called = (fake: Fake, method: string): boolean => fake.calls.some(([one]) => one === method);

test('a server without a configuration offers the set-up first', async () => {
  render(App, { backend: new Fake() });
  expect((await screen.findByTestId('set-up')).classList.contains('primary')).toBe(true);
  expect(screen.queryByTestId('full-sync')).toBeNull();
});

test('a hub that is not reached is told with its reason, and the server goes on', async () => {
  const fake = new Fake().running();
  fake.status.hub = { hub: 'unreachable', since: 1_795_000_000, reason: fault('hub.proxy') };
  render(App, { backend: fake });
  expect((await screen.findByTestId('fault-hub')).dataset['code']).toBe('hub.proxy');
  expect(screen.getByTestId('hub').dataset['hub']).toBe('unreachable');
  expect(screen.getAllByTestId('state')[0]?.dataset['state']).toBe('running');
});

test('Full Sync says what it verified, or what does not hold', async () => {
  const fake = new Fake().running();
  render(App, { backend: fake });
  await click('full-sync');
  expect((await screen.findByTestId('sync-report')).dataset['faults']).toBe('0');
  fake.replies['sync.full'] = () => ({
    log_entries: 7,
    revision: 1,
    users: 0,
    checkpoints: [],
    faults: [fault('keys.withheld')],
  });
  await click('full-sync');
  await waitFor(() => expect(screen.getByTestId('sync-report').dataset['faults']).toBe('1'));
});

test('stopping asks first', async () => {
  const fake = new Fake().running();
  render(App, { backend: fake });
  await click('stop');
  expect(called(fake, 'service.stop')).toBe(false);
  await click('cancel-stop');
  expect(called(fake, 'service.stop')).toBe(false);
  await click('stop');
  await click('confirm-stop');
  await waitFor(() => expect(called(fake, 'service.stop')).toBe(true));
});

test('an administrator signs in, admits whom was invited, and signs out', async () => {
  const fake = new Fake().running();
  render(App, { backend: fake });
  await click('nav-settings');
  for (const name of ['login', 'passphrase', 'code']) {
    await fireEvent.input(await screen.findByTestId(`field-sign-in-${name}`), {
      target: { value: 'tanaka' },
    });
  }
  await click('sign-in');
  await screen.findByTestId('administrator-suzuki');
  await click('admit-suzuki');
  await waitFor(() => expect(fake.calls).toContainEqual(['admin.admit', { invitation: 'i1' }]));
  await click('withdraw-suzuki');
  await waitFor(() => expect(fake.calls).toContainEqual(['admin.withdraw', { invitation: 'i1' }]));
  await click('sign-out');
  await screen.findByTestId('field-sign-in-passphrase');
});

test('a refused sign-in keeps what was typed but the code, which counts once', async () => {
  const fake = new Fake().running();
  fake.refusals['admin.sign_in'] = fault('hub.sign_in');
  render(App, { backend: fake });
  await click('nav-settings');
  const values = { login: 'tanaka', passphrase: 'long words', code: '123456' };
  for (const [name, value] of Object.entries(values)) {
    await fireEvent.input(await screen.findByTestId(`field-sign-in-${name}`), { target: { value } });
  }
  await click('sign-in');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('hub.sign_in');
  expect(screen.getByTestId('field-sign-in-passphrase')).toHaveProperty('value', 'long words');
  expect(screen.getByTestId('field-sign-in-code')).toHaveProperty('value', '');
});

test('a form with an empty field is not sent: the field takes the focus', async () => {
  const fake = new Fake().running();
  render(App, { backend: fake });
  await click('nav-settings');
  await click('sign-in');
  expect(called(fake, 'admin.sign_in')).toBe(false);
  expect(document.activeElement).toBe(screen.getByTestId('field-sign-in-login'));
});

test('the Enter of an input method does not send a form', async () => {
  render(App, { backend: new Fake() });
  await click('set-up');
  const field = await screen.findByTestId('field-hub');
  const composing = await fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 });
  const plain = await fireEvent.keyDown(field, { key: 'Enter', keyCode: 13 });
  expect([composing, plain]).toEqual([false, true]);
});

test('whoever gives an address and no set-up code is asked to sign in', async () => {
  render(App, { backend: new Fake() });
  await click('set-up');
  await fireEvent.input(await screen.findByTestId('field-hub'), { target: { value: 'https://hub.example' } });
  await click('preflight');
  await waitFor(() => expect(screen.getByTestId('next').dataset['ready']).toBe('true'));
  await click('next');
  expect(await screen.findByTestId('sign-in-form')).toBeTruthy();
  await click('way-found');
  expect(await screen.findByTestId('field-setup-code')).toBeTruthy();
});

test('removals that wait are shown, and decided exactly as they were shown', async () => {
  const fake = new Fake().running();
  const connection = fake.status.membership?.connection ?? '';
  fake.join();
  fake.status.warnings = [
    fault('service.removals_held', undefined, { count: '2', by: 'tanaka', since: '1' }),
  ];
  const removal = { email: 'user1@example.com', by: 'tanaka', at: 1_795_000_000 };
  let set = 'first';
  fake.replies['admin.held_removals'] = () => ({ set, removals: [removal] });
  fake.refusals['admin.decide_removals'] = fault('admin.removals_changed');
  fake.replies['admin.decide_removals'] = () => ({ changed: 1, waiting: 0 });
  render(App, { backend: fake });
  await click('decide-removals');
  expect((await screen.findByTestId('held-removals')).textContent).toContain('user1@example.com');

  set = 'second';
  await click('approve-removals');
  expect(fake.calls).toContainEqual(['admin.decide_removals', { connection, set: 'first', approve: true }]);
  await waitFor(() => {
    const codes = screen.getAllByTestId('notice').map((one) => one.dataset['code']);
    expect(codes).toContain('admin.removals_changed');
  });
  await click('reject-removals');
  await waitFor(() => expect(screen.queryByTestId('dialog-removals')).toBeNull());
  expect(fake.calls).toContainEqual(['admin.decide_removals', { connection, set: 'second', approve: false }]);
});
