import { expect, test } from 'vitest';
import type { Fault } from '../backend/types/Fault';
import { explain } from './texts';

const refused = (cause: string): Fault => ({
  code: 'saml.status',
  severity: 'error',
  args: {
    status: { type: 'text', value: 'Responder' },
    detail: { type: 'text', value: 'AADSTS50105: …' },
    cause: { type: 'text', value: cause },
  },
});

test('a known cause says why and what to do', () => {
  const { reason, remedy } = explain('en', refused('preset.aadsts50105'));
  expect(reason).toContain('AADSTS50105: …');
  expect(reason).toMatch(/not assigned to the application\.$/);
  expect(remedy).toContain('Users and groups');
});

test('the cause of a newer version changes nothing', () => {
  const { reason, remedy } = explain('en', refused('preset.of_a_newer_version'));
  expect(reason).toMatch(/…$/);
  expect(remedy).toContain("identity provider's own log");
});
