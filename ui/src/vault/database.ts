// The browser's own database: what an open vault keeps there is sealed, or a key that cannot be taken out.

/** Opens a database, once. */
export const database = (
  name: string,
  version: number,
  upgrade: (database: IDBDatabase) => void,
): (() => Promise<IDBDatabase>) => {
  let opened: Promise<IDBDatabase> | undefined;
  return () =>
    (opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, version);
      request.onupgradeneeded = () => upgrade(request.result);
      request.onsuccess = () => {
        // Another page wants a newer form: it is not kept waiting.
        request.result.onversionchange = () => {
          request.result.close();
          opened = undefined;
        };
        resolve(request.result);
      };
      request.onerror = () => {
        opened = undefined;
        reject(request.error ?? new Error('indexedDB'));
      };
    }));
};

/** What a request gives. */
export const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('indexedDB'));
  });

/** The end of a transaction: from then on what it has written stays. */
export const finished = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('indexedDB'));
  });
