import type { HubWay } from '../../../lib/backend/types/HubWay';
import type { KitSheet } from '../../../lib/backend/types/KitSheet';
import type { DraftOnScreen } from '../../draft/draft.svelte';
import type { Session } from '../../session.svelte';
import type { StatusWatch } from '../../status.svelte';
import { noAnswers, readAnswers, type Answers } from './answers';
import { isStep, type Step } from './steps';
import { stamp, type Person } from './waiting';

const WHERE = 'first-server';

/** The set-up of the first server: answers on this computer, secrets in memory only. */
export class Setup {
  answers = $state<Answers>(readAnswers(localStorage.getItem(WHERE), isStep));
  /** What was typed as the hub: a set-up code is a secret. */
  code = $state('');
  /** The recovery kit, until it was rehearsed. */
  kit = $state<KitSheet>();

  /** Whether a set-up code is at hand, and not an address alone: founding needs one. */
  get hasCode(): boolean {
    return this.code !== '' && !this.code.startsWith('https://');
  }

  /** Changes answers and keeps them. */
  answer(changes: Partial<Answers>): void {
    Object.assign(this.answers, changes);
    localStorage.setItem(WHERE, JSON.stringify(this.answers));
  }

  leave(step: Step): void {
    if (!this.answers.left.includes(step)) this.answer({ left: [...this.answers.left, step] });
  }

  /** A sheet was handed over, made from the draft as it is now. */
  sent(person: Person, draft: DraftOnScreen, now: number): void {
    const one = { at: now, stamp: stamp(draft.draft), answered: false };
    this.answer({ waiting: { ...this.answers.waiting, [person]: one } });
  }

  answered(person: Person): void {
    const one = this.answers.waiting[person];
    if (one) this.answer({ waiting: { ...this.answers.waiting, [person]: { ...one, answered: true } } });
  }

  /** The way to the hub. Without the code, the hub that was used last keeps its pin. */
  way(lastHub: string | undefined): HubWay {
    const { hub, proxy, authorities } = this.answers;
    return { hub: this.code || (lastHub === hub ? '' : hub), proxy, authorities };
  }

  startOver(): void {
    [this.answers, this.code, this.kit] = [noAnswers(), '', undefined];
    localStorage.removeItem(WHERE);
  }
}

/** What every step is given. */
export interface Wizard {
  setup: Setup;
  store: DraftOnScreen;
  session: Session;
  watch: StatusWatch;
  go: (step: Step) => void;
  /** Whether a step can be gone to now. */
  can: (step: Step) => boolean;
}
