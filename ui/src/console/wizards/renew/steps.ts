import type { Fault } from '../../../lib/backend/types/Fault';
import type { Server } from '../../../lib/backend/types/Server';
import type { StepState } from '../Rail.svelte';
import type { Answers } from './answers';

/** The way from one SSL certificate to the next. */
export const STEPS = ['saml', 'bring', 'check', 'save', 'seen'] as const;
export type Step = (typeof STEPS)[number];

/** What is so, whatever was answered. */
export interface Facts {
  /** Whether SAML uses the SSL certificate, in what is saved. */
  shared: boolean;
  /** Whether the draft has another SSL certificate than what is saved. */
  drafted: boolean;
  /** What is said at the draft's certificate. */
  checks: Fault[];
  /** The newest revision that this server has applied. */
  revision: number;
  /** SHA-256 of the SSL certificate in use, as servers report it. */
  inUse: string;
  /** All servers of the connection, when they are known. */
  servers: Server[] | undefined;
  /** Whether another certificate than the one in use comes where the name leads to, as from a balancer. */
  another: boolean;
}

export const isStep = (name: string): name is Step => (STEPS as readonly string[]).includes(name);
/** A server that is away serves the certificate when it is back: nobody waits for it here. */
export const isOptional = (step: Step): boolean => step === 'seen';

/** Whether a server serves this certificate, by its own report. */
export const serves = (server: Server, sha256: string): boolean =>
  server.certificate !== null && server.certificate.sha256 === sha256;

/** Whether it was saved, and this is still that renewal: nothing newer is in the draft or in use. */
export const isSaved = (answers: Answers, facts: Pick<Facts, 'drafted' | 'revision' | 'inUse'>): boolean =>
  answers.saved > 0 &&
  !facts.drafted &&
  (facts.revision < answers.saved || facts.inUse === '' || facts.inUse === answers.savedAs);

const isDone = (step: Step, answers: Answers, facts: Facts): boolean => {
  const saved = isSaved(answers, facts);
  switch (step) {
    case 'saml':
      return answers.separated && !facts.shared;
    case 'bring':
      return saved || facts.drafted;
    case 'check':
      return saved || (facts.drafted && !facts.checks.some((one) => one.severity === 'error'));
    case 'save':
      return saved && facts.revision >= answers.saved;
    case 'seen':
      return (
        saved &&
        facts.revision >= answers.saved &&
        !facts.another &&
        (facts.servers?.length ?? 0) > 0 &&
        (facts.servers ?? []).every((server) => serves(server, facts.inUse))
      );
  }
};

/** Where everything stands. */
export const steps = (answers: Answers, facts: Facts): Record<Step, StepState> => {
  const states = {} as Record<Step, StepState>;
  let ready = true;
  for (const step of STEPS) {
    if (isDone(step, answers, facts)) states[step] = 'done';
    else if (step === 'saml' && !facts.shared) states[step] = 'skipped';
    else if (!ready) states[step] = 'locked';
    else states[step] = answers.left.includes(step) ? 'later' : 'open';
    ready &&= ['done', 'skipped'].includes(states[step]);
  }
  return states;
};

/** The first step that is unfinished; all done, the last. */
export const landing = (states: Record<Step, StepState>): Step =>
  STEPS.find((step) => states[step] === 'open') ?? 'seen';
