import type { DraftOnScreen } from '../../draft/draft.svelte';
import type { CertificatesOnScreen } from '../../pages/certificates/certificates.svelte';
import type { ServersWatch } from '../../servers.svelte';
import type { Session } from '../../session.svelte';
import type { StatusWatch } from '../../status.svelte';
import { noAnswers, readAnswers, type Answers } from './answers';
import type { Step } from './steps';

const WHERE = 'renew';

/** A renewal of the SSL certificate: the answers, kept on this computer. What was imported is in the draft. */
export class Renewal {
  answers = $state<Answers>(readAnswers(localStorage.getItem(WHERE)));

  /** Changes answers and keeps them. */
  answer(changes: Partial<Answers>): void {
    Object.assign(this.answers, changes);
    localStorage.setItem(WHERE, JSON.stringify(this.answers));
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
    localStorage.removeItem(WHERE);
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
}
