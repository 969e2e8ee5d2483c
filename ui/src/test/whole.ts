import type { Deletion } from '../lib/backend/types/Deletion';
import { fault, NOW, type Fake } from './fake';

const DAY = 86_400;

/** What there is of a connection as a whole, for a fake: its deletion, its file, and the way back. */
export class Whole {
  readonly deletion: Deletion = {
    going: {
      name: '東京オフィス',
      enterprise_domain: 'example-tokyo',
      domains: ['example.co.jp'],
      servers: ['sso1', 'sso2'],
      users: 1204,
    },
    needs_export: true,
  };
  readonly #fake: Fake;

  constructor(fake: Fake) {
    this.#fake = fake;
    fake.replies['admin.deletion'] = () => structuredClone(this.deletion);
    fake.replies['admin.export_to_file'] = ({ folder }) => {
      this.deletion.needs_export = false;
      const path = `${folder || '/home/tanaka'}/example-tokyo.sekisho-export`;
      return { path, passphrase: 'ljhts-7jmkz-aaaab-qqqqq', revision: 1, users: this.deletion.going.users };
    };
    fake.replies['admin.delete_connection'] = ({ shown }) => this.#delete(JSON.stringify(shown));
    fake.replies['admin.undelete_connection'] = () => {
      fake.status = { ...fake.status, state: { state: 'running', since: NOW } };
      fake.tell();
      return null;
    };
    fake.replies['admin.next_users'] = ({ left }) => {
      const there = left ?? 2;
      return { batch: there > 0 ? 'c2lnbmVk' : null, left: Math.max(there - 1, 0) };
    };
    fake.replies['users.import'] = () => ({ made: 2, there: 0, faults: [] });
    fake.replies['admin.open_export'] = () => ({
      name: '大阪オフィス',
      enterprise_domain: 'example-osaka',
      domains: [],
      made: NOW,
      revision: 7,
      author: 'suzuki',
      time: NOW,
      users: 3,
      document: '{}',
      min_reader: 1,
      objects: [['k1', 'c2VhbGVk']],
    });
  }

  #delete(shown: string): ReturnType<NonNullable<Fake['replies']['admin.delete_connection']>> {
    const { going, needs_export } = this.deletion;
    if (shown !== JSON.stringify(going)) throw fault('admin.not_as_shown') as unknown as Error;
    if (needs_export) throw fault('admin.export_needed') as unknown as Error;
    this.detach();
    const { name, enterprise_domain } = going;
    return { connection: 'c1', name, enterprise_domain, deleted: NOW, until: NOW + 30 * DAY };
  }

  /** The connection is deleted. */
  detach(): void {
    const until = { type: 'time', value: NOW + 30 * DAY } as const;
    const reason = { ...fault('service.detached'), args: { until } };
    this.#fake.status = { ...this.#fake.status, state: { state: 'detached', reason } };
    this.#fake.tell();
  }
}
