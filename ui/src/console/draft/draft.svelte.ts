import { asFault, type Backend } from '../../lib/backend/backend';
import type { ChosenIdp } from '../../lib/backend/types/ChosenIdp';
import type { CertificateRequest } from '../../lib/backend/types/CertificateRequest';
import type { Draft } from '../../lib/backend/types/Draft';
import type { Fault } from '../../lib/backend/types/Fault';
import type { Field } from '../../lib/backend/types/Field';
import type { ImportedDocument } from '../../lib/backend/types/ImportedDocument';
import type { Rebased } from '../../lib/backend/types/Rebased';
import type { NameStep } from '../../lib/backend/types/NameStep';
import type { RequestWish } from '../../lib/backend/types/RequestWish';
import type { RoleStep } from '../../lib/backend/types/RoleStep';
import type { RolloverStep } from '../../lib/backend/types/RolloverStep';
import type { SetCertificate } from '../../lib/backend/types/SetCertificate';
import type { SetMetadata } from '../../lib/backend/types/SetMetadata';
import type { TestReport } from '../../lib/backend/types/TestReport';
import type { WishedAcme } from '../../lib/backend/types/WishedAcme';

/** A value that the service did not take: the text stays in the form, with the reason. */
export interface Refused {
  text: string;
  fault: Fault;
}

/** The draft on screen. Calls go one after the other, so that an older answer never overwrites a newer one. */
export class DraftOnScreen {
  draft = $state<Draft>();
  /** Why the draft cannot be read. */
  fault = $state<Fault>();
  refused = $state<Partial<Record<Field, Refused>>>({});
  /** What the slow checks found; unknown since the last change. */
  slow = $state<Fault[]>();
  /** Names of attributes that came in the last test login. */
  received = $state<string[]>([]);
  /** What choosing the identity provider has filled in, and what it has left. */
  chosen = $state<ChosenIdp>();
  readonly backend: Backend;
  #last: Promise<unknown> = Promise.resolve();
  /** Whether the service whose draft this is is still the one that the backend asks. */
  readonly #isMeant: () => boolean;

  constructor(backend: Backend, isMeant: () => boolean = () => true) {
    [this.backend, this.#isMeant] = [backend, isMeant];
  }

  /** When everything that was typed has been answered. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async read(): Promise<void> {
    try {
      await this.#take(() => this.backend.call('draft.get', null));
      this.fault = undefined;
    } catch (caught) {
      this.fault = asFault(caught);
    }
  }

  value(field: Field): string {
    return this.draft?.fields.find((one) => one.field === field)?.value ?? '';
  }

  isLocal(field: Field): boolean {
    return this.draft?.fields.find((one) => one.field === field)?.local ?? false;
  }

  isChanged(field: string): boolean {
    // Mails are one value in a difference.
    const name = field.startsWith('mail_') ? 'mail' : field;
    return this.draft?.changes.some((one) => one.field === name) ?? false;
  }

  /** Every check that is known now. */
  get checks(): Fault[] {
    const quick = this.draft?.checks ?? [];
    const known = new Set(quick.map((fault) => fault.code + (fault.field ?? '')));
    return [...quick, ...(this.slow ?? []).filter((fault) => !known.has(fault.code + (fault.field ?? '')))];
  }

  checksAt(...fields: string[]): Fault[] {
    return this.checks.filter((fault) => fault.field !== undefined && fields.includes(fault.field));
  }

  /** Turns ACME on. Throws why it was refused. */
  async setAcme(wish: WishedAcme): Promise<void> {
    await this.#take(() => this.backend.call('acme.set', wish));
  }

  /** Turns ACME off. Throws why it was refused. */
  async endAcme(): Promise<void> {
    await this.#take(() => this.backend.call('acme.off', null));
  }

  /** Sets a field. Whether it was taken. */
  async set(field: Field, text: string): Promise<boolean> {
    try {
      await this.#take(() => this.backend.call('draft.set', { field, value: text }));
      delete this.refused[field];
      return true;
    } catch (caught) {
      this.refused[field] = { text, fault: asFault(caught) };
      return false;
    }
  }

  /** Chooses the identity provider: the service fills in what it usually sends where nothing was entered. */
  async chooseIdp(type: string): Promise<void> {
    try {
      await this.#take(async () => {
        this.chosen = await this.backend.call('idp.choose', { idp_type: type });
        return this.chosen.draft;
      });
      delete this.refused.idp_type;
    } catch (caught) {
      this.refused.idp_type = { text: type, fault: asFault(caught) };
    }
  }

  certificate(certificate: SetCertificate): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.certificate', certificate));
  }

  trialCertificate(): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.trial_certificate', null));
  }

  /** Keeps the password for the mail server and its user. */
  mailPassword(password: string): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.mail_password', { password }));
  }

  /** Goes a step from one name to another. */
  names(step: NameStep): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.names', step));
  }

  /** Takes the SSL certificate that was replaced last. */
  certificateBack(): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.certificate_back', null));
  }

  /** Changes roles, nodes and groups. */
  roles(step: RoleStep): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.roles', step));
  }

  /** Lets users be recognised by their addresses for so many days, or no longer. */
  relink(days: number | null): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.relink', { days }));
  }

  rollOver(step: RolloverStep): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.saml_rollover', step));
  }

  metadata(metadata: SetMetadata): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.metadata', metadata));
  }

  async discard(): Promise<Fault | undefined> {
    const fault = await this.#try(() => this.backend.call('draft.discard', null));
    if (!fault) [this.refused, this.chosen] = [{}, undefined];
    return fault;
  }

  restore(revision: number): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('history.restore', { revision }));
  }

  import(document: ImportedDocument): Promise<Fault | undefined> {
    return this.#try(() => this.backend.call('draft.import', document));
  }

  async request(wish: RequestWish | null = null): Promise<CertificateRequest> {
    await this.settled();
    const request = await this.backend.call('draft.request', wish);
    await this.read();
    return request;
  }

  async rebase(): Promise<Rebased> {
    await this.settled();
    const rebased = await this.backend.call('draft.rebase', null);
    await this.#take(() => Promise.resolve(rebased.draft));
    return rebased;
  }

  /** Runs the slow checks. A draft that changed in the meantime does not get the old draft's findings. */
  async check(): Promise<void> {
    await this.settled();
    const of = this.draft;
    const found = await this.backend.call('draft.check', null);
    if (this.draft === of) this.slow = found;
  }

  remember(report: TestReport): void {
    this.received = report.attributes.map(([name]) => name);
  }

  async #try(call: () => Promise<Draft>): Promise<Fault | undefined> {
    try {
      await this.#take(call);
      return undefined;
    } catch (caught) {
      return asFault(caught);
    }
  }

  async #take(call: () => Promise<Draft>): Promise<void> {
    const mine = this.#last.then(() => {
      // What waited for an answer is not said to another service.
      if (!this.#isMeant()) throw new Error('another service is meant');
      return call();
    });
    this.#last = mine.catch(() => undefined);
    this.draft = await mine;
    this.slow = undefined;
  }
}
