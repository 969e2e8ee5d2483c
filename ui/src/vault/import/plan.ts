// Says what becomes of each row of a file before anything is saved.
import { LARGEST, sizeOf, type Content } from '../records/record';
import { seedOf as codesOf } from '../records/totp';
import { contentOf } from './content';
import { rest, type Fault, type Table } from './csv';
import type { Draft, Part } from './target';
import { draftOf, type Mapping } from './vendors';

/** Why a row is not taken. */
export type Problem =
  | Fault
  /** Nothing is in the row. */
  | { code: 'empty'; args: Record<string, never> }
  /** A seed which is neither base32 nor an `otpauth:` address. */
  | { code: 'totp'; args: { column: string } }
  | { code: 'long'; args: { column: string; length: number; limit: number } };

/** What becomes of a row. */
export type Planned =
  | { kind: 'new'; line: number; content: Content }
  /** The vault has the same, or a row before it: then its line. */
  | { kind: 'duplicate'; line: number; content: Content; of: 'vault' | number }
  | (Problem & { kind: 'error'; line: number; raw: string });

/** What becomes of a file, in the order of its lines. */
export interface Plan {
  rows: Planned[];
  totals: Record<Planned['kind'], number>;
}

/** A seed as it counts: base32 may be written in groups and in small letters. */
const seedOf = (totp: string): string =>
  /^otpauth:/i.test(totp.trim())
    ? totp.trim()
    : totp.replaceAll(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();

/** Whether the form of a record would take it, too. */
const isSeed = (totp: string): boolean => codesOf(totp) !== undefined;

/** Codes that count (HOTP), and those of Steam, have no live code here: they are kept, as a field. */
const isOther = (totp: string): boolean => /^(otpauth:\/\/hotp\/|steam:)/i.test(totp.trim());
const withFields = (draft: Draft): Draft => ({
  ...draft,
  parts: draft.parts.map((part) =>
    part.target === 'totp' && isOther(part.value) ? { ...part, target: 'field' } : part,
  ),
});

/** What is wrong with the values of a row. */
const problemOf = (parts: readonly Part[]): Problem | undefined => {
  if (parts.every(({ target }) => target === 'folder')) return { code: 'empty', args: {} };
  // A name that stands in a cell can be as long as a value.
  const wrong = parts.find(({ target, value }) => target === 'totp' && !isSeed(value));
  return wrong && { code: 'totp', args: { column: wrong.name.slice(0, 100) } };
};

/** What two records have in common when they are the same. Notes and cards have only their own values to tell. */
const identityOf = (content: Content): string => {
  const own = ((): string[] => {
    switch (content.type) {
      case 'login':
        return [
          content.username.trim(),
          content.password,
          content.addresses[0]?.trim() ?? '',
          seedOf(content.totp),
        ];
      case 'note':
        return [content.notes.trim()];
      case 'card':
        return [content.holder, content.number, content.expires, content.code].map((value) => value.trim());
      case 'totp':
        return [content.username.trim(), seedOf(content.totp)];
    }
  })();
  return JSON.stringify([content.type, content.title.trim(), ...own]);
};

/** What becomes of each row, given what the vault has. */
export const plan = (table: Table, mapping: Mapping, existing: readonly Content[]): Plan => {
  const had = new Map<string, 'vault' | number>(existing.map((content) => [identityOf(content), 'vault']));
  const rows: Planned[] = table.errors.map((error) => ({ kind: 'error', ...error }));
  for (const row of table.rows) {
    const { line, raw } = row;
    const draft = withFields(draftOf(table, mapping, row));
    const problem = problemOf(draft.parts);
    if (problem) {
      rows.push({ kind: 'error', line, raw, ...problem });
      continue;
    }
    const content = contentOf(draft, line);
    const size = sizeOf(content);
    if (size > LARGEST) {
      const longest = [...draft.parts].sort((one, other) => other.value.length - one.value.length)[0];
      const args = { column: longest?.name.slice(0, 100) ?? '', length: size, limit: LARGEST };
      rows.push({ kind: 'error', line, raw, code: 'long', args });
      continue;
    }
    const identity = identityOf(content);
    const of = had.get(identity);
    if (of === undefined) had.set(identity, line);
    rows.push(of === undefined ? { kind: 'new', line, content } : { kind: 'duplicate', line, content, of });
  }
  rows.sort((one, other) => one.line - other.line);
  const totals = { new: 0, duplicate: 0, error: 0 };
  for (const { kind } of rows) totals[kind] += 1;
  return { rows, totals };
};

/** The rows that are not taken, as a CSV text with the header of their file. */
export const notTaken = ({ rows }: Plan, table: Table): string =>
  rest(
    table,
    rows.flatMap((row) => (row.kind === 'error' ? [row.raw] : [])),
  );
