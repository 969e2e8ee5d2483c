import type { Backend } from '../../lib/backend/backend';
import type { IdpStep } from '../../lib/backend/types/IdpStep';

/** What the identity provider's administrator has to do. Without an answer there are no steps. */
export const readSteps = async (backend: Backend): Promise<IdpStep[]> => {
  try {
    return (await backend.call('idp.steps', { idp_type: null })).steps;
  } catch {
    return [];
  }
};
