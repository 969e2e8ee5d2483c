import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Fake, fault } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const type = async (name: string, value: string): Promise<void> => {
  const field = await screen.findByTestId(name);
  await fireEvent.input(field, { target: { value } });
  await fireEvent.change(field);
};
const state = (step: string): string | undefined => screen.getByTestId(`step-${step}`).dataset['state'];
const reached = (step: string, wanted = 'done'): Promise<void> =>
  waitFor(() => expect(state(step)).toBe(wanted));
const next = async (page: string): Promise<void> => {
  await waitFor(() => expect(screen.getByTestId('next').dataset['ready']).toBe('true'));
  await click('next');
  await screen.findByTestId(`page-${page}`);
};
const open = async (fake: Fake): Promise<void> => {
  render(App, { backend: fake });
  await click('set-up');
};

const reachAndFound = async (): Promise<void> => {
  await type('field-hub', 'setup-code-1');
  await click('preflight');
  await reached('preflight');
  await next('account');
  await type('field-organisation', '株式会社サンプル');
  await type('field-login', 'tanaka');
  await click('suggest');
  await waitFor(() =>
    expect(screen.getByTestId('field-passphrase')).toHaveProperty('value', 'kumo-7301-tabi-mizu-yama'),
  );
  await click('begin-account');
  expect((await screen.findByTestId('qr')).getAttribute('src')).toMatch(/^data:image\/svg\+xml;base64,/);
  await type('field-totp', '１２３４５６');
  await click('found');
  await screen.findByTestId('page-kit');
};

test('the whole way from nothing to a running server', async () => {
  const fake = new Fake();
  await open(fake);
  expect(screen.getByTestId('effects').dataset['effects']).toBe('');
  await reachAndFound();
  const founding = fake.calls.find(([method]) => method === 'admin.found')?.[1];
  expect(founding).toMatchObject({ way: { hub: 'setup-code-1' }, login: 'tanaka', totp_code: '123456' });
  expect(screen.getByTestId('effects').dataset['effects']).toBe('founded');

  await click('next');
  expect(screen.getByTestId('unfinished').textContent).not.toBe('');
  expect(screen.getByTestId('page-kit')).toBeTruthy();
  const lines = [1, 2, 3, 4].map((number) => screen.getByTestId(`kit-line-${number}`).textContent);
  await click('on-paper');
  const line = Number(screen.getByTestId('rehearse-line').dataset['line']);
  await type('field-rehearse', 'something else');
  await click('rehearse');
  expect((await screen.findByTestId('fault-rehearse')).dataset['code']).toBe('keys.kit_line');
  await type('field-rehearse', lines[line - 1] ?? '');
  await click('rehearse');
  await reached('kit');
  expect(fake.calls).toContainEqual(['admin.rehearse_kit', { line, text: lines[line - 1] }]);
  await next('second');

  await next('connection');
  expect(state('second')).toBe('later');
  await type('field-connection-name', '東京オフィス');
  await type('field-enterprise-domain', 'example-tokyo');
  await click('add-connection');
  await reached('connection');
  await type('field-mail-domain', 'example.co.jp');
  fake.domains = { state: 'missing', found: ['v=spf1 -all'] };
  await click('reserve');
  const value = await screen.findByTestId('proof-value-example.co.jp');
  expect(value.textContent).toBe(`sekisho-domain=${'5a'.repeat(32)}`);
  expect(screen.getByTestId('reserved-example.co.jp').textContent).toContain('v=spf1 -all');
  fake.domains = { state: 'proven' };
  await click('prove-example.co.jp');
  await waitFor(() => expect(screen.getByTestId('reserved-example.co.jp').dataset['proof']).toBe('proven'));
  await next('enrol');

  await click('enrol');
  await reached('enrol');
  expect(screen.getByTestId('effects').dataset['effects']).toBe('founded connection enrolled');
  await next('address');

  await click('topology-pass_through');
  await type('field-advertised_host', 'sso.example.co.jp');
  // At once: the click waits for what was typed last.
  await click('next');
  await screen.findByTestId('page-sheet');
  expect((await screen.findByTestId('text-sheet-idp')).textContent).toBeDefined();
  await click('sent-idp');
  await reached('sheet');
  await next('certificate');

  await click('trial-certificate');
  await reached('certificate');
  await next('idp');
  await click('metadata-paste');
  await type('metadata-xml', '<EntityDescriptor/>');
  await click('metadata-take');
  await reached('idp');
  await next('test');

  await click('test-start');
  await screen.findByTestId('test-link');
  fake.report = {
    time: 1_795_000_000,
    refusal: null,
    who: 'hanako@example.co.jp',
    subject: ['nameid', 'x'],
    attributes: [],
    signed: ['response'],
    encrypted: false,
    signing_key: '9A',
    clock: 0,
    warnings: [],
  };
  await screen.findByTestId('test-report', {}, { timeout: 3000 });
  await reached('test');
  await next('review');

  expect(screen.queryByTestId('untested')).toBeNull();
  await screen.findByTestId('change-advertised_host');
  await click('save');
  await reached('review');
  await next('running');
  await reached('running');
  const announcement = screen.getByTestId('text-announcement');
  expect(announcement).toHaveProperty('value', expect.stringContaining('https://sso.example.co.jp:8443/'));
  expect(screen.getByTestId('next-second')).toBeTruthy();
  await click('finish');
  await screen.findByTestId('nav-overview');
  expect(localStorage.getItem('first-server')).toBeNull();
}, 20_000);

test('it can be closed anywhere, lands on the first unfinished step, and no secret is stored', async () => {
  const fake = new Fake();
  await open(fake);
  await reachAndFound();
  await click('on-paper');
  await type('field-rehearse', 'K7QM RT2A 94XH WD3C');
  await click('rehearse');
  await reached('kit');
  const stored = localStorage.getItem('first-server') ?? '';
  for (const secret of ['setup-code-1', 'kumo-7301', 'K7QM']) expect(stored).not.toContain(secret);
  await click('close-wizard');
  cleanup();

  await open(fake);
  await screen.findByTestId('page-second');
  await click('step-preflight');
  await screen.findByTestId('page-preflight');
});

test('closing before the kit is on paper asks first', async () => {
  await open(new Fake());
  await reachAndFound();
  await click('close-wizard');
  await click('stay');
  expect(screen.getByTestId('kit')).toBeTruthy();
});

test('a clock that is off is told before any code is asked for', async () => {
  const fake = new Fake();
  fake.replies['admin.preflight'] = () => ({
    hub: 'https://hub.example',
    version: '0.1.0',
    clock_ahead: -95,
    invited: null,
  });
  await open(fake);
  await type('field-hub', 'https://hub.example');
  await click('preflight');
  expect(await screen.findByTestId('clock-warning')).toBeTruthy();
});

test('a hub that is not reached keeps what was typed', async () => {
  const fake = new Fake();
  fake.refusals['admin.preflight'] = fault('hub.proxy');
  await open(fake);
  await type('field-hub', 'https://hub.example');
  await click('preflight');
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('hub.proxy');
  expect(screen.getByTestId('field-hub')).toHaveProperty('value', 'https://hub.example');
  expect(state('preflight')).toBe('open');
});

test('a sheet that was sent goes stale when the host changes', async () => {
  const fake = new Fake();
  fake.join();
  await fake.call('draft.set', { field: 'advertised_host', value: 'sso.example.co.jp' });
  await open(fake);
  await click('step-sheet');
  await click('sent-idp');
  await waitFor(() => expect(screen.getByTestId('waiting-idp').dataset['state']).toBe('sent'));
  await click('step-address');
  await type('field-advertised_host', 'sso2.example.co.jp');
  await click('waiting-list');
  await waitFor(() => expect(screen.getByTestId('person-idp').dataset['state']).toBe('stale'));
});

test('the sheet has the steps of the chosen identity provider, with the values of this connection', async () => {
  const fake = new Fake();
  fake.join();
  await fake.call('draft.set', { field: 'advertised_host', value: 'sso.example.co.jp' });
  await open(fake);
  await click('step-sheet');
  await fireEvent.change(await screen.findByTestId('field-idp_type'), { target: { value: 'entra' } });
  await screen.findByTestId('idp-filled');
  const acs = 'https://sso.example.co.jp:8443/sso-connect/saml/sso';
  await waitFor(() => {
    const { value } = screen.getByTestId<HTMLTextAreaElement>('text-sheet-idp');
    expect(value).toContain(`\n1. “Settings” of the add-on: Application Callback URL \`${acs}\`.\n`);
    expect(value).toMatch(/\n2\. .*\n\n {3}```\n {3}Set-Adfs\w+\n {3}-Saml\w+ \w+\n {3}```\n/);
    expect(value).not.toContain('Please send back: the metadata of the identity provider');
  });
  expect((await screen.findByTestId('idp-step-1')).querySelector('code')?.textContent).toBe(acs);
});

test('without the steps the sheet still says all that every product needs', async () => {
  const fake = new Fake();
  fake.join();
  await fake.call('draft.set', { field: 'advertised_host', value: 'sso.example.co.jp' });
  fake.replies['idp.steps'] = () => {
    throw fault('admin-api.unknown_method') as unknown as Error;
  };
  await open(fake);
  await click('step-sheet');
  const sheet = await screen.findByTestId<HTMLTextAreaElement>('text-sheet-idp');
  expect(sheet.value).toContain('Please send back: the metadata of the identity provider');
});
