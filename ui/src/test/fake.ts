import type { Backend } from '../lib/backend/backend';
import type { Method, Methods } from '../lib/backend/methods';
import type { DraftConflict } from '../lib/backend/types/DraftConflict';
import type { ParkedPlan } from '../lib/backend/types/ParkedPlan';
import type { CertificateBefore } from '../lib/backend/types/CertificateBefore';
import type { CertificateInfo } from '../lib/backend/types/CertificateInfo';
import type { DomainProof } from '../lib/backend/types/DomainProof';
import type { Draft } from '../lib/backend/types/Draft';
import type { Fault } from '../lib/backend/types/Fault';
import type { JoinFile } from '../lib/backend/types/JoinFile';
import type { KitSheet } from '../lib/backend/types/KitSheet';
import type { PastRevision } from '../lib/backend/types/PastRevision';
import type { Probe } from '../lib/backend/types/Probe';
import type { Server } from '../lib/backend/types/Server';
import type { SignedIn } from '../lib/backend/types/SignedIn';
import type { Status } from '../lib/backend/types/Status';
import type { UserInfo } from '../lib/backend/types/UserInfo';
import type { WaitingUser } from '../lib/backend/types/WaitingUser';
import { matrixOf, servedOf } from './certificates';
import { answered, noNames, stepped, type Names } from './names';
import { noRoles, roleChanges, stepRoles } from './roles';

export const NOW = 1_795_000_000;
const DAY = 86_400;

export const fault = (code: string, field?: string, args: Record<string, string> = {}): Fault => ({
  code,
  severity: 'error',
  ...(field !== undefined && { field }),
  args: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, { type: 'text', value }])),
});

export const certificate = (names: string[], trial = false, days = 91): CertificateInfo => ({
  subject: `CN=${names[0] ?? ''}`,
  issuer: trial ? `CN=${names[0] ?? ''}` : 'CN=Example Issuing CA, O=Example K.K.',
  names,
  not_before: NOW - 30 * DAY,
  not_after: Math.floor(Date.now() / 1000) + days * DAY + 60,
  sha256: '9A:41:07:CC:5E:21:7F:0D:66:E8:B3:12:54:90:AD:3B:70:1F:C2:88:09:4E:D6:A5:3C:F1:2B:97:60:E4:18:0C',
  sha1: '1F:C2:88:09:4E:D6:A5:3C:F1:2B:97:60:E4:18:0C:9A:41:07:CC:5E',
  trial,
});

const FIELDS: [string, string, boolean][] = [
  ['advertised_host', '', false],
  ['advertised_port', '8443', false],
  ['private_ip', '', true],
  ['private_port', '', true],
  ['saml_key', 'own', false],
  ['idp_type', 'default', false],
  ['attribute_first', 'First', false],
  ['attribute_last', 'Last', false],
  ['attribute_email', 'Email', false],
  ['attribute_subject', '', false],
  ['entity_id', '', false],
  ['signing', 'either', false],
  ['encrypted_assertions', 'false', false],
  ['sign_metadata', 'false', false],
  ['name_id_format', '', false],
  ['request_binding', 'any', false],
  ['authn_context', '', false],
  ['force_authn', 'false', false],
  ['single_logout', 'true', false],
  ['unsolicited_direct', 'false', false],
  ['idp_metadata_url', '', false],
  ['metadata_additions', 'false', false],
  ['allow_sha1', 'false', false],
  ['skew_seconds', '60', false],
  ['just_in_time', 'false', false],
  ['client_protocol', 'false', false],
  ['trusted_proxies', '', false],
  ['webhook', '', false],
  ['mail_server', '', false],
  ['mail_security', 'starttls', false],
  ['mail_user', '', false],
  ['mail_from', '', false],
  ['mail_to', '', false],
  ['mail_language', 'en', false],
  ['mail_authorities', '', false],
  ['proxy', '', true],
  ['resolver', '', true],
  ['authorities', '', true],
  ['acme_port', '', true],
  ['acme_hook', '', true],
];

/** Another server of the connection, in good health. */
export const server = (name: string, changes: Partial<Server> = {}): Server => ({
  server: name,
  name,
  own: false,
  heard: NOW,
  stale: false,
  state: 'running',
  reason: null,
  version: '0.1.0',
  revision: 1,
  behind: 0,
  synced: NOW,
  certificate: { sha256: certificate(['a']).sha256, not_after: NOW + 91 * DAY },
  first_sign_in: NOW - DAY,
  last_sign_in: NOW,
  sign_ins: 1204,
  names: [],
  sync: null,
  warnings: [],
  ...changes,
});

/** The join file of a running server. */
export const joinFile = (changes: Partial<JoinFile> = {}): JoinFile => ({
  sekisho_join: 1,
  hub: 'https://hub.example.co.jp/',
  hub_pin: '3fX9',
  proxy: 'http://proxy.example.co.jp:3128',
  authorities: '',
  genesis: 'f0',
  connection: 'c1',
  enterprise_domain: 'example-tokyo',
  version: '0.1.0',
  made_by: 'sso0',
  listening: '10.2.0.9:8443',
  ends: Math.floor(Date.now() / 1000) + 7 * DAY,
  ...changes,
});

const kit = (organisation: string): KitSheet => ({
  organisation,
  hub: 'https://hub.example.co.jp sha256-3fX9',
  fingerprint: '4F2A 90C1 77B3 E05D 1188 2C6E',
  lines: ['K7QM RT2A 94XH WD3C', 'B5VN 2PLE 88GS T6YJ', 'HX4D 7CMU RA29 QK5W', 'ZE3T LN86 VY2P D9BF'],
  unsure: false,
});

/** A service, a hub and an administrator in one object: enough of each to walk through every page. */
export class Fake implements Backend {
  /** How the newest save goes. */
  watched: Methods['save.watch']['reply'] = null;
  /** The password for mails that was entered last. */
  mailPassword: string | undefined;
  /** How notices of the desktop were wanted last. */
  noticesWish: Methods['console.notices']['params'] | undefined;
  /** What the tray was told last. */
  trayWords: Methods['console.tray']['params'] | undefined;
  status: Status = {
    state: { state: 'not_configured' },
    warnings: [],
    version: '0.1.0',
    server_name: 'sso1',
    listening: null,
    login_url: null,
    revision: null,
    synced: null,
    membership: null,
    hub: { hub: 'unknown' },
    users: 0,
    domains: [],
    vault_page: 'ab'.repeat(32),
  };
  signedIn: SignedIn | null = null;
  /** The users of the connection. */
  users: UserInfo[] = [];
  /** Newcomers who wait for an administrator. */
  waiting: WaitingUser[] = [];
  /** What DNS says of every mail domain. */
  domains: DomainProof['state'] = { state: 'proven' };
  history: PastRevision[] = [];
  /** The other servers of the connection. */
  others: Server[] = [];
  /** The wish for a Full Sync of all servers. */
  asked: number | null = null;
  /** The machine that is managed. */
  managed = '';
  /** What a probe of this server finds. */
  probe: Probe = {
    host: 'sso.example.co.jp',
    own: { address: '10.2.0.11:8443', here: true, status: 200, milliseconds: 4, fault: null },
    led_to: [{ address: '10.2.0.9:8443', here: false, status: 200, milliseconds: 6, fault: null }],
    unresolved: null,
  };
  /** The certificate in the next file that is dropped. */
  dropped: CertificateInfo = certificate(['*.example.co.jp', 'example.co.jp']);
  /** What others have changed of the plan that is taken up next. */
  conflicts: DraftConflict[] = [];
  /** Drafts that were put aside. */
  plans: ParkedPlan[] = [];
  /** The certificate that was replaced last. */
  before: CertificateBefore | null = null;
  /** The certificate at the other address of the name, if it is another one than this server's. */
  /** How ACME stands. */
  acme: Methods['acme.get']['reply'] = {
    drafted: null,
    applied: null,
    issued: null,
    work: null,
    port: 80,
    port_fault: null,
    hook: null,
  };
  balancer: CertificateInfo | undefined;
  /** Every call that was made. */
  calls: [Method, unknown][] = [];
  /** What the next call of a method is refused with. */
  refusals: Partial<Record<Method, Fault>> = {};
  replies: { [M in Method]?: (params: Methods[M]['params']) => Methods[M]['reply'] } = {};
  report: Methods['test.report']['reply'] = null;
  #names: { applied: Names; draft: Names } = { applied: noNames(), draft: noNames() };
  #applied: Draft = this.#empty();
  #draft: Draft = this.#empty();
  #listeners: ((event: string) => void)[] = [];

  call<M extends Method>(method: M, params: Methods[M]['params']): Promise<Methods[M]['reply']> {
    this.calls.push([method, params]);
    const refusal = this.refusals[method];
    delete this.refusals[method];
    if (refusal) return Promise.reject(refusal as unknown as Error);
    const given = this.replies[method];
    if (given) return Promise.resolve(given(params));
    try {
      const reply = this.#answer(method, params as never) as Methods[M]['reply'];
      return Promise.resolve(structuredClone(reply));
    } catch (caught) {
      return Promise.reject(caught as Error);
    }
  }

  subscribe(listener: (event: string) => void): Promise<void> {
    this.#listeners.push(listener);
    return Promise.resolve();
  }

  tell(event = 'status'): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** A server in the middle of its life. */
  running(): this {
    this.join();
    this.#set('advertised_host', 'sso.example.co.jp');
    this.#draft.tls = certificate(['*.example.co.jp', 'example.co.jp']);
    this.#draft.saml = certificate(['sekisho-saml'], false, 900);
    this.#draft.idp = this.#idp();
    this.#save('tanaka', 'First server', 'CHG-1001');
    this.signedIn = null;
    return this;
  }

  /** The draft as it is now. */
  get draftNow(): Draft {
    return structuredClone(this.#look());
  }

  /** What is a draft counts from here on. */
  apply(): void {
    this.#save('tanaka', '', '');
  }

  /** Somebody else saves a change. */
  othersSave(field: string, value: string): void {
    const mine = structuredClone(this.#draft);
    this.#draft = structuredClone(this.#applied);
    this.#set(field, value);
    this.#save('suzuki', 'From another desk', '');
    this.#draft = mine;
  }

  join(): void {
    this.signedIn = {
      organisation: '株式会社サンプル',
      login: 'tanaka',
      hub: 'https://hub.example.co.jp',
      connections: [],
      administrators: ['tanaka'],
    };
    this.#connect('東京オフィス', 'example-tokyo');
    this.#enrol();
  }

  #servers(): Methods['servers.list']['reply'] {
    if (!this.status.membership) throw fault('service.not_enrolled') as unknown as Error;
    const { state, revision } = this.status;
    const own = server(this.status.server_name, { server: 's1', own: true, state: state.state, revision });
    return {
      servers: [own, ...this.others],
      newest: revision,
      read: NOW,
      faults: [],
      asked: this.asked,
      progress: null,
    };
  }

  #proof(domain: string): DomainProof {
    const value = `sekisho-domain=${'5a'.repeat(32)}`;
    return { domain, record: `_sekisho.${domain}`, value, state: this.domains };
  }

  #connect(name: string, domain: string): void {
    this.signedIn?.connections.push({
      id: 'c1',
      name,
      node: name,
      enterprise_domain: domain,
      domains: [],
      servers: 0,
    });
  }

  #enrol(): void {
    const connection = this.signedIn?.connections[0];
    if (!connection) return;
    connection.servers = 1;
    this.status.membership = {
      organisation: 'o1',
      connection: connection.id,
      enterprise_domain: connection.enterprise_domain,
      server: 's1',
      hub: 'https://hub.example.co.jp',
    };
    this.status.hub = { hub: 'reachable', at: NOW };
    this.status.synced = NOW;
    this.tell();
  }

  #empty(): Draft {
    return {
      base: 0,
      fields: FIELDS.map(([field, value, local]) => ({ field, value, local })),
      mail_password: false,
      tls: null,
      names: [],
      applied_names: [],
      saml: null,
      saml_second: null,
      relink: null,
      roles: noRoles(),
      applied_roles: noRoles(),
      applied_mails: false,
      idp: null,
      service_provider: null,
      changes: [],
      checks: [],
    };
  }

  #idp(): Draft['idp'] {
    return {
      entity_id: 'https://sts.windows.net/1b2c/',
      sign_in: 'https://login.microsoftonline.com/1b2c/saml2',
      certificates: [certificate(['Microsoft Azure Federated SSO Certificate'], false, 214)],
      url: null,
      refresh: null,
    };
  }

  #value(draft: Draft, field: string): string {
    return draft.fields.find((one) => one.field === field)?.value ?? '';
  }

  #set(field: string, value: string): Draft {
    if (field === 'advertised_host' && /[^a-z0-9.-]/.test(value)) {
      throw fault('config.host', field, { value }) as unknown as Error;
    }
    if (field.endsWith('port') && !/^\d{1,5}$/.test(value) && value !== '') {
      throw fault('config.port', field) as unknown as Error;
    }
    for (const one of this.#draft.fields) if (one.field === field) one.value = value;
    return this.#look();
  }

  /** What the service fills in for Entra ID, before the first save and after it. */
  #choose(type: string): Methods['idp.choose']['reply'] {
    const usual = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
    const fills = type === 'entra' && this.#draft.base === 0;
    this.#set('idp_type', type);
    if (fills) this.#set('attribute_subject', usual);
    const field = 'attribute_subject';
    return {
      draft: this.#look(),
      filled: fills ? [field] : [],
      left: type === 'entra' && !fills ? [{ field, usual }] : [],
    };
  }

  #steps(): Methods['idp.steps']['reply'] {
    const acs = this.#draft.service_provider?.acs ?? '';
    const step = (name: string, values: Record<string, string> = {}, paste: string | null = null) => ({
      key: `preset.step.${name}`,
      values,
      paste,
    });
    const steps = [
      step('auth0.addresses', { acs }),
      step('ad_fs.sign', {}, 'Set-AdfsRelyingPartyTrust\n-SamlResponseSignature MessageAndAssertion'),
    ];
    return { idp_type: this.#value(this.#draft, 'idp_type'), steps };
  }

  #look(): Draft {
    const draft = this.#draft;
    const host = this.#value(draft, 'advertised_host');
    const base = `https://${host}:${this.#value(draft, 'advertised_port')}/sso-connect`;
    draft.service_provider = host
      ? {
          entity_id: base,
          acs: `${base}/saml/sso`,
          login: `${base}/saml/login`,
          logout: `${base}/saml/logout`,
        }
      : null;
    draft.names = this.#answered('draft');
    draft.applied_names = this.#answered('applied');
    const shared = draft.fields.filter((one) => !one.local);
    draft.changes = shared
      .map(({ field, value }) => ({ field, from: this.#value(this.#applied, field), to: value }))
      .filter(({ from, to }) => from !== to);
    for (const name of ['tls', 'saml'] as const) {
      if (draft[name]?.subject !== this.#applied[name]?.subject) {
        draft.changes.push({ field: name, from: '', to: draft[name]?.sha256.slice(0, 16) ?? '' });
      }
    }
    if (draft.idp && !this.#applied.idp) {
      draft.changes.push({ field: 'idp_metadata', from: '', to: '<EntityDescriptor …' });
    }
    const further = (which: 'applied' | 'draft'): string => JSON.stringify(this.#names[which]);
    if (further('draft') !== further('applied'))
      draft.changes.push({ field: 'other_names', from: further('applied'), to: further('draft') });
    draft.applied_roles = this.#applied.roles;
    draft.applied_mails = this.#applied.fields.some((one) => one.field === 'mail_server' && one.value !== '');
    draft.changes.push(...roleChanges(this.#applied.roles, draft.roles));
    draft.checks = [];
    if (!host) draft.checks.push(fault('config.missing', 'advertised_host'));
    if (!draft.tls) draft.checks.push(fault('config.missing', 'tls'));
    if (!draft.idp) draft.checks.push(fault('config.missing', 'idp_metadata'));
    if (draft.tls?.trial) {
      draft.checks.push({ ...fault('config.trial_certificate', 'tls'), severity: 'warning' });
    }
    return draft;
  }

  #answered(which: 'applied' | 'draft'): Draft['names'] {
    const of = which === 'draft' ? this.#draft : this.#applied;
    const [host, port] = [this.#value(of, 'advertised_host'), Number(this.#value(of, 'advertised_port'))];
    return answered(this.#names[which], host, port, of.tls);
  }

  #step(step: Methods['draft.names']['params']): Draft {
    const draft = this.#draft;
    const [host, port] = [
      this.#value(draft, 'advertised_host'),
      Number(this.#value(draft, 'advertised_port')),
    ];
    const next = stepped(this.#names.draft, step, host, port);
    if (next) {
      this.#set('advertised_host', next.host);
      this.#set('advertised_port', String(next.port));
    }
    return this.#look();
  }

  #matrix(asked: string[], shown: CertificateInfo | null = null): Methods['certificates.matrix']['reply'] {
    const host = this.#value(this.#applied, 'advertised_host');
    const names: Methods['certificates.matrix']['reply']['names'] = [
      ...(host ? [{ name: host, role: 'advertised' } as const] : []),
      ...asked.map((name) => ({ name, role: 'asked' }) as const),
      { name: this.status.server_name, role: 'server' },
    ];
    const [applied, draft] = [this.#applied.tls, this.#draft.tls];
    const drafted = draft?.subject === applied?.subject ? null : draft;
    return { ...matrixOf(names, { applied, draft: drafted, shown }), before: this.before };
  }

  #save(author: string, reason: string, change_number: string): number {
    const revision = (this.status.revision ?? 0) + 1;
    const { changes } = this.#look();
    this.history.unshift({
      revision,
      time: NOW + revision * 3600,
      author,
      reason,
      change_number,
      changes: structuredClone(changes),
      fault: null,
    });
    this.#applied = structuredClone(this.#draft);
    this.#names.applied = structuredClone(this.#names.draft);
    this.#draft.base = revision;
    this.#look();
    this.status = {
      ...this.status,
      revision,
      state: { state: 'running', since: NOW },
      listening: '10.2.0.11:8443',
      login_url: this.#draft.service_provider?.login ?? null,
    };
    this.tell();
    return revision;
  }

  #answer<M extends Method>(method: M, params: never): unknown {
    const given = params as Record<string, string>;
    switch (method) {
      case 'status.get':
        return this.status;
      case 'machine.get':
        return { name: 'sso1', addresses: ['10.2.0.11', '192.168.7.20'], time: NOW, account: 'sekisho' };
      case 'activity.list':
        return [];
      case 'enrolment.prepare':
        return { server: 's1', keys: 'a2V5cw', name: 'sso1', version: '0.1.0' };
      case 'enrolment.complete':
        this.#enrol();
        return { revision: null, users: 0 };
      case 'enrolment.progress':
        return null;
      case 'join.make':
        return joinFile();
      case 'join.read':
        return joinFile();
      case 'save.watch':
        return this.watched;
      case 'draft.mail_password':
        this.mailPassword = (params as Methods['draft.mail_password']['params']).password;
        this.#draft.mail_password = true;
        return this.#look();
      case 'console.notices':
        this.noticesWish = params as Methods['console.notices']['params'];
        return null;
      case 'console.tray':
        this.trayWords = params as Methods['console.tray']['params'];
        return true;
      case 'mail.invitation':
        return { server: 'smtp.example.co.jp', answer: '250 OK' };
      case 'console.export_users':
        return { file: '/home/tanaka/Downloads/sekisho-users.csv', users: this.users.length };
      case 'console.diagnostics':
        return {
          file: '/home/tanaka/Downloads/sekisho-diagnostics.json',
          service_answers: true,
          log_lines: 12,
        };
      case 'heads.follow_again':
        this.status.warnings = [];
        this.tell();
        return null;
      case 'pool.drain':
        this.status.warnings = [{ ...fault('service.drained'), severity: 'warning' }];
        this.tell();
        return null;
      case 'pool.undrain':
        this.status.warnings = [];
        this.tell();
        return null;
      case 'pool.probe':
        return this.probe;
      case 'acme.get':
        return this.acme;
      case 'acme.set': {
        const { directory, contact, challenge, names, root } = params as Methods['acme.set']['params'];
        const asked = names.length > 0 ? names : [this.#value(this.#draft, 'advertised_host')];
        const drafted = { directory, contact, challenge, names, asked, registered: true, root };
        this.acme = { ...this.acme, drafted };
        return this.#look();
      }
      case 'acme.off':
        this.acme = { ...this.acme, drafted: null };
        return this.#look();
      case 'acme.order':
        return this.acme;
      case 'certificates.matrix':
        return this.#matrix([]);
      case 'certificates.judge': {
        const { files, names } = params as Methods['certificates.judge']['params'];
        return this.#matrix(names, files.length > 0 ? this.dropped : null);
      }
      case 'certificates.served': {
        const own = this.#applied.tls;
        if (!own) throw fault('service.nothing_saved') as unknown as Error;
        return servedOf(this.#value(this.#applied, 'advertised_host'), own, this.balancer ?? own);
      }
      case 'draft.get':
        return this.#look();
      case 'draft.set':
        return this.#set(given['field'] ?? '', given['value'] ?? '');
      case 'draft.certificate': {
        if (given['store_password'] === null) throw fault('certs.password_needed', 'tls') as unknown as Error;
        const further = this.#names.draft.others.find((one) => one.host === given['host']);
        if (further) further.own = this.dropped;
        else this.#draft.tls = this.dropped;
        return this.#look();
      }
      case 'plans.list':
        return this.plans;
      case 'plans.park': {
        const { changes } = this.#look();
        this.plans.push({ name: given['name'] ?? '', parked: NOW, base: this.#draft.base, changes });
        this.#draft = structuredClone(this.#applied);
        return this.plans;
      }
      case 'plans.take': {
        const taken = this.plans.find((one) => one.name === given['name']);
        this.plans = this.plans.filter((one) => one !== taken);
        for (const { field, to } of taken?.changes ?? []) this.#set(field, to);
        return { draft: this.#look(), conflicts: this.conflicts };
      }
      case 'plans.discard':
        this.plans = this.plans.filter((one) => one.name !== given['name']);
        return this.plans;
      case 'draft.certificate_back':
        this.#draft.tls = this.before?.certificate ?? null;
        return this.#look();
      case 'draft.relink': {
        const days = (params as Methods['draft.relink']['params']).days;
        const until = 1_800_000_000 + (days ?? 0) * 86_400;
        this.#draft.relink = days === null ? null : { until, open: true, idps: ['https://idp.example.com/'] };
        return this.#look();
      }
      case 'draft.roles':
        stepRoles(this.#draft.roles, params as Methods['draft.roles']['params']);
        return this.#look();
      case 'admin.waiting_users':
        return this.waiting;
      case 'admin.decide_waiting':
        this.waiting = this.waiting.filter((one) => one.id !== given['id']);
        return { changed: 1, waiting: 0 };
      case 'admin.place_users': {
        const { emails, place } = params as Methods['admin.place_users']['params'];
        for (const user of this.users.filter((one) => emails.includes(one.email))) {
          if (place.to === 'node') user.node = place.node;
          else if (place.to === 'role') user.role = place.role;
          else user.second_factor = null;
        }
        return { changed: emails.length, waiting: 0 };
      }
      case 'draft.names':
        return this.#step(params as Methods['draft.names']['params']);
      case 'draft.trial_certificate':
        this.#draft.tls = certificate([this.#value(this.#draft, 'advertised_host')], true, 29);
        return this.#look();
      case 'draft.request':
        return {
          pem: '-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END CERTIFICATE REQUEST-----\n',
          names: ['sso.example.co.jp'],
        };
      case 'draft.metadata':
        this.#draft.idp = this.#idp();
        return this.#look();
      case 'draft.discard':
        this.#draft = structuredClone(this.#applied);
        this.#names.draft = structuredClone(this.#names.applied);
        this.#draft.base = this.status.revision ?? 0;
        return this.#look();
      case 'draft.rebase':
        this.#draft.base = this.status.revision ?? 0;
        return { draft: this.#look(), conflicts: [] };
      case 'draft.check':
        return [];
      case 'draft.sp_metadata':
        return { xml: '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>\n' };
      case 'idp.choose':
        return this.#choose(given['idp_type'] ?? '');
      case 'idp.steps':
        return this.#steps();
      case 'idp.differences':
        return { draft: null, held: null };
      case 'idp.explain':
        return given['text']?.includes('AADSTS50105') ? fault('preset.aadsts50105') : null;
      case 'save.prepare':
        return {
          organisation: 'o1',
          connection: 'c1',
          save: 'v1',
          base: this.#draft.base,
          document: '{}',
          objects: [],
        };
      case 'history.list':
        return this.history;
      case 'history.restore':
      case 'draft.import':
        return this.#look();
      case 'test.start':
        return {
          test: 't1',
          url: `https://${(params as Methods['test.start']['params'])?.host ?? 'sso.example.co.jp'}:8443/sso-connect/test/8Zk3yTQ1vE`,
          ends: Math.floor(Date.now() / 1000) + 600,
        };
      case 'test.report':
        return this.report;
      case 'saml.explain':
        return { report: this.report, request: '_3f1c', sent: 1_795_000_000 };
      case 'servers.list':
        return this.#servers();
      case 'admin.ask_for_sync':
        this.asked = Math.floor(Date.now() / 1000);
        return { request: this.asked };
      case 'sync.full':
        return {
          log_entries: 7,
          revision: this.status.revision,
          users: this.status.users,
          checkpoints: [],
          faults: [],
        };
      case 'console.manage':
        this.managed = params as string;
        return null;
      case 'console.managed':
        return this.managed;
      case 'admin.session':
        return { signed_in: this.signedIn, last_hub: '', last_login: '' };
      case 'admin.preflight':
        return {
          hub: 'https://hub.example.co.jp',
          version: '0.1.0',
          clock_ahead: 2,
          invited: given['hub']?.startsWith('sekisho-invitation ') ? 'suzuki' : null,
        };
      case 'admin.suggest_passphrase':
        return { passphrase: 'kumo-7301-tabi-mizu-yama' };
      case 'admin.begin_founding':
        return {
          secret: 'JBSW Y3DP EHPK 3PXP',
          uri: 'otpauth://totp/x',
          qr: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h1v1h-1zM2 0h2v1h-2zM1 2h2v2h-2z"/></svg>',
        };
      case 'admin.found':
        this.signedIn = {
          organisation: given['name'] ?? '',
          login: given['login'] ?? '',
          hub: 'https://hub.example.co.jp',
          connections: [],
          administrators: [given['login'] ?? ''],
        };
        return kit(given['name'] ?? '');
      case 'admin.new_kit':
      case 'admin.recover':
        return kit('株式会社サンプル');
      case 'admin.remove_administrator':
        if (this.signedIn)
          this.signedIn.administrators = this.signedIn.administrators.filter((one) => one !== given['login']);
        return { kit: kit('株式会社サンプル'), unfinished: null };
      case 'admin.rehearse_kit':
        if (!/^[A-Z0-9]{4}( [A-Z0-9]{4}){3}$/.test(given['text'] ?? ''))
          throw fault('keys.kit_line') as unknown as Error;
        return null;
      case 'admin.sign_in':
        this.signedIn = {
          organisation: '株式会社サンプル',
          login: given['login'] ?? '',
          hub: 'https://hub.example.co.jp',
          connections: [
            {
              id: 'c1',
              name: '東京オフィス',
              node: '東京オフィス',
              enterprise_domain: 'example-tokyo',
              domains: [],
              servers: 3,
            },
          ],
          administrators: ['tanaka', 'suzuki'],
        };
        return { signed_in: this.signedIn, last_hub: this.signedIn.hub, last_login: this.signedIn.login };
      case 'admin.sign_out':
        this.signedIn = null;
        return null;
      case 'admin.add_connection':
        this.#connect(given['name'] ?? '', given['enterprise_domain'] ?? '');
        return this.signedIn?.connections[0];
      case 'admin.reserve_domain':
        if (!this.signedIn?.connections[0]?.domains.includes(given['domain'] ?? ''))
          this.signedIn?.connections[0]?.domains.push(given['domain'] ?? '');
        return this.#proof(given['domain'] ?? '');
      case 'admin.find_users': {
        const wish = params as Methods['admin.find_users']['params'];
        const fits = (user: UserInfo): boolean =>
          `${user.email} ${user.name}`.includes(wish.text) && (!wish.state || user.state === wish.state);
        const users = this.users.filter(fits);
        return { users: users.slice(0, 200), matches: users.length, all: this.users.length, read: NOW };
      }
      case 'admin.invite_user':
        this.users = this.users.filter((user) => user.email !== given['email']);
        this.users.push({
          email: given['email'] ?? '',
          name: '',
          state: 'invited',
          removed: null,
          second_factor: null,
          node: given['node'] ?? null,
          role: given['role'] ?? null,
        });
        return null;
      case 'admin.lock_users':
      case 'admin.unlock_users':
      case 'admin.remove_users':
      case 'admin.restore_users': {
        const { emails } = params as Methods['admin.lock_users']['params'];
        const state = { lock: 'locked', unlock: 'active', remove: 'removed', restore: 'active' } as const;
        const next = state[method.slice('admin.'.length, -'_users'.length) as keyof typeof state];
        for (const user of this.users) if (emails.includes(user.email)) user.state = next;
        return { changed: emails.length, waiting: 0 };
      }
      case 'admin.look_at_domains':
        return (this.signedIn?.connections[0]?.domains ?? []).map((domain) => this.#proof(domain));
      case 'admin.enrol':
        return { hub_url: 'https://hub.example.co.jp', hub_pin: null, ticket: 'dGlja2V0' };
      case 'admin.save':
        return { revision: this.#save(this.signedIn?.login ?? '', '', '') };
      case 'admin.invite':
        return { text: 'sekisho-invite-1-hub.example.co.jp-8Zk3yTQ1vE', ends: NOW + DAY };
      case 'admin.invitations':
        return [{ invitation: 'i1', login: 'suzuki', ends: NOW + DAY, accepted: true }];
      default:
        return null;
    }
  }
}
