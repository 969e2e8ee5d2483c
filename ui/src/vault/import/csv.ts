// Reads CSV as RFC 4180 has it, and as programs write it. What cannot be read is kept as it stood, with its line.

/** What stands between the cells of a row. */
export const SEPARATORS = [',', ';', '\t'] as const;
export type Separator = (typeof SEPARATORS)[number];

/** A row as it was read. */
export interface Row {
  /** The line of the file at which the row begins, from 1. */
  line: number;
  cells: string[];
  /** The row as it stands in the file, without its line break. */
  raw: string;
}

/** What is wrong with how a row is written. */
export type Fault =
  | { code: 'cells'; args: { expected: number; found: number } }
  /** A quote that nothing closes, or one where none may be. */
  | { code: 'quote'; args: { kind: 'unclosed' | 'stray' } };

/** A row that could not be read. */
export type RowError = Fault & {
  /** The line at which the row begins; for an unclosed quote the line where it was opened. */
  line: number;
  raw: string;
};

/** A file as it was read: each row that is not blank is either in `rows` or in `errors`. */
export interface Table {
  separator: Separator;
  header: string[];
  /** The header as it stands in the file; empty where the file has none, or where it could not be read. */
  head: string;
  rows: Row[];
  errors: RowError[];
}

/** How a file differs from what is usual. */
export interface Options {
  /** Without it, the one that parts the first row into the most cells. */
  separator?: Separator;
  /** The names of the columns of a file that has no header of its own. */
  header?: readonly string[];
  /** Rows may be of any length from this one on. Without it, each has as many cells as the header. */
  least?: number;
  /** Within quotes, `\"` is a quote and `\\` a backslash. */
  backslash?: boolean;
}

/** The encodings that are recognised. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'shift_jis' | 'windows-1252';

/** The encoding that a byte order mark names. */
const markOf = ([first, second, third]: Uint8Array): Encoding | undefined => {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return undefined;
};

/** The text, if every byte of it can be read so. */
const strictly = (bytes: Uint8Array, encoding: Encoding): string | undefined => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/**
 * The text of a file, without a byte order mark. `damaged` says that some bytes are no characters: they stand in the
 * text as U+FFFD. Without a mark and valid UTF-8, it is what spreadsheets write: Shift_JIS (as Windows-31J), or else
 * windows-1252, which knows every byte.
 */
export const textOf = (bytes: Uint8Array): { text: string; encoding: Encoding; damaged: boolean } => {
  const marked = markOf(bytes);
  for (const encoding of marked ? [marked] : (['utf-8', 'shift_jis', 'windows-1252'] as const)) {
    const text = strictly(bytes, encoding);
    if (text !== undefined) return { text, encoding, damaged: false };
  }
  const encoding = marked ?? 'utf-8';
  return { text: new TextDecoder(encoding).decode(bytes), encoding, damaged: true };
};

/** The length of the line break at a place; 0 for none. */
const breakAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  if (code === 10) return 1;
  if (code !== 13) return 0;
  return text.charCodeAt(at + 1) === 10 ? 2 : 1;
};

/** How many lines end between two places. */
const linesWithin = (text: string, from: number, to: number): number => {
  let lines = 0;
  for (let at = from; at < to;) {
    const length = breakAt(text, at);
    if (length > 0) lines += 1;
    at += length || 1;
  }
  return lines;
};

/** The first place from here on where the line ends. */
const lineEnd = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && breakAt(text, at) === 0) at += 1;
  return at;
};

/** How cells are told apart. */
interface Dialect {
  separator: Separator;
  backslash: boolean;
}

/** Whether a character has an odd number of backslashes before it. */
const escaped = (text: string, from: number, at: number): boolean => {
  let first = at;
  while (first > from && text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
};

/** The quote that closes a cell; -1 for none. */
const closing = (text: string, from: number, backslash: boolean): number => {
  let at = text.indexOf('"', from);
  while (at >= 0) {
    if (backslash && escaped(text, from, at)) at = text.indexOf('"', at + 1);
    else if (text[at + 1] === '"') at = text.indexOf('"', at + 2);
    else return at;
  }
  return at;
};

/** The value of what stands between quotes. */
const unquoted = (inner: string, backslash: boolean): string => {
  if (!backslash) return inner.replaceAll('""', '"');
  return inner.replaceAll(/\\["\\]|""/g, (pair) => pair.slice(1));
};

/** A row, or what is wrong with it; `stop` is where its text ends and `next` where the next row begins. */
interface Reading {
  cells: string[];
  stop: number;
  next: number;
  /** The place of the quote that is wrong. */
  wrong?: { at: number; kind: 'unclosed' | 'stray' };
}

const rowAt = (text: string, start: number, { separator, backslash }: Dialect): Reading => {
  const cells: string[] = [];
  const ended = (stop: number): Reading => ({ cells, stop, next: stop + breakAt(text, stop) });
  // After a quote that is wrong, the next line is a new row: one lost quote must not take the rest of the file.
  const wrong = (at: number, kind: 'unclosed' | 'stray'): Reading => ({
    ...ended(lineEnd(text, at)),
    wrong: { at, kind },
  });
  for (let at = start; ; at += 1) {
    const from = at;
    if (text[from] === '"') {
      const close = closing(text, from + 1, backslash);
      if (close < 0) return wrong(from, 'unclosed');
      at = close + 1;
      if (at < text.length && text[at] !== separator && breakAt(text, at) === 0) {
        // A quote that closes on another line what it does not end has opened something else.
        return wrong(from, lineEnd(text, from) < close ? 'unclosed' : 'stray');
      }
      cells.push(unquoted(text.slice(from + 1, close), backslash));
    } else {
      while (at < text.length && text[at] !== separator && text[at] !== '"' && breakAt(text, at) === 0)
        at += 1;
      if (text[at] === '"') return wrong(at, 'stray');
      cells.push(text.slice(from, at));
    }
    if (text[at] !== separator) return ended(at);
  }
};

/** The separator that parts the first row into the most cells. */
const separatorOf = (text: string, start: number, backslash: boolean): Separator => {
  let best: { separator: Separator; cells: number } = { separator: ',', cells: 0 };
  for (const separator of SEPARATORS) {
    const { cells, wrong } = rowAt(text, start, { separator, backslash });
    if (wrong === undefined && cells.length > best.cells) best = { separator, cells: cells.length };
  }
  return best.separator;
};

/** The place of the first character that is no line break. */
const pastBlank = (text: string, from: number): number => {
  let at = from;
  while (breakAt(text, at) > 0) at += breakAt(text, at);
  return at;
};

/** Reads a file. Blank lines count as lines and are no rows. */
export const read = (text: string, options: Options = {}): Table => {
  const { header: given, least, backslash = false } = options;
  // Spreadsheets may name the separator in a line before the header.
  const named = /^\uFEFF?(?:sep=([,;\t])(?=[\r\n]))?/i.exec(text);
  let at = pastBlank(text, named?.[0].length ?? 0);
  const separator =
    options.separator ?? (named?.[1] as Separator | undefined) ?? separatorOf(text, at, backslash);
  const table: Table = { separator, header: [...(given ?? [])], head: '', rows: [], errors: [] };
  let line = 1 + linesWithin(text, 0, at);
  let headed = given !== undefined;
  while (at < text.length) {
    const { cells, stop, next, wrong } = rowAt(text, at, { separator, backslash });
    const raw = text.slice(at, stop);
    const expected = table.header.length;
    if (wrong) {
      const opened = wrong.kind === 'unclosed' ? linesWithin(text, at, wrong.at) : 0;
      table.errors.push({ line: line + opened, code: 'quote', args: { kind: wrong.kind }, raw });
    } else if (!headed) Object.assign(table, { header: cells, head: raw });
    else if (least === undefined ? cells.length !== expected : cells.length < least) {
      table.errors.push({ line, code: 'cells', args: { expected, found: cells.length }, raw });
    } else table.rows.push({ line, cells, raw });
    headed = true;
    const following = pastBlank(text, next);
    line += linesWithin(text, at, following);
    at = following;
  }
  return table;
};

/** A CSV text of the header and of rows as they stood: without others named, those that could not be read. */
export const rest = (
  { head, errors }: Table,
  raws: readonly string[] = errors.map(({ raw }) => raw),
): string => [...(head === '' ? [] : [head]), ...raws, ''].join('\r\n');
