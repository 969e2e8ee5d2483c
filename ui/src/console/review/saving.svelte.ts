import { asFault } from '../../lib/backend/backend';
import type { DraftChange } from '../../lib/backend/types/DraftChange';
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
  /** The differences on screen: a copy, so that nothing else than what was looked at is ever signed. */
  looked = $state.raw<DraftChange[]>();
  readonly #store: DraftOnScreen;

  constructor(store: DraftOnScreen) {
    this.#store = store;
  }

  /** Puts the differences as they are now on the screen. */
  look(): void {
    this.looked = $state.snapshot(this.#store.draft?.changes);
  }

  /** Whether the draft has become another one than the one on screen. */
  get moved(): boolean {
    return JSON.stringify(this.#store.draft?.changes) !== JSON.stringify(this.looked);
  }

  async save(reason: string, changeNumber: string): Promise<void> {
    const shown = this.looked;
    if (this.busy || !shown) return;
    this.busy = true;
    this.fault = undefined;
    try {
      await this.#store.settled();
      const prepared = await this.#store.backend.call('save.prepare', {
        reason,
        change_number: changeNumber,
      });
      const wish = { ...prepared, shown, reason: reason.trim(), change_number: changeNumber.trim() };
      this.revision = (await this.#store.backend.call('admin.save', wish)).revision;
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
      this.look();
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
  (saving.looked?.length ?? 0) > 0 &&
  !saving.moved &&
  !store.draft?.checks.some((one) => one.severity === 'error') &&
  session.signedIn !== undefined &&
  !saving.busy;
