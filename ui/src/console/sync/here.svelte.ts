import { asFault, type Backend } from '../../lib/backend/backend';
import type { Fault } from '../../lib/backend/types/Fault';
import type { SyncReport } from '../../lib/backend/types/SyncReport';

/** A Full Sync of this server, and what came of it. */
export class SyncOfThisServer {
  running = $state(false);
  report = $state<SyncReport>();
  fault = $state<Fault>();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async run(): Promise<void> {
    [this.running, this.report, this.fault] = [true, undefined, undefined];
    try {
      this.report = await this.#backend.call('sync.full', null);
    } catch (caught) {
      this.fault = asFault(caught);
    }
    this.running = false;
  }
}
