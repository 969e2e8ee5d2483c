import { asFault } from '../../../../lib/backend/backend';
import type { Checklist } from '../../../../lib/backend/types/Checklist';
import type { ChecklistItem } from '../../../../lib/backend/types/ChecklistItem';
import type { Fault } from '../../../../lib/backend/types/Fault';
import type { MemberServer } from '../../../../lib/backend/types/MemberServer';
import type { Session } from '../../../session.svelte';

/** How often it is looked at what is left while something is, in milliseconds. */
const LOOK = 2000;
/** The longest pause between two looks while nobody answers. */
const LONGEST = 30_000;
/** With these it is asked again: nobody has answered, or somebody was faster. */
const SILENCE = ['hub.unreachable', 'hub.answer', 'hub.no_such_host', 'hub.store', 'hub.stale'];

/** The two ways to take a server out of its connection. */
export type Way = 'retire' | 'compromised';

const METHODS = { retire: 'admin.retire_server', compromised: 'admin.compromised_server' } as const;

/** User records that the other servers have still to seal anew after a server has left. */
export interface Sealing {
  server: string;
  way: Way;
  left: number;
  /** How many there were when it was first looked at. */
  of: number;
}

/** The servers that have left a connection, and what is still to be done about them. It is kept at the hub: whoever opens
 * this again goes on where it stood. */
export class Leavers {
  /** Servers that the connection had. */
  left = $state<MemberServer[]>([]);
  lists = $state<Checklist[]>([]);
  sealing = $state<Sealing>();
  /** Why it cannot be read how things are. */
  fault = $state<Fault>();
  /** Why what was to be done was refused. */
  refusal = $state<Fault>();
  readonly #session: Session;
  readonly #connection: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watching = false;
  /** How often it was looked: what an older look brings later than a newer one does not count. */
  #looks = 0;
  /** How often nobody has answered since somebody did. */
  #silent = 0;

  constructor(session: Session, connection: string) {
    [this.#session, this.#connection] = [session, connection];
  }

  /** The list about a server. */
  list(server: string): Checklist | undefined {
    return this.lists.find((list) => list.server === server);
  }

  has(server: string): boolean {
    return this.left.some((one) => one.server === server);
  }

  /** Begins to watch. What it gives ends it. */
  watch(): () => void {
    this.#watching = true;
    void this.look();
    return () => {
      this.#watching = false;
      clearTimeout(this.#timer);
    };
  }

  /** Takes a server out, or goes on with it: done before, it finishes what was cut off and says what is left. */
  async leave(server: string, way: Way): Promise<void> {
    const wish = { connection: this.#connection, server };
    const { left } = await this.#session.backend.call(METHODS[way], wish);
    const before = this.sealing?.server === server ? this.sealing.of : 0;
    this.sealing = { server, way, left, of: Math.max(before, left) };
    await this.look();
  }

  async mark(server: string, item: ChecklistItem, done: boolean): Promise<void> {
    const wish = { connection: this.#connection, server, item, done };
    try {
      const list = await this.#session.backend.call('admin.mark', wish);
      this.lists = this.lists.map((one) => (one.server === server ? list : one));
      this.refusal = undefined;
      // What is on its way was read before.
      await this.look();
    } catch (caught) {
      this.refusal = asFault(caught);
    }
  }

  /** Reads what there is, and again as long as the other servers are at work. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#looks += 1;
    const turn = this.#looks;
    const which = { connection: this.#connection };
    try {
      const members = await this.#session.backend.call('admin.servers', which);
      const lists = await this.#session.backend.call('admin.checklists', which);
      // Somebody has looked since.
      if (turn !== this.#looks) return;
      this.left = members.filter((one) => one.retired !== null).reverse();
      this.lists = lists;
      this.fault = undefined;
      this.#silent = 0;
    } catch (caught) {
      if (turn !== this.#looks) return;
      this.#unheard(caught);
    }
    this.#lookLater();
  }

  #unheard(caught: unknown): void {
    this.fault = asFault(caught);
    // A refusal stays one; what nobody answered, as while the hub starts anew, is asked again.
    this.#silent = SILENCE.includes(this.fault.code) ? this.#silent + 1 : 0;
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    if (!this.#watching || !this.#atWork()) return;
    const pause = Math.min(LOOK * 2 ** this.#silent, LONGEST);
    this.#timer = setTimeout(() => void this.#again(), pause);
  }

  #atWork(): boolean {
    if (this.#session.signedIn === undefined) return false;
    if (this.fault) return this.#silent > 0;
    const left = this.lists.some((list) => list.entries.some((entry) => (entry.left ?? 0) > 0));
    return left || (this.sealing?.left ?? 0) > 0;
  }

  async #again(): Promise<void> {
    const { sealing } = this;
    if (!sealing || sealing.left === 0) return this.look();
    try {
      await this.leave(sealing.server, sealing.way);
    } catch (caught) {
      this.#unheard(caught);
      this.#lookLater();
    }
  }
}
