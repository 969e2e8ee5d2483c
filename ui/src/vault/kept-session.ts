// An open vault outlives a reload: its keys, which cannot be taken out of the browser, stay in the browser's own database until the vault
// closes.
import { asked, database, finished } from './database';
import type { User } from './handover';
import type { Keys } from './records/seal';

/** What is known of the user once the keys are in their place. */
export type Known = Omit<User, 'user_key' | 'hub_seed'>;

/** An open vault. */
export interface Session {
  keys: Keys;
  user: Known;
  /** The key's check number. */
  check: string;
  /** Nobody has begun this sign-in here, so it may be somebody else's account. */
  unasked: boolean;
  /** When the user signed in: milliseconds since 1970. */
  since: number;
  /** When it closes unless it is used: milliseconds since 1970. */
  until: number;
}

/** No vault stays open for longer after a sign-in, used or not, in milliseconds: what a server says, where one can be reached. */
export const LONGEST = 24 * 60 * 60 * 1000;

const STORE = 'sessions';
/** Where a tab notes whose vault it shows. */
const TAB = 'vault-account';
const open = database('sekisho-session', 1, (made) => void made.createObjectStore(STORE));

/** Keeps the open vault of an account, and that this tab shows it. Where another tab has used it later, that counts. */
export const keep = async (session: Session): Promise<void> => {
  sessionStorage.setItem(TAB, session.user.account);
  const transaction = (await open()).transaction(STORE, 'readwrite');
  const store = transaction.objectStore(STORE);
  const request = store.get(session.user.account) as IDBRequest<Session | undefined>;
  request.onsuccess = () => {
    const until = Math.min(
      Math.max(session.until, request.result?.until ?? 0),
      // The role may have been made stricter since.
      Date.now() + session.user.policies.session_minutes * 60_000,
      session.since + LONGEST,
    );
    store.put({ ...session, until }, session.user.account);
  };
  await finished(transaction);
};

/** Whoever comes anew signs in, and a reload after that shows nothing either. */
export const leaveTab = (): void => sessionStorage.removeItem(TAB);

/** An account's open vault; one that is over is forgotten. */
export const keptOf = async (account: string, now: number): Promise<Session | undefined> => {
  const transaction = (await open()).transaction(STORE, 'readonly');
  const found = await asked(transaction.objectStore(STORE).get(account) as IDBRequest<Session | undefined>);
  if (found && found.until <= now) await forget(account);
  return found && found.until > now ? found : undefined;
};

/** The vault that this tab has shown. */
export const kept = async (now: number): Promise<Session | undefined> => {
  const shown = sessionStorage.getItem(TAB);
  return shown === null ? undefined : keptOf(shown, now);
};

/** Forgets whatever is over, of a window that was shut without signing out. */
export const forgetOver = async (now: number): Promise<void> => {
  const transaction = (await open()).transaction(STORE, 'readonly');
  const accounts = await asked(transaction.objectStore(STORE).getAllKeys());
  await Promise.all(accounts.map((account) => keptOf(String(account), now)));
};

/** Forgets an account's open vault. */
export const forget = async (account: string): Promise<void> => {
  if (sessionStorage.getItem(TAB) === account) sessionStorage.removeItem(TAB);
  const transaction = (await open()).transaction(STORE, 'readwrite');
  transaction.objectStore(STORE).delete(account);
  await finished(transaction);
};
