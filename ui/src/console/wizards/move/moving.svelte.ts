import type { AnsweredName } from '../../../lib/backend/types/AnsweredName';
import type { DraftOnScreen } from '../../draft/draft.svelte';
import type { CertificatesOnScreen } from '../../pages/certificates/certificates.svelte';
import type { ServersWatch } from '../../servers.svelte';
import type { Session } from '../../session.svelte';
import type { StatusWatch } from '../../status.svelte';
import { noAnswers, readAnswers, type Answers, type Person } from './answers';
import type { Step } from './steps';

/** A move to another hostname: the answers, kept on this computer for each connection. What it has come to is in the draft
 * and in what is applied. */
export class Move {
  answers = $state<Answers>(noAnswers());
  #where: string | undefined;

  /** Turns to a connection: its answers are read back. */
  turnTo(connection: string | undefined): void {
    const where = connection === undefined ? undefined : `move ${connection}`;
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

  /** What sheets are made from. */
  get stamp(): string {
    return `${this.answers.from} → ${this.answers.to}`;
  }

  sent(person: Person): void {
    const sent = { at: Math.floor(Date.now() / 1000), stamp: this.stamp, answered: false };
    this.answer({ sent: { ...this.answers.sent, [person]: sent } });
  }

  answered(person: Person): void {
    const sent = this.answers.sent[person];
    if (sent) this.answer({ sent: { ...this.answers.sent, [person]: { ...sent, answered: true } } });
  }

  /** Whether it was begun, and goes on. */
  get begun(): boolean {
    return this.answers.to !== '';
  }

  startOver(): void {
    this.answers = noAnswers();
    if (this.#where !== undefined) localStorage.removeItem(this.#where);
  }
}

/** What every step is given. */
export interface Moving {
  move: Move;
  store: DraftOnScreen;
  session: Session;
  watch: StatusWatch;
  servers: ServersWatch;
  on: CertificatesOnScreen;
  /** The name that is left and the one that is moved to, in the draft. */
  old: AnsweredName | undefined;
  next: AnsweredName | undefined;
  /** The same in what is applied. */
  oldApplied: AnsweredName | undefined;
  nextApplied: AnsweredName | undefined;
}
