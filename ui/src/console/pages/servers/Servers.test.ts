import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { fault, Fake, NOW, server } from '../../../test/fake';
import App from '../../App.svelte';

beforeEach(() => localStorage.clear());

const click = async (name: string): Promise<void> => {
  await fireEvent.click(await screen.findByTestId(name));
};

const open = async (fake: Fake): Promise<void> => {
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-servers');
};

const mark = (name: string): string =>
  screen.getByTestId(`server-${name}`).querySelector('.mark')?.textContent ?? '';

test('each server is shown by icon, word and colour, this one first', async () => {
  const fake = new Fake().running();
  fake.others = [server('sso2'), server('sso3', { state: 'stopped', revision: 0, behind: 1 })];
  await open(fake);
  const own = await screen.findByTestId('server-s1');
  expect(own.dataset['own']).toBe('true');
  expect(own.compareDocumentPosition(screen.getByTestId('server-sso2'))).toBe(
    Node.DOCUMENT_POSITION_FOLLOWING,
  );
  expect(mark('sso2')).toBe('✓Running');
  expect(mark('sso3')).toBe('✕Stopped');
  expect(screen.getByTestId('server-sso3').querySelector('.mark')?.className).toContain('bad');
  expect(screen.getByTestId('behind').textContent).toContain('1 behind');
  expect(screen.queryByTestId('only-one')).toBeNull();
});

test('a server that is silent is not shown as running, and one of another version is warned of', async () => {
  const fake = new Fake().running();
  const skew = {
    ...fault('service.version_skew', undefined, { server: 'sso3', version: '0.2.0', own: '0.1.0' }),
  };
  fake.others = [
    server('sso2', { stale: true, heard: NOW }),
    server('sso3', { version: '0.2.0', warnings: [{ ...skew, severity: 'warning' }] }),
    server('sso4', { heard: null, state: null, version: null, revision: null }),
  ];
  await open(fake);
  await screen.findByTestId('not-heard');
  expect(mark('sso2')).toBe('!Not heard of');
  expect(mark('sso4')).toBe('!Not heard of yet');
  const notice = screen.getByTestId('notice');
  expect(notice.dataset['code']).toBe('service.version_skew');
  expect(notice.textContent).toContain('sso3 runs version 0.2.0');
});

test('the reason of another server is explained as far as its code tells', async () => {
  const fake = new Fake().running();
  const reason = (cause: string) => fault('service.reason_there', undefined, { server: 'sso2', cause });
  fake.others = [
    server('sso2', { state: 'stopped', reason: reason('service.stopped_by_administrator') }),
    server('sso3', { state: 'stopped', reason: reason('service.bind') }),
  ];
  await open(fake);
  const card = await screen.findByTestId('server-sso2');
  expect(card.textContent).toContain('An administrator has stopped');
  const other = screen.getByTestId('server-sso3').textContent;
  expect(other).toContain('service.bind');
  expect(other).not.toContain('{');
});

test('one server alone is told so, and what another needs is a click away', async () => {
  const fake = new Fake().running();
  await open(fake);
  await screen.findByTestId('only-one');
  expect(screen.queryByTestId('sync-all')).toBeNull();
  await click('add-server');
  const text = (await screen.findByTestId('text-join-file')) as HTMLTextAreaElement;
  expect(JSON.parse(text.value)).toMatchObject({ sekisho_join: 1, enterprise_domain: 'example-tokyo' });
  await click('close-add');
});

test('a Full Sync of all servers is signed by an administrator, and each result comes in', async () => {
  const fake = new Fake().running();
  fake.others = [server('sso2'), server('sso3', { stale: true })];
  await open(fake);
  await click('sync-all');
  expect(screen.getByTestId('confirm-sync-all')).toHaveProperty('disabled', true);
  for (const name of ['login', 'passphrase', 'code']) {
    await fireEvent.input(await screen.findByTestId(`field-sign-in-${name}`), {
      target: { value: 'tanaka' },
    });
  }
  await click('sign-in');
  await waitFor(() => expect(screen.getByTestId('confirm-sync-all')).toHaveProperty('disabled', false));
  await click('confirm-sync-all');
  await waitFor(() => expect(fake.calls).toContainEqual(['admin.ask_for_sync', { connection: 'c1' }]));
  const states = (): (string | undefined)[] =>
    screen.queryAllByTestId('sync').map((one) => one.dataset['state']);
  await waitFor(() => expect(states()).toEqual(['asked', 'asked', 'later']), { timeout: 3000 });
  const result = {
    request: fake.asked ?? 0,
    ended: NOW,
    log_entries: 7,
    revision: 1,
    users: 2,
    checkpoints: 3,
    faults: [],
  };
  fake.others = [
    server('sso2', { sync: result }),
    server('sso3', { sync: { ...result, faults: ['keys.withheld'] } }),
  ];
  await waitFor(() => expect(states()).toEqual(['asked', 'done', 'faults']), { timeout: 3000 });
});

test('Full Sync of this server names the checkpoints', async () => {
  const fake = new Fake().running();
  fake.replies['sync.full'] = () => ({
    log_entries: 7,
    revision: 1,
    users: 2,
    checkpoints: [{ server: 'sso2', time: NOW, log_entries: 7, revision: 1, records: 2 }],
    faults: [],
  });
  await open(fake);
  await click('full-sync');
  expect((await screen.findByTestId('checkpoint')).textContent).toContain('sso2');
});

test('after a save each server is ticked as it reports, and who is away applies it later', async () => {
  const fake = new Fake().running();
  fake.signedIn = {
    organisation: 'o',
    login: 'tanaka',
    hub: 'h',
    connections: [],
    administrators: ['tanaka'],
  };
  fake.others = [server('sso2'), server('sso3', { stale: true })];
  render(App, { backend: fake });
  await screen.findByTestId('revision');
  await click('nav-configuration');
  const field = await screen.findByTestId('field-skew_seconds');
  await fireEvent.input(field, { target: { value: '90' } });
  await fireEvent.change(field);
  await click('review');
  await waitFor(() => expect(screen.getByTestId('save')).toHaveProperty('disabled', false));
  await click('save');
  expect((await screen.findByTestId('tick-sso2')).dataset['tick']).toBe('waiting');
  expect(screen.getByTestId('tick-sso3').dataset['tick']).toBe('absent');
  expect(screen.getByTestId('tick-sso3').textContent).toContain('applies it when it returns');
  expect(screen.getByTestId('tick-s1').dataset['tick']).toBe('done');
  fake.others = [server('sso2', { revision: 2 }), server('sso3', { stale: true })];
  await waitFor(() => expect(screen.getByTestId('tick-sso2').dataset['tick']).toBe('done'), {
    timeout: 3000,
  });
  expect(screen.getByTestId('applied-by').dataset['done']).toBe('2');
});
