import { challengeOf, makeKeyPair, open, publicKeyOf, randomText, type Sealed, type User } from './handover';
import { keep, take } from './keeper';

/** What the service says of a refusal; any other word is not shown. */
const WHY = [
  'unknown',
  'domain',
  'email',
  'subject',
  'taken',
  'held',
  'elsewhere',
  'locked',
  'removed',
  'later',
  'closed',
] as const;
export type Why = (typeof WHY)[number];

/** What the address of the page says when it is opened. */
export type Arrival =
  | { kind: 'fresh' }
  | { kind: 'start' }
  | { kind: 'refused'; reference: string; why?: Why }
  | { kind: 'returned'; code: string; state: string }
  | { kind: 'direct'; handle: string };

/** Reads the fragment that the service leaves when it sends the browser back. */
export const arrivalOf = (fragment: string): Arrival => {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  const [code, state, reference] = [values.get('code'), values.get('state'), values.get('error')];
  const handle = values.get('direct');
  if (reference !== null) {
    const why = WHY.find((one) => one === values.get('why'));
    return { kind: 'refused', reference, ...(why && { why }) };
  }
  if (code !== null && state !== null) return { kind: 'returned', code, state };
  if (handle !== null) return { kind: 'direct', handle };
  return { kind: values.has('start') ? 'start' : 'fresh' };
};

const redirectUri = (): string => `${location.origin}/vault/`;

/** Goes to the identity provider. */
export const start = async (): Promise<void> => {
  const [pair, verifier, state] = [await makeKeyPair(), randomText(), randomText()];
  await keep(state, pair);
  sessionStorage.setItem(state, verifier);
  const query = new URLSearchParams({
    client: 'vault',
    redirect_uri: redirectUri(),
    code_challenge: await challengeOf(verifier),
    code_challenge_method: 'S256',
    page_key: await publicKeyOf(pair),
    state,
  });
  location.assign(`/sso-connect/saml/login?${query.toString()}`);
};

/** Takes the code that the browser came back with to the service, and opens what it answers. */
export const finish = async (code: string, state: string): Promise<User> => {
  // A code must not stay in the history.
  history.replaceState(null, '', location.pathname);
  const verifier = sessionStorage.getItem(state);
  sessionStorage.removeItem(state);
  const pair = await take(state);
  if (verifier === null || pair === undefined) throw new Error('this browser did not start this sign-in');
  return redeem(code, { pair, verifier, state });
};

/** What the page has made for one sign-in. */
interface Made {
  pair: CryptoKeyPair;
  verifier: string;
  state: string;
}

const post = (path: string, body: object): Promise<Response> =>
  fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const redeem = async (code: string, { pair, verifier, state }: Made): Promise<User> => {
  const answer = await post('/vault/redeem', { code, code_verifier: verifier });
  if (!answer.ok) throw new Error(`redeem: ${answer.status}`);
  return open((await answer.json()) as Sealed, pair, { redirectUri: redirectUri(), flow: state });
};

/**
 * Takes what waits in this browser since the identity provider sent an answer that no page had asked for. Nothing, when
 * the service does not give it: it is over, was taken, or was never there.
 */
export const takeDirect = async (handle: string): Promise<User | undefined> => {
  // What was taken once is of no use in the history.
  history.replaceState(null, '', location.pathname);
  const made: Made = { pair: await makeKeyPair(), verifier: randomText(), state: randomText() };
  const answer = await post('/vault/direct', {
    handle,
    code_challenge: await challengeOf(made.verifier),
    page_key: await publicKeyOf(made.pair),
    state: made.state,
  });
  if (!answer.ok) return undefined;
  return redeem(((await answer.json()) as { code: string }).code, made);
};
