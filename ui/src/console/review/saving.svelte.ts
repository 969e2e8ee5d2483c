import { asFault } from '../../lib/backend/backend';
import type { DraftConflict } from '../../lib/backend/types/DraftConflict';
import type { Fault } from '../../lib/backend/types/Fault';
import type { PastRevision } from '../../lib/backend/types/PastRevision';
import type { DraftOnScreen } from '../draft/draft.svelte';
import type { Session } from '../session.svelte';

/** What the hub and the console say when somebody else saved first. */
const SOMEBODY_WAS_FASTER = ['admin.conflict', 'hub.stale'];

/** What came in between two reviews. */
export interface Between {
  revisions: PastRevision[];
  conflicts: DraftConflict[];
}

/** One save: prepared by the service, signed here, ordered by the hub. */
export class Saving {
  busy = $state(false);
  fault = $state<Fault>();
  between = $state<Between>();
  /** The new revision, once the hub has it. */
  revision = $state<number>();
  readonly #store: DraftOnScreen;

  constructor(store: DraftOnScreen) {
    this.#store = store;
  }

  async save(reason: string, changeNumber: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = undefined;
    try {
      await this.#store.settled();
      // What is on screen, and nothing else, is signed.
      const shown = this.#store.draft?.changes.map((change) => ({ ...change })) ?? [];
      const prepared = await this.#store.backend.call('save.prepare', {
        reason,
        change_number: changeNumber,
      });
      this.revision = (await this.#store.backend.call('admin.save', { ...prepared, shown })).revision;
    } catch (caught) {
      await this.#failed(asFault(caught));
    } finally {
      this.busy = false;
    }
  }

  async #failed(fault: Fault): Promise<void> {
    this.fault = fault;
    if (!SOMEBODY_WAS_FASTER.includes(fault.code)) return;
    try {
      const base = this.#store.draft?.base ?? 0;
      const { conflicts } = await this.#store.rebase();
      this.between = { revisions: [], conflicts };
      this.fault = undefined;
      const history = await this.#store.backend.call('history.list', null);
      this.between = { revisions: history.filter((one) => one.revision > base), conflicts };
    } catch (caught) {
      this.fault = asFault(caught);
    }
  }
}

/** Whether there is something to save, nothing forbids it, and somebody can sign it. */
export const canSave = (store: DraftOnScreen, session: Session, saving: Saving): boolean =>
  (store.draft?.changes.length ?? 0) > 0 &&
  !store.draft?.checks.some((one) => one.severity === 'error') &&
  session.signedIn !== undefined &&
  !saving.busy;
