// @vitest-environment node
import { expect, test } from 'vitest';
import { codeAt, secondsLeft, seedOf } from './totp';

// RFC 6238, appendix B.
const SEEDS = {
  SHA1: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  SHA256: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA',
  SHA512:
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA',
};

test('the codes of the standard come out', async () => {
  for (const [hash, time, code] of [
    ['SHA1', 59, '94287082'],
    ['SHA256', 59, '46119246'],
    ['SHA512', 59, '90693936'],
    ['SHA1', 1111111109, '07081804'],
    ['SHA256', 20000000000, '77737706'],
    ['SHA512', 20000000000, '47863826'],
  ] as const) {
    const seed = seedOf(`otpauth://totp/x?secret=${SEEDS[hash]}&algorithm=${hash}&digits=8`);
    expect(await codeAt(seed!, time * 1000), `${hash} ${time}`).toBe(code);
  }
});

test('a seed is read as sites show it, and what is none is not', () => {
  expect(seedOf('jbsw y3dp-ehpk 3pxp')?.digits).toBe(6);
  expect(seedOf(' JBSWY3DPEHPK3PXP==== ')).toBeDefined();
  for (const none of [
    '',
    'JBSW',
    'not a seed',
    '0189 1891 1111',
    'otpauth://',
    'otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP',
  ]) {
    expect(seedOf(none), none).toBeUndefined();
  }
  expect(seedOf('otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=0')).toBeUndefined();
  expect(seedOf('otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=99')).toBeUndefined();
});

test('how long a code is good for is told', () => {
  const seed = seedOf('JBSWY3DPEHPK3PXP')!;
  expect([0, 1_000, 29_999].map((now) => secondsLeft(seed, now))).toEqual([30, 29, 1]);
});
