// Where the columns of a file go.
import type { Type } from '../records/record';

/** What a column can become. */
export const TARGETS = [
  'title',
  'folder',
  'username',
  'password',
  'address',
  'totp',
  'notes',
  'holder',
  'number',
  'expires',
  'code',
  'field',
  'ignore',
] as const;
export type Target = (typeof TARGETS)[number];

/** A value of a row and what it becomes. */
export interface Part {
  target: Target;
  /** The name of its column, or the one that the file gives it within a cell. */
  name: string;
  value: string;
}

/** The values of a row, and what sort of record it is if the file says so. */
export interface Draft {
  type?: Type;
  parts: Part[];
}
