//! What console and command line ask of this crate, and what they get: plain words on the outside, keys inside.

mod certificate;
mod whole;

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use certificate::{CertificateFile, CertificateToFile};
pub use whole::{
    DeleteConnection, DeletedConnection, Deletion, ExportSource, ExportToFile, ExportedFile, Going, NextUsers,
    OpenExport, OpenedExport, WhichConnection, WhichUsersNext,
};

/// A hub and the way to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HubWay {
    /// A set-up code, a hub's `https://` address, or an invitation. Empty: the hub that was used last.
    pub hub: String,
    /// An HTTP proxy; empty for the system's settings.
    #[serde(default)]
    pub proxy: String,
    /// Certificates (PEM) of authorities that are trusted besides the system's; empty for none.
    #[serde(default)]
    pub authorities: String,
}

/// What was found out before anything is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Preflight {
    /// The hub's address.
    pub hub: String,
    /// The hub's version.
    pub version: String,
    /// How far this machine's clock is ahead of the hub's, in seconds.
    pub clock_ahead: i64,
    /// The name at sign-in that the invitation is for; none when the way is no invitation.
    pub invited: Option<String>,
}

/// Begins to found an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BeginFounding {
    /// The name at sign-in.
    pub login: String,
}

/// What goes into an authenticator app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Authenticator {
    /// The secret, base32, for typing.
    pub secret: String,
    /// The address behind the QR code (`otpauth://`).
    pub uri: String,
    /// The QR code as SVG.
    pub qr: String,
}

/// Founds an organisation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FoundOrganisation {
    /// The way to the hub; `hub` is a set-up code.
    pub way: HubWay,
    /// The organisation's name.
    pub name: String,
    /// The founder's name at sign-in.
    pub login: String,
    /// The founder's passphrase.
    pub passphrase: String,
    /// A code of the authenticator app.
    pub totp_code: String,
}

/// The recovery kit, to be printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct KitSheet {
    /// The organisation's name.
    pub organisation: String,
    /// The hub's address and pin, as they are needed to use the kit.
    pub hub: String,
    /// The fingerprint of the organisation log's first entry.
    pub fingerprint: String,
    /// The secret, line by line.
    pub lines: Vec<String>,
    /// Nobody has answered whether it took the place of the one before: both are to be kept.
    #[serde(default)]
    pub unsure: bool,
}

/// One line of the kit, typed from paper.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RehearseKit {
    /// The line's number, from 1.
    pub line: u8,
    /// What is on paper.
    pub text: String,
}

/// Signs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignIn {
    /// The way to the hub.
    pub way: HubWay,
    /// The name.
    pub login: String,
    /// The passphrase.
    pub passphrase: String,
    /// A code of the authenticator app.
    pub totp_code: String,
}

/// A connection, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConnectionInfo {
    /// Its name for good.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The name of the node that its users belong to.
    pub node: String,
    /// The alias that users type.
    pub enterprise_domain: String,
    /// Reserved mail domains.
    pub domains: Vec<String>,
    /// Servers that belong to it.
    pub servers: u32,
}

/// Who is signed in in this process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignedIn {
    /// The organisation's name.
    pub organisation: String,
    /// The administrator's name at sign-in.
    pub login: String,
    /// The hub's address.
    pub hub: String,
    /// The connections.
    pub connections: Vec<ConnectionInfo>,
    /// Administrators, this one included.
    pub administrators: Vec<String>,
}

/// The session, if there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AdminSession {
    /// Who is signed in.
    pub signed_in: Option<SignedIn>,
    /// The hub that was used last.
    pub last_hub: String,
    /// The name that signed in last.
    pub last_login: String,
}

/// Makes a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AddConnection {
    /// Its name, and its node's.
    pub name: String,
    /// The alias that users type.
    pub enterprise_domain: String,
}

/// Admits a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EnrolServer {
    /// The connection.
    pub connection: String,
    /// The name that the server has given itself.
    pub server: String,
    /// Its public keys, base64url.
    pub keys: String,
    /// The machine's name.
    pub name: String,
    /// The hash of the organisation log's first entry, as a join file has told it: nothing is admitted to another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub genesis: Option<String>,
}

/// What the server needs to join; the admin API's `Admission` has the same form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Admitted {
    /// The hub's address.
    pub hub_url: String,
    /// The hub's pin.
    pub hub_pin: Option<String>,
    /// The ticket, base64url.
    pub ticket: String,
}

/// Admits a server that is not there yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MakeToken {
    /// The connection.
    pub connection: String,
    /// The name that the server is to be listed by.
    pub name: String,
}

/// What a token is made of. A secret: whoever has it becomes that server.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TokenKeys {
    /// The server's name for good.
    pub server: String,
    /// The seed of its keys, base64url.
    pub seed: String,
    /// What it needs to join.
    pub admission: Admitted,
}

/// A prepared save; the admin API's `Prepared` has the same form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignSave {
    /// The organisation.
    pub organisation: String,
    /// The connection.
    pub connection: String,
    /// The save: the same at every try.
    pub save: String,
    /// The revision that it was made from; 0 before the first.
    pub base: u64,
    /// The document, as JSON text.
    pub document: String,
    /// Names and sealed bytes (base64url) of private keys.
    pub objects: Vec<(String, String)>,
    /// The differences that the administrator was shown: nothing else is signed.
    pub shown: Vec<ShownChange>,
    /// Why, as the administrator has written it.
    pub reason: String,
    /// The number of the change elsewhere, as the administrator has written it.
    pub change_number: String,
}

/// A difference as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShownChange {
    /// The field.
    pub field: String,
    /// What was shown as applied.
    pub from: String,
    /// What was shown as wanted.
    pub to: String,
}

/// What was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Saved {
    /// The new revision.
    pub revision: u64,
}

/// Puts a revision back at a hub that has lost it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct GiveRevisionBack {
    /// The connection.
    pub connection: String,
    /// The revision as it was signed (base64url).
    pub revision: String,
    /// Names and sealed bytes (base64url) of the private keys that it names.
    pub objects: Vec<(String, String)>,
}

/// Whether the hub had lost it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct GaveRevisionBack {
    /// False when the hub has it.
    pub given: bool,
}

/// Reserves a mail domain for a connection, or frees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailDomain {
    /// The connection.
    pub connection: String,
    /// The domain.
    pub domain: String,
    /// The DNS server that is asked for what proves it, as in a server's settings; empty: this machine's.
    #[serde(default)]
    pub resolver: String,
}

/// Asks for what proves all mail domains of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MailDomains {
    /// The connection.
    pub connection: String,
    /// The DNS server that is asked, as for [`MailDomain`].
    #[serde(default)]
    pub resolver: String,
}

/// What proves a mail domain (R11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DomainProof {
    /// The domain, in A-labels.
    pub domain: String,
    /// The name of the TXT record.
    pub record: String,
    /// Its text.
    pub value: String,
    /// What was found of it now.
    pub state: ProofState,
}

/// What DNS says of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum ProofState {
    /// It is there.
    Proven,
    /// It is not.
    Missing {
        /// What stands under the name instead.
        found: Vec<String>,
    },
    /// Nothing could be told.
    Unknown {
        /// Why, in the resolver's words.
        detail: String,
    },
}

/// Invites an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InviteAdministrator {
    /// The name at sign-in.
    pub login: String,
}

/// What is given to the invited administrator, by another way than the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InvitationText {
    /// One line to copy.
    pub text: String,
    /// Until when: seconds since 1970.
    pub ends: i64,
}

/// An invitation that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OpenInvitation {
    /// Its name.
    pub invitation: String,
    /// The name at sign-in that it is for.
    pub login: String,
    /// Until when: seconds since 1970.
    pub ends: i64,
    /// Whether it was accepted, and waits for an administrator.
    pub accepted: bool,
}

/// Which invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichInvitation {
    /// Its name.
    pub invitation: String,
}

/// Accepts an invitation: makes the account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AcceptInvitation {
    /// The way to the hub; `hub` is the invitation.
    pub way: HubWay,
    /// The new passphrase.
    pub passphrase: String,
    /// A code of the authenticator app.
    pub totp_code: String,
}

/// Makes a new administrator with the recovery kit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecoverOrganisation {
    /// The way to the hub: its line on the kit.
    pub way: HubWay,
    /// The lines of the secret.
    pub lines: Vec<String>,
    /// The fingerprint on the kit.
    pub fingerprint: String,
    /// The new administrator's name at sign-in.
    pub login: String,
    /// The new passphrase.
    pub passphrase: String,
    /// A code of the authenticator app.
    pub totp_code: String,
}

/// Invites a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InviteUser {
    /// The connection.
    pub connection: String,
    /// The e-mail address.
    pub email: String,
    /// The node that they are put on; none: they stay where they are, or are on the connection's own.
    #[serde(default)]
    pub node: Option<String>,
    /// The role that they are given; none: they keep theirs, or have the one that groups, node or connection give.
    #[serde(default)]
    pub role: Option<String>,
}

/// Asks every server of a connection to read and verify everything again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AskForSync {
    /// The connection.
    pub connection: String,
}

/// The wish, as the servers name it in their reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AskedForSync {
    /// The moment at which it was made: seconds since 1970.
    pub request: u64,
}

/// The servers of which connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichServers {
    /// The connection.
    pub connection: String,
}

/// A server that a connection has or had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MemberServer {
    /// Its name for good.
    pub server: String,
    /// The machine's name.
    pub name: String,
    /// When it was retired: seconds since 1970; none while it belongs to the connection.
    pub retired: Option<i64>,
    /// Whether it was retired because it was in wrong hands, or that was found afterwards.
    pub compromised: bool,
}

/// Which server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichServer {
    /// The connection.
    pub connection: String,
    /// Its name for good.
    pub server: String,
}

/// A server that was retired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RetiredServer {
    /// Its name for good.
    pub server: String,
    /// The key epoch that is in force without it.
    pub epoch: u32,
    /// How many user records the remaining servers have still to seal anew.
    pub left: u64,
}

/// What must be made new after a server was in wrong hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChecklistItem {
    /// User records are sealed anew, by the servers that remain.
    Resealed,
    /// The TLS certificate has another key.
    Tls,
    /// SAML has another key.
    Saml,
    /// The identity provider has forgotten the key and ended its sessions.
    IdentityProvider,
    /// Users have changed what was in their vaults: their secrets are what they are.
    UserSecrets,
    /// The machine's disk is wiped or destroyed.
    Disk,
}

/// Who has marked something as done, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Marked {
    /// The administrator's name at sign-in.
    pub by: String,
    /// Seconds since 1970.
    pub time: i64,
}

/// An item of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChecklistEntry {
    /// Which one.
    pub item: ChecklistItem,
    /// Whether it is done.
    pub done: bool,
    /// Whether that follows from what is so; else administrators mark it.
    pub follows: bool,
    /// How many user records are left, of those to be sealed anew.
    pub left: Option<u64>,
    /// Who has marked it.
    pub marked: Option<Marked>,
}

/// The list about a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Checklist {
    /// The server.
    pub server: String,
    /// The machine's name.
    pub name: String,
    /// In the order in which they are best done.
    pub entries: Vec<ChecklistEntry>,
}

/// Marks an item of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MarkItem {
    /// The connection.
    pub connection: String,
    /// The server.
    pub server: String,
    /// Which one.
    pub item: ChecklistItem,
    /// Whether it is done.
    pub done: bool,
}

/// Which administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichAdministrator {
    /// The name at sign-in.
    pub login: String,
}

/// What came of a removal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RemovedAdministrator {
    /// The kit that takes the place of the one before; none when they had been removed before, and the kit of that time
    /// counts.
    pub kit: Option<KitSheet>,
    /// Why something of it is still to be finished, by doing it again.
    pub unfinished: Option<Fault>,
}

/// A passphrase that is worth using.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Suggested {
    /// About 100 bits.
    pub passphrase: String,
}
