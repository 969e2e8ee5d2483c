// Keeps what the page has made for a sign-in across the way to the identity provider and back. Only the browser's own
// database can hold a key that cannot be exported; and a tab's own storage is, in Chromium, at times an older state of it
// after the way led through other processes.

const STORE = 'pairs';

const database = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('sekisho', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('indexedDB'));
  });

const transact = async <T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> => {
  const open = await database();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = open.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      // Its end, and not the request's: a page that is left before it takes back what it has written.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('indexedDB'));
    });
  } finally {
    open.close();
  }
};

/** What the page has made for one sign-in: its key pair, and the PKCE verifier. */
export interface Own {
  pair: CryptoKeyPair;
  verifier: string;
}

/** That, and when it was made, in milliseconds since 1970. */
interface Kept extends Own {
  made: number;
}

/** How long a sign-in may take, in milliseconds: then its state is over as well. */
const LIFETIME = 10 * 60 * 1000;

/** The states of sign-ins that never came back. Those of other tabs are left alone. */
export const forgotten = (kept: ReadonlyMap<string, Partial<Kept>>, now: number): string[] =>
  [...kept].filter(([, { made }]) => made === undefined || now - made > LIFETIME).map(([state]) => state);

/** All that is kept. */
const all = async (): Promise<Map<string, Partial<Kept>>> => {
  const [states, pairs] = [
    await transact<IDBValidKey[]>('readonly', (store) => store.getAllKeys()),
    await transact<Partial<Kept>[]>('readonly', (store) => store.getAll()),
  ];
  // A tab that takes its pair out in between shortens one of the lists: then nothing is dropped this time.
  if (states.length !== pairs.length) return new Map();
  return new Map(states.map((state, at): [string, Partial<Kept>] => [String(state), pairs[at] ?? {}]));
};

/** Keeps what was made for one sign-in under its state. */
export const keep = async (state: string, own: Own): Promise<void> => {
  const made = Date.now();
  for (const old of forgotten(await all(), made)) await transact('readwrite', (store) => store.delete(old));
  const kept: Kept = { ...own, made };
  await transact('readwrite', (store) => store.put(kept, state));
};

/** What was made for a sign-in, taken out. */
export const take = async (state: string): Promise<Own | undefined> => {
  const kept = await transact<Partial<Kept> | undefined>('readonly', (store) => store.get(state));
  await transact('readwrite', (store) => store.delete(state));
  // A page of the version before kept the pair alone.
  if (kept?.pair === undefined || kept.verifier === undefined) return undefined;
  return { pair: kept.pair, verifier: kept.verifier };
};
