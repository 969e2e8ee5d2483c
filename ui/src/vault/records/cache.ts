// What the hub gave last, still sealed, in the browser's own database: a vault is read from here while the hub is away, and what the hub
// gives is compared with it, so that nobody gives an older state for the newest unseen.
import { asked, database, finished } from '../database';
import type { Row } from './remote';

const STORES = { rows: 'rows', heads: 'heads' } as const;

const open = database('sekisho-records', 1, (made) => {
  made.createObjectStore(STORES.rows, { keyPath: ['account', 'id'] });
  made.createObjectStore(STORES.heads);
});

/** What is kept of a vault. */
export interface Kept {
  rows: Row[];
  head: number;
}

const all = (account: string): IDBKeyRange => IDBKeyRange.bound([account], [account, []]);

/** What is kept of an account's vault. */
export const read = async (account: string): Promise<Kept> => {
  const transaction = (await open()).transaction([STORES.rows, STORES.heads], 'readonly');
  const [rows, head] = await Promise.all([
    asked(transaction.objectStore(STORES.rows).getAll(all(account)) as IDBRequest<Row[]>),
    asked(transaction.objectStore(STORES.heads).get(account) as IDBRequest<number | undefined>),
  ]);
  return { rows, head: head ?? 0 };
};

/** Keeps what has come, and how far that goes. */
export const write = async (account: string, rows: Row[], head: number): Promise<void> => {
  const transaction = (await open()).transaction([STORES.rows, STORES.heads], 'readwrite');
  const store = transaction.objectStore(STORES.rows);
  for (const row of rows) store.put({ account, ...row });
  transaction.objectStore(STORES.heads).put(head, account);
  await finished(transaction);
};
