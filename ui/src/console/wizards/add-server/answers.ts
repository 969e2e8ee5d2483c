import type { JoinFile } from '../../../lib/backend/types/JoinFile';
import { isStep, type Step } from './steps';

/** What an administrator has answered so far. Kept on this computer; never a secret. */
export interface Answers {
  /** The join file, as it was read. */
  file: JoinFile | undefined;
  /** Whether the address was looked at. */
  addressed: boolean;
  /** Whether this server has answered on its own address. */
  probed: boolean;
  /** Whether it is added, and takes nobody's place. */
  adds: boolean;
  /** The server that it takes the place of. */
  replaces: string;
  /** That server's name. */
  replacesName: string;
  /** Steps that were left for later. */
  left: Step[];
}

export const noAnswers = (): Answers => ({
  file: undefined,
  addressed: false,
  probed: false,
  adds: false,
  replaces: '',
  replacesName: '',
  left: [],
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const file = (value: unknown): JoinFile | undefined => {
  if (!isRecord(value) || value['sekisho_join'] !== 1 || typeof value['ends'] !== 'number') return undefined;
  const orNull = (name: string): string | null => text(value[name]) || null;
  return {
    sekisho_join: 1,
    hub: text(value['hub']),
    hub_pin: orNull('hub_pin'),
    proxy: text(value['proxy']),
    authorities: text(value['authorities']),
    genesis: text(value['genesis']),
    connection: text(value['connection']),
    enterprise_domain: text(value['enterprise_domain']),
    version: text(value['version']),
    made_by: text(value['made_by']),
    listening: orNull('listening'),
    ends: value['ends'],
  };
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
  const left = Array.isArray(value['left']) ? value['left'] : [];
  return {
    file: file(value['file']),
    addressed: value['addressed'] === true,
    probed: value['probed'] === true,
    adds: value['adds'] === true,
    replaces: text(value['replaces']),
    replacesName: text(value['replacesName']),
    left: left.filter((one): one is Step => typeof one === 'string' && isStep(one)),
  };
};
