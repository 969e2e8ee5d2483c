import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Fake, fault } from '../../../../test/fake';
import { Whole } from '../../../../test/whole';
import App from '../../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const type = async (name: string, value: string): Promise<void> => {
  await fireEvent.input(await screen.findByTestId(name), { target: { value } });
};
const button = (name: string): HTMLButtonElement => screen.getByTestId<HTMLButtonElement>(name);

const open = async (page: string): Promise<{ fake: Fake; whole: Whole }> => {
  const fake = new Fake().running();
  fake.join();
  const whole = new Whole(fake);
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click(`nav-${page}`);
  return { fake, whole };
};

test('a connection is deleted after its list, an export and its typed name, and exactly that list goes', async () => {
  const { fake, whole } = await open('settings');
  await click('delete-connection');
  expect((await screen.findByTestId('going-servers')).textContent).toBe('sso1, sso2');
  expect(screen.getByTestId('going-users').textContent).toBe('1204');
  await type('field-typed-name', '東京オフィス');
  expect(button('confirm-delete').disabled).toBe(true);
  await type('field-export-folder', '/media/usb');
  await click('do-export');
  expect((await screen.findByTestId('exported-passphrase')).textContent).toBe('ljhts-7jmkz-aaaab-qqqqq');
  expect(fake.calls).toContainEqual([
    'admin.export_to_file',
    { connection: 'c1', folder: '/media/usb', name: null },
  ]);
  await waitFor(() => expect(button('confirm-delete').disabled).toBe(false));
  await click('confirm-delete');
  await waitFor(() => expect(screen.queryByTestId('dialog-delete-connection')).toBeNull());
  const { going } = whole.deletion;
  expect(fake.calls).toContainEqual([
    'admin.delete_connection',
    { connection: 'c1', typed: going.name, shown: going },
  ]);
  // From here on nothing of it is offered but the undo.
  await screen.findByTestId('undo-deletion');
  expect(screen.queryByTestId('delete-connection')).toBeNull();
});

test('what has changed meanwhile is shown and confirmed anew before anything goes', async () => {
  const { whole } = await open('settings');
  await click('delete-connection');
  await click('do-export');
  await type('field-typed-name', '東京オフィス');
  await waitFor(() => expect(button('confirm-delete').disabled).toBe(false));
  whole.deletion.going.users = 1205;
  whole.deletion.needs_export = true;
  await click('confirm-delete');
  const dialog = screen.getByTestId('dialog-delete-connection');
  await waitFor(() => expect(dialog.querySelector('[data-code="admin.not_as_shown"]')).toBeTruthy());
  await waitFor(() => expect(screen.getByTestId('going-users').textContent).toBe('1205'));
  await waitFor(() => expect(button('confirm-delete').disabled).toBe(true));
  expect(screen.getByTestId<HTMLInputElement>('field-typed-name').value).toBe('');
  await click('do-export');
  await type('field-typed-name', '東京オフィス');
  await waitFor(() => expect(button('confirm-delete').disabled).toBe(false));
});

test('a refusal that changes nothing leaves the passphrase of the export on screen', async () => {
  const { fake } = await open('settings');
  await click('delete-connection');
  await click('do-export');
  await type('field-typed-name', '東京オフィス');
  await waitFor(() => expect(button('confirm-delete').disabled).toBe(false));
  fake.refusals['admin.delete_connection'] = fault('hub.unreachable');
  await click('confirm-delete');
  const dialog = screen.getByTestId('dialog-delete-connection');
  await waitFor(() => expect(dialog.querySelector('[data-code="hub.unreachable"]')).toBeTruthy());
  expect(screen.getByTestId('exported-passphrase')).toBeTruthy();
  await waitFor(() => expect(button('confirm-delete').disabled).toBe(false));
});

test('an exported file is opened, told, and put into the draft', async () => {
  const { fake } = await open('settings');
  await click('import-connection');
  const file = new File(['sekisho export'], 'osaka.sekisho-export');
  await fireEvent.change(await screen.findByTestId('field-export-file'), { target: { files: [file] } });
  await waitFor(() =>
    expect(screen.getByTestId('drop-export-file').textContent).toContain('osaka.sekisho-export'),
  );
  expect(button('open-import').disabled).toBe(true);
  await type('field-export-passphrase', 'wrong');
  fake.refusals['admin.open_export'] = fault('keys.export_passphrase');
  await click('open-import');
  const dialog = screen.getByTestId('dialog-import');
  await waitFor(() => expect(dialog.querySelector('[data-code="keys.export_passphrase"]')).toBeTruthy());
  await type('field-export-passphrase', 'ljhts-7jmkz-aaaab-qqqqq');
  await waitFor(() => expect(button('open-import').disabled).toBe(false));
  await click('open-import');
  expect((await screen.findByTestId('opened')).textContent).toContain('example-osaka');
  expect(fake.calls.some(([method]) => method === 'draft.import')).toBe(false);
  await fireEvent.click(screen.getByTestId('with-users'));
  // Cut off, it begins again: nobody is left out.
  fake.refusals['users.import'] = fault('hub.unreachable');
  await click('do-import');
  await waitFor(() => expect(dialog.querySelector('[data-code="hub.unreachable"]')).toBeTruthy());
  delete fake.refusals['users.import'];
  await click('do-import');
  // Where it is reviewed.
  await waitFor(() =>
    expect(screen.getByTestId('nav-configuration').getAttribute('aria-current')).toBe('page'),
  );
  const put = { document: '{}', min_reader: 1, objects: [['k1', 'c2VhbGVk']] };
  expect(fake.calls).toContainEqual(['draft.import', put]);
  // The users were handed over as they were sealed, part by part.
  const all = (name: string): unknown[] =>
    fake.calls.filter(([method]) => method === name).map(([, params]) => params);
  const part = { batch: 'c2lnbmVk' };
  expect(all('users.import')).toEqual([part, part, part]);
  const asked = [null, null, 1, 0].map((left) => ({ connection: 'c1', left }));
  expect(all('admin.next_users')).toEqual(asked);
});

test('at a server whose connection is deleted the first page offers the undo, to whoever signs in', async () => {
  const { fake, whole } = await open('overview');
  fake.signedIn = null;
  await click('nav-settings');
  await click('sign-out');
  whole.detach();
  await click('nav-overview');
  const notice = await screen.findByTestId('notice');
  expect(notice.dataset['code']).toBe('service.detached');
  await click('undo-deletion');
  expect(button('confirm-undo').disabled).toBe(true);
  await type('field-sign-in-login', 'tanaka');
  await type('field-sign-in-passphrase', 'a passphrase');
  await type('field-sign-in-code', '123456');
  await click('sign-in');
  await waitFor(() => expect(button('confirm-undo').disabled).toBe(false));
  await click('confirm-undo');
  await waitFor(() => expect(screen.queryByTestId('undo-deletion')).toBeNull());
  expect(fake.calls).toContainEqual(['admin.undelete_connection', { connection: 'c1' }]);
});
