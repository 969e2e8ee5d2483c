import { asFault } from '../../../lib/backend/backend';
import type { DraftConflict } from '../../../lib/backend/types/DraftConflict';
import type { Fault } from '../../../lib/backend/types/Fault';
import type { ParkedPlan } from '../../../lib/backend/types/ParkedPlan';
import type { DraftOnScreen } from '../../draft/draft.svelte';

/** Drafts that were put aside. */
export class Plans {
  list = $state<ParkedPlan[]>([]);
  /** What others have changed meanwhile of the plan that was taken up last; undefined when none was. */
  taken = $state<DraftConflict[]>();
  readonly #store: DraftOnScreen;

  constructor(store: DraftOnScreen) {
    this.#store = store;
  }

  read(): Promise<Fault | undefined> {
    return this.#do(() => this.#store.backend.call('plans.list', null));
  }

  async park(name: string): Promise<Fault | undefined> {
    // What was typed last is still on its way.
    await this.#store.settled();
    const fault = await this.#do(() => this.#store.backend.call('plans.park', { name }));
    await this.#store.read();
    return fault;
  }

  async take(name: string): Promise<Fault | undefined> {
    await this.#store.settled();
    const fault = await this.#do(async () => {
      this.taken = (await this.#store.backend.call('plans.take', { name })).conflicts;
      return this.#store.backend.call('plans.list', null);
    });
    await this.#store.read();
    return fault;
  }

  discard(name: string): Promise<Fault | undefined> {
    return this.#do(() => this.#store.backend.call('plans.discard', { name }));
  }

  async #do(call: () => Promise<ParkedPlan[]>): Promise<Fault | undefined> {
    try {
      this.list = await call();
      return undefined;
    } catch (caught) {
      return asFault(caught);
    }
  }
}
