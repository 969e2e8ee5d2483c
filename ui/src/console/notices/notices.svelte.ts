import type { Backend } from '../../lib/backend/backend';

/** The notices on the desktop: the program shows them by itself, as it is told here, in the language on screen. */
export class DesktopNotices {
  /** Whether they are wanted. */
  on = $state(localStorage.getItem('notices') !== 'off');
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  turn(on: boolean): void {
    this.on = on;
    localStorage.setItem('notices', on ? '' : 'off');
  }

  async say(language: string): Promise<void> {
    const on = this.on;
    try {
      await this.#backend.call('console.notices', { on, language });
    } catch {
      // What they tell is in the window, too.
    }
  }
}
