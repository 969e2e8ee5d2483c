import { asFault, type Backend } from '../lib/backend/backend';
import type { Fault } from '../lib/backend/types/Fault';
import type { Server } from '../lib/backend/types/Server';
import type { Servers } from '../lib/backend/types/Servers';

/** How often the servers are looked at while somebody looks, in milliseconds. */
const LOOK = 1000;

/** The servers of the connection, read again and again as long as it is watched. */
export class ServersWatch {
  list = $state<Servers>();
  fault = $state<Fault>();
  readonly #backend: Backend;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watching = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Begins to watch. What it gives ends it. */
  watch(): () => void {
    this.#watching = true;
    void this.#look();
    return () => {
      this.#watching = false;
      clearTimeout(this.#timer);
    };
  }

  async #look(): Promise<void> {
    try {
      this.list = await this.#backend.call('servers.list', null);
      this.fault = undefined;
    } catch (caught) {
      this.fault = asFault(caught);
    }
    if (this.#watching) this.#timer = setTimeout(() => void this.#look(), LOOK);
  }
}

/** Whether a server has done what all of them are to do. */
export type Tick = 'done' | 'waiting' | 'absent' | 'held';

/** The same by its report: who has not been heard of for a while does it when it returns. */
export const tickOf = (server: Server, done: boolean): Tick => {
  if (done) return 'done';
  if (server.stale || server.heard === null) return 'absent';
  return server.reason ? 'held' : 'waiting';
};

/** For how many seconds a wish for a Full Sync counts. */
const WEEK = 7 * 24 * 3600;

/** The newest wish for a Full Sync of all servers that still counts at `now` (milliseconds). */
export const openWish = (list: Servers | undefined, now: number): number | undefined =>
  list && list.asked !== null && now / 1000 - list.asked < WEEK ? list.asked : undefined;
