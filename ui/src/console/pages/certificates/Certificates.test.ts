import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { certificate, Fake, fault, server } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const open = async (fake: Fake): Promise<void> => {
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-certificates');
};
const cells = (name: string): (string | undefined)[] =>
  [...screen.getByTestId(`name-${name}`).querySelectorAll('td')].map((cell) => cell.dataset['code']);
const markAt = (name: string): string | null | undefined =>
  screen.getByTestId(name).querySelector('.mark')?.textContent;

test('every name stands beside the certificate with its reason, and what is served is told', async () => {
  const fake = new Fake().running();
  fake.others = [server('sso2'), server('sso3', { certificate: { sha256: 'ab', not_after: null } })];
  fake.balancer = certificate(['login.example.com']);
  await open(fake);
  await screen.findByTestId('matrix');
  expect(cells('sso.example.co.jp')).toEqual(['certs.covered_by_wildcard']);
  const own = screen.getByTestId('name-sso1');
  expect(own.querySelector('.mark')?.className).toContain('calm');
  expect(own.textContent).toContain('a server’s own name');
  await screen.findByTestId('served-own');
  expect(markAt('served-own')).toBe('✓the one in use');
  expect(markAt('served-at')).toBe('✕another name');
  expect(screen.getByTestId('served-at').textContent).toContain('login.example.com');
  expect(markAt('served-by-sso2')).toBe('✓the one in use');
  expect(markAt('served-by-sso3')).toBe('!another certificate');
  expect(screen.getByTestId('lifetime-saml').dataset['tone']).toBe('ok');
});

test('the certificate that was replaced last can be put back', async () => {
  const fake = new Fake().running();
  const before = certificate(['sso.example.co.jp'], false, 5);
  [before.subject, before.sha256] = ['CN=before', 'bb'.repeat(32)];
  fake.before = { certificate: before, replaced: before.not_before, until: before.not_after };
  await open(fake);
  await click('put-back');
  await screen.findByTestId('put-back-note');
  expect(fake.calls.map(([method]) => method)).toContain('draft.certificate_back');
  expect(screen.queryByTestId('put-back')).toBeNull();
});

test('the days that are left are judged by the lifetime', async () => {
  const fake = new Fake().running();
  const short = { ...certificate(['sso.example.co.jp'], false, 20) };
  fake.dropped = { ...short, not_before: short.not_after - 47 * 86_400 };
  await open(fake);
  await click('check-certificate');
  await fireEvent.click(screen.getByTestId('judge'));
  const drop = async (): Promise<void> => {
    const input = screen.getByTestId('field-check');
    await fireEvent.change(input, { target: { files: [new File(['x'], 'new.cer')] } });
  };
  await drop();
  const line = await screen.findByTestId('lifetime-shown');
  expect(line.dataset['tone']).toBe('ok');
  expect(line.textContent).toContain('20 of 47 days left');
  fake.dropped = certificate(['sso.example.co.jp'], false, 20);
  await drop();
  await waitFor(() => expect(screen.getByTestId('lifetime-shown').dataset['tone']).toBe('warn'));
});

test('a file is judged beside names that are typed, a password is asked for, and nothing is kept', async () => {
  const fake = new Fake().running();
  await open(fake);
  await click('check-certificate');
  fake.refusals['certificates.judge'] = fault('certs.password_needed', undefined, { file: 'a.pfx' });
  await fireEvent.input(screen.getByTestId('check-names'), {
    target: { value: 'example.co.jp、a.b.example.co.jp' },
  });
  await fireEvent.change(screen.getByTestId('field-check'), {
    target: { files: [new File(['x'], 'a.pfx')] },
  });
  await fireEvent.input(await screen.findByTestId('check-password'), { target: { value: 'secret' } });
  await click('judge');
  await waitFor(() => expect(screen.queryByTestId('lifetime-shown')).not.toBeNull());
  const dialog = screen.getByTestId('judged');
  const codes = (name: string): (string | undefined)[] =>
    [...dialog.querySelectorAll<HTMLElement>(`[data-testid="name-${name}"] td`)].map(
      (one) => one.dataset['code'],
    );
  expect(codes('example.co.jp')).toEqual(['certs.covered_by_itself', 'certs.covered_by_itself']);
  expect(codes('a.b.example.co.jp')).toEqual([
    'certs.name_not_in_certificate',
    'certs.name_not_in_certificate',
  ]);
  const asked = fake.calls.filter(([method]) => method === 'certificates.judge').at(-1)?.[1];
  expect(asked).toMatchObject({ store_password: 'secret', names: ['example.co.jp', 'a.b.example.co.jp'] });
  expect(screen.queryByTestId('check-password')).toBeNull();
  expect(fake.calls.some(([method]) => method === 'draft.certificate')).toBe(false);
});

test('without a saved certificate the page says what to do first', async () => {
  const fake = new Fake();
  fake.join();
  await render(App, { backend: fake });
  await click('nav-certificates');
  await screen.findByTestId('no-certificate');
  expect(screen.queryByTestId('renew')).toBeNull();
});
