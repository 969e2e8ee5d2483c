import { asFault, type Backend } from '../../../lib/backend/backend';
import type { ChangedUsers } from '../../../lib/backend/types/ChangedUsers';
import type { Fault } from '../../../lib/backend/types/Fault';
import type { FoundUsers } from '../../../lib/backend/types/FoundUsers';
import type { Place } from '../../../lib/backend/types/Place';
import type { UserInfo } from '../../../lib/backend/types/UserInfo';
import type { UserState } from '../../../lib/backend/types/UserState';

/** What is done to one user. */
export type Change = 'lock' | 'unlock' | 'remove' | 'restore' | 'invite';

/** What can be done to a user who stands so. */
export const changesOf = (state: UserState): Change[] => {
  switch (state) {
    case 'active':
    case 'invited':
      return ['lock', 'remove'];
    case 'locked':
      return ['unlock', 'remove'];
    case 'removed':
      return ['restore'];
    case 'waiting':
      return [];
    case 'gone':
      return ['invite'];
  }
};

/** The users of a connection, as they were read last, and what is looked for among them. */
export class UsersOnScreen {
  found = $state<FoundUsers>();
  fault = $state<Fault>();
  reading = $state(false);
  text = $state('');
  state = $state<UserState | ''>('');
  #asked = 0;

  constructor(
    private readonly backend: Backend,
    private readonly connection: string,
  ) {}

  /** Looks through them; `fresh`: what was written since is read first. An answer that was overtaken is not shown. */
  async look(fresh: boolean): Promise<void> {
    const asked = ++this.#asked;
    this.reading = true;
    try {
      const wish = { connection: this.connection, text: this.text, state: this.state || null, fresh };
      const found = await this.backend.call('admin.find_users', wish);
      if (asked === this.#asked) [this.found, this.fault] = [found, undefined];
    } catch (caught) {
      if (asked === this.#asked) this.fault = asFault(caught);
    }
    if (asked === this.#asked) this.reading = false;
  }

  /** Puts a user on a node and under a role: what is another than before. Nothing where it was refused; the fault says why. */
  async place(user: UserInfo, node: string | null, role: string | null): Promise<boolean> {
    const places: Place[] = [
      ...(node === user.node ? [] : [{ to: 'node', node } as const]),
      ...(role === user.role ? [] : [{ to: 'role', role } as const]),
    ];
    try {
      const { connection } = this;
      for (const place of places) {
        await this.backend.call('admin.place_users', { connection, emails: [user.email], place });
      }
      await this.look(true);
      return true;
    } catch (caught) {
      this.fault = asFault(caught);
      return false;
    }
  }

  /** Voids a user's second factors. Nothing where it was refused; the fault says why. */
  async resetFactors({ email }: UserInfo): Promise<boolean> {
    try {
      const { connection } = this;
      await this.backend.call('admin.place_users', {
        connection,
        emails: [email],
        place: { to: 'no_factors' },
      });
      await this.look(true);
      return true;
    } catch (caught) {
      this.fault = asFault(caught);
      return false;
    }
  }

  /** Changes one user, and reads what was written since. Nothing where it was refused; the fault says why. */
  async change(change: Change, email: string): Promise<ChangedUsers | undefined> {
    try {
      const done = await this.#ask(change, email);
      await this.look(true);
      return done;
    } catch (caught) {
      this.fault = asFault(caught);
      return undefined;
    }
  }

  async #ask(change: Change, email: string): Promise<ChangedUsers> {
    const { connection } = this;
    if (change === 'invite') {
      await this.backend.call('admin.invite_user', { connection, email, node: null, role: null });
      return { changed: 1, waiting: 0 };
    }
    return this.backend.call(`admin.${change}_users`, { connection, emails: [email] });
  }
}
