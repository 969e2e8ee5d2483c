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

/** Keeps the pair of one sign-in under its state. Pairs of sign-ins that never came back are dropped. */
export const keep = async (state: string, pair: CryptoKeyPair): Promise<void> => {
  await transact('readwrite', (store) => store.clear());
  await transact('readwrite', (store) => store.put(pair, state));
};

/** The pair of a sign-in, taken out. */
export const take = async (state: string): Promise<CryptoKeyPair | undefined> => {
  const pair = await transact<CryptoKeyPair | undefined>('readonly', (store) => store.get(state));
  await transact('readwrite', (store) => store.clear());
  return pair;
};
