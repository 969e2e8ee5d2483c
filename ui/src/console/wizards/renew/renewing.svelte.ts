import type { DraftOnScreen } from '../../draft/draft.svelte';
import type { CertificatesOnScreen } from '../../pages/certificates/certificates.svelte';
import type { ServersWatch } from '../../servers.svelte';
import type { Session } from '../../session.svelte';
import type { StatusWatch } from '../../status.svelte';
import { noAnswers, readAnswers, type Answers } from './answers';
import type { Step } from './steps';

/** A renewal of the SSL certificate: the answers, kept on this computer for each connection. What was imported is in the draft. */
export class Renewal {
  answers = $state<Answers>(noAnswers());
  #where: string | undefined;

  /** Turns to a connection: its answers are read back. */
  turnTo(connection: string | undefined): void {
    const where = connection === undefined ? undefined : `renew ${connection}`;
    if (where === this.#where) return;
    this.#where = where;
    this.answers = where === undefined ? noAnswers() : readAnswers(localStorage.getItem(where));
  }

  /** Changes answers and keeps them. */
  answer(changes: Partial<Answers>): void {
    Object.assign(this.answers, changes);
    if (this.#where !== undefined) localStorage.setItem(this.#where, JSON.stringify(this.answers));
  }

  leave(step: Step): void {
    if (!this.answers.left.includes(step)) this.answer({ left: [...this.answers.left, step] });
  }

  /** Whether it was begun, and goes on. */
  get begun(): boolean {
    return this.answers.request !== undefined || this.answers.saved > 0;
  }

  startOver(): void {
    this.answers = noAnswers();
    if (this.#where !== undefined) localStorage.removeItem(this.#where);
  }
}

/** What every step is given. */
export interface Renewing {
  renewal: Renewal;
  store: DraftOnScreen;
  session: Session;
  watch: StatusWatch;
  servers: ServersWatch;
  on: CertificatesOnScreen;
  /** SHA-256 of the SSL certificate in use, as servers report it. */
  inUse: string;
  /** Whether this renewal was saved. */
  saved: boolean;
}
