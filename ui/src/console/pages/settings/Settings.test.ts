import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Fake, fault } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const typeName = async (value: string): Promise<void> => {
  await fireEvent.input(await screen.findByTestId('field-typed-name'), { target: { value } });
};
const confirm = (): HTMLButtonElement => screen.getByTestId<HTMLButtonElement>('confirm-remove');

const open = async (): Promise<Fake> => {
  const fake = new Fake().running();
  fake.join();
  fake.signedIn?.administrators.push('suzuki');
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-settings');
  return fake;
};

test('an administrator is removed by typing the name, and the next kit is shown', async () => {
  const fake = await open();
  expect(screen.queryByTestId('remove-tanaka')).toBeNull();
  await click('remove-suzuki');
  expect(confirm().disabled).toBe(true);
  await typeName('suzuk');
  expect(confirm().disabled).toBe(true);
  await typeName('suzuki ');
  await waitFor(() => expect(confirm().disabled).toBe(false));
  await click('confirm-remove');
  await screen.findByTestId('dialog-new-kit');
  expect(fake.calls).toContainEqual(['admin.remove_administrator', { login: 'suzuki' }]);
  expect(screen.getByTestId('kit').classList.contains('printable')).toBe(true);
  await waitFor(() => expect(screen.queryByTestId('administrator-suzuki')).toBeNull());
  expect(screen.queryByTestId('dialog-remove')).toBeNull();
});

test('a removal that was cut off shows its kit, and is finished by a click', async () => {
  const fake = await open();
  fake.replies['admin.remove_administrator'] = () => ({
    kit: { organisation: 'o', hub: 'h', fingerprint: 'F', lines: ['A', 'B', 'C', 'D'], unsure: false },
    unfinished: fault('hub.unreachable'),
  });
  await click('remove-suzuki');
  await typeName('suzuki');
  await waitFor(() => expect(confirm().disabled).toBe(false));
  await click('confirm-remove');
  expect((await screen.findByTestId('kit-line-4')).textContent).toBe('D');
  await click('close-kit');
  await click('close-without-kit');
  // Another page and back: it is not forgotten.
  await click('nav-overview');
  await click('nav-settings');
  expect((await screen.findByTestId('unfinished-removal')).textContent).toContain('suzuki');
  fake.replies['admin.remove_administrator'] = () => ({ kit: null, unfinished: null });
  await click('finish-removal');
  await waitFor(() => expect(screen.queryByTestId('unfinished-removal')).toBeNull());
});

test('whoever was removed by a try that nobody heard of is said to be, for the kit may be lost', async () => {
  const fake = await open();
  fake.replies['admin.remove_administrator'] = () => ({ kit: null, unfinished: null });
  await click('remove-suzuki');
  await typeName('suzuki');
  await waitFor(() => expect(confirm().disabled).toBe(false));
  await click('confirm-remove');
  expect((await screen.findByTestId('removed-before')).textContent).toContain('suzuki');
});

test('a refused removal removes nobody, and says why', async () => {
  const fake = await open();
  fake.refusals['admin.remove_administrator'] = fault('hub.unreachable');
  await click('remove-suzuki');
  await typeName('suzuki');
  await waitFor(() => expect(confirm().disabled).toBe(false));
  await click('confirm-remove');
  const dialog = await screen.findByTestId('dialog-remove');
  await waitFor(() => expect(dialog.querySelector('[data-code="hub.unreachable"]')).toBeTruthy());
  await click('cancel-remove');
  expect(screen.getByTestId('administrator-suzuki')).toBeTruthy();
});

test('another kit is made after it was said that the one before ends', async () => {
  const fake = await open();
  await click('new-kit');
  expect(fake.calls.some(([method]) => method === 'admin.new_kit')).toBe(false);
  await click('confirm-new-kit');
  await screen.findByTestId('dialog-new-kit');
  expect(screen.queryByTestId('dialog-make-kit')).toBeNull();
  // Escape does not lose it.
  await fireEvent(screen.getByTestId('dialog-new-kit'), new Event('cancel', { cancelable: true }));
  expect(screen.getByTestId('close-without-kit')).toBeTruthy();
  await click('stay');
  expect(screen.getByTestId('kit-line-1')).toBeTruthy();
});

test('the service of another machine is managed, remembered, and left again', async () => {
  localStorage.clear();
  const fake = new Fake();
  render(App, { backend: fake });
  await click('nav-settings');
  fake.refusals['console.manage'] = fault('admin-api.ssh');
  await fireEvent.input(await screen.findByTestId('field-host'), { target: { value: 'ｓｓｈ://sso2' } });
  await click('manage');
  await waitFor(() => expect(document.querySelector("[data-code='admin-api.ssh']")).toBeTruthy());
  await click('manage');
  await waitFor(() => expect(screen.getByTestId('managed').dataset['host']).toBe('ssh://sso2'));
  expect(screen.getByTestId('managed').textContent).toContain('ssh://sso2');
  await click('manage-here');
  await waitFor(() => expect(screen.getByTestId('managed').dataset['host']).toBe(''));
  expect(JSON.parse(localStorage.getItem('managed-hosts') ?? '')).toEqual(['ssh://sso2']);
});
