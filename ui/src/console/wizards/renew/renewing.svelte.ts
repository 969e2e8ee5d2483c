import type { DraftOnScreen } from '../../draft/draft.svelte';
import type { CertificatesOnScreen } from '../../pages/certificates/certificates.svelte';
import type { ServersWatch } from '../../servers.svelte';
import type { Session } from '../../session.svelte';
import type { StatusWatch } from '../../status.svelte';
import { KeptAnswers } from '../kept.svelte';
import { noAnswers, readAnswers, type Answers } from './answers';
import type { Step } from './steps';

/** A renewal of the SSL certificate: the answers, kept on this computer for each connection. What was imported is in the draft. */
export class Renewal extends KeptAnswers<Step, Answers> {
  constructor() {
    super('renew', noAnswers, readAnswers);
  }

  /** Whether it was begun, and goes on. */
  get begun(): boolean {
    return this.answers.request !== undefined || this.answers.saved > 0;
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
