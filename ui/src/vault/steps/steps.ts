// The first steps of a new user, as the role says. Which are done is in the vault, so that any device goes on.
import type { Policies } from '../handover';

export const STEPS = ['import', 'extension', 'factor'] as const;
export type Step = (typeof STEPS)[number];

/** Noted when a user has come to the closing page. */
export const FINISHED = 'finished';

/** Where an extension is to be had: over https alone. */
export const extensionOf = (policies: Policies): string | undefined =>
  policies.extension?.startsWith('https://') ? policies.extension : undefined;

/** The steps that a role has. A second factor that is required is set up before the vault opens. */
export const stepsOf = (policies: Policies): Step[] =>
  STEPS.filter(
    (step) =>
      (step === 'import' && policies.import) ||
      (step === 'extension' && extensionOf(policies) !== undefined) ||
      (step === 'factor' && !policies.two_factor),
  );

/** The next step; none at the closing page. */
export const nextOf = (policies: Policies, done: readonly string[]): Step | undefined =>
  stepsOf(policies).find((step) => !done.includes(step));

/** Whether a user is to be led at all. */
export const isLed = (policies: Policies, done: readonly string[]): boolean =>
  policies.onboarding && !done.includes(FINISHED);
