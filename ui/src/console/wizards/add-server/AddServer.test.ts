import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { Fake, fault, joinFile, NOW, server } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};
const type = async (name: string, value: string): Promise<void> => {
  await fireEvent.input(await screen.findByTestId(name), { target: { value } });
};
const state = (step: string): string | undefined => screen.getByTestId(`step-${step}`).dataset['state'];
const reached = (step: string, wanted = 'done'): Promise<void> =>
  waitFor(() => expect(state(step)).toBe(wanted));
const next = async (page: string): Promise<void> => {
  await click('next');
  await screen.findByTestId(`page-${page}`);
};
const paste = async (text: string): Promise<void> => {
  await click('paste-join');
  await type('field-join-text', text);
  await click('read-join');
};
const signIn = async (): Promise<void> => {
  for (const name of ['login', 'passphrase', 'code']) await type(`field-sign-in-${name}`, 'tanaka');
  await click('sign-in');
};

/** A service that runs as soon as it has joined. */
const joins = (fake: Fake): void => {
  fake.replies['enrolment.complete'] = () => {
    fake.status = {
      ...fake.status,
      state: { state: 'running', since: NOW },
      revision: 7,
      users: 1204,
      listening: '[::]:8443',
      membership: {
        organisation: 'o1',
        connection: 'c1',
        enterprise_domain: 'example-tokyo',
        server: 's1',
        hub: 'https://hub.example.co.jp',
      },
    };
    fake.others = [server('sso0')];
    fake.tell();
    return { revision: 7, users: 1204 };
  };
};

test('the whole way from a join file to a server that takes the place of another', async () => {
  const fake = new Fake();
  joins(fake);
  render(App, { backend: fake });
  await click('join-connection');
  await click('next');
  await waitFor(() => expect(screen.getByTestId('unfinished').textContent).not.toBe(''));
  await paste('{"sekisho_join":1}');
  await screen.findByTestId('join-found');
  expect(fake.calls).toContainEqual(['join.read', { text: '{"sekisho_join":1}' }]);

  await next('account');
  expect(screen.queryByTestId('field-sign-in-hub')).toBeNull();
  await signIn();
  await reached('account');
  expect(fake.calls.find(([method]) => method === 'admin.sign_in')?.[1]).toMatchObject({
    way: { hub: 'https://hub.example.co.jp/ 3fX9', proxy: 'http://proxy.example.co.jp:3128' },
  });

  await next('enrol');
  expect(screen.getByTestId('effects').dataset['effects']).toBe('');
  await click('enrol');
  await reached('enrol');
  expect(fake.calls).toContainEqual([
    'draft.set',
    { field: 'proxy', value: 'http://proxy.example.co.jp:3128' },
  ]);
  expect(fake.calls.find(([method]) => method === 'admin.enrol')?.[1]).toMatchObject({
    connection: 'c1',
    genesis: 'f0',
  });
  expect(fake.calls.find(([method]) => method === 'enrolment.complete')?.[1]).toMatchObject({
    genesis: 'f0',
  });
  expect(screen.getByTestId('enrolled').textContent).toContain('1204');

  await next('address');
  expect((await screen.findByTestId('others-listen')).textContent).toContain('10.2.0.9:8443');
  await click('use-10.2.0.11');
  await waitFor(() =>
    expect(fake.calls).toContainEqual(['draft.set', { field: 'private_ip', value: '10.2.0.11' }]),
  );
  await next('probe');
  expect((await screen.findByTestId('probe-own')).dataset['status']).toBe('200');
  await reached('probe');

  await next('pool');
  await reached('pool');
  expect(screen.getByTestId('in-pool').dataset['seen']).toBe('true');
  await next('replace');
  await click('replaces-sso0');
  expect((await screen.findByTestId('drained')).dataset['done']).toBe('false');
  fake.others = [server('sso0', { warnings: [fault('service.drained')], sign_ins: 1210 })];
  await waitFor(() => expect(screen.getByTestId('drained').dataset['done']).toBe('true'), { timeout: 3000 });
  expect(screen.getByTestId('count-sso0').textContent).toContain('6');
  expect(screen.getByTestId('retire-sso0')).toBeTruthy();
  expect(screen.queryByTestId('compromised-sso0')).toBeNull();
  fake.others = [];
  await screen.findByTestId('replaced', undefined, { timeout: 3000 });
  await reached('replace');
  await click('finish');
  await screen.findByTestId('full-sync');
  expect(localStorage.getItem('add-server')).toBeNull();
});

test('a join file that cannot be used says why before anybody signs in', async () => {
  const fake = new Fake();
  render(App, { backend: fake });
  await click('join-connection');
  for (const code of [
    'service.join_older',
    'service.join_newer',
    'service.join_file_ended',
    'service.join_file',
  ]) {
    fake.refusals['join.read'] = fault(code);
    await paste('x');
    await waitFor(() => expect(document.querySelector(`[data-code='${code}']`)).toBeTruthy());
    await click('paste-join');
  }
  expect(state('account')).toBe('locked');
});

test('what is refused at the enrolment is told, and nothing is lost', async () => {
  const fake = new Fake();
  render(App, { backend: fake });
  await click('join-connection');
  await paste('x');
  await reached('join');
  await next('account');
  await signIn();
  await reached('account');
  await next('enrol');
  fake.refusals['admin.enrol'] = fault('admin.other_organisation');
  await click('enrol');
  await waitFor(() => expect(document.querySelector("[data-code='admin.other_organisation']")).toBeTruthy());
  expect(state('enrol')).toBe('open');

  // The window is closed and opened again: it goes on there.
  cleanup();
  render(App, { backend: fake });
  await click('continue-adding');
  await screen.findByTestId('page-enrol');
  joins(fake);
  await click('enrol');
  await reached('enrol');
});

test('a server that does not answer is told with its reason, and an ended file is asked for again', async () => {
  const fake = new Fake().running();
  localStorage.setItem('add-server', JSON.stringify({ file: joinFile({ ends: 1000 }), addressed: true }));
  fake.probe = {
    ...fake.probe,
    own: {
      address: '127.0.0.1:8443',
      here: true,
      status: null,
      milliseconds: 5000,
      fault: fault('service.probe_silent', undefined, { address: '127.0.0.1:8443', detail: 'timed out' }),
    },
    led_to: [],
    unresolved: fault('service.probe_no_address', undefined, { host: 'sso.example.co.jp', detail: 'x' }),
  };
  render(App, { backend: fake });
  await click('continue-adding');
  await screen.findByTestId('page-probe');
  await screen.findByTestId('probe-own');
  expect(document.querySelector("[data-code='service.probe_silent']")).toBeTruthy();
  expect(document.querySelector("[data-code='service.probe_no_address']")).toBeTruthy();
  expect(state('probe')).toBe('open');
});
