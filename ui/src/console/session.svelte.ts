import { asFault, type Backend } from '../lib/backend/backend';
import type { AdminSession } from '../lib/backend/types/AdminSession';
import type { ConnectionInfo } from '../lib/backend/types/ConnectionInfo';
import type { Fault } from '../lib/backend/types/Fault';
import type { KitSheet } from '../lib/backend/types/KitSheet';
import type { SignedIn } from '../lib/backend/types/SignedIn';
import type { SignIn } from '../lib/backend/types/SignIn';

/** What a call is refused with when the session has ended. */
const ENDED = ['hub.session', 'admin.session'];

/** The administrator's session, which lives in the console's own process. */
export class Session {
  current = $state<AdminSession>();
  /** A recovery kit that has taken the place of another, until it was rehearsed: whatever page is shown, it is not lost. */
  kit = $state<KitSheet>();
  /** An administrator whose removal is still to be finished, and why. */
  unfinished = $state<{ login: string; fault: Fault }>();
  /** Who had been removed before, so that no kit came of removing them. */
  removedBefore = $state<string>();
  /** The backend for everybody: a call that finds the session ended makes the pages ask for a new one. */
  readonly backend: Backend;
  readonly #plain: Backend;

  constructor(backend: Backend) {
    this.#plain = backend;
    this.backend = {
      call: (method, params) =>
        backend.call(method, params).catch((caught: unknown) => {
          if (ENDED.includes(asFault(caught).code)) void this.read();
          throw caught;
        }),
      subscribe: (listener) => backend.subscribe(listener),
    };
  }

  get signedIn(): SignedIn | undefined {
    return this.current?.signed_in ?? undefined;
  }

  connection(id: string | undefined): ConnectionInfo | undefined {
    return this.signedIn?.connections.find((one) => one.id === id);
  }

  async read(): Promise<void> {
    try {
      this.current = await this.#plain.call('admin.session', null);
    } catch {
      // No session is known: whatever needs one asks for it.
      this.current = undefined;
    }
  }

  async signIn(params: SignIn): Promise<Fault | undefined> {
    try {
      this.current = await this.backend.call('admin.sign_in', params);
      return undefined;
    } catch (caught) {
      return asFault(caught);
    }
  }

  async signOut(): Promise<Fault | undefined> {
    try {
      await this.backend.call('admin.sign_out', null);
      await this.read();
      return undefined;
    } catch (caught) {
      return asFault(caught);
    }
  }
}
