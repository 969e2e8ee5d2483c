// What programs write into a cell beyond one value.
import type { Type } from '../records/record';
import type { Draft, Part, Target } from './target';

/** A row on its way to a record. */
export interface Source {
  /** Its values that are not empty, without the space around them. */
  parts: Part[];
  cells: readonly string[];
  /** The cell under a header, in whatever case. */
  cell: (header: string) => string;
  /** Where the columns go, in the order of the header. */
  targets: readonly Target[];
}

/** Makes of a row's values what they stand for. */
export type Adapter = (source: Source) => Draft;

const partOf = (target: Target, name: string, value: string): Part => ({ target, name, value });

/** A value without the space around it; passwords are left as they are. */
export const trimmed = (part: Part): Part => {
  const value = part.target === 'password' ? part.value : part.value.trim();
  return value === part.value ? part : { ...part, value };
};

/** Changes the values of one target. */
const each = (parts: readonly Part[], target: Target, change: (part: Part) => Part[]): Part[] =>
  parts.flatMap((part) => (part.target === target ? change(part) : [part]));

/** Where a text begins an address: with a scheme, or with a host. */
const ADDRESS =
  /^\s*(?:[a-z][\w+.-]*:\/\/|(?:[\w-]+\.)+[a-z]{2,}(?:[:/?#]|\s*$)|(?:\d{1,3}\.){3}\d{1,3}(?:[:/]|\s*$))/i;

/** Addresses with commas between them; a comma within an address does not part it. */
const addressesOf = (list: string): string[] => {
  const addresses: string[] = [];
  for (const piece of list.split(',')) {
    const former = addresses.pop();
    if (former === undefined) addresses.push(piece);
    else if (ADDRESS.test(piece)) addresses.push(former, piece);
    else addresses.push(`${former},${piece}`);
  }
  return addresses;
};

/** Lines of `name: value`. A line without a name goes on with the value before it. */
const pairsOf = (text: string, name: string, target: Target): Part[] => {
  const pairs: Part[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, label, value = ''] = /^(.+?):(?: (.*))?$/.exec(line) ?? [];
    const former = pairs.at(-1);
    if (label !== undefined) pairs.push(partOf(target, label, value));
    else if (former) former.value += `\n${line}`;
    else pairs.push(partOf(target, name, line));
  }
  return pairs;
};

/** With backslashes between folders, slashes. */
const slashed = (parts: readonly Part[]): Part[] =>
  each(parts, 'folder', (part) => [{ ...part, value: part.value.replaceAll('\\', '/') }]);

const drafted = (parts: Part[], type?: Type): Draft => ({ parts, ...(type && { type }) });

/** The sort of record that a cell names. */
const named = (word: string): Type | undefined => {
  const sort = word.trim().toLowerCase();
  if (sort === 'login' || sort === 'password') return 'login';
  return sort === 'note' || sort === 'secure note' ? 'note' : undefined;
};

export const bitwarden: Adapter = ({ parts, cell }) => {
  const split = each(parts, 'address', ({ name, value }) =>
    addressesOf(value).map((address) => partOf('address', name, address)),
  );
  const further = each(split, 'field', (part) =>
    part.name.toLowerCase() === 'fields' ? pairsOf(part.value, part.name, 'field') : [part],
  );
  // An entry can be in several collections; a record is in one folder.
  const filed = each(further, 'folder', (part) => {
    const first = part.value.split(',')[0] ?? '';
    const several = part.name.toLowerCase() === 'collections' && first !== part.value;
    return several
      ? [
          { ...part, value: first },
          { ...part, target: 'field' },
        ]
      : [part];
  });
  return drafted(filed, named(cell('type')));
};

export const onePassword: Adapter = ({ parts, cell }) => {
  const type = named(cell('type'));
  // The sort is said by the record itself, unless it has none of ours.
  const isType = ({ target, name }: Part): boolean => target === 'field' && name.toLowerCase() === 'type';
  return drafted(type ? parts.filter((part) => !isType(part)) : parts, type);
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `October,2025` as it is printed on a card: `10/2025`. A comma alone is no date. */
const printed = (date: string): string => {
  const [month = '', year = ''] = date.split(',').map((part) => part.trim());
  const at = MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  if (at >= 0 && /^\d+$/.test(year)) return `${String(at + 1).padStart(2, '0')}/${year}`;
  return month === '' && year === '' ? '' : date;
};

/** The lines of a card in LastPass; what is not named here becomes a field. */
const CARD: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['NoteType', 'ignore'],
  ['Language', 'ignore'],
  ['Name on Card', 'holder'],
  ['Number', 'number'],
  ['Expiration Date', 'expires'],
  ['Security Code', 'code'],
]);

const cardOf = (text: string): Part[] => {
  // The notes come last and may hold anything.
  const at = text.search(/^Notes:/m);
  const lines = at < 0 ? text : text.slice(0, at);
  const parts: Part[] = [];
  for (const line of lines.split(/\r\n|\n|\r/)) {
    const [, label, value = ''] = /^([^:]+):(.*)$/.exec(line) ?? [];
    const former = parts.at(-1);
    if (label !== undefined) parts.push(partOf(CARD.get(label) ?? 'field', label, value));
    else if (former && line !== '') former.value += `\n${line}`;
  }
  const dated = parts.map((part) =>
    /Date$/.test(part.name) ? { ...part, value: printed(part.value) } : part,
  );
  if (at >= 0) dated.push(partOf('notes', 'Notes', text.slice(at + 'Notes:'.length)));
  return dated.filter(({ value }) => value.trim() !== '');
};

const isAddress = ({ target, value }: Part, address: string): boolean =>
  target === 'address' && value === address;
const isCard = ({ target, value }: Part): boolean =>
  target === 'notes' && value.startsWith('NoteType:Credit Card');

export const lastPass: Adapter = ({ parts }) => {
  const filed = slashed(parts);
  const note = filed.filter((part) => !isAddress(part, 'http://sn'));
  if (note.length < filed.length) {
    if (!note.some(isCard)) return drafted(note, 'note');
    return drafted(
      note.flatMap((part) => (isCard(part) ? cardOf(part.value) : [part])),
      'card',
    );
  }
  // An empty folder is a row of its own, with an address that is none.
  const isUsed = filed.some(({ target }) => target === 'username' || target === 'password');
  return drafted(isUsed ? filed : filed.filter((part) => !isAddress(part, 'http://group')));
};

/** The group at the top holds all others, and says nothing. */
export const keePassXc: Adapter = ({ parts }) =>
  drafted(each(parts, 'folder', (part) => [{ ...part, value: part.value.replace(/^Root(?:\/|$)/, '') }]));

/** How many columns of a Keeper file hold one value each; then come names and values of further fields, in turn. */
const KEEPER_PLAIN = 7;

export const keeper: Adapter = ({ parts, cells, targets }) => {
  const last = targets[KEEPER_PLAIN] ?? 'field';
  const column = 'Custom Fields';
  const further: Part[] = [];
  for (let at = KEEPER_PLAIN; at < cells.length; at += 2) {
    const [name, value] = [cells[at]?.trim() ?? '', cells[at + 1]?.trim() ?? ''];
    const seed = /^(?:TFC:Keeper|\$oneTimeCode)/i.test(name) && value !== '';
    if (name !== '' || value !== '') further.push(partOf(seed ? 'totp' : last, name || column, value));
  }
  const plain = slashed(parts).filter(({ name }) => name.toLowerCase() !== column.toLowerCase());
  return drafted(last === 'ignore' ? plain : [...plain, ...further]);
};
