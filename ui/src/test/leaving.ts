import type { Checklist } from '../lib/backend/types/Checklist';
import type { ChecklistEntry } from '../lib/backend/types/ChecklistEntry';
import type { MemberServer } from '../lib/backend/types/MemberServer';
import type { RetiredServer } from '../lib/backend/types/RetiredServer';
import type { WhichServer } from '../lib/backend/types/WhichServer';
import { fault, NOW, type Fake } from './fake';

const entry = (item: ChecklistEntry['item'], follows: boolean, done = false): ChecklistEntry => ({
  item,
  done,
  follows,
  left: item === 'resealed' ? 0 : null,
  marked: null,
});

/** What the hub keeps about the servers that leave, for a fake: whoever looks again finds it as it was left. */
export class Leaving {
  readonly members: MemberServer[];
  readonly lists: Checklist[] = [];
  /** User records that the other servers have still to seal anew; one fewer each time that it is looked at. */
  left = 0;
  readonly #fake: Fake;

  constructor(fake: Fake) {
    this.#fake = fake;
    const names = [fake.status.server_name, ...fake.others.map((one) => one.name)];
    this.members = names.map((name) => ({ server: name, name, retired: null, compromised: false }));
    fake.replies['admin.servers'] = () => structuredClone(this.members);
    fake.replies['admin.checklists'] = () => this.#read();
    fake.replies['admin.retire_server'] = (which) => this.#leave(which, false);
    fake.replies['admin.compromised_server'] = (which) => this.#leave(which, true);
    fake.replies['admin.mark'] = ({ server, item, done }) => {
      const list = this.lists.find((one) => one.server === server);
      const found = list?.entries.find((one) => one.item === item);
      if (!list || !found || found.follows) throw fault('admin.no_checklist') as unknown as Error;
      found.done = done;
      found.marked = done ? { by: 'tanaka', time: NOW } : null;
      return structuredClone(list);
    };
  }

  #read(): Checklist[] {
    for (const list of this.lists) {
      const sealed = list.entries[0];
      if (sealed) [sealed.left, sealed.done] = [this.left, this.left === 0];
    }
    return structuredClone(this.lists);
  }

  #leave({ server }: WhichServer, compromised: boolean): RetiredServer {
    const member = this.members.find((one) => one.server === server);
    if (!member) throw fault('admin.no_server', undefined, { server }) as unknown as Error;
    if (member.retired !== null) this.left = Math.max(0, this.left - 1);
    member.retired ??= NOW;
    if (compromised && !this.lists.some((list) => list.server === server)) {
      member.compromised = true;
      this.lists.push({
        server,
        name: member.name,
        entries: [
          entry('resealed', true),
          entry('tls', true),
          entry('saml', true),
          entry('identity_provider', false),
          entry('user_secrets', false),
          entry('disk', false),
        ],
      });
    }
    this.#fake.others = this.#fake.others.filter((one) => one.server !== server);
    return { server, epoch: 2, left: this.left };
  }
}
