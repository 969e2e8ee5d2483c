import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Backend } from '../../../../lib/backend/backend';
import type { DomainProof } from '../../../../lib/backend/types/DomainProof';

/** What DNS says of a connection's mail domains, asked once for each. */
export class Proofs {
  readonly #found = new SvelteMap<string, DomainProof>();
  readonly #asked = new SvelteSet<string>();

  constructor(
    private readonly backend: Backend,
    private readonly connection: string,
  ) {}

  /** What was found of a domain; nothing while it is being looked at. */
  of(domain: string): DomainProof | undefined {
    return this.#found.get(domain);
  }

  /** Looks at those that were not looked at yet. */
  look(domains: string[]): void {
    for (const domain of domains) {
      if (this.#found.has(domain) || this.#asked.has(domain)) continue;
      this.#asked.add(domain);
      void this.#call('admin.look_at_domain', domain).catch(() => undefined);
    }
  }

  /** Reserves a domain, or looks again and signs what was found. */
  reserve(domain: string): Promise<void> {
    return this.#call('admin.reserve_domain', domain);
  }

  async #call(method: 'admin.look_at_domain' | 'admin.reserve_domain', domain: string): Promise<void> {
    const wish = { connection: this.connection, domain, resolver: await this.#resolver() };
    const proof = await this.backend.call(method, wish);
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
