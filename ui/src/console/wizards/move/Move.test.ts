import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import type { TestReport } from '../../../lib/backend/types/TestReport';
import { Fake, fault, NOW, server } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const NEW = 'login.example.co.jp';
const OLD = 'sso.example.co.jp';
const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const type = (name: string, value: string): Promise<boolean> =>
  fireEvent.input(screen.getByTestId(`field-${name}`), { target: { value } });
const state = (step: string): string | undefined => screen.getByTestId(`step-${step}`).dataset['state'];
const reached = (step: string, wanted = 'done'): Promise<void> =>
  waitFor(() => expect(state(step)).toBe(wanted));
const next = async (page: string): Promise<void> => {
  await click('next');
  await screen.findByTestId(`page-${page}`);
};
const open = async (fake: Fake): Promise<void> => {
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-certificates');
  await click('move');
};
const save = async (): Promise<void> => {
  if (screen.queryByTestId('sign-in')) {
    for (const name of ['login', 'passphrase', 'code']) await type(`sign-in-${name}`, 'tanaka');
    await click('sign-in');
  }
  await waitFor(() => expect(screen.getByTestId('save')).toHaveProperty('disabled', false));
  await click('save');
};
const steps = (fake: Fake): unknown[] =>
  fake.calls.filter(([method]) => method === 'draft.names').map(([, step]) => step);
const report: TestReport = {
  time: NOW,
  refusal: null,
  who: 'alice@example.com',
  subject: null,
  attributes: [],
  signed: ['assertion'],
  encrypted: false,
  signing_key: 'AB',
  clock: 0,
  warnings: [],
};

test('the whole way: both names, a test, the switch, and the old name goes when it is quiet', async () => {
  const fake = new Fake().running();
  await open(fake);
  await screen.findByTestId('page-name');
  fake.refusals['draft.names'] = fault('config.host', 'other_names', { value: 'x' });
  await type('new-host', 'x y');
  await click('add-name');
  await screen.findByTestId('fault-name');
  await type('new-host', NEW);
  await click('add-name');
  expect((await screen.findByTestId('to')).textContent).toBe(`${NEW}:8443`);
  const sheet = screen.getByTestId('text-sheet-dns') as HTMLTextAreaElement;
  expect(sheet.value).toContain(`\`${NEW}\``);
  await click('sent-dns');
  expect(screen.getByTestId('person-dns').dataset['state']).toBe('sent');

  // Closed, and opened again on another day: it stands where it stood.
  cleanup();
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-certificates');
  await waitFor(() => expect(screen.getByTestId('move').textContent).toContain('Go on'));
  await click('move');
  await screen.findByTestId('page-idp');
  await reached('certificate');
  expect(screen.getByTestId<HTMLTextAreaElement>('text-sheet-idp').value).toContain(
    `https://${NEW}:8443/sso-connect/saml/sso`,
  );
  await click('next');
  await waitFor(() => expect(screen.getByTestId('unfinished').textContent).not.toBe(''));
  await click('idp-told');
  await next('overlap');
  await save();
  await reached('overlap');
  await next('test');
  fake.report = report;
  expect(screen.getByTestId('new-vault').textContent).toBe(`https://${NEW}:8443/vault/`);
  await click('test-start');
  expect((await screen.findByTestId<HTMLInputElement>('test-link')).value).toContain(`https://${NEW}:8443/`);
  await waitFor(() => expect(state('test')).toBe('done'), { timeout: 3000 });
  await next('switch');
  await click('advertise');
  await screen.findByTestId('save');
  await save();
  await reached('switch');
  expect(screen.getByTestId<HTMLTextAreaElement>('text-sheet-users').value).toContain(
    `https://${NEW}:8443/vault/`,
  );
  const uses = (last: number) => [
    { host: NEW, last: NOW, count: 40 },
    { host: OLD, last, count: 7 },
  ];
  const now = Math.floor(Date.now() / 1000);
  fake.replies['servers.list'] = () => ({
    servers: [
      server('sso1', { own: true, names: uses(now - 86_400) }),
      server('sso2', { names: uses(now - 9e6) }),
    ],
    newest: 2,
    read: NOW,
    faults: [],
    asked: null,
    progress: null,
  });
  await next('retire');
  await waitFor(() => expect(screen.getByTestId('uses').textContent).toContain('7, the last'));
  expect(screen.getByTestId('quiet-state').dataset['quiet']).toBe('false');
  await fireEvent.change(screen.getByTestId('quiet'), { target: { value: '1' } });
  await waitFor(() => expect(screen.getByTestId('quiet-state').dataset['quiet']).toBe('true'));
  await click('remove-name');
  await screen.findByTestId('save');
  await save();
  await reached('retire');
  await screen.findByTestId('retired');
  await click('finish');
  await screen.findByTestId('in-use');
  expect(screen.getByTestId('move').textContent).toBe('Move to a new hostname…');
  expect(steps(fake)).toEqual([
    { step: 'add', host: 'x y', port: null },
    { step: 'add', host: NEW, port: null },
    { step: 'advertise', host: NEW },
    { step: 'remove', host: OLD },
  ]);
});

test('an identity provider with one address answers at the old name until it is changed', async () => {
  const fake = new Fake().running();
  await open(fake);
  await screen.findByTestId('page-name');
  await type('new-host', NEW);
  await click('add-name');
  await next('certificate');
  await next('idp');
  await click('holds-one');
  await reached('idp');
  await screen.findByTestId('answers-at-old');
  await next('overlap');
  await save();
  await reached('overlap');
  expect(steps(fake).at(-1)).toEqual({ step: 'take_answers', host: OLD });
  await next('test');
  await next('switch');
  expect(state('test')).toBe('later');
  await click('advertise');
  await screen.findByTestId('save');
  await save();
  await next('retire');
  expect((await screen.findByTestId<HTMLTextAreaElement>('text-sheet-idp')).value).toContain('CHANGE');
  await click('answers-moved');
  await screen.findByTestId('save');
  await save();
  await screen.findByTestId('remove-name');
});

test('a move that was begun elsewhere goes on here', async () => {
  const fake = new Fake().running();
  await fake.call('draft.names', { step: 'add', host: NEW, port: 443 });
  await fake.call('draft.names', { step: 'take_answers', host: OLD });
  fake.othersSave('skew_seconds', '61');
  await open(fake);
  expect((await screen.findByTestId('to')).textContent).toBe(`${NEW}:443`);
  await reached('overlap');
  expect(state('test')).toBe('open');
});

test('a hostname that is typed into the form offers the wizard, and the form is put back', async () => {
  const fake = new Fake().running();
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-configuration');
  const field = await screen.findByTestId<HTMLInputElement>('field-advertised_host');
  await fireEvent.input(field, { target: { value: NEW } });
  await fireEvent.change(field);
  await screen.findByTestId('host-outage');
  await click('move-instead');
  await screen.findByTestId('page-name');
  expect(fake.draftNow.changes).toEqual([]);
});
