import { asFault, type Backend } from '../../lib/backend/backend';
import type { Fault } from '../../lib/backend/types/Fault';
import type { Probe } from '../../lib/backend/types/Probe';
import type { SeenTopology } from '../../lib/backend/types/SeenTopology';
import type { Snippets } from '../../lib/backend/types/Snippets';
import type { Topology } from '../../lib/backend/types/Topology';

export const TOPOLOGIES = ['none', 'at_servers', 'at_balancer'] as const satisfies readonly Topology[];

/** What stands before the servers, what it has to be told, and what it would hear. */
export class BalancerOnScreen {
  seen = $state<SeenTopology>();
  /** Why it cannot be seen. */
  unseen = $state<Fault>();
  /** What was chosen; until then what it looks like. */
  chosen = $state<Topology>();
  /** The servers as they were typed; none: those that are known. */
  servers = $state<string>();
  given = $state.raw<Snippets>();
  notGiven = $state<Fault>();
  probe = $state.raw<Probe>();
  notProbed = $state<Fault>();
  probing = $state(false);
  readonly topology = $derived<Topology>(this.chosen ?? this.seen?.seen ?? 'none');
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async look(): Promise<void> {
    try {
      [this.seen, this.unseen] = [await this.#backend.call('balancer.topology', null), undefined];
    } catch (caught) {
      this.unseen = asFault(caught);
    }
  }

  /** The texts of what is chosen now; an answer that comes too late is for nobody. */
  async give(): Promise<void> {
    const [tls, typed] = [this.topology, this.servers];
    if (tls === 'none') return;
    const servers = (typed ?? '').split(/[\s,、]+/).filter((one) => one !== '');
    try {
      const given = await this.#backend.call('balancer.snippets', { tls, servers });
      if (tls === this.topology && typed === this.servers) [this.given, this.notGiven] = [given, undefined];
    } catch (caught) {
      if (tls === this.topology && typed === this.servers) this.notGiven = asFault(caught);
    }
  }

  async ask(): Promise<void> {
    this.probing = true;
    try {
      [this.probe, this.notProbed] = [await this.#backend.call('pool.probe', null), undefined];
    } catch (caught) {
      this.notProbed = asFault(caught);
    }
    this.probing = false;
  }
}
