import type { SeenTopology } from '../lib/backend/types/SeenTopology';
import type { Fake } from './fake';

/** A balancer before the servers of a fake. */
export class Balancer {
  seen: SeenTopology = {
    seen: 'at_servers',
    host: 'sso.example.co.jp',
    elsewhere: ['10.2.0.9:443'],
    unresolved: null,
    trusted_proxies: [],
  };

  constructor(fake: Fake) {
    fake.replies['balancer.topology'] = () => structuredClone(this.seen);
    fake.replies['balancer.snippets'] = ({ tls, servers }) => {
      const known = [
        { name: 'sso1', address: '10.2.0.11:8443', guessed: false },
        { name: 'sso2', address: 'sso2:8443', guessed: true },
      ];
      const typed = servers.map((address) => ({ name: address, address, guessed: false }));
      const members = typed.length > 0 ? typed : known;
      const text = (balancer: string): string =>
        `# ${balancer} ${tls}\n${members.map((one) => `server ${one.address}`).join('\n')}\n`;
      return {
        members,
        snippets: ['haproxy', 'nginx', 'big-ip'].map((balancer) => ({
          balancer,
          file: `/etc/${balancer}`,
          text: text(balancer),
        })),
      };
    };
    fake.replies['admin.certificate_to_file'] = ({ folder }) => ({
      path: `${folder || '/home/tanaka'}/example-tokyo.p12`,
      passphrase: 'ljhts-7jmkz-aaaab-qqqqq',
      subject: 'CN=*.example.co.jp',
      not_after: 1_800_000_000,
      note: 'd29yZA',
    });
    fake.replies['balancer.given_out'] = () => null;
  }
}
