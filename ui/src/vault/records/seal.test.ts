// @vitest-environment node
import { expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from '../bytes';
import { empty } from './record';
import { keysOf, newId, NotAuthentic, open, progressId, seal, sign, type Place, type Plain } from './seal';

const USER_KEY = toBase64Url(new Uint8Array(32).fill(7));
const SEED = toBase64Url(new Uint8Array(32).fill(9));
const PLACE: Place = { organisation: 'org', connection: 'con', account: 'acc' };
const ID = '0123456789abcdef0123456789abcdef';
const plain = (notes = ''): Plain => ({
  content: { ...empty('note'), title: 'Door', notes },
  created: 1,
  changed: 2,
});

/** The public half of a seed, as any other program derives it. */
const publicOf = async (seed: string): Promise<CryptoKey> => {
  const start = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
  const pkcs8 = new Uint8Array([...start, ...fromBase64Url(seed)]);
  const pair = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { x } = await crypto.subtle.exportKey('jwk', pair);
  return crypto.subtle.importKey('raw', fromBase64Url(x ?? ''), 'Ed25519', true, ['verify']);
};

test('a record opens as it was sealed, the moment of its deletion included', async () => {
  const keys = await keysOf(USER_KEY, SEED);
  const binned = { ...plain('鍵は植木鉢の下 🔑'), deleted: 3 };
  expect(await open(keys, PLACE, ID, 4, await seal(keys, PLACE, ID, 4, binned))).toEqual(binned);
});

test('a record opens under its own place, name, revision and key, and under no other', async () => {
  const keys = await keysOf(USER_KEY, SEED);
  const body = await seal(keys, PLACE, ID, 4, plain());
  const another = await keysOf(SEED, SEED);
  const others: [string, () => Promise<Plain>][] = [
    ['organisation', () => open(keys, { ...PLACE, organisation: 'other' }, ID, 4, body)],
    ['connection', () => open(keys, { ...PLACE, connection: 'other' }, ID, 4, body)],
    ['account', () => open(keys, { ...PLACE, account: 'other' }, ID, 4, body)],
    [
      'parts moved',
      () => open(keys, { organisation: 'orgc', connection: 'on', account: 'acc' }, ID, 4, body),
    ],
    ['id', () => open(keys, PLACE, newId(), 4, body)],
    ['revision before', () => open(keys, PLACE, ID, 3, body)],
    ['revision after', () => open(keys, PLACE, ID, 5, body)],
    ['key', () => open(another, PLACE, ID, 4, body)],
  ];
  for (const [what, opened] of others) await expect(opened(), what).rejects.toBeInstanceOf(NotAuthentic);
});

test('the key that signs opens nothing and changes nothing of what is sealed', async () => {
  const body = await seal(await keysOf(USER_KEY, SEED), PLACE, ID, 1, plain());
  expect(await open(await keysOf(USER_KEY, USER_KEY), PLACE, ID, 1, body)).toEqual(plain());
});

test('a changed byte is refused wherever it stands', async () => {
  const keys = await keysOf(USER_KEY, SEED);
  const body = await seal(keys, PLACE, ID, 1, plain());
  for (let at = 0; at < body.length; at += 1) {
    const changed = new Uint8Array(body);
    changed[at] = changed[at]! ^ (1 << (at % 8));
    await expect(open(keys, PLACE, ID, 1, changed), `byte ${at}`).rejects.toBeInstanceOf(NotAuthentic);
  }
});

test('a record that is cut off, lengthened or empty is refused', async () => {
  const keys = await keysOf(USER_KEY, SEED);
  const body = await seal(keys, PLACE, ID, 1, plain());
  for (const length of [0, 1, 5, 13, 14, 29, body.length - 1])
    await expect(open(keys, PLACE, ID, 1, body.slice(0, length)), `${length} bytes`).rejects.toBeInstanceOf(
      NotAuthentic,
    );
  const longer = new Uint8Array([...body, 0]);
  await expect(open(keys, PLACE, ID, 1, longer)).rejects.toBeInstanceOf(NotAuthentic);
});

test('lengths tell only how many blocks of 256 bytes there are', async () => {
  const keys = await keysOf(USER_KEY, SEED);
  const bare = 4 + new TextEncoder().encode(JSON.stringify(plain())).length;
  const sizeOf = async (notes: number): Promise<number> =>
    (await seal(keys, PLACE, ID, 1, plain('x'.repeat(notes)))).length;
  const around = 1 + 12 + 16;
  expect(await sizeOf(0)).toBe(around + 256);
  expect(await sizeOf(256 - bare)).toBe(around + 256);
  expect(await sizeOf(256 - bare + 1)).toBe(around + 512);
  expect(await sizeOf(5000)).toBe(around + Math.ceil((bare + 5000) / 256) * 256);
});

test('a record that is sealed twice is not the same twice', async () => {
  const keys = await keysOf(USER_KEY, SEED);
  const bodies = await Promise.all([0, 1].map(() => seal(keys, PLACE, ID, 1, plain())));
  const [one, other] = bodies.map((body) => toBase64Url(body));
  expect(one!.slice(0, 17)).not.toBe(other!.slice(0, 17));
  expect(one!.slice(18)).not.toBe(other!.slice(18));
});

test('no key can be taken out, and each does only its own work', async () => {
  const { vault, signer } = await keysOf(USER_KEY, SEED);
  expect([vault.extractable, signer.extractable]).toEqual([false, false]);
  expect([[...vault.usages].sort(), signer.usages]).toEqual([['deriveBits', 'deriveKey'], ['sign']]);
  for (const format of ['raw', 'pkcs8', 'jwk'] as const) {
    await expect(crypto.subtle.exportKey(format, vault)).rejects.toThrow();
    await expect(crypto.subtle.exportKey(format, signer)).rejects.toThrow();
  }
});

test('a signature is over the time, the vault and the changes, and over nothing else', async () => {
  const keys = await keysOf(USER_KEY, SEED);
  const signature = new Uint8Array(await sign(keys, PLACE, 1_700_000_000, '[{"id":"é"}]'));
  const key = await publicOf(SEED);
  const verified = (statement: string): Promise<boolean> =>
    crypto.subtle.verify('Ed25519', key, signature, new TextEncoder().encode(statement));
  expect(await verified('sekisho/vault-write/1\0' + '1700000000\ncon\nacc\n[{"id":"é"}]')).toBe(true);
  expect(await verified('sekisho/vault-write/1\0' + '1700000001\ncon\nacc\n[{"id":"é"}]')).toBe(false);
  expect(await verified('sekisho/vault-write/1\0' + '1700000000\ncon\nacc\n[{"id":"e"}]')).toBe(false);
  expect(await verified('1700000000\ncon\nacc\n[{"id":"é"}]')).toBe(false);
});

test('the record of the first steps has one name on every device, and another for every user', async () => {
  const name = await progressId(await keysOf(USER_KEY, SEED));
  expect(name).toMatch(/^[0-9a-f]{32}$/);
  expect(await progressId(await keysOf(USER_KEY, USER_KEY))).toBe(name);
  expect(await progressId(await keysOf(SEED, SEED))).not.toBe(name);
});

test('a new record has a name of 16 random bytes', () => {
  const names = new Set(Array.from({ length: 100 }, newId));
  expect(names.size).toBe(100);
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}$/);
});
