import type { Backend } from '../../lib/backend/backend';
import type { IdpDifferences } from '../../lib/backend/types/IdpDifferences';

/** What other metadata of the identity provider would change. */
export class DifferencesOnScreen {
  found = $state.raw<IdpDifferences>();
  readonly #backend: Backend;
  #asked = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Of several answers the newest question's counts. Where none comes, nothing is said: the draft says why. */
  async read(): Promise<void> {
    const mine = ++this.#asked;
    const found = await this.#backend.call('idp.differences', null).catch(() => undefined);
    if (mine === this.#asked) this.found = found;
  }
}
