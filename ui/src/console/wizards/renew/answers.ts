import type { CertificateRequest } from '../../../lib/backend/types/CertificateRequest';
import { isStep, type Step } from './steps';

/** What an administrator has answered so far. Kept on this computer; never a secret. */
export interface Answers {
  /** The request that was made, so that it can be sent again. */
  request: CertificateRequest | undefined;
  /** When it was sent to the authority: seconds since 1970; 0 before. */
  sent: number;
  /** Whether SAML was given a pair of its own on the way. */
  separated: boolean;
  /** The revision that the certificate was saved as; 0 before. */
  saved: number;
  /** SHA-256 of that certificate. Once another one is in use, it is another renewal. */
  savedAs: string;
  /** Steps that were left for later. */
  left: Step[];
}

export const noAnswers = (): Answers => ({
  request: undefined,
  sent: 0,
  separated: false,
  saved: 0,
  savedAs: '',
  left: [],
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);

/** Reads answers back. What is not understood, as of another version, is asked again. */
export const readAnswers = (stored: string | null): Answers => {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    return noAnswers();
  }
  if (!isRecord(value)) return noAnswers();
  const request = value['request'];
  return {
    request:
      isRecord(request) && typeof request['pem'] === 'string'
        ? { pem: request['pem'], names: texts(request['names']) }
        : undefined,
    sent: count(value['sent']),
    separated: value['separated'] === true,
    saved: count(value['saved']),
    savedAs: typeof value['savedAs'] === 'string' ? value['savedAs'] : '',
    left: texts(value['left']).filter(isStep),
  };
};
