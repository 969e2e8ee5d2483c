// Seals records under the user's key before they leave the browser, and signs what is written: one key for each record and revision
// (HKDF-SHA256), AES-256-GCM, Ed25519. Neither key can be taken out of the browser.
import { fromBase64Url, joined } from '../bytes';
import type { Content } from './record';

/** Whose vault it is; bound into every record. */
export interface Place {
  organisation: string;
  connection: string;
  account: string;
}

/** What opens a vault and signs its changes. */
export interface Keys {
  vault: CryptoKey;
  signer: CryptoKey;
}

/** What is sealed of a record. Moments are milliseconds since 1970. */
export interface Plain {
  content: Content | Progress | Gone;
  created: number;
  changed: number;
  /** When it was put into the bin. */
  deleted?: number;
}

/** How far a user has come with the first steps: no record that is shown. */
export interface Progress {
  type: 'progress';
  done: string[];
}

/** What is left of a record that is gone for good: sealed as any other, so that nobody else can say so. */
export interface Gone {
  type: 'gone';
}

/** A sealed record was changed, belongs elsewhere, or is of a newer version. */
export class NotAuthentic extends Error {}

const FORMAT = 1;
const NONCE = 12;
/** Lengths tell little: what is sealed is filled up to a multiple of this. */
const BLOCK = 256;
/** What stands before an Ed25519 seed in PKCS #8 (RFC 8410). */
const PKCS8 = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

const encoder = new TextEncoder();

/** The keys of a hand-over, as keys that cannot be exported. Throws where the browser knows no Ed25519. */
export const keysOf = async (userKey: string, hubSeed: string): Promise<Keys> => {
  const seed = new Uint8Array([...PKCS8, ...fromBase64Url(hubSeed)]);
  return {
    vault: await crypto.subtle.importKey('raw', fromBase64Url(userKey), 'HKDF', false, [
      'deriveKey',
      'deriveBits',
    ]),
    signer: await crypto.subtle.importKey('pkcs8', seed, 'Ed25519', false, ['sign']),
  };
};

const keyOf = (vault: CryptoKey, id: string, rev: number, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: encoder.encode('sekisho-vault-v1'),
      info: encoder.encode(`record\0${id}\0${rev}`),
    },
    vault,
    { name: 'AES-GCM', length: 256 },
    false,
    [use],
  );

const boundTo = (place: Place, id: string, rev: number): Uint8Array<ArrayBuffer> =>
  joined('sekisho-record-v1', [place.organisation, place.connection, place.account, id, String(rev)]);

/** A record as the hub keeps it, under the revision that it will have there. */
export const seal = async (
  keys: Keys,
  place: Place,
  id: string,
  rev: number,
  plain: Plain,
): Promise<Uint8Array<ArrayBuffer>> => {
  const text = encoder.encode(JSON.stringify(plain));
  const padded = new Uint8Array(Math.ceil((4 + text.length) / BLOCK) * BLOCK);
  new DataView(padded.buffer).setUint32(0, text.length);
  padded.set(text, 4);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: boundTo(place, id, rev) },
    await keyOf(keys.vault, id, rev, 'encrypt'),
    padded,
  );
  const body = new Uint8Array(1 + NONCE + sealed.byteLength);
  body[0] = FORMAT;
  body.set(iv, 1);
  body.set(new Uint8Array(sealed), 1 + NONCE);
  return body;
};

/** A record that the hub has kept. Throws `NotAuthentic`. */
export const open = async (
  keys: Keys,
  place: Place,
  id: string,
  rev: number,
  body: Uint8Array<ArrayBuffer>,
): Promise<Plain> => {
  if (body[0] !== FORMAT) throw new NotAuthentic('a format that this page does not know');
  try {
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: body.subarray(1, 1 + NONCE), additionalData: boundTo(place, id, rev) },
      await keyOf(keys.vault, id, rev, 'decrypt'),
      body.subarray(1 + NONCE),
    );
    const length = new DataView(opened).getUint32(0);
    return JSON.parse(new TextDecoder().decode(new Uint8Array(opened, 4, length))) as Plain;
  } catch (error) {
    throw new NotAuthentic(String(error));
  }
};

/** The signature of changes, as the hub verifies it (`vault_statement` in `crates/hub-api`). */
export const sign = async (keys: Keys, place: Place, time: number, changes: string): Promise<Uint8Array> => {
  const statement = `sekisho/vault-write/1\0${time}\n${place.connection}\n${place.account}\n${changes}`;
  return new Uint8Array(await crypto.subtle.sign('Ed25519', keys.signer, encoder.encode(statement)));
};

/** The name of a new record: 16 random bytes. */
export const newId = (): string => hex(crypto.getRandomValues(new Uint8Array(16)));

/** The name of the one record that says how far the first steps are: the same on every device, and one among many for the hub. */
export const progressId = async (keys: Keys): Promise<string> =>
  hex(
    new Uint8Array(
      await crypto.subtle.deriveBits(
        {
          name: 'HKDF',
          hash: 'SHA-256',
          salt: encoder.encode('sekisho-vault-v1'),
          info: encoder.encode('progress'),
        },
        keys.vault,
        128,
      ),
    ),
  );

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
