import type { CertificateRequest } from '../../../lib/backend/types/CertificateRequest';
import type { Step } from './steps';
import { PEOPLE, type Person, type Sent } from './waiting';

/** What stands between browsers and the server. */
export const TOPOLOGIES = ['none', 'pass_through', 'terminated'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** What an administrator has answered so far. Kept on this computer; never a secret. */
export interface Answers {
  /** The hub that was found; empty before. */
  hub: string;
  proxy: string;
  authorities: string;
  /** Whether an organisation is founded here, or joined. */
  way: 'found' | 'join';
  founded: boolean;
  kitRehearsed: boolean;
  /** Login names of invited administrators. */
  invited: string[];
  /** The chosen connection's id. */
  connection: string;
  /** Whether the connection was made here. */
  connectionMade: boolean;
  topology: Topology | undefined;
  /** The certificate request that was made, so that it can be sent again. */
  request: CertificateRequest | undefined;
  /** The draft that passed a test login. */
  tested: string;
  /** Steps that were left for later. */
  left: Step[];
  waiting: Partial<Record<Person, Sent>>;
}

export const noAnswers = (): Answers => ({
  hub: '',
  proxy: '',
  authorities: '',
  way: 'found',
  founded: false,
  kitRehearsed: false,
  invited: [],
  connection: '',
  connectionMade: false,
  topology: undefined,
  request: undefined,
  tested: '',
  left: [],
  waiting: {},
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

const sent = (value: unknown): Sent | undefined =>
  isRecord(value) && typeof value['at'] === 'number' && typeof value['stamp'] === 'string'
    ? { at: value['at'], stamp: value['stamp'], answered: value['answered'] === true }
    : undefined;

const request = (value: unknown): CertificateRequest | undefined =>
  isRecord(value) && typeof value['pem'] === 'string'
    ? { pem: value['pem'], names: texts(value['names']) }
    : undefined;

/** Reads answers back. What is not understood, as of another version, is asked again. */
export const readAnswers = (text: string | null, isStep: (name: string) => name is Step): Answers => {
  const answers = noAnswers();
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? 'null');
  } catch {
    return answers;
  }
  if (!isRecord(stored)) return answers;
  for (const name of ['hub', 'proxy', 'authorities', 'connection', 'tested'] as const) {
    const value = stored[name];
    if (typeof value === 'string') answers[name] = value;
  }
  for (const name of ['founded', 'kitRehearsed', 'connectionMade'] as const)
    answers[name] = stored[name] === true;
  if (stored['way'] === 'join') answers.way = 'join';
  answers.topology = TOPOLOGIES.find((one) => one === stored['topology']);
  answers.invited = texts(stored['invited']);
  answers.left = texts(stored['left']).filter(isStep);
  answers.request = request(stored['request']);
  const waiting = isRecord(stored['waiting']) ? stored['waiting'] : {};
  for (const person of PEOPLE) {
    const one = sent(waiting[person]);
    if (one) answers.waiting[person] = one;
  }
  return answers;
};
