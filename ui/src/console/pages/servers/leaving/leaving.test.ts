import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Fake, fault, server } from '../../../../test/fake';
import { Leaving } from '../../../../test/leaving';
import App from '../../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const typeName = async (value: string): Promise<void> => {
  await fireEvent.input(await screen.findByTestId('field-typed-name'), { target: { value } });
};
const confirm = (): HTMLButtonElement => screen.getByTestId<HTMLButtonElement>('confirm-leave');
const effects = (): string | undefined => screen.getByTestId('effects').dataset['way'];

const signIn = async (): Promise<void> => {
  for (const name of ['login', 'passphrase', 'code']) {
    const field = await screen.findByTestId(`field-sign-in-${name}`);
    await fireEvent.input(field, { target: { value: 'tanaka' } });
  }
  await click('sign-in');
};

const open = async (fake: Fake): Promise<void> => {
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-servers');
};

const three = (signedIn = true): [Fake, Leaving] => {
  const fake = new Fake().running();
  if (signedIn) fake.join();
  fake.others = [server('sso2'), server('sso3')];
  return [fake, new Leaving(fake)];
};

const leave = async (button: string, name: string): Promise<void> => {
  await click(button);
  await typeName(name);
  await waitFor(() => expect(confirm().disabled).toBe(false));
  await click('confirm-leave');
  await waitFor(() => expect(screen.queryByTestId('dialog-leave')).toBeNull());
};

test('a server is retired by typing its name, and what the others have still to do is counted down', async () => {
  const [fake, hub] = three();
  hub.left = 2;
  await open(fake);
  expect(screen.queryByTestId('retire-s1')).toBeNull();
  await click('retire-sso3');
  expect(effects()).toBe('retire');
  await typeName('sso2');
  expect(confirm().disabled).toBe(true);
  await typeName('sso3');
  await waitFor(() => expect(confirm().disabled).toBe(false));
  await click('confirm-leave');
  const left = (): string | undefined => screen.getByTestId('sealing').dataset['left'];
  await screen.findByTestId('left-sso3');
  expect(left()).toBe('2');
  expect(fake.calls).toContainEqual(['admin.retire_server', { connection: 'c1', server: 'sso3' }]);
  expect(screen.queryByTestId('retire-sso3')).toBeNull();
  await waitFor(() => expect(left()).toBe('0'), { timeout: 6000 });
  expect(screen.queryByTestId('to-do-sso3')).toBeNull();
}, 10_000);

test('an answer that does not come does not end the countdown', async () => {
  const [fake, hub] = three();
  hub.left = 2;
  await open(fake);
  await leave('retire-sso3', 'sso3');
  fake.refusals['admin.retire_server'] = fault('hub.unreachable');
  const left = (): string | undefined => screen.getByTestId('sealing').dataset['left'];
  expect((await screen.findByTestId('notice', {}, { timeout: 6000 })).dataset['code']).toBe(
    'hub.unreachable',
  );
  expect(left()).toBe('2');
  await waitFor(() => expect(left()).toBe('0'), { timeout: 8000 });
  expect(screen.queryByTestId('notice')).toBeNull();
}, 20_000);

const silent = (): boolean => document.querySelector('[data-state=no_service]') !== null;

test('a moment without an answer from the service forgets nothing', async () => {
  const [fake, hub] = three();
  hub.left = 0;
  await open(fake);
  await leave('retire-sso3', 'sso3');
  expect((await screen.findByTestId('sealing')).dataset['left']).toBe('0');
  await click('retire-sso2');
  await typeName('sso');
  fake.refusals['status.get'] = fault('admin-api.unreachable');
  fake.tell();
  await waitFor(() => expect(silent()).toBe(true));
  expect(screen.getByTestId('sealing').dataset['left']).toBe('0');
  expect(screen.getByTestId<HTMLInputElement>('field-typed-name').value).toBe('sso');
  fake.tell();
  await waitFor(() => expect(silent()).toBe(false));
  expect(screen.getByTestId('sealing').dataset['left']).toBe('0');
  expect(screen.getByTestId<HTMLInputElement>('field-typed-name').value).toBe('sso');
}, 10_000);

test('after wrong hands a list is kept, which is there when the window is opened again', async () => {
  const [fake] = three();
  await open(fake);
  await click('compromised-sso3');
  expect(effects()).toBe('compromised');
  await click('cancel-leave');
  await leave('compromised-sso3', 'sso3');
  expect(fake.calls).toContainEqual(['admin.compromised_server', { connection: 'c1', server: 'sso3' }]);
  const list = await screen.findByTestId('to-do-sso3');
  expect(list.dataset['done']).toBe('1');
  // What follows from what is so has no button.
  expect(screen.queryByTestId('mark-tls')).toBeNull();
  await click('mark-disk');
  await waitFor(() => expect(screen.getByTestId('item-disk').dataset['done']).toBe('true'));
  expect(screen.getByTestId('item-disk').textContent).toContain('marked by tanaka');

  cleanup();
  fake.signedIn = null;
  await open(fake);
  expect(screen.queryByTestId('to-do-sso3')).toBeNull();
  await click('sign-in-for-left');
  await signIn();
  await waitFor(() => expect(screen.getByTestId('to-do-sso3').dataset['done']).toBe('2'));
  await click('mark-disk');
  await waitFor(() => expect(screen.getByTestId('to-do-sso3').dataset['done']).toBe('1'));
});

test('what turns out later to have been in wrong hands gets its list', async () => {
  const [fake] = three();
  await open(fake);
  await leave('retire-sso3', 'sso3');
  await screen.findByTestId('left-sso3');
  await click('found-out-sso3');
  expect(effects()).toBe('found_out');
  await typeName('sso3');
  await waitFor(() => expect(confirm().disabled).toBe(false));
  await click('confirm-leave');
  await screen.findByTestId('to-do-sso3');
  expect(screen.queryByTestId('found-out-sso3')).toBeNull();
});

test('without a session the dialog asks for one, and a refusal leaves everything as it was', async () => {
  const [fake] = three(false);
  await open(fake);
  await click('retire-sso2');
  await typeName('sso2');
  expect(confirm().disabled).toBe(true);
  await signIn();
  await waitFor(() => expect(confirm().disabled).toBe(false));
  fake.refusals['admin.retire_server'] = fault('hub.stale');
  await click('confirm-leave');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('hub.stale');
  await click('cancel-leave');
  expect(screen.getByTestId('retire-sso2')).toBeTruthy();
  expect(screen.queryByTestId('left-sso2')).toBeNull();
});

test('what was cut off is gone on with', async () => {
  const [fake, hub] = three();
  const member = hub.members.find((one) => one.server === 'sso3');
  if (member) member.retired = 1;
  fake.others.pop();
  hub.left = 2;
  await open(fake);
  await click('go-on-sso3');
  expect((await screen.findByTestId('sealing')).dataset['left']).toBe('1');
});
