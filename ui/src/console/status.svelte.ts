import { asFault, type Backend } from '../lib/backend/backend';
import type { Fault } from '../lib/backend/types/Fault';
import type { Status } from '../lib/backend/types/Status';

/** How long to wait before asking a service again that did not answer, in milliseconds. */
const AGAIN = 2000;
/** What the names of events begin with that come from the tray. */
const TRAY = 'tray.';

/** The service's status, kept true: read again at every event, and every two seconds while nobody answers. */
export class StatusWatch {
  status = $state<Status>();
  /** What it said last, while it is silent, too: what is being typed stands on it. */
  last = $state<Status>();
  fault = $state<Fault>();
  /** How often another service was turned to: what one before it answers is nobody's. */
  turns = $state(0);
  readonly #backend: Backend;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #subscribed = false;
  /** Hears what is chosen in the tray. */
  readonly #ontray: (choice: string) => void;

  constructor(backend: Backend, ontray: (choice: string) => void = () => undefined) {
    this.#backend = backend;
    this.#ontray = ontray;
  }

  async read(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = this.turns;
    try {
      const status = await this.#backend.call('status.get', null);
      if (turn !== this.turns) return;
      [this.status, this.last] = [status, status];
      this.fault = undefined;
      if (!this.#subscribed) {
        await this.#backend.subscribe((event) => this.#hear(event));
        if (turn !== this.turns) return;
        this.#subscribed = true;
      }
    } catch (caught) {
      if (turn !== this.turns) return;
      this.status = undefined;
      this.fault = asFault(caught);
      this.#subscribed = false;
    }
    this.#timer = setTimeout(() => void this.read(), AGAIN);
  }

  #hear(event: string): void {
    if (event.startsWith(TRAY)) this.#ontray(event.slice(TRAY.length));
    else void this.read();
  }

  /** Another service is meant from now on: what was heard of the one before is forgotten, and its events are nobody's. */
  turn(): void {
    this.turns += 1;
    this.status = undefined;
    this.last = undefined;
    this.#subscribed = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
