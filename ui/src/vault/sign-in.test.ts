import { expect, test } from 'vitest';
import { arrivalOf } from './sign-in';

test('the fragment tells a return from a refusal from a fresh visit', () => {
  expect(arrivalOf('')).toEqual({ kind: 'fresh' });
  expect(arrivalOf('#error=AB12')).toEqual({ kind: 'refused', reference: 'AB12' });
  expect(arrivalOf('#error=AB12&why=locked')).toEqual({ kind: 'refused', reference: 'AB12', why: 'locked' });
  expect(arrivalOf('#error=AB12&why=<b>')).toEqual({ kind: 'refused', reference: 'AB12' });
  expect(arrivalOf('#code=c&state=s')).toEqual({ kind: 'returned', code: 'c', state: 's' });
  expect(arrivalOf('#start')).toEqual({ kind: 'start' });
  expect(arrivalOf('#direct=h')).toEqual({ kind: 'direct', handle: 'h' });
  expect(arrivalOf('#code=c')).toEqual({ kind: 'fresh' });
});
