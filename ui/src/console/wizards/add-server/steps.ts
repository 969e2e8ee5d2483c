import type { JoinFile } from '../../../lib/backend/types/JoinFile';
import type { Server } from '../../../lib/backend/types/Server';
import type { SignedIn } from '../../../lib/backend/types/SignedIn';
import type { StepState } from '../Rail.svelte';
import type { Answers } from './answers';

/** The way of a server into a connection that is there. */
export const STEPS = ['join', 'account', 'enrol', 'address', 'probe', 'pool', 'replace'] as const;
export type Step = (typeof STEPS)[number];

/** What is so, whatever was answered. */
export interface Facts {
  signedIn: SignedIn | undefined;
  /** Whether this server is enrolled. */
  joined: boolean;
  running: boolean;
  /** All servers of the connection, when they are known. */
  servers: Server[] | undefined;
}

const OPTIONAL: readonly Step[] = ['pool', 'replace'];

export const isStep = (name: string): name is Step => (STEPS as readonly string[]).includes(name);
export const isOptional = (step: Step): boolean => OPTIONAL.includes(step);

/** This server, as the others hear of it. */
export const ownOf = (servers: Server[] | undefined): Server | undefined => servers?.find((one) => one.own);

/** Whether a join file counts still, at `now` (seconds since 1970). */
export const counts = (file: JoinFile | undefined, now: number): boolean =>
  file !== undefined && file.ends > now;

const isDone = (step: Step, answers: Answers, facts: Facts, now: number): boolean => {
  switch (step) {
    case 'join':
      return facts.joined || counts(answers.file, now);
    case 'account':
      return facts.joined || facts.signedIn !== undefined;
    case 'enrol':
      return facts.joined;
    case 'address':
      return facts.running && answers.addressed;
    case 'probe':
      return facts.running && answers.probed;
    case 'pool':
      return ownOf(facts.servers)?.first_sign_in != null;
    case 'replace':
      return (
        answers.replaces !== '' &&
        facts.servers !== undefined &&
        facts.servers.every((one) => one.server !== answers.replaces)
      );
  }
};

/** Where everything stands at `now` (seconds since 1970). Up to the enrolment all that lies before comes first. */
export const steps = (answers: Answers, facts: Facts, now: number): Record<Step, StepState> => {
  const states = {} as Record<Step, StepState>;
  const enrol = STEPS.indexOf('enrol');
  for (const [at, step] of STEPS.entries()) {
    const needs = at <= enrol ? STEPS.slice(0, at) : (['enrol'] as const);
    const ready = needs.every((one) => states[one] === 'done');
    if (isDone(step, answers, facts, now)) states[step] = 'done';
    else if (!ready) states[step] = 'locked';
    else if (step === 'replace' && answers.adds) states[step] = 'skipped';
    else states[step] = isOptional(step) && answers.left.includes(step) ? 'later' : 'open';
  }
  return states;
};

/** The first step that is unfinished; all done, the last. */
export const landing = (states: Record<Step, StepState>): Step =>
  STEPS.find((step) => states[step] === 'open') ?? 'pool';
