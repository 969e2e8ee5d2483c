// Keeps the page's key pair across the way to the identity provider and back. Only the browser's own
// database can hold a key that cannot be exported.

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
      const request = act(open.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('indexedDB'));
    });
  } finally {
    open.close();
  }
};

/** A pair, and when it was made, in milliseconds since 1970. */
interface Kept {
  pair: CryptoKeyPair;
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

/** Keeps the pair of one sign-in under its state. */
export const keep = async (state: string, pair: CryptoKeyPair): Promise<void> => {
  const made = Date.now();
  for (const old of forgotten(await all(), made)) await transact('readwrite', (store) => store.delete(old));
  const kept: Kept = { pair, made };
  await transact('readwrite', (store) => store.put(kept, state));
};

/** The pair of a sign-in, taken out. */
export const take = async (state: string): Promise<CryptoKeyPair | undefined> => {
  const kept = await transact<Kept | undefined>('readonly', (store) => store.get(state));
  await transact('readwrite', (store) => store.delete(state));
  return kept?.pair;
};
