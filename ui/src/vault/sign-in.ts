import { challengeOf, makeKeyPair, open, publicKeyOf, randomText, type Sealed, type User } from './handover';
import type { Question } from './factor/question';
import { keep, take, type Own } from './keeper';

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
  await keep(state, { pair, verifier });
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
export const finish = async (code: string, state: string): Promise<Taken> => {
  // A code must not stay in the history.
  history.replaceState(null, '', location.pathname);
  const own = await take(state);
  if (own === undefined) throw new Error('this browser did not start this sign-in');
  return redeem(code, { ...own, state });
};

/** What a sign-in has come to: the user, or the question for a second factor, and what opens what its answer brings. */
export type Taken =
  | { kind: 'user'; user: User }
  | { kind: 'asked'; question: Question; open: (sealed: Sealed) => Promise<User> };

/** What the page has made for one sign-in, and the state that names it. */
interface Made extends Own {
  state: string;
}

const post = (path: string, body: object): Promise<Response> =>
  fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const redeem = async (code: string, { pair, verifier, state }: Made): Promise<Taken> => {
  const answer = await post('/vault/redeem', { code, code_verifier: verifier });
  if (!answer.ok) throw new Error(`redeem: ${answer.status}`);
  const given = (await answer.json()) as Sealed | { asks: Question };
  const opened = (sealed: Sealed): Promise<User> =>
    open(sealed, pair, { redirectUri: redirectUri(), flow: state });
  if ('asks' in given) return { kind: 'asked', question: given.asks, open: opened };
  return { kind: 'user', user: await opened(given) };
};

/**
 * Takes what waits in this browser since the identity provider sent an answer that no page had asked for. Nothing, when
 * the service does not give it: it is over, was taken, or was never there.
 */
export const takeDirect = async (handle: string): Promise<Taken | undefined> => {
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
