import type { AnsweredName } from '../../../lib/backend/types/AnsweredName';
import type { DraftOnScreen } from '../../draft/draft.svelte';
import type { CertificatesOnScreen } from '../../pages/certificates/certificates.svelte';
import type { ServersWatch } from '../../servers.svelte';
import type { Session } from '../../session.svelte';
import type { StatusWatch } from '../../status.svelte';
import { KeptAnswers } from '../kept.svelte';
import { noAnswers, readAnswers, type Answers, type Person } from './answers';
import type { Step } from './steps';

/** A move to another hostname: the answers, kept on this computer for each connection. What it has come to is in the draft
 * and in what is applied. */
export class Move extends KeptAnswers<Step, Answers> {
  constructor() {
    super('move', noAnswers, readAnswers);
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
