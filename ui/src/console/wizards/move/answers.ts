import { isStep, type Step } from './steps';

/** Other people, whose work takes days. */
export const PEOPLE = ['dns', 'ca', 'idp', 'balancer', 'firewall', 'users'] as const;
export type Person = (typeof PEOPLE)[number];

/** A sheet that was sent. */
export interface Sent {
  /** When: seconds since 1970. */
  at: number;
  /** What it was made from: both names. */
  stamp: string;
  answered: boolean;
}

/** What an administrator has answered so far. Kept on this computer; never a secret. */
export interface Answers {
  /** The name that is left. */
  from: string;
  /** The name that is moved to. */
  to: string;
  /** Whether the identity provider's administrator has entered both addresses. */
  told: boolean;
  /** When a test under the new name came back well: seconds since 1970; 0 before. */
  tested: number;
  /** After so many days without a sign-in the old name is quiet. */
  quiet: number;
  sent: Partial<Record<Person, Sent>>;
  /** Steps that were left for later. */
  left: Step[];
}

export const noAnswers = (): Answers => ({
  from: '',
  to: '',
  told: false,
  tested: 0,
  quiet: 14,
  sent: {},
  left: [],
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && value > 0 ? value : otherwise;

const sheets = (value: unknown): Answers['sent'] => {
  const found: Answers['sent'] = {};
  if (!isRecord(value)) return found;
  for (const person of PEOPLE) {
    const one = value[person];
    if (isRecord(one) && typeof one['at'] === 'number')
      found[person] = { at: one['at'], stamp: text(one['stamp']), answered: one['answered'] === true };
  }
  return found;
};

/** Reads answers back. What is not understood, as of another version, is asked again. */
export const readAnswers = (stored: string | null): Answers => {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    return noAnswers();
  }
  if (!isRecord(value)) return noAnswers();
  return {
    from: text(value['from']),
    to: text(value['to']),
    told: value['told'] === true,
    tested: count(value['tested'], 0),
    quiet: count(value['quiet'], 14),
    sent: sheets(value['sent']),
    left: Array.isArray(value['left'])
      ? value['left'].filter((one): one is Step => typeof one === 'string' && isStep(one))
      : [],
  };
};
