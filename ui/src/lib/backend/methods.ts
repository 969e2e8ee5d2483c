import type { AcceptInvitation } from './types/AcceptInvitation';
import type { AddConnection } from './types/AddConnection';
import type { AdminSession } from './types/AdminSession';
import type { Admission } from './types/Admission';
import type { Admitted } from './types/Admitted';
import type { AskedForSync } from './types/AskedForSync';
import type { AskForSync } from './types/AskForSync';
import type { Authenticator } from './types/Authenticator';
import type { BeginFounding } from './types/BeginFounding';
import type { Candidate } from './types/Candidate';
import type { CertificateRequest } from './types/CertificateRequest';
import type { ChosenIdp } from './types/ChosenIdp';
import type { ConnectionInfo } from './types/ConnectionInfo';
import type { Draft } from './types/Draft';
import type { EnrolServer } from './types/EnrolServer';
import type { Entry } from './types/Entry';
import type { Explained } from './types/Explained';
import type { Fault } from './types/Fault';
import type { FoundOrganisation } from './types/FoundOrganisation';
import type { HubWay } from './types/HubWay';
import type { IdpSteps } from './types/IdpSteps';
import type { InvitationText } from './types/InvitationText';
import type { InviteAdministrator } from './types/InviteAdministrator';
import type { InviteUser } from './types/InviteUser';
import type { Joined } from './types/Joined';
import type { KitSheet } from './types/KitSheet';
import type { Machine } from './types/Machine';
import type { MailDomain } from './types/MailDomain';
import type { OpenInvitation } from './types/OpenInvitation';
import type { Page } from './types/Page';
import type { PastedError } from './types/PastedError';
import type { PastRevision } from './types/PastRevision';
import type { Preflight } from './types/Preflight';
import type { Prepared } from './types/Prepared';
import type { Rebased } from './types/Rebased';
import type { RehearseKit } from './types/RehearseKit';
import type { RolloverStep } from './types/RolloverStep';
import type { SamlMessage } from './types/SamlMessage';
import type { Saved } from './types/Saved';
import type { SaveReason } from './types/SaveReason';
import type { Servers } from './types/Servers';
import type { SetCertificate } from './types/SetCertificate';
import type { SetField } from './types/SetField';
import type { SetMetadata } from './types/SetMetadata';
import type { SignIn } from './types/SignIn';
import type { SignSave } from './types/SignSave';
import type { SpMetadataFile } from './types/SpMetadataFile';
import type { StartedTest } from './types/StartedTest';
import type { Status } from './types/Status';
import type { Suggested } from './types/Suggested';
import type { SyncReport } from './types/SyncReport';
import type { TestReport } from './types/TestReport';
import type { WhichIdp } from './types/WhichIdp';
import type { WhichInvitation } from './types/WhichInvitation';
import type { WhichRevision } from './types/WhichRevision';
import type { WhichSteps } from './types/WhichSteps';
import type { WhichTest } from './types/WhichTest';

/** The methods that the console calls: parameters and reply. `admin.*` stay in the console's own process, where the
 * administrator's keys are; all others go to the service. */
export interface Methods {
  'status.get': { params: null; reply: Status };
  'machine.get': { params: null; reply: Machine };
  'activity.list': { params: Page; reply: Entry[] };
  'enrolment.prepare': { params: null; reply: Candidate };
  'enrolment.complete': { params: Admission; reply: Joined };
  'draft.get': { params: null; reply: Draft };
  'draft.set': { params: SetField; reply: Draft };
  'draft.certificate': { params: SetCertificate; reply: Draft };
  'draft.saml_rollover': { params: RolloverStep; reply: Draft };
  'draft.trial_certificate': { params: null; reply: Draft };
  'draft.request': { params: null; reply: CertificateRequest };
  'draft.metadata': { params: SetMetadata; reply: Draft };
  'draft.discard': { params: null; reply: Draft };
  'draft.rebase': { params: null; reply: Rebased };
  'draft.check': { params: null; reply: Fault[] };
  'draft.sp_metadata': { params: null; reply: SpMetadataFile };
  'idp.choose': { params: WhichIdp; reply: ChosenIdp };
  'idp.steps': { params: WhichSteps; reply: IdpSteps };
  'idp.explain': { params: PastedError; reply: Fault | null };
  'save.prepare': { params: SaveReason; reply: Prepared };
  'history.list': { params: null; reply: PastRevision[] };
  'history.restore': { params: WhichRevision; reply: Draft };
  'test.start': { params: null; reply: StartedTest };
  'test.report': { params: WhichTest; reply: TestReport | null };
  'saml.explain': { params: SamlMessage; reply: Explained };
  'servers.list': { params: null; reply: Servers };
  'sync.full': { params: null; reply: SyncReport };
  'service.start': { params: null; reply: null };
  'service.stop': { params: null; reply: null };
  'admin.session': { params: null; reply: AdminSession };
  'admin.preflight': { params: HubWay; reply: Preflight };
  'admin.suggest_passphrase': { params: null; reply: Suggested };
  'admin.begin_founding': { params: BeginFounding; reply: Authenticator };
  'admin.found': { params: FoundOrganisation; reply: KitSheet };
  'admin.rehearse_kit': { params: RehearseKit; reply: null };
  'admin.sign_in': { params: SignIn; reply: AdminSession };
  'admin.sign_out': { params: null; reply: null };
  'admin.add_connection': { params: AddConnection; reply: ConnectionInfo };
  'admin.reserve_domain': { params: MailDomain; reply: null };
  'admin.release_domain': { params: MailDomain; reply: null };
  'admin.enrol': { params: EnrolServer; reply: Admitted };
  'admin.save': { params: SignSave; reply: Saved };
  'admin.invite': { params: InviteAdministrator; reply: InvitationText };
  'admin.invitations': { params: null; reply: OpenInvitation[] };
  'admin.accept': { params: AcceptInvitation; reply: null };
  'admin.withdraw': { params: WhichInvitation; reply: null };
  'admin.admit': { params: WhichInvitation; reply: null };
  'admin.ask_for_sync': { params: AskForSync; reply: AskedForSync };
  'admin.invite_user': { params: InviteUser; reply: null };
}

export type Method = keyof Methods;

/** The two forms agree: what the service asks for is what this process gives. */
export type _Agrees = [
  Admitted extends Admission ? true : never,
  Prepared extends Omit<SignSave, 'shown'> ? true : never,
];
