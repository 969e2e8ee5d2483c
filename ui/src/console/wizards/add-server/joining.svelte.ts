import type { HubWay } from '../../../lib/backend/types/HubWay';
import type { DraftOnScreen } from '../../draft/draft.svelte';
import type { ServersWatch } from '../../servers.svelte';
import type { Session } from '../../session.svelte';
import type { StatusWatch } from '../../status.svelte';
import { noAnswers, readAnswers, type Answers } from './answers';
import type { Step } from './steps';

const WHERE = 'add-server';

/** A server on its way into a connection: the answers, kept on this computer. */
export class Joining {
  answers = $state<Answers>(readAnswers(localStorage.getItem(WHERE)));

  /** Changes answers and keeps them. */
  answer(changes: Partial<Answers>): void {
    Object.assign(this.answers, changes);
    localStorage.setItem(WHERE, JSON.stringify(this.answers));
  }

  leave(step: Step): void {
    if (!this.answers.left.includes(step)) this.answer({ left: [...this.answers.left, step] });
  }

  /** The way to the hub, as the running server goes it. */
  get way(): HubWay | undefined {
    const { file } = this.answers;
    if (!file) return undefined;
    const hub = file.hub_pin ? `${file.hub} ${file.hub_pin}` : file.hub;
    return { hub, proxy: file.proxy, authorities: file.authorities };
  }

  /** Whether it was begun. */
  get begun(): boolean {
    return this.answers.file !== undefined;
  }

  startOver(): void {
    this.answers = noAnswers();
    localStorage.removeItem(WHERE);
  }
}

/** What every step is given. */
export interface Adding {
  joining: Joining;
  store: DraftOnScreen;
  session: Session;
  watch: StatusWatch;
  servers: ServersWatch;
}
