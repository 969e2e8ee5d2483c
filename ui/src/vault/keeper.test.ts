import { expect, test } from 'vitest';
import { forgotten } from './keeper';

const MINUTE = 60 * 1000;

test('a sign-in that begins leaves those of other tabs alone', () => {
  const kept = new Map([
    ['other tab', { made: 95 * MINUTE }],
    ['long gone', { made: 89 * MINUTE }],
    ['of an older version', {}],
  ]);
  expect(forgotten(kept, 100 * MINUTE)).toEqual(['long gone', 'of an older version']);
});
