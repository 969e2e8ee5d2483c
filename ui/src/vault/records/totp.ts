// The live code of a seed (RFC 6238), as sites give it: an `otpauth:` address or base32.

/** A seed that can be used. */
export interface Seed {
  secret: Uint8Array<ArrayBuffer>;
  hash: 'SHA-1' | 'SHA-256' | 'SHA-512';
  digits: number;
  /** Seconds. */
  period: number;
}

const HASHES = { SHA1: 'SHA-1', SHA256: 'SHA-256', SHA512: 'SHA-512' } as const;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The bytes of base32 (RFC 4648), with spaces, hyphens and padding or without; none where it is not base32. */
const bytesOf = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replace(/=+$/, '');
  const bytes: number[] = [];
  let [value, bits] = [0, 0];
  for (const letter of letters) {
    const at = BASE32.indexOf(letter);
    if (at < 0) return undefined;
    value = ((value << 5) | at) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  // Ten bytes are what sites give at least.
  return bytes.length >= 8 ? new Uint8Array(bytes) : undefined;
};

/** Reads a seed; none where it is no seed. */
export const seedOf = (text: string): Seed | undefined => {
  const trimmed = text.trim();
  if (!/^otpauth:/i.test(trimmed)) {
    const secret = bytesOf(trimmed);
    return secret && { secret, hash: 'SHA-1', digits: 6, period: 30 };
  }
  if (!URL.canParse(trimmed)) return undefined;
  const url = new URL(trimmed);
  const given = (name: string): string | null => url.searchParams.get(name);
  const secret = bytesOf(given('secret') ?? '');
  const hash = HASHES[(given('algorithm') ?? 'SHA1').toUpperCase().replace('-', '') as keyof typeof HASHES];
  const [digits, period] = [Number(given('digits') ?? 6), Number(given('period') ?? 30)];
  const isTimed = /^otpauth:\/\/totp\b/i.test(trimmed);
  const isGood = [6, 7, 8].includes(digits) && Number.isInteger(period) && period >= 10 && period <= 300;
  return isTimed && secret && hash && isGood ? { secret, hash, digits, period } : undefined;
};

/** The code at a moment (milliseconds since 1970). */
export const codeAt = async (seed: Seed, now: number): Promise<string> => {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(now / 1000 / seed.period)));
  const key = await crypto.subtle.importKey('raw', seed.secret, { name: 'HMAC', hash: seed.hash }, false, [
    'sign',
  ]);
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter));
  const offset = mac.getUint8(mac.byteLength - 1) & 0x0f;
  const number = (mac.getUint32(offset) & 0x7fffffff) % 10 ** seed.digits;
  return String(number).padStart(seed.digits, '0');
};

/** Seconds until the code changes. */
export const secondsLeft = (seed: Seed, now: number): number =>
  seed.period - (Math.floor(now / 1000) % seed.period);
