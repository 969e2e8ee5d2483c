import type { Draft } from '../../../lib/backend/types/Draft';
import type { SignedIn } from '../../../lib/backend/types/SignedIn';
import type { Answers } from './answers';
import type { StepState } from '../Rail.svelte';
import { stamp, waitingState } from './waiting';

/** The way to the first running server. */
export const STEPS = [
  'preflight',
  'account',
  'kit',
  'second',
  'connection',
  'enrol',
  'address',
  'sheet',
  'certificate',
  'idp',
  'test',
  'review',
  'running',
] as const;
export type Step = (typeof STEPS)[number];

/** What is so, whatever was answered. */
export interface Facts {
  signedIn: SignedIn | undefined;
  /** Whether this server is enrolled. */
  joined: boolean;
  /** The applied revision. */
  revision: number | null;
  running: boolean;
  draft: Draft | undefined;
}

/** Steps that may be left for later: nobody is locked out by them. */
const OPTIONAL: readonly Step[] = ['second', 'sheet', 'test'];
const ADDRESS = ['advertised_host', 'advertised_port', 'private_ip', 'private_port'];

export const isStep = (name: string): name is Step => (STEPS as readonly string[]).includes(name);
export const isOptional = (step: Step): boolean => OPTIONAL.includes(step);

/** What a test login has tested: another draft needs another test. */
export const testedDraft = (draft: Draft | undefined): string =>
  JSON.stringify([
    // The Entity ID counts as it will be: the first save freezes it, and changes nothing by that.
    draft?.fields.filter((one) => !one.local && one.field !== 'entity_id').map((one) => one.value),
    draft?.service_provider?.entity_id,
    draft?.tls?.sha256,
    draft?.idp?.entity_id,
    draft?.idp?.certificates.map((one) => one.sha256),
  ]);

const hasError = (draft: Draft | undefined, fields: string[]): boolean =>
  draft?.checks.some(
    (one) =>
      one.severity === 'error' &&
      fields.includes(one.field ?? '') &&
      // Whether the certificate covers the host is the certificate's step, wherever the check points.
      (fields.includes('tls') || !one.code.startsWith('certs.')),
  ) ?? true;

const isDone = (step: Step, answers: Answers, facts: Facts): boolean => {
  const { signedIn, joined, draft } = facts;
  const admitted = signedIn !== undefined || joined;
  switch (step) {
    case 'preflight':
      return answers.hub !== '' || admitted;
    case 'account':
      return admitted;
    case 'kit':
      return answers.kitRehearsed;
    case 'second':
      return answers.invited.length > 0 || (signedIn?.administrators.length ?? 0) > 1;
    case 'connection':
      return joined || (signedIn?.connections.some((one) => one.id === answers.connection) ?? false);
    case 'enrol':
      return joined;
    case 'address': {
      const host = draft?.fields.find((one) => one.field === 'advertised_host')?.value ?? '';
      return host !== '' && answers.topology !== undefined && !hasError(draft, ADDRESS);
    }
    case 'sheet':
      return (
        draft?.idp != null || ['sent', 'answered'].includes(waitingState(answers.waiting.idp, stamp(draft)))
      );
    case 'certificate':
      return draft?.tls != null && !hasError(draft, ['tls']);
    case 'idp':
      return draft?.idp != null && !hasError(draft, ['idp', 'idp_metadata']);
    case 'test':
      return answers.tested !== '' && answers.tested === testedDraft(draft);
    case 'review':
      return facts.revision !== null && draft?.changes.length === 0;
    case 'running':
      return facts.running && facts.revision !== null;
  }
};

/** What each step needs done before. Up to the enrolment all that lies before; then they come in any order. */
const needs = (step: Step): readonly Step[] => {
  const at = STEPS.indexOf(step);
  if (at <= STEPS.indexOf('enrol')) return STEPS.slice(0, at).filter((one) => !isOptional(one));
  if (step === 'review') return ['enrol', 'address', 'certificate', 'idp'];
  if (step === 'running') return ['review'];
  return ['enrol'];
};

/** Where everything stands. */
export const steps = (answers: Answers, facts: Facts): Record<Step, StepState> => {
  const states = {} as Record<Step, StepState>;
  for (const step of STEPS) {
    const ready = needs(step).every((one) => states[one] === 'done' || states[one] === 'skipped');
    const founders = step === 'kit' || step === 'second';
    if (founders && !answers.founded) states[step] = ready ? 'skipped' : 'locked';
    else if (isDone(step, answers, facts)) states[step] = 'done';
    else if (!ready) states[step] = 'locked';
    else states[step] = isOptional(step) && answers.left.includes(step) ? 'later' : 'open';
  }
  return states;
};

/** The first step that is unfinished. */
export const landing = (states: Record<Step, StepState>): Step =>
  STEPS.find((step) => states[step] === 'open') ?? 'running';

export type Effect = 'founded' | 'connection' | 'enrolled' | 'saved';

/** What has taken effect so far: everything else can still be thrown away. */
export const effects = (answers: Answers, facts: Facts): Effect[] => {
  const found: [Effect, boolean][] = [
    ['founded', answers.founded],
    ['connection', answers.connectionMade],
    ['enrolled', facts.joined],
    ['saved', facts.revision !== null],
  ];
  return found.filter(([, is]) => is).map(([effect]) => effect);
};
