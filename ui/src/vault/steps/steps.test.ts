import { expect, test } from 'vitest';
import type { Policies } from '../handover';
import { FINISHED, isLed, nextOf, stepsOf } from './steps';

const policies: Policies = {
  role: null,
  two_factor: false,
  import: true,
  extension: 'https://extension.example/',
  onboarding: true,
  session_minutes: 60,
};

test('the steps are those that the role has', () => {
  expect(stepsOf(policies)).toEqual(['import', 'extension', 'factor']);
  expect(stepsOf({ ...policies, import: false })).toEqual(['extension', 'factor']);
  expect(stepsOf({ ...policies, extension: null })).toEqual(['import', 'factor']);
  expect(stepsOf({ ...policies, extension: 'javascript:alert(1)' })).toEqual(['import', 'factor']);
  expect(stepsOf({ ...policies, two_factor: true }), 'was set up before').toEqual(['import', 'extension']);
});

test('whoever comes back goes on where they were, and is led until the closing page', () => {
  expect(nextOf(policies, [])).toBe('import');
  expect(nextOf(policies, ['import', 'factor'])).toBe('extension');
  expect(nextOf(policies, ['import', 'extension', 'factor'])).toBeUndefined();
  expect(isLed(policies, ['import', 'extension', 'factor'])).toBe(true);
  expect(isLed(policies, [FINISHED])).toBe(false);
});

test('where the role leads nobody, nobody is led', () => {
  expect(isLed({ ...policies, onboarding: false }, [])).toBe(false);
});
