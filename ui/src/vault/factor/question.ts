// The service's question for a second factor, and the words about factors.
import { fromBase64Url } from '../bytes';
import { ask } from '../records/remote';
import type { Sealed } from '../handover';
import type { Question as KeyQuestion } from './webauthn';

/** An authenticator app that is about to be set up. */
export interface NewApp {
  /** In base32, to type. */
  seed: string;
  uri: string;
  qr: { size: number; path: string };
}

/** What is asked in the place of a key. */
export interface Question {
  ticket: string;
  /** Whose sign-in it is. */
  email: string;
  /** Whether there is an authenticator app. */
  app: boolean;
  /** The credentials of the security keys. */
  keys: string[];
  /** Whether there is a recovery code left. */
  recovery: boolean;
  security_key: KeyQuestion;
  /** Where there is no factor yet: how to set one up. */
  set_up: NewApp | null;
}

/** What is shown. */
export type Proof =
  | { kind: 'app' | 'recovery'; code: string }
  | { kind: 'key'; id: string; client_data: string; authenticator_data: string; signature: string };

/** A factor that is set up. */
export type NewFactor =
  { kind: 'app'; code: string } | { kind: 'key'; name: string; client_data: string; attestation: string };

/** How a user's factors stand. Moments are seconds since 1970. */
export interface Factors {
  app: number | null;
  keys: { id: string; name: string; host: string; since: number }[];
  /** How many recovery codes are left. */
  recovery: number;
  required: boolean;
  /** Whether they may be changed: the user has signed in a moment ago. */
  fresh: boolean;
  ticket: string;
  /** What the page shows the service from now on. */
  session: string;
  security_key: KeyQuestion;
  new_app: NewApp;
  /** New recovery codes, shown this once. */
  codes?: string[];
}

/** A change of a user's factors. */
export type Act =
  { act: 'add'; factor: NewFactor } | { act: 'remove_app' | 'new_codes' } | { act: 'remove_key'; id: string };

/** Shows a second factor. Throws `Refused`. */
export const prove = (ticket: string, proof: Proof): Promise<Sealed> =>
  ask('/vault/factor', { ticket, proof });

/** Sets up the first factor of a sign-in that waits for it. Throws `Refused`. */
export const setUp = (ticket: string, factor: NewFactor): Promise<{ recovery: string[]; redeemed: Sealed }> =>
  ask('/vault/factor/set-up', { ticket, factor });

/** The factors of the user whose vault is open. Throws `Refused`. */
export const factors = (session: string): Promise<Factors> => ask('/vault/factors', { session });

/** Changes them. Throws `Refused`. */
export const change = (session: string, ticket: string, act: Act): Promise<Factors> =>
  ask('/vault/factors/change', { session, ticket, act });

/** The bytes that a security key knows an account by. */
export const accountBytes = (account: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(account.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** The random bytes of a question, as the name of a user whose account is not known yet. */
export const handleOf = (question: KeyQuestion): Uint8Array<ArrayBuffer> =>
  fromBase64Url(question.challenge).slice(0, 16);

/** Why nothing came of it, as texts know it. */
export type Failed = 'wrong' | 'tries' | 'late' | 'keys' | 'required' | 'refused' | 'away' | 'key' | 'stale';

const FAILED = new Map<string, Failed>([
  ['signin.factor_wrong', 'wrong'],
  ['signin.factor_tries', 'tries'],
  ['signin.factor_late', 'late'],
  ['signin.factor_keys', 'keys'],
  ['signin.factor_required', 'required'],
  ['signin.vault_stale', 'stale'],
  ['signin.locked', 'refused'],
  ['signin.removed', 'refused'],
  ['signin.domain_not_reserved', 'refused'],
]);

/** What is told of a refusal, or of what a browser says of a security key. */
export const failedBy = (error: unknown): Failed => {
  const code = (error as { code?: unknown }).code;
  if (error instanceof DOMException) return 'key';
  return (typeof code === 'string' && FAILED.get(code)) || 'away';
};
