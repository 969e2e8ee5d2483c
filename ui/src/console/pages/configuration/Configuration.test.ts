import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { fault, Fake } from '../../../test/fake';
import { language } from '../../../lib/messages/language.svelte';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const open = async (fake: Fake): Promise<void> => {
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await fireEvent.click(screen.getByTestId('nav-configuration'));
  await screen.findByTestId('field-advertised_host');
};

const input = (name: string): HTMLInputElement => screen.getByTestId(name);

const type = async (name: string, value: string): Promise<void> => {
  await fireEvent.input(input(name), { target: { value } });
  await fireEvent.change(input(name));
};

const sets = (fake: Fake): unknown[] =>
  fake.calls.filter(([method]) => method === 'draft.set').map(([, one]) => one);

test('a refused value stays in the field with its fault, and the draft keeps the old one', async () => {
  const fake = new Fake().running();
  await open(fake);
  await type('field-advertised_host', 'https://sso');
  const line = await screen.findByTestId('fault-advertised_host');
  expect(line.dataset['code']).toBe('config.host');
  expect(input('field-advertised_host').value).toBe('https://sso');
  expect(screen.getByTestId('unsaved').dataset['count']).toBe('0');

  await fireEvent.click(screen.getByTestId('nav-overview'));
  await fireEvent.click(screen.getByTestId('nav-configuration'));
  expect(input('field-advertised_host').value).toBe('https://sso');

  await type('field-advertised_host', 'sso2.example.co.jp');
  await waitFor(() => expect(screen.queryByTestId('fault-advertised_host')).toBeNull());
  expect(screen.getByTestId('row-advertised_host').dataset['changed']).toBe('true');
});

test('full-width characters in a port are folded, and it is said', async () => {
  const fake = new Fake().running();
  await open(fake);
  await type('field-advertised_port', '９４４３');
  await screen.findByTestId('folded-advertised_port');
  expect(sets(fake)).toEqual([{ field: 'advertised_port', value: '9443' }]);
  expect(input('field-advertised_port').value).toBe('9443');
});

test('an attribute is taken to the letter', async () => {
  const fake = new Fake().running();
  await open(fake);
  await type('field-attribute_first', '名');
  await waitFor(() => expect(sets(fake)).toEqual([{ field: 'attribute_first', value: '名' }]));
});

test('Enter of an input method submits nothing, Enter of a person does', async () => {
  const fake = new Fake().running();
  await open(fake);
  const field = input('field-advertised_host');
  await fireEvent.input(field, { target: { value: 'sso2.example.co.jp' } });
  await fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
  await fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 });
  expect(sets(fake)).toEqual([]);
  await fireEvent.keyDown(field, { key: 'Enter', keyCode: 13 });
  await waitFor(() => expect(sets(fake)).toHaveLength(1));
});

test('an address of this machine is chosen with one click', async () => {
  const fake = new Fake().running();
  await open(fake);
  await fireEvent.click(await screen.findByTestId('use-10.2.0.11'));
  await waitFor(() => expect(input('field-private_ip').value).toBe('10.2.0.11'));
  expect(screen.getByTestId('unsaved').dataset['count']).toBe('0');
});

test('a protected file asks for its passwords and takes them with the same file', async () => {
  const fake = new Fake().running();
  await open(fake);
  const files = [new File(['pfx'], 'sso.pfx')];
  await fireEvent.change(screen.getByTestId('field-tls'), { target: { files } });
  await screen.findByTestId('fault-tls');
  await fireEvent.input(screen.getByTestId('tls-store-password'), { target: { value: 'secret' } });
  await fireEvent.click(screen.getByTestId('tls-import'));
  await waitFor(() => expect(screen.queryByTestId('fault-tls')).toBeNull());
  const imports = fake.calls.filter(([method]) => method === 'draft.certificate').map(([, one]) => one);
  const file = { name: 'sso.pfx', bytes: 'cGZ4' };
  expect(imports.at(-1)).toEqual({
    purpose: 'tls',
    host: null,
    files: [file],
    store_password: 'secret',
    key_password: null,
  });
  expect(screen.queryByTestId('tls-store-password')).toBeNull();
});

test('a check without a field of the form stands at the top', async () => {
  const fake = new Fake().running();
  const draft = await fake.call('draft.get', null);
  fake.replies['draft.get'] = () => ({ ...draft, checks: [fault('config.jit_without_domain', 'domains')] });
  await open(fake);
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('config.jit_without_domain');
});

test('review shows the difference, asks for a session, and saves with the reason', async () => {
  const fake = new Fake().running();
  await open(fake);
  await type('field-advertised_host', 'sso2.example.co.jp');
  await waitFor(() => expect(screen.getByTestId('unsaved').dataset['count']).toBe('1'));
  await fireEvent.click(screen.getByTestId('review'));
  const row = await screen.findByTestId('change-advertised_host');
  expect(row.textContent).toContain('sso.example.co.jp');
  expect(row.textContent).toContain('sso2.example.co.jp');
  expect(screen.getByTestId('save')).toHaveProperty('disabled', true);

  for (const name of ['login', 'passphrase', 'code']) {
    await fireEvent.input(input(`field-sign-in-${name}`), { target: { value: '123456' } });
  }
  await fireEvent.click(screen.getByTestId('sign-in'));
  await fireEvent.input(await screen.findByTestId('field-reason'), { target: { value: 'new name' } });
  await fireEvent.input(input('field-change_number'), { target: { value: 'CHG-7' } });
  await fireEvent.click(screen.getByTestId('save'));
  const saved = await screen.findByTestId('saved');
  expect(saved.dataset['revision']).toBe('2');
  await waitFor(() => expect(screen.getByTestId('saved').dataset['applied']).toBe('true'));
  expect(fake.calls).toContainEqual(['save.prepare', { reason: 'new name', change_number: 'CHG-7' }]);
  await fireEvent.click(screen.getByTestId('close-review'));
  await waitFor(() => expect(screen.getByTestId('unsaved').dataset['count']).toBe('0'));
});

test('a draft that changes while it is reviewed is not signed until it was looked at again', async () => {
  const fake = new Fake().running();
  fake.join();
  await open(fake);
  await type('field-attribute_email', 'mail');
  await waitFor(() => expect(screen.getByTestId('unsaved').dataset['count']).toBe('1'));
  await fireEvent.click(screen.getByTestId('review'));
  await waitFor(() => expect(screen.getByTestId('save')).toHaveProperty('disabled', false));
  const draft = await fake.call('draft.get', null);
  const more = { field: 'idp_metadata', from: 'https://idp.example', to: 'https://evil.example' };
  // A list that names a field twice must not keep the old rows on the screen.
  fake.replies['draft.get'] = () => ({ ...draft, changes: [...draft.changes, more, ...draft.changes] });
  // The service says that the revision is another: the draft is read again.
  fake.status.revision = 9;
  fake.tell();
  await screen.findByTestId('moved');
  expect(screen.queryByTestId('change-idp_metadata')).toBeNull();
  expect(screen.getByTestId('save')).toHaveProperty('disabled', true);
  await fireEvent.click(screen.getByTestId('look-again'));
  expect((await screen.findByTestId('change-idp_metadata')).textContent).toContain('https://evil.example');
  expect(screen.queryByTestId('moved')).toBeNull();
});

test('a slow check that could not tell is not an error', async () => {
  const fake = new Fake().running();
  fake.replies['draft.check'] = () => [{ ...fault('dns.unknown', 'advertised_host'), severity: 'unknown' }];
  await open(fake);
  await type('field-advertised_port', '9443');
  await waitFor(() => expect(screen.getByTestId('unsaved').dataset['count']).toBe('1'));
  await fireEvent.click(screen.getByTestId('review'));
  const line = await screen.findByTestId('fault-check');
  expect(line.dataset['severity']).toBe('unknown');
  expect(line.classList.contains('error')).toBe(false);
});

test('a save that comes second loses nothing: both sides are shown, and it is reviewed again', async () => {
  const fake = new Fake().running();
  fake.join();
  await open(fake);
  await type('field-attribute_email', 'address');
  await waitFor(() => expect(screen.getByTestId('unsaved').dataset['count']).toBe('1'));
  fake.othersSave('attribute_email', 'mail');
  fake.refusals['admin.save'] = fault('hub.stale');
  fake.replies['draft.rebase'] = () => {
    const conflict = { field: 'attribute_email', base: 'Email', theirs: 'mail', ours: 'address' };
    return { draft: structuredClone(draft), conflicts: [conflict] };
  };
  const draft = await fake.call('draft.get', null);
  await fireEvent.click(screen.getByTestId('review'));
  await fireEvent.input(await screen.findByTestId('field-reason'), { target: { value: 'because' } });
  await fireEvent.click(screen.getByTestId('save'));

  const shown = await screen.findByTestId('conflict-attribute_email');
  for (const value of ['Email', 'mail', 'address']) expect(shown.textContent).toContain(value);
  expect(input('field-reason').value).toBe('because');
  await waitFor(() => expect(screen.getByTestId('conflict').textContent).toContain('suzuki'));

  await fireEvent.click(screen.getByTestId('save'));
  expect((await screen.findByTestId('saved')).dataset['revision']).toBe('3');
});

test('a session that has ended is asked for again, and nothing that was typed is lost', async () => {
  const fake = new Fake().running();
  fake.join();
  await open(fake);
  await type('field-attribute_email', 'mail');
  await waitFor(() => expect(screen.getByTestId('unsaved').dataset['count']).toBe('1'));
  await fireEvent.click(screen.getByTestId('review'));
  await fireEvent.input(await screen.findByTestId('field-reason'), { target: { value: 'because' } });
  fake.refusals['admin.save'] = fault('hub.session');
  fake.signedIn = null;
  await fireEvent.click(screen.getByTestId('save'));
  await screen.findByTestId('sign-in-form');
  for (const name of ['login', 'passphrase', 'code']) {
    await fireEvent.input(input(`field-sign-in-${name}`), { target: { value: '123456' } });
  }
  await fireEvent.click(screen.getByTestId('sign-in'));
  expect(await screen.findByTestId('field-reason')).toHaveProperty('value', 'because');
  await fireEvent.click(screen.getByTestId('save'));
  await screen.findByTestId('saved');
});

test('a test login is shown in plain words, and its attributes are offered', async () => {
  const fake = new Fake().running();
  await open(fake);
  await fireEvent.click(screen.getByTestId('test-login'));
  await fireEvent.click(await screen.findByTestId('test-start'));
  expect(await screen.findByTestId('test-link')).toHaveProperty('value', expect.stringContaining('/test/'));
  fake.report = {
    time: 1_795_000_000,
    refusal: fault('signin.no_email'),
    who: null,
    subject: null,
    attributes: [['mail', ['a@example.co.jp']]],
    signed: ['assertion'],
    encrypted: false,
    signing_key: '9A',
    clock: -3,
    warnings: [],
  };
  const report = await screen.findByTestId('test-report', {}, { timeout: 3000 });
  expect(report.dataset['code']).toBe('signin.no_email');
  await fireEvent.click(screen.getByTestId('close-test'));
  expect(screen.getAllByText('mail').length).toBeGreaterThan(0);
});

test('an old revision is restored into the draft, not saved', async () => {
  const fake = new Fake().running();
  fake.othersSave('just_in_time', 'true');
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await fireEvent.click(screen.getByTestId('nav-history'));
  await fireEvent.click(await screen.findByTestId('restore-1'));
  await fireEvent.click(await screen.findByTestId('confirm-restore'));
  await screen.findByTestId('unsaved');
  expect(fake.calls).toContainEqual(['history.restore', { revision: 1 }]);
  expect(fake.calls.some(([method]) => method === 'admin.save')).toBe(false);
});

test('choosing the identity provider says what it has left as it is', async () => {
  const fake = new Fake().running();
  await open(fake);
  await fireEvent.change(screen.getByTestId('field-idp_type'), { target: { value: 'entra' } });
  const left = await screen.findByTestId('idp-left-attribute_subject');
  expect(left.textContent).toContain('identity/claims/objectidentifier');
  expect(screen.queryByTestId('idp-filled')).toBeNull();
  expect(fake.calls).toContainEqual(['idp.choose', { idp_type: 'entra' }]);
  expect(sets(fake)).toEqual([]);
  expect(screen.getByTestId('row-idp_type').dataset['changed']).toBe('true');
});

test('an identity provider that is refused leaves the draft and says why', async () => {
  const fake = new Fake().running();
  await open(fake);
  fake.refusals['idp.choose'] = fault('config.choice', 'idp_type', { value: 'okta' });
  await fireEvent.change(screen.getByTestId('field-idp_type'), { target: { value: 'okta' } });
  expect((await screen.findByTestId('fault-idp_type')).dataset['code']).toBe('config.choice');
  expect(screen.getByTestId('unsaved').dataset['count']).toBe('0');
});

test('what an error page of the identity provider says is explained', async () => {
  const fake = new Fake().running();
  await open(fake);
  await fireEvent.click(screen.getByTestId('test-login'));
  await fireEvent.click(await screen.findByTestId('test-start'));
  await fireEvent.input(await screen.findByTestId('idp-error'), { target: { value: 'AADSTS50105: Your …' } });
  await fireEvent.click(screen.getByTestId('explain-error'));
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('preset.aadsts50105');
  await fireEvent.input(screen.getByTestId('idp-error'), { target: { value: 'AADSTS1' } });
  await fireEvent.click(screen.getByTestId('explain-error'));
  await screen.findByTestId('unknown-error');
});

test('what was opened stays open when the language is switched', async () => {
  render(App, { backend: new Fake().running() });
  await fireEvent.click(await screen.findByTestId('nav-configuration'));
  const more = await screen.findByTestId<HTMLDetailsElement>('more');
  expect(more.open).toBe(false);
  more.open = true;
  more.dispatchEvent(new Event('toggle'));
  const before = language.current;
  language.choose('ja');
  await waitFor(() => expect(more.textContent).toContain('詳細'));
  expect(more.open).toBe(true);
  language.choose(before);
});

test('the webhook is tested with the address of the draft, and its secret is shown when it is asked for', async () => {
  const fake = new Fake().running();
  fake.replies['webhook.test'] = () => ({
    url: 'https://a.example/',
    status: 204,
    milliseconds: 12,
    id: 'evt_1',
  });
  fake.replies['webhook.secret'] = () => ({ url: 'https://a.example/', secret: 'whsec_AAAA' });
  await open(fake);
  expect(screen.queryByTestId('webhook-test')).toBeNull();
  await type('field-webhook', 'https://a.example/');
  await fireEvent.click(await screen.findByTestId('webhook-test'));
  expect((await screen.findByTestId('webhook-took')).textContent).toContain('204');
  expect(screen.queryByTestId('webhook-secret')).toBeNull();
  await fireEvent.click(screen.getByTestId('webhook-show'));
  expect((await screen.findByTestId('webhook-secret')).textContent).toBe('whsec_AAAA');

  fake.refusals['webhook.test'] = fault('service.webhook_status', 'webhook', {
    host: 'a.example',
    status: '401',
  });
  await fireEvent.click(screen.getByTestId('webhook-test'));
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('service.webhook_status');
  expect(screen.queryByTestId('webhook-took')).toBeNull();

  await type('field-webhook', 'https://b.example/');
  await waitFor(() => expect(screen.queryByTestId('webhook-secret')).toBeNull());
});
