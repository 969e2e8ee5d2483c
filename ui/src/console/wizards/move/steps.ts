import type { AnsweredName } from '../../../lib/backend/types/AnsweredName';
import type { Fault } from '../../../lib/backend/types/Fault';
import type { StepState } from '../Rail.svelte';
import type { Answers } from './answers';

/** The way from one hostname to the next: three saves. */
export const STEPS = ['name', 'certificate', 'idp', 'overlap', 'test', 'switch', 'retire'] as const;
export type Step = (typeof STEPS)[number];

/** What is so, whatever was answered. */
export interface Facts {
  /** The names of the draft, the advertised one first. */
  drafted: AnsweredName[];
  /** Those of what is applied. */
  applied: AnsweredName[];
  /** What is said at the certificates of the draft's names. */
  checks: Fault[];
  /** Whether somebody has signed in under the new name already, at any server. */
  used: boolean;
}

export const isStep = (name: string): name is Step => (STEPS as readonly string[]).includes(name);
/** A test can be left out; nothing else can. */
export const isOptional = (step: Step): boolean => step === 'test';

const has = (names: AnsweredName[], host: string): boolean => names.some((one) => one.host === host);
const advertised = (names: AnsweredName[]): string | undefined => names.find((one) => one.advertised)?.host;

const isDone = (step: Step, { from, to, told, tested }: Answers, facts: Facts): boolean => {
  const { applied, drafted, checks } = facts;
  const answers = to !== '' && has(applied, to);
  /** What had to be so before the switch is not asked again after it. */
  const switched = answers && advertised(applied) === to;
  switch (step) {
    case 'name':
      return to !== '' && has(drafted, to);
    case 'certificate':
      return answers || !checks.some((one) => one.severity === 'error');
    case 'idp':
      return switched || told || drafted.some((one) => one.takes_answers);
    case 'overlap':
      return answers;
    case 'test':
      return switched || tested > 0 || facts.used;
    case 'switch':
      return switched;
    case 'retire':
      return switched && !has(applied, from);
  }
};

/** Where everything stands. */
export const steps = (answers: Answers, facts: Facts): Record<Step, StepState> => {
  const states = {} as Record<Step, StepState>;
  let ready = true;
  for (const step of STEPS) {
    if (ready && isDone(step, answers, facts)) states[step] = 'done';
    else if (!ready) states[step] = 'locked';
    else states[step] = answers.left.includes(step) ? 'later' : 'open';
    ready &&= states[step] === 'done' || (isOptional(step) && states[step] === 'later');
  }
  return states;
};

/** The first step that is unfinished; all done, the last. */
export const landing = (states: Record<Step, StepState>): Step =>
  STEPS.find((step) => states[step] === 'open') ?? 'retire';
