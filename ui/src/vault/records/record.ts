// What a vault holds. These shapes are sealed as JSON: a field may be added, none may change its meaning.

/** A further field of a record: what a file had and no other place takes, or what the user has named. */
export interface Field {
  name: string;
  value: string;
}

interface Base {
  title: string;
  /** Folders from the outside in, with `/` between them; empty for none. */
  folder: string;
  notes: string;
  fields: Field[];
}

/** A name and a password. */
export interface Login extends Base {
  type: 'login';
  username: string;
  password: string;
  /** Where it is used, as typed. */
  addresses: string[];
  /** The seed of its codes: an `otpauth:` address or base32; empty for none. */
  totp: string;
}

/** A text. */
export interface Note extends Base {
  type: 'note';
}

/** A payment card. */
export interface Card extends Base {
  type: 'card';
  holder: string;
  number: string;
  /** As printed: month and year. */
  expires: string;
  /** The number on the back. */
  code: string;
}

/** The seed of one-time codes alone. */
export interface Totp extends Base {
  type: 'totp';
  username: string;
  totp: string;
}

/** A record's content. */
export type Content = Login | Note | Card | Totp;

/** The sorts of records, in the order in which they are offered. */
export const TYPES = ['login', 'note', 'card', 'totp'] as const;
export type Type = (typeof TYPES)[number];

const BASE: Base = { title: '', folder: '', notes: '', fields: [] };

/** An empty record. */
export const empty = (type: Type): Content => {
  const base = { ...BASE, fields: [] };
  switch (type) {
    case 'login':
      return { ...base, type, username: '', password: '', addresses: [], totp: '' };
    case 'note':
      return { ...base, type };
    case 'card':
      return { ...base, type, holder: '', number: '', expires: '', code: '' };
    case 'totp':
      return { ...base, type, username: '', totp: '' };
  }
};

/** The largest record, in octets of its JSON: sealed, the hub takes 64 KiB. */
export const LARGEST = 60_000;

/** How large a record is, in octets of its JSON. */
export const sizeOf = (content: Content): number => new TextEncoder().encode(JSON.stringify(content)).length;
