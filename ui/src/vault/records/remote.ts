// The service's words about the records of an open vault. What goes over the wire is sealed.
import { fromBase64Url, toBase64Url } from '../bytes';
import type { Policies } from '../handover';

/** A sealed record. */
export interface Row {
  /** Its place in the vault's sequence. */
  seq: number;
  id: string;
  /** How often it was written. */
  rev: number;
  body: Uint8Array<ArrayBuffer>;
}

/** A change of a record. */
export interface Change {
  id: string;
  /** How often it was written before; 0 for a new one. */
  after: number;
  body: Uint8Array;
}

/** What every answer brings. */
export interface Renewed {
  /** To be shown the next time. */
  session: string;
  /** The service's clock: seconds since 1970. */
  time: number;
  policies: Policies;
}

/** A part of a vault. */
export interface Part extends Renewed {
  rows: Row[];
  head: number;
}

/** Why nothing came of a request: nobody answers, the vault is closed, its user may not use it any more, another page was faster, or
 * the service does not take it. */
export type Why = 'away' | 'closed' | 'refused' | 'stale' | 'wrong';

export class Refused extends Error {
  constructor(
    readonly why: Why,
    readonly code = '',
  ) {
    super(`${why} ${code}`);
  }
}

/** Why, by the status of an answer. */
const WHY = new Map<number, Why>([
  [401, 'closed'],
  [403, 'refused'],
  [412, 'stale'],
  [400, 'wrong'],
  [413, 'wrong'],
]);

/** A network that says nothing holds nobody up for longer, in milliseconds. */
const PATIENCE = 30_000;

/** Asks the service; throws `Refused`. */
export const ask = async <T>(path: string, body: object): Promise<T> => {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Refused('away');
  }
  if (answer.ok) {
    try {
      return (await answer.json()) as T;
    } catch {
      // Somebody else's page, as networks have that want a sign-in of their own.
      throw new Refused('away');
    }
  }
  const told = (await answer.json().catch(() => ({}))) as { code?: string };
  // Whoever stands in between may refuse, too: the service alone closes a vault, and says why.
  if ([401, 403].includes(answer.status) && told.code === undefined) throw new Refused('away');
  // Nothing is written to a deleted connection: the vault stays open to be read.
  const why = told.code === 'signin.detached' ? 'wrong' : WHY.get(answer.status);
  throw new Refused(why ?? 'away', told.code);
};

/** What has come to a vault after a place. `used`: the user is at it. */
export const read = async (session: string, after: number, used: boolean): Promise<Part> => {
  type Wire = Omit<Part, 'rows'> & { rows: (Omit<Row, 'body'> & { body: string })[] };
  const part = await ask<Wire>('/vault/records', { session, after, used });
  return { ...part, rows: part.rows.map((row) => ({ ...row, body: fromBase64Url(row.body) })) };
};

/** Changes as they are signed and sent. */
export const textOf = (changes: Change[]): string =>
  JSON.stringify(changes.map(({ id, after, body }) => ({ id, after, body: toBase64Url(body) })));

/** Writes signed changes: all of them or none. */
export const write = (
  session: string,
  changes: string,
  time: number,
  signature: Uint8Array,
): Promise<Renewed> => ask('/vault/changes', { session, changes, time, signature: toBase64Url(signature) });
