import { fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { toBase64Url } from '../bytes';
import type { Refused } from '../records/remote';
import type { Factors, Failed } from './question';
import Security from './Security.svelte';

const SINCE = 1_700_000_000;
const ACCOUNT = '0102ff'.padEnd(64, '0');
const CHALLENGE = new Uint8Array(32).fill(5);
const KEY = { id: 'AQI', name: 'Security key 1', host: 'sso.example', since: SINCE };

let asks = 0;
/** How factors stand: each answer has a ticket and a seed of its own, as those of the service do. */
const factors = (more: Partial<Factors> = {}): Factors => {
  asks += 1;
  return {
    app: null,
    keys: [],
    recovery: 0,
    required: false,
    fresh: true,
    ticket: `ticket-${asks}`,
    session: `session-${asks}`,
    security_key: { challenge: toBase64Url(CHALLENGE), host: 'sso.example', algorithms: [-8, -7] },
    new_app: {
      seed: `SEED${asks}`,
      uri: `otpauth://totp/x?secret=SEED${asks}`,
      qr: { size: 25, path: 'M0 0' },
    },
    ...more,
  };
};
const WITH_APP = { app: SINCE, recovery: 8 };

/** Shows the factors of a service that gives these answers, one after the other. */
const show = async (...answers: (Factors | Response | 'away')[]) => {
  const asked: [string, unknown][] = [];
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }): Promise<Response> => {
    asked.push([path, JSON.parse(body)]);
    const answer = answers.shift();
    if (answer === undefined || answer === 'away') throw new TypeError('Failed to fetch');
    return answer instanceof Response ? answer : Response.json(answer);
  });
  const onhas = vi.fn<() => void>();
  const onrefused = vi.fn<(refused: Refused) => void>();
  let session = 'session-at-first';
  const onsession = vi.fn<(next: string) => void>((next) => void (session = next));
  const user = { account: ACCOUNT, email: 'alice@example.com', name: 'Alice Ng' };
  render(Security, { session: () => session, onsession, alone: (act) => act(), user, onrefused, onhas });
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
  await vi.waitFor(() => expect(screen.queryByRole('status')).toBeNull());
  return { asked, onhas, onsession, onrefused };
};
const refusal = (code: string, status = 403): Response => Response.json({ code }, { status });
const click = (name: string): Promise<boolean> => fireEvent.click(screen.getByTestId(name));
/** Says twice what cannot be undone. */
const sure = async (name: string): Promise<void> => {
  await click(name);
  await click(`${name}-now`);
};
const send = async (code: string): Promise<void> => {
  await fireEvent.input(screen.getByTestId('code-app'), { target: { value: code } });
  await click('send-app');
};
const failed = async (): Promise<string | undefined> =>
  (await screen.findByTestId('factor-failed')).dataset['why'];
const isOff = (name: string): boolean => screen.getByTestId<HTMLButtonElement>(name).disabled;

afterEach(() => vi.unstubAllGlobals());

test('a user without a second factor sees that there is none', async () => {
  const { asked, onhas } = await show(factors());
  expect(asked).toEqual([['/vault/factors', { session: 'session-at-first' }]]);
  expect(screen.getByTestId('factor-app').dataset['since']).toBe('');
  for (const name of ['factor-key', 'factor-recovery', 'remove-app', 'seed', 'add-key'])
    expect(screen.queryByTestId(name)).toBeNull();
  expect(onhas).not.toHaveBeenCalled();
});

test('an app is set up with a code of its own, and its recovery codes are shown once', async () => {
  const codes = ['abcde-fghjk', 'mnpqr-stuvw'];
  const before = factors();
  const { asked, onhas } = await show(before, factors({ ...WITH_APP, codes }));
  await click('add-app');
  expect(screen.getByTestId('seed').textContent).toBe(before.new_app.seed);
  await send('123 456');
  const shown = await screen.findByTestId('recovery-codes');
  for (const code of codes) expect(shown.textContent).toContain(code);
  const act = { act: 'add', factor: { kind: 'app', code: '123456' } };
  expect(asked[1]).toEqual([
    '/vault/factors/change',
    { session: before.session, ticket: before.ticket, act },
  ]);
  expect(onhas).toHaveBeenCalledOnce();
  expect(screen.queryByTestId('factor-app')).toBeNull();
  await click('recovery-done');
  expect(screen.queryByTestId('recovery-codes')).toBeNull();
  expect(screen.getByTestId('factor-app').dataset['since']).toBe(String(SINCE));
  expect(screen.getByTestId('factor-recovery').dataset['left']).toBe('8');
  expect(screen.queryByTestId('seed')).toBeNull();
});

test.each<[Failed, Response | 'away']>([
  ['tries', refusal('signin.factor_tries')],
  ['late', refusal('signin.factor_late', 401)],
  ['required', refusal('signin.factor_required')],
  ['stale', refusal('signin.vault_stale', 412)],
  ['keys', refusal('signin.factor_keys')],
  ['away', 'away'],
])('a change that is refused says why, and is asked anew (%s)', async (why, answer) => {
  const next = factors(WITH_APP);
  const [before, after] = [factors(WITH_APP), factors()];
  const { asked, onsession, onrefused } = await show(before, answer, next, after);
  await sure('remove-app');
  expect(await failed()).toBe(why);
  expect(screen.getByTestId('factor-app').dataset['since']).toBe(String(SINCE));
  await vi.waitFor(() => expect(isOff('remove-app')).toBe(false));
  await sure('remove-app');
  await vi.waitFor(() => expect(screen.getByTestId('factor-app').dataset['since']).toBe(''));
  expect(screen.queryByTestId('factor-failed')).toBeNull();
  expect(asked.at(-1)?.[1]).toEqual({
    session: next.session,
    ticket: next.ticket,
    act: { act: 'remove_app' },
  });
  expect(onsession.mock.calls).toEqual([[before.session], [next.session], [after.session]]);
  expect(onrefused).not.toHaveBeenCalled();
});

test('a change that is wrong says why, and its question stays', async () => {
  const before = factors(WITH_APP);
  const { asked, onrefused } = await show(before, refusal('signin.factor_wrong'), factors());
  await sure('remove-app');
  expect(await failed()).toBe('wrong');
  expect(screen.getByTestId('factor-app').dataset['since']).toBe(String(SINCE));
  await vi.waitFor(() => expect(isOff('remove-app')).toBe(false));
  await sure('remove-app');
  await vi.waitFor(() => expect(screen.getByTestId('factor-app').dataset['since']).toBe(''));
  expect(screen.queryByTestId('factor-failed')).toBeNull();
  expect(asked.map(([path]) => path)).toEqual([
    '/vault/factors',
    '/vault/factors/change',
    '/vault/factors/change',
  ]);
  const again = { session: before.session, ticket: before.ticket, act: { act: 'remove_app' } };
  expect(asked.at(-1)?.[1]).toEqual(again);
  expect(onrefused).not.toHaveBeenCalled();
});

test.each([
  ['closed', refusal('signin.vault_closed', 401)],
  ['refused', refusal('signin.refused', 403)],
] as const)('a vault that is %s meanwhile is told to the page', async (why, answer) => {
  const { onrefused } = await show(factors(WITH_APP), answer, answer.clone());
  await sure('remove-app');
  await vi.waitFor(() => expect(onrefused).toHaveBeenCalled());
  await vi.waitFor(() => expect(isOff('remove-app')).toBe(false));
  expect(onrefused).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ why }));
});

test('where nobody answers at first, the page says so', async () => {
  const { asked } = await show('away', 'away');
  expect(await failed()).toBe('away');
  expect(asked).toHaveLength(2);
  expect(screen.queryByTestId('factor-app')).toBeNull();
});

test.each([
  ['an app', { app: SINCE }, 'remove-app'],
  ['a security key', { keys: [KEY] }, 'remove-key'],
] as const)('the last factor cannot be removed where one is required: %s', async (_, has, name) => {
  const { asked } = await show(factors({ ...has, keys: 'keys' in has ? [...has.keys] : [], required: true }));
  expect(isOff(name)).toBe(true);
  screen.getByTestId(name).click();
  expect(asked).toHaveLength(1);
  expect(screen.getByTestId('security').textContent).toContain('the last one stays');
});

test('one of two factors can be removed, though one is required', async () => {
  const two = factors({ ...WITH_APP, keys: [KEY], required: true });
  const { asked } = await show(two, factors({ ...WITH_APP, required: true }));
  expect([isOff('remove-app'), isOff('remove-key')]).toEqual([false, false]);
  await sure('remove-key');
  await vi.waitFor(() => expect(screen.queryByTestId('factor-key')).toBeNull());
  expect(asked[1]?.[1]).toMatchObject({ ticket: two.ticket, act: { act: 'remove_key', id: KEY.id } });
  expect(isOff('remove-app')).toBe(true);
});

test('the last factor can be removed where none is required', async () => {
  await show(factors(WITH_APP), factors());
  expect(isOff('remove-app')).toBe(false);
  await sure('remove-app');
  await vi.waitFor(() => expect(screen.queryByTestId('add-app')).not.toBeNull());
  expect(screen.queryByTestId('factor-recovery')).toBeNull();
});

test('a security key is added under a name of its own, and none that is there already', async () => {
  vi.stubGlobal('PublicKeyCredential', class {});
  const create = vi.fn(async (_options: CredentialCreationOptions) => ({
    response: { clientDataJSON: new Uint8Array([5]).buffer, attestationObject: new Uint8Array([6]).buffer },
  }));
  Object.defineProperty(navigator, 'credentials', { value: { create }, configurable: true });
  const before = factors({ keys: [KEY], recovery: 10 });
  const second = { ...KEY, id: 'AwQ', name: 'Security key 2', host: 'old.example' };
  const { asked } = await show(before, factors({ keys: [KEY, second], recovery: 10 }));
  await click('add-key');
  await vi.waitFor(() => expect(screen.getAllByTestId('factor-key')).toHaveLength(2));
  const { publicKey } = create.mock.calls[0]![0];
  expect([...(publicKey?.user.id as Uint8Array)].slice(0, 4)).toEqual([1, 2, 255, 0]);
  expect(publicKey?.user).toMatchObject({ name: 'alice@example.com', displayName: 'Alice Ng' });
  expect(publicKey?.rp.id).toBe('sso.example');
  expect([...(publicKey?.challenge as Uint8Array)]).toEqual([...CHALLENGE]);
  expect(publicKey?.excludeCredentials?.map(({ id }) => [...(id as Uint8Array)])).toEqual([[1, 2]]);
  const factor = { kind: 'key', name: 'Security key 2', client_data: 'BQ', attestation: 'Bg' };
  expect(asked[1]?.[1]).toEqual({
    session: before.session,
    ticket: before.ticket,
    act: { act: 'add', factor },
  });
  // A key of another address works there alone.
  const [here, elsewhere] = screen.getAllByTestId('factor-key').map(({ textContent }) => textContent);
  expect(here).not.toContain('works at');
  expect(elsewhere).toContain('works at old.example only');
});

test('a security key that does not answer is told, and changes nothing', async () => {
  vi.stubGlobal('PublicKeyCredential', class {});
  const create = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  Object.defineProperty(navigator, 'credentials', { value: { create }, configurable: true });
  const { asked } = await show(factors(), factors());
  await click('add-key');
  expect(await failed()).toBe('key');
  expect(asked.map(([path]) => path)).toEqual(['/vault/factors', '/vault/factors']);
});

test('new recovery codes are shown in the place of the old ones', async () => {
  const codes = ['abcde-fghjk'];
  const before = factors(WITH_APP);
  const { asked } = await show(before, factors({ app: SINCE, recovery: 10, codes }));
  await sure('new-codes');
  expect((await screen.findByTestId('recovery-codes')).textContent).toContain('abcde-fghjk');
  expect(asked[1]?.[1]).toMatchObject({ ticket: before.ticket, act: { act: 'new_codes' } });
  await click('recovery-done');
  expect(screen.getByTestId('factor-recovery').dataset['left']).toBe('10');
});

test('a wrong code while an app is set up leaves the seed that the user has taken down', async () => {
  const before = factors();
  const { asked } = await show(before, refusal('signin.factor_wrong'), factors(WITH_APP));
  await click('add-app');
  await send('000000');
  expect(await failed()).toBe('wrong');
  await vi.waitFor(() => expect(isOff('send-app')).toBe(false));
  expect(screen.getByTestId('seed').textContent).toBe(before.new_app.seed);
  await send('123456');
  await screen.findByTestId('remove-app');
  expect(asked.at(-1)?.[1]).toMatchObject({ ticket: before.ticket });
});
