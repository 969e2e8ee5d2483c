import { fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { toBase64Url } from '../bytes';
import type { Sealed } from '../handover';
import Ask from './Ask.svelte';
import type { Failed, NewApp, Question } from './question';

const SEALED: Sealed = {
  enc: 'enc',
  ciphertext: 'ciphertext',
  info: { organisation: 'o', connection: 'c', subject: 's', redirect_uri: 'r', flow: 'f' },
};
const CODES = ['abcde-fghjk', 'mnpqr-stuvw'];
const CHALLENGE = Uint8Array.from({ length: 32 }, (_, at) => at);
const APP: NewApp = {
  seed: 'JBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Sekisho?secret=JBSWY3DPEHPK3PXP',
  qr: { size: 25, path: 'M0 0h1v1H0z' },
};
const QUESTION: Question = {
  ticket: 'ticket',
  email: 'alice@example.com',
  app: true,
  keys: [],
  recovery: true,
  security_key: { challenge: toBase64Url(CHALLENGE), host: 'sso.example', algorithms: [-8, -7] },
  set_up: null,
};
const SET_UP: Question = { ...QUESTION, app: false, recovery: false, set_up: APP };

/** Shows the question to a service that gives these answers, one after the other. */
const ask = (question: Question, ...answers: (Response | 'away')[]) => {
  const asked: [string, unknown][] = [];
  vi.stubGlobal('fetch', async (path: string, { body }: { body: string }): Promise<Response> => {
    asked.push([path, JSON.parse(body)]);
    const answer = answers.shift();
    if (answer === undefined || answer === 'away') throw new TypeError('Failed to fetch');
    return answer;
  });
  const onproved = vi.fn<(sealed: Sealed) => void>();
  render(Ask, { question, onproved, onanew: vi.fn() });
  return { asked, onproved };
};
const refusal = (code: string, status = 403): Response => Response.json({ code }, { status });
const send = async (name: 'app' | 'recovery', code: string): Promise<void> => {
  await fireEvent.input(screen.getByTestId(`code-${name}`), { target: { value: code } });
  await fireEvent.click(screen.getByTestId(`send-${name}`));
};
const failed = async (): Promise<string | undefined> =>
  (await screen.findByTestId('factor-failed')).dataset['why'];

/** A browser that knows security keys. */
const withKeys = (how: Partial<Record<'get' | 'create', (options: never) => Promise<unknown>>>): void => {
  vi.stubGlobal('PublicKeyCredential', class {});
  Object.defineProperty(navigator, 'credentials', { value: how, configurable: true });
};
const bytes = (...values: number[]): ArrayBuffer => new Uint8Array(values).buffer;

afterEach(() => vi.unstubAllGlobals());

test('a code of the app opens the vault', async () => {
  const { asked, onproved } = ask(QUESTION, Response.json(SEALED));
  expect(screen.getByTestId('factor-asked').dataset['setUp']).toBe('false');
  await send('app', ' １２３ ４５６ ');
  await vi.waitFor(() => expect(onproved).toHaveBeenCalledExactlyOnceWith(SEALED));
  expect(asked).toEqual([['/vault/factor', { ticket: 'ticket', proof: { kind: 'app', code: '123456' } }]]);
});

test.each<[string, Failed, Response | 'away']>([
  ['it is wrong', 'wrong', refusal('signin.factor_wrong')],
  ['there were too many tries', 'tries', refusal('signin.factor_tries')],
  ['the question is too old', 'late', refusal('signin.factor_late', 401)],
  ['the hub is away', 'away', refusal('signin.hub_needed', 503)],
  ['the service says what is not known', 'away', refusal('signin.other')],
  ['a proxy answers', 'away', new Response('no JSON', { status: 502 })],
  ['nobody answers', 'away', 'away'],
])('where a code opens nothing because %s, the page says so (%s)', async (_, why, answer) => {
  const { onproved } = ask(QUESTION, answer, Response.json(SEALED));
  await send('app', '000000');
  expect(await failed()).toBe(why);
  expect(onproved).not.toHaveBeenCalled();
  expect(screen.getByTestId<HTMLInputElement>('code-app').value).toBe('');
  await send('app', '123456');
  await vi.waitFor(() => expect(onproved).toHaveBeenCalledOnce());
  expect(screen.queryByTestId('factor-failed')).toBeNull();
});

test('a code is not sent twice while it is looked at', async () => {
  let arrive = (_answer: Response): void => undefined;
  const fetched = vi.fn(() => new Promise<Response>((resolve) => (arrive = resolve)));
  const { onproved } = ask(QUESTION);
  vi.stubGlobal('fetch', fetched);
  await send('app', '123456');
  expect(screen.getByTestId<HTMLButtonElement>('send-app').disabled).toBe(true);
  await fireEvent.input(screen.getByTestId('code-app'), { target: { value: '123456' } });
  await fireEvent.submit(screen.getByTestId('code-app').closest('form')!);
  expect(fetched).toHaveBeenCalledOnce();
  arrive(Response.json(SEALED));
  await vi.waitFor(() => expect(onproved).toHaveBeenCalledOnce());
});

test('a recovery code opens the vault where all else is lost', async () => {
  const { asked, onproved } = ask(QUESTION, refusal('signin.factor_wrong'), Response.json(SEALED));
  await fireEvent.click(screen.getByTestId('lost'));
  await send('recovery', 'abcde-fghjz');
  expect(await failed()).toBe('wrong');
  await send('recovery', 'ABCDE - FGHJK');
  await vi.waitFor(() => expect(onproved).toHaveBeenCalledExactlyOnceWith(SEALED));
  expect(asked.at(-1)).toEqual([
    '/vault/factor',
    { ticket: 'ticket', proof: { kind: 'recovery', code: 'ABCDE-FGHJK' } },
  ]);
});

test('only what the user has is asked for', () => {
  ask({ ...QUESTION, app: false, recovery: false, keys: ['AQI'] });
  for (const name of ['code-app', 'lost', 'code-recovery', 'use-key', 'make-key', 'seed'])
    expect(screen.queryByTestId(name)).toBeNull();
});

test('a security key answers the question of the service', async () => {
  const get = vi.fn(async (_options: CredentialRequestOptions) => ({
    rawId: bytes(1, 2),
    response: {
      clientDataJSON: bytes(3),
      authenticatorData: bytes(4),
      signature: bytes(255, 254),
    },
  }));
  withKeys({ get });
  const { asked, onproved } = ask({ ...QUESTION, keys: ['AQI', 'AwQ'] }, Response.json(SEALED));
  await fireEvent.click(screen.getByTestId('use-key'));
  await vi.waitFor(() => expect(onproved).toHaveBeenCalledExactlyOnceWith(SEALED));
  const { publicKey } = get.mock.calls[0]![0];
  expect(publicKey?.rpId).toBe('sso.example');
  expect([...(publicKey?.challenge as Uint8Array)]).toEqual([...CHALLENGE]);
  expect(publicKey?.allowCredentials?.map(({ id }) => [...(id as Uint8Array)])).toEqual([
    [1, 2],
    [3, 4],
  ]);
  const proof = { kind: 'key', id: 'AQI', client_data: 'Aw', authenticator_data: 'BA', signature: '__4' };
  expect(asked).toEqual([['/vault/factor', { ticket: 'ticket', proof }]]);
});

test('a security key that does not answer is told, and nothing is sent', async () => {
  withKeys({ get: () => Promise.reject(new DOMException('no', 'NotAllowedError')) });
  const { asked, onproved } = ask({ ...QUESTION, keys: ['AQI'] });
  await fireEvent.click(screen.getByTestId('use-key'));
  expect(await failed()).toBe('key');
  expect([asked, onproved.mock.calls]).toEqual([[], []]);
  expect(screen.getByTestId<HTMLButtonElement>('use-key').disabled).toBe(false);
});

test('an app that is set up gives its codes once, and hands over when the user has kept them', async () => {
  const { asked, onproved } = ask(SET_UP, Response.json({ recovery: CODES, redeemed: SEALED }));
  expect(screen.getByTestId('factor-asked').dataset['setUp']).toBe('true');
  const seed = screen.getByTestId('seed');
  expect([seed.textContent, seed.dataset['uri']]).toEqual([APP.seed, APP.uri]);
  await send('app', '123456');
  const shown = await screen.findByTestId('recovery-codes');
  for (const code of CODES) expect(shown.textContent).toContain(code);
  expect(onproved).not.toHaveBeenCalled();
  await fireEvent.click(screen.getByTestId('recovery-done'));
  expect(onproved).toHaveBeenCalledExactlyOnceWith(SEALED);
  expect(asked).toEqual([
    ['/vault/factor/set-up', { ticket: 'ticket', factor: { kind: 'app', code: '123456' } }],
  ]);
});

test('a wrong code while an app is set up leaves its seed as it is', async () => {
  const { onproved } = ask(SET_UP, refusal('signin.factor_wrong'));
  await send('app', '000000');
  expect(await failed()).toBe('wrong');
  expect(screen.getByTestId('seed').textContent).toBe(APP.seed);
  expect(onproved).not.toHaveBeenCalled();
});

test('a security key that is set up is bound to the service, and gives codes as well', async () => {
  const create = vi.fn(async (_options: CredentialCreationOptions) => ({
    response: { clientDataJSON: bytes(5), attestationObject: bytes(6) },
  }));
  withKeys({ create });
  const { asked, onproved } = ask(SET_UP, Response.json({ recovery: CODES, redeemed: SEALED }));
  await fireEvent.click(screen.getByTestId('make-key'));
  await screen.findByTestId('recovery-codes');
  const { publicKey } = create.mock.calls[0]![0];
  expect(publicKey?.rp.id).toBe('sso.example');
  expect(publicKey?.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7]);
  expect([...(publicKey?.user.id as Uint8Array)]).toEqual([...CHALLENGE.slice(0, 16)]);
  const factor = { kind: 'key', name: 'Security key 1', client_data: 'BQ', attestation: 'Bg' };
  expect(asked).toEqual([['/vault/factor/set-up', { ticket: 'ticket', factor }]]);
  expect(onproved).not.toHaveBeenCalled();
});

test('where the browser knows no security keys, none is offered', () => {
  ask(SET_UP);
  expect(screen.queryByTestId('make-key')).toBeNull();
});
