import { asFault, type Backend } from '../../../lib/backend/backend';
import type { CertificateMatrix } from '../../../lib/backend/types/CertificateMatrix';
import type { Fault } from '../../../lib/backend/types/Fault';
import type { ServedCertificates } from '../../../lib/backend/types/ServedCertificates';

/** The certificates beside the names in play, and what is served under them now. */
export class CertificatesOnScreen {
  matrix = $state<CertificateMatrix>();
  fault = $state<Fault>();
  served = $state<ServedCertificates>();
  servedFault = $state<Fault>();
  looking = $state(false);
  readonly #backend: Backend;
  /** Apart from what is shown: whoever looks in an effect must not look again because of it. */
  #busy = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async read(): Promise<void> {
    try {
      this.matrix = await this.#backend.call('certificates.matrix', null);
      this.fault = undefined;
    } catch (caught) {
      this.fault = asFault(caught);
    }
  }

  /** Shakes hands with whatever the name leads to: the advertised one, or a further one. */
  async look(host?: string): Promise<void> {
    if (this.#busy) return;
    [this.#busy, this.looking] = [true, true];
    try {
      this.served = await this.#backend.call('certificates.served', host === undefined ? null : { host });
      this.servedFault = undefined;
    } catch (caught) {
      [this.served, this.servedFault] = [undefined, asFault(caught)];
    }
    [this.#busy, this.looking] = [false, false];
  }
}
