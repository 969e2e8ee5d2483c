import { SvelteMap } from 'svelte/reactivity';
import { asFault, type Backend } from '../../lib/backend/backend';
import type { DomainProof } from '../../lib/backend/types/DomainProof';
import type { Fault } from '../../lib/backend/types/Fault';

/** What DNS says of a connection's mail domains. */
export class Proofs {
  /** Why none could be looked at. */
  fault = $state<Fault>();
  readonly #found = new SvelteMap<string, DomainProof>();
  #looked = '';

  constructor(
    private readonly backend: Backend,
    private readonly connection: string,
  ) {}

  /** What was found of a domain; nothing while it is being looked at. */
  of(domain: string): DomainProof | undefined {
    return this.#found.get(domain);
  }

  /** Looks at all, where one of these was not looked at yet. */
  look(domains: string[]): void {
    const all = domains.join(' ');
    if (all === this.#looked || domains.every((domain) => this.#found.has(domain))) return;
    this.#looked = all;
    void this.#all();
  }

  async #all(): Promise<void> {
    try {
      const wish = { connection: this.connection, resolver: await this.#resolver() };
      for (const proof of await this.backend.call('admin.look_at_domains', wish)) this.#keep(proof);
      this.fault = undefined;
    } catch (caught) {
      this.fault = asFault(caught);
    }
  }

  /** Reserves a domain, or looks again and has signed what was found. */
  async reserve(domain: string): Promise<void> {
    const wish = { connection: this.connection, domain, resolver: await this.#resolver() };
    this.#keep(await this.backend.call('admin.reserve_domain', wish));
    this.fault = undefined;
  }

  #keep(proof: DomainProof): void {
    this.#found.set(proof.domain, proof);
  }

  /** The DNS server of this server's settings; without a service, this machine's own is asked. */
  async #resolver(): Promise<string> {
    try {
      const { fields } = await this.backend.call('draft.get', null);
      return fields.find((one) => one.field === 'resolver')?.value ?? '';
    } catch {
      return '';
    }
  }
}
