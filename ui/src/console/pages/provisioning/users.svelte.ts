import { asFault, type Backend } from '../../../lib/backend/backend';
import type { ExportedUsers } from '../../../lib/backend/console';
import type { ChangedUsers } from '../../../lib/backend/types/ChangedUsers';
import type { Fault } from '../../../lib/backend/types/Fault';
import type { FoundUsers } from '../../../lib/backend/types/FoundUsers';
import type { Place } from '../../../lib/backend/types/Place';
import type { UserInfo } from '../../../lib/backend/types/UserInfo';
import type { UserState } from '../../../lib/backend/types/UserState';

/** What is done to one user. */
export type Change = 'lock' | 'unlock' | 'remove' | 'restore' | 'invite';

/** The node and the role that a user is put on and given; none: as it comes. */
export interface Put {
  node: string | null;
  role: string | null;
}

export const NOWHERE: Put = { node: null, role: null };

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
    const done = await this.#done(async () => {
      for (const place of places) await this.#put(user, place);
      return true;
    });
    return done ?? false;
  }

  /** Voids a user's second factors. Nothing where it was refused; the fault says why. */
  async resetFactors(user: UserInfo): Promise<boolean> {
    return (await this.#done(() => this.#put(user, { to: 'no_factors' }))) !== undefined;
  }

  #put({ email }: UserInfo, place: Place): Promise<ChangedUsers> {
    return this.backend.call('admin.place_users', { connection: this.connection, emails: [email], place });
  }

  /** Invites one user, onto a node and under a role if they are said. Nothing where it was refused; the fault says why. */
  invite(email: string, put: Put): Promise<ChangedUsers | undefined> {
    return this.#done(async () => {
      await this.backend.call('admin.invite_user', { connection: this.connection, email, ...put });
      return { changed: 1, waiting: 0 };
    });
  }

  /** Changes one user. Nothing where it was refused; the fault says why. */
  change(change: Exclude<Change, 'invite'>, email: string): Promise<ChangedUsers | undefined> {
    const wish = { connection: this.connection, emails: [email] };
    return this.#done(() => this.backend.call(`admin.${change}_users`, wish));
  }

  /** Writes all of them into a file. Nothing where it was refused; the fault says why. */
  async export(now: Date): Promise<ExportedUsers | undefined> {
    const made = `${now.toISOString().slice(0, 19)}Z`;
    try {
      const { connection } = this;
      const done = await this.backend.call('console.export_users', { connection, made });
      this.fault = undefined;
      return done;
    } catch (caught) {
      this.fault = asFault(caught);
      return undefined;
    }
  }

  /** Does something, and reads what was written since. */
  async #done<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await act();
      await this.look(true);
      return done;
    } catch (caught) {
      this.fault = asFault(caught);
      return undefined;
    }
  }
}
