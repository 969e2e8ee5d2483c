// The programs whose exports are known by their header, and where the columns of any file go.
import { bitwarden, keeper, keePassXc, lastPass, onePassword, trimmed, type Adapter } from './adapt';
import { read, type Row, type Table } from './csv';
import { guess, known } from './guess';
import type { Draft, Target } from './target';

/** The programs, and what any other file is. */
export const VENDORS = [
  'chrome',
  'firefox',
  'bitwarden',
  'bitwarden-organisation',
  '1password',
  'lastpass',
  'keepass',
  'keepassxc',
  'keeper',
  'safari',
  'generic',
] as const;
export type Vendor = (typeof VENDORS)[number];

/** Where each column of a file goes. The user may change the targets; the vendor says what else to look at. */
export interface Mapping {
  vendor: Vendor;
  /** One for each column, in the order of the header. */
  targets: Target[];
}

/** A header that is known: the columns that it has, and those that only some versions write. */
interface Known {
  vendor: Vendor;
  has: Record<string, Target>;
  may?: Record<string, Target>;
}

const LOGIN = { url: 'address', username: 'username', password: 'password' } as const;
const BITWARDEN = {
  type: 'ignore',
  name: 'title',
  notes: 'notes',
  fields: 'field',
  login_uri: 'address',
  login_username: 'username',
  login_password: 'password',
  login_totp: 'totp',
} as const;
const BITWARDEN_NOISE = { favorite: 'ignore', reprompt: 'ignore', archiveddate: 'ignore' } as const;

/** The columns of a Keeper file, which seldom names them. */
const KEEPER = {
  Folder: 'folder',
  Title: 'title',
  Login: 'username',
  Password: 'password',
  'Website Address': 'address',
  Notes: 'notes',
  'Shared Folder': 'folder',
  'Custom Fields': 'field',
} as const;
/** As many cells as a row of it has at least. */
const KEEPER_LEAST = 6;

const lower = (columns: Record<string, Target>): Record<string, Target> =>
  Object.fromEntries(Object.entries(columns).map(([name, target]) => [name.toLowerCase(), target]));

const KNOWN: readonly Known[] = [
  { vendor: 'chrome', has: { name: 'title', ...LOGIN }, may: { note: 'notes' } },
  {
    vendor: 'firefox',
    has: { ...LOGIN, httprealm: 'field', formactionorigin: 'ignore', guid: 'ignore' },
    may: { timecreated: 'ignore', timelastused: 'ignore', timepasswordchanged: 'ignore' },
  },
  { vendor: 'bitwarden', has: { folder: 'folder', ...BITWARDEN }, may: BITWARDEN_NOISE },
  { vendor: 'bitwarden-organisation', has: { collections: 'folder', ...BITWARDEN }, may: BITWARDEN_NOISE },
  {
    vendor: '1password',
    has: { title: 'title', ...LOGIN, favorite: 'ignore', archived: 'ignore' },
    may: { otpauth: 'totp', tags: 'field', notes: 'notes' },
  },
  { vendor: '1password', has: { title: 'title', ...LOGIN, notes: 'notes', type: 'field' } },
  {
    vendor: 'lastpass',
    has: { ...LOGIN, extra: 'notes', name: 'title', grouping: 'folder', fav: 'ignore' },
    may: { totp: 'totp' },
  },
  {
    vendor: 'keepass',
    has: {
      account: 'title',
      'login name': 'username',
      password: 'password',
      'web site': 'address',
      comments: 'notes',
    },
  },
  {
    vendor: 'keepassxc',
    has: { group: 'folder', title: 'title', ...LOGIN, notes: 'notes' },
    may: { totp: 'totp', icon: 'ignore', 'last modified': 'ignore', created: 'ignore' },
  },
  { vendor: 'keeper', has: lower(KEEPER) },
  { vendor: 'safari', has: { title: 'title', ...LOGIN }, may: { notes: 'notes', otpauth: 'totp' } },
];

const ADAPTERS: Partial<Record<Vendor, Adapter>> = {
  bitwarden,
  'bitwarden-organisation': bitwarden,
  '1password': onePassword,
  lastpass: lastPass,
  keepassxc: keePassXc,
  keeper,
};

const nameOf = (cell: string): string => cell.trim().toLowerCase();

/** Whose export a header is, and the mapping that is proposed for it. Case and order do not matter. */
export const recognise = (header: readonly string[]): Mapping => {
  const names = header.map(nameOf);
  for (const { vendor, has, may = {} } of KNOWN) {
    const columns = { ...has, ...may };
    // Further fields go on beyond the header, so their column has to be its last.
    if (vendor === 'keeper' && names.at(-1) !== 'custom fields') continue;
    const all = Object.keys(has).every((name) => names.includes(name));
    if (!all || !names.every((name) => Object.hasOwn(columns, name))) continue;
    if (new Set(names).size < names.length) continue;
    return { vendor, targets: names.map((name) => columns[name] ?? 'field') };
  }
  return { vendor: 'generic', targets: guess(header) };
};

/** Whether a first row is an entry of a Keeper file and no header. One word of a header may be a value by chance. */
const isKeeper = (first: readonly string[]): boolean => {
  if (first.length < KEEPER_LEAST) return false;
  const address = first[4]?.trim() ?? '';
  if (address.includes('://')) return true;
  const words = first.slice(0, 7).filter(known).length;
  return words < 2 && (address === '' || /[.:]/.test(address));
};

/** KeePass writes backslashes before quotes; other programs take its header and do not. */
const keePass = (text: string, table: Table): Table => {
  if (!text.includes('\\') || text.replaceAll(/\\["\\]/g, '').includes('\\')) return table;
  const escaped = read(text, { separator: table.separator, backslash: true });
  return escaped.errors.length > table.errors.length ? table : escaped;
};

/** Reads an export and proposes where its columns go. */
export const readExport = (text: string): { table: Table; mapping: Mapping } => {
  const table = read(text);
  const { separator, header } = table;
  const mapping = recognise(header);
  switch (mapping.vendor) {
    case 'keepass':
      return { table: keePass(text, table), mapping };
    case 'keeper':
      return { table: read(text, { separator, least: KEEPER_LEAST }), mapping };
    case 'generic': {
      if (!isKeeper(header)) return { table, mapping };
      const names = Object.keys(KEEPER);
      return {
        table: read(text, { separator, header: names, least: KEEPER_LEAST }),
        mapping: recognise(names),
      };
    }
    default:
      return { table, mapping };
  }
};

/**
 * The values of a row, each with its target. What is ignored is not among them, nor what is empty, but for a field that
 * only its name tells.
 */
export const draftOf = ({ header }: Table, { vendor, targets }: Mapping, { cells }: Row): Draft => {
  const parts = header
    .map((name, at) => ({
      target: targets[at] ?? 'field',
      name: name.trim() || `#${at + 1}`,
      value: cells[at] ?? '',
    }))
    .map(trimmed)
    .filter(({ value }) => value !== '');
  const cell = (name: string): string => cells[header.findIndex((one) => nameOf(one) === name)] ?? '';
  const adapt = ADAPTERS[vendor];
  const draft = adapt ? adapt({ parts, cells, cell, targets }) : { parts };
  const kept = draft.parts
    .map(trimmed)
    .filter(({ target, value }) => target !== 'ignore' && (value !== '' || target === 'field'));
  return { ...draft, parts: kept };
};
