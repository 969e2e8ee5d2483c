import type { RolePolicies } from '../../lib/backend/types/RolePolicies';
import { t } from '../../lib/messages/language.svelte';

/** What a role enforces, in words: only what is another thing than nothing at all. */
export const policyWords = (policies: RolePolicies): string[] => [
  ...(policies.two_factor ? [t('console.role.two_factor_on')] : []),
  t(policies.import ? 'console.role.import_on' : 'console.role.import_off'),
  ...(policies.extension ? [t('console.role.extension_on')] : []),
  t(policies.onboarding ? 'console.role.onboarding_on' : 'console.role.onboarding_off'),
  t('console.role.session_on', { minutes: policies.session_minutes }),
];

/** What a role enforces before anything is chosen. */
export const noPolicies = (): RolePolicies => ({
  two_factor: false,
  import: true,
  extension: null,
  onboarding: true,
  session_minutes: 60,
});
