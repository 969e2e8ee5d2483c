import type { Draft } from '../../../lib/backend/types/Draft';

/** Other people, whose work takes days. */
export const PEOPLE = ['idp', 'ca', 'dns', 'firewall', 'balancer'] as const;
export type Person = (typeof PEOPLE)[number];

/** A sheet that was sent. */
export interface Sent {
  /** When: seconds since 1970. */
  at: number;
  /** The draft that it was made from. */
  stamp: string;
  answered: boolean;
}

export type WaitingState = 'not_sent' | 'sent' | 'stale' | 'answered';

const valueOf = (draft: Draft | undefined, field: string): string =>
  draft?.fields.find((one) => one.field === field)?.value ?? '';

/** What every sheet is made from: host and port. When they change, what was sent is old. */
export const stamp = (draft: Draft | undefined): string =>
  `${valueOf(draft, 'advertised_host')}:${valueOf(draft, 'advertised_port')}`;

/** How far it is with one person's sheet. */
export const waitingState = (sent: Sent | undefined, now: string): WaitingState => {
  if (!sent) return 'not_sent';
  if (sent.stamp !== now) return 'stale';
  return sent.answered ? 'answered' : 'sent';
};

/** Who is concerned: without a balancer nobody looks after one. */
export const peopleOf = (topology: string | undefined): Person[] =>
  PEOPLE.filter((one) => one !== 'balancer' || topology === 'pass_through' || topology === 'terminated');
