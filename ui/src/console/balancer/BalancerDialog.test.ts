import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Balancer } from '../../test/balancer';
import { Fake, fault } from '../../test/fake';
import App from '../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const type = async (name: string, value: string): Promise<void> => {
  const input = await screen.findByTestId(name);
  await fireEvent.input(input, { target: { value } });
  await fireEvent.change(input, { target: { value } });
};
const text = (): string => screen.getByTestId<HTMLTextAreaElement>('text-snippet').value;

const open = async (prepare: (fake: Fake) => void = () => undefined): Promise<Fake> => {
  const fake = new Fake().running();
  new Balancer(fake);
  prepare(fake);
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-configuration');
  await click('open-balancer');
  return fake;
};

test('what stands before the servers is seen, and its text names the servers that are known or typed', async () => {
  const fake = await open();
  await waitFor(() => expect(screen.getByTestId('balancer-seen').dataset['seen']).toBe('at_servers'));
  expect(screen.getByTestId<HTMLInputElement>('balancer-at_servers').checked).toBe(true);
  await waitFor(() => expect(text()).toBe('# haproxy at_servers\nserver 10.2.0.11:8443\nserver sso2:8443\n'));
  expect(screen.getByTestId('balancer-guessed').textContent).toContain('sso2:8443');
  // Full-width characters are folded, as in every host.
  await type('field-balancer-servers', '10.2.0.11、１０．２．０．１２：９４４３');
  await waitFor(() => expect(text()).toContain('server 10.2.0.12:9443'));
  expect(screen.queryByTestId('balancer-guessed')).toBeNull();
  await fireEvent.change(screen.getByTestId('balancer-kind'), { target: { value: 'nginx' } });
  await waitFor(() => expect(text()).toContain('# nginx at_servers'));
  expect(fake.calls).toContainEqual([
    'balancer.snippets',
    { tls: 'at_servers', servers: ['10.2.0.11', '10.2.0.12:9443'] },
  ]);
});

test('a server that cannot be read says why, and where nothing stands no text is offered', async () => {
  const fake = await open();
  await waitFor(() => expect(text()).toContain('haproxy'));
  fake.refusals['balancer.snippets'] = fault('config.host', undefined, { value: 'a b' });
  await type('field-balancer-servers', 'a;b');
  await screen.findByTestId('fault-balancer-servers');
  await click('balancer-none');
  await waitFor(() => expect(screen.queryByTestId('text-snippet')).toBeNull());
});

test('it is asked as a balancer asks', async () => {
  const fake = await open();
  fake.probe.own.status = 503;
  await click('balancer-ask');
  const own = await screen.findByTestId('probed-10.2.0.11:8443');
  expect(own.dataset['status']).toBe('503');
  expect(screen.getByTestId('probed-10.2.0.9:8443').dataset['status']).toBe('200');
});

test('where TLS ends at the balancer its address has to be listed, and elsewhere it must not be', async () => {
  const fake = await open();
  await click('balancer-at_balancer');
  const advice = (): string | undefined => screen.queryByTestId('balancer-advice')?.dataset['advice'];
  await waitFor(() => expect(advice()).toBe('list_it'));
  await type('field-balancer-proxies', '10.2.0.9');
  await waitFor(() => expect(advice()).toBeUndefined());
  expect(fake.calls).toContainEqual(['draft.set', { field: 'trusted_proxies', value: '10.2.0.9' }]);
  await click('balancer-at_servers');
  await waitFor(() => expect(advice()).toBe('list_nothing'));
});

test('an administrator signs in and agrees before the certificate is written, and it is written down first', async () => {
  const fake = await open();
  await click('balancer-at_balancer');
  expect(screen.queryByTestId('write-certificate')).toBeNull();
  await type('field-sign-in-login', 'tanaka');
  await type('field-sign-in-passphrase', 'seven-quiet-lanterns');
  await type('field-sign-in-code', '123456');
  await click('sign-in');
  const write = await screen.findByTestId<HTMLButtonElement>('write-certificate');
  expect(write.disabled).toBe(true);
  await type('field-certificate-folder', '/media/usb');
  await click('agree-certificate');
  // What is not written down is opened by nobody.
  fake.refusals['balancer.given_out'] = fault('keys.given_out_ended');
  await click('write-certificate');
  expect((await screen.findByTestId('certificate-lost')).textContent).toContain(
    '/media/usb/example-tokyo.p12',
  );
  expect(screen.queryByTestId('certificate-passphrase')).toBeNull();
  await click('write-certificate');
  expect((await screen.findByTestId('certificate-passphrase')).textContent).toBe('ljhts-7jmkz-aaaab-qqqqq');
  expect(screen.getByTestId('certificate-path').textContent).toBe('/media/usb/example-tokyo.p12');
  const last = fake.calls.slice(-1)[0];
  expect(last).toEqual(['balancer.given_out', { note: 'd29yZA' }]);
});
