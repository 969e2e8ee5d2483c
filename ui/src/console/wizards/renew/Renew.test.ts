import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { certificate, Fake, fault, server } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
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
  await click('renew');
};
const drop = (): Promise<boolean> =>
  fireEvent.change(screen.getByTestId('field-tls'), { target: { files: [new File(['x'], 'new.pem')] } });
const passwords = async (): Promise<void> => {
  await fireEvent.input(await screen.findByTestId('tls-store-password'), { target: { value: 'secret' } });
  await click('tls-import');
};
const sign = async (): Promise<void> => {
  for (const name of ['login', 'passphrase', 'code'])
    await fireEvent.input(await screen.findByTestId(`field-sign-in-${name}`), {
      target: { value: 'tanaka' },
    });
  await click('sign-in');
};

test('the whole way: a request, days later its answer, the check, the save, and every server seen', async () => {
  const fake = new Fake().running();
  fake.others = [server('sso2', { certificate: { sha256: 'old', not_after: null } })];
  await open(fake);
  await screen.findByTestId('page-bring');
  expect(state('saml')).toBe('skipped');
  expect(state('check')).toBe('locked');
  await click('request-certificate');
  await fireEvent.input(await screen.findByTestId('field-request-names'), {
    target: { value: 'login.example.co.jp、10.0.0.1' },
  });
  await fireEvent.change(screen.getByTestId('request-key'), { target: { value: 'p384' } });
  fake.refusals['draft.request'] = fault('certs.country', undefined, { country: 'Japan' });
  await click('make-request');
  await screen.findByTestId('fault-request');
  await click('make-request');
  await waitFor(() => expect(screen.queryByTestId('fault-request')).toBeNull());
  const wish = fake.calls.filter(([method]) => method === 'draft.request').at(-1)?.[1];
  expect(wish).toMatchObject({ names: ['login.example.co.jp', '10.0.0.1'], key: 'p384' });
  await click('close-request');
  expect((screen.getByTestId('text-sheet-ca') as HTMLTextAreaElement).value).toContain('CERTIFICATE REQUEST');
  await click('sent-ca');
  expect(screen.getByTestId('waiting-ca').dataset['state']).toBe('sent');

  // Closed, and opened again on another day: it stands where it stood.
  cleanup();
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-certificates');
  expect(screen.getByTestId('renew').textContent).toContain('Go on');
  await click('renew');
  expect((await screen.findByTestId('waiting-ca')).dataset['state']).toBe('sent');
  fake.dropped = certificate(['sso.example.co.jp'], false, 200);
  await drop();
  await passwords();
  await reached('bring');
  await next('check');
  await reached('check');
  await screen.findByTestId('new-certificate');
  expect(screen.getAllByTestId('cell-draft')[0]?.dataset['covered']).toBe('true');
  await next('save');
  await sign();
  await waitFor(() => expect(screen.getByTestId('save')).toHaveProperty('disabled', false));
  await click('save');
  await reached('save');
  await next('seen');
  expect(screen.getByTestId('seen').dataset['done']).toBe('1');
  expect(screen.getByTestId('seen').dataset['all']).toBe('2');
  fake.others = [server('sso2')];
  await reached('seen');
  // A balancer that ends TLS is given the certificate from here.
  await click('open-balancer');
  await click('close-balancer');
  await click('finish');
  await screen.findByTestId('in-use');
  expect(screen.getByTestId('renew').textContent).toBe('Renew…');
});

test('a certificate that does not cover the name cannot be saved, and says why', async () => {
  const fake = new Fake().running();
  await open(fake);
  fake.dropped = certificate(['login.example.com']);
  await screen.findByTestId('page-bring');
  await drop();
  await passwords();
  await reached('bring');
  fake.replies['draft.get'] = () => ({
    ...emptyOf(fake),
    checks: [fault('certs.not_covered', 'tls', { host: 'sso.example.co.jp', names: 'login.example.com' })],
  });
  cleanup();
  await open(fake);
  await screen.findByTestId('page-check');
  await screen.findByTestId('fault-tls');
  expect(state('check')).toBe('open');
  expect(state('save')).toBe('locked');
  expect(screen.getAllByTestId('cell-draft')[0]?.dataset['code']).toBe('certs.name_not_in_certificate');
  await click('next');
  await waitFor(() => expect(screen.getByTestId('unfinished').textContent).not.toBe(''));
});

/** The draft as the service gave it last. */
const emptyOf = (fake: Fake) => {
  delete fake.replies['draft.get'];
  return fake.draftNow;
};

test('where SAML uses the certificate, it is given a pair of its own first', async () => {
  const fake = new Fake().running();
  fake.othersSave('saml_key', 'tls');
  await fake.call('draft.discard', null);
  await open(fake);
  await screen.findByTestId('page-saml');
  expect(state('bring')).toBe('locked');
  expect(screen.getByTestId('review-saml')).toHaveProperty('disabled', true);
  fake.othersSave('saml_key', 'own');
  await fake.call('draft.discard', null);
  fake.tell('draft.changed');
  fake.tell();
  await reached('saml');
  await screen.findByTestId('saml-apart');
  await reached('bring', 'open');
});
