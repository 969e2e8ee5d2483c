import type { Backend } from '../../lib/backend/backend';
import type { TrayWords } from '../../lib/backend/console';

/** What is chosen in the tray. */
export type TrayChoice = 'full_sync' | 'sync_all';

/** The icon in the tray: it says what it is told here, in the language on screen. */
export class Tray {
  /** Whether this desktop shows one; unknown before it was tried. */
  shown = $state<boolean>();
  /** Whether closing the window leaves the icon: as the program was told last. */
  kept = $state(false);
  /** The same, as it is wanted. */
  keeps = $state(localStorage.getItem('tray') === 'keep');
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  keep(keeps: boolean): void {
    this.keeps = keeps;
    localStorage.setItem('tray', keeps ? 'keep' : '');
  }

  async say(words: Omit<TrayWords, 'keep'>): Promise<void> {
    const keep = this.keeps;
    try {
      this.shown = await this.#backend.call('console.tray', { ...words, keep });
      this.kept = keep && this.shown;
    } catch {
      // Everything in it is in the window, too.
      this.shown = false;
    }
  }
}
