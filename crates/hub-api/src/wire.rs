//! What goes over the wire, as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Blob;

/// The version of this API; it is part of every path.
pub const VERSION: &str = "v1";

/// What a hub says of itself to anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubInfo {
    /// Its own name: random, for good.
    pub hub: String,
    /// The version of the program.
    pub version: String,
    /// Its clock, in seconds since 1970. A hint to compare clocks by, never a reason to trust a moment.
    pub time: i64,
}

/// Begins a registration: with a set-up token or an invitation's session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StartRegistration {
    /// The name at sign-in.
    pub login: String,
    /// The set-up token, when an organisation is founded.
    pub setup_token: Option<Blob>,
    /// OPAQUE's registration request.
    pub request: Blob,
}

/// OPAQUE's answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RegistrationStarted {
    /// OPAQUE's registration response.
    pub response: Blob,
}

/// An account to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewAccount {
    /// The name at sign-in; unique at the hub.
    pub login: String,
    /// OPAQUE's registration upload.
    pub record: Blob,
    /// How the passphrase was stretched.
    pub stretching: u32,
    /// The administrator's identity, sealed.
    pub envelope: Blob,
    /// Its Ed25519 public key: what is written in the account's sessions is signed with it.
    pub signing: Blob,
    /// The secret of the time-based codes (RFC 6238), and one code as proof that it was taken down.
    pub totp_secret: Blob,
    /// Six digits.
    pub totp_code: String,
}

/// Keys that may sign in at the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The fingerprint of the keys.
    pub keys: String,
    /// The Ed25519 public key.
    pub signing: Blob,
    /// What they may do.
    pub role: Role,
}

/// What a session may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Role {
    /// Everything in the organisation.
    Administrator {
        /// The name at sign-in.
        login: String,
    },
    /// A server of one connection.
    Server {
        /// The connection.
        connection: String,
        /// The server.
        server: String,
    },
    /// May register one account.
    Invitation {
        /// The invitation.
        invitation: String,
        /// The name at sign-in that it is for.
        login: String,
    },
    /// The recovery kit: may register one account and append to the log.
    Kit,
    /// A server that was retired: may read in the log that it was, and nothing else.
    Retired {
        /// The connection.
        connection: String,
        /// The server.
        server: String,
        /// How many entries of the log it may read: up to the one that retired it.
        until: u64,
    },
}

/// Founds an organisation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// The organisation.
    pub organisation: String,
    /// The set-up token.
    pub setup_token: Blob,
    /// The founder's account.
    pub account: NewAccount,
    /// The first entry of the organisation log.
    pub genesis: Blob,
    /// The recovery kit's keys.
    pub kit: Credential,
}

/// Begins a sign-in by passphrase.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StartSignIn {
    /// The name.
    pub login: String,
    /// OPAQUE's KE1.
    pub request: Blob,
}

/// OPAQUE's answer; the same for an unknown account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignInStarted {
    /// Names this try.
    pub sign_in: Blob,
    /// OPAQUE's KE2.
    pub response: Blob,
    /// How the passphrase was stretched.
    pub stretching: u32,
}

/// Ends a sign-in by passphrase.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FinishSignIn {
    /// The try.
    pub sign_in: Blob,
    /// OPAQUE's KE3.
    pub proof: Blob,
    /// Six digits (RFC 6238).
    pub totp_code: String,
}

/// Signs in by key: a signature over [`greeting`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeySignIn {
    /// The fingerprint of the keys.
    pub keys: String,
    /// Random.
    pub nonce: Blob,
    /// When: seconds since 1970.
    pub time: i64,
    /// Ed25519.
    pub signature: Blob,
}

/// What is signed to sign in by key, for one hub and one moment.
pub fn greeting(keys: &str, hub: &str, nonce: &Blob, time: i64) -> Vec<u8> {
    format!("{keys}\n{hub}\n{}\n{time}", data_encoding::BASE64URL_NOPAD.encode(&nonce.0)).into_bytes()
}

/// Stands in front of the greeting when it is signed.
pub const GREETING_LABEL: &[u8] = b"sekisho/hub-session/1\0";

/// The header that carries the signature of a request that writes: base64url.
pub const SIGNATURE: &str = "sekisho-signature";
/// The header that says when it was signed: seconds since 1970.
pub const SIGNED_AT: &str = "sekisho-signed-at";

/// Stands in front of the statement of a request that writes, when it is signed.
pub const WRITE_LABEL: &[u8] = b"sekisho/hub-write/1\0";

/// What is signed of a request that writes: when, the session (its token), the method, the path below the version, and
/// the body. Who sees one cannot use it in another session, nor later.
pub fn write_statement(time: i64, token: &str, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    [format!("{time}\n{token}\n{method} {path}\n").as_bytes(), body].concat()
}

/// A session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Goes into `Authorization: Bearer`.
    pub token: String,
    /// The organisation.
    pub organisation: String,
    /// What it may do.
    pub role: Role,
    /// Until when: seconds since 1970.
    pub ends: i64,
    /// The administrator's identity, sealed; for a sign-in by passphrase.
    pub envelope: Option<Blob>,
}

/// Entries to be appended to the organisation log, and what follows from them at the hub.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Append {
    /// The number of entries before these.
    pub after: u64,
    /// The entries.
    pub entries: Vec<Blob>,
    /// Keys that may sign in from now on.
    #[serde(default)]
    pub admit: Vec<Credential>,
    /// Keys that may not any more, by their fingerprints.
    #[serde(default)]
    pub revoke: Vec<String>,
    /// Keys of servers that are retired, by their fingerprints: they may read up to these entries, and nothing else.
    #[serde(default)]
    pub retire: Vec<String>,
    /// Key epochs that begin: from here on nothing is written under the ones before.
    #[serde(default)]
    pub epochs: Vec<BegunEpoch>,
    /// Where connections' feeds must stand: the entries speak of all that is there, and of nothing that came since.
    #[serde(default)]
    pub unmoved: Vec<FeedHead>,
    /// An Enterprise Domain that the organisation takes, and the connection that it leads to.
    #[serde(default)]
    pub enterprise_domain: Option<EnterpriseDomain>,
    /// Mail domains that connections take or free, for the page that leads users.
    #[serde(default)]
    pub mail_domains: Vec<MailDomain>,
    /// An invitation that was used.
    #[serde(default)]
    pub invitation: Option<String>,
    /// An account that is made with it: by the recovery kit.
    #[serde(default)]
    pub account: Option<NewAccount>,
    /// The name of an account that ends.
    #[serde(default)]
    pub end_account: Option<String>,
    /// A connection that is deleted: it is read on, and nothing is written of it.
    #[serde(default)]
    pub delete: Option<String>,
    /// A connection whose deletion is taken back.
    #[serde(default)]
    pub undelete: Option<String>,
}

/// A key epoch that begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BegunEpoch {
    /// The connection.
    pub connection: String,
    /// The epoch.
    pub number: u32,
}

/// Where a connection's feed stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedHead {
    /// The connection.
    pub connection: String,
    /// The place of its newest row.
    pub head: u64,
}

/// A unique alias.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnterpriseDomain {
    /// What users type.
    pub name: String,
    /// Where it leads.
    pub connection: String,
}

/// A mail domain that is taken or freed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailDomain {
    /// The domain, in A-labels.
    pub domain: String,
    /// The connection.
    pub connection: String,
    /// Whether it is the connection's from now on.
    pub reserved: bool,
}

/// Where a connection's users go. Everybody may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signpost {
    /// The vault page, an https address.
    pub vault: String,
    /// The host of the identity provider, which the page will lead to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp: Option<String>,
}

/// A row of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its place in the feed.
    pub seq: u64,
    /// What it is: `log`, `revision`, `object`, `user`, `fact`, `acme`, `sync`, `report`.
    pub kind: String,
    /// Its name.
    pub id: String,
    /// How often it was written.
    pub rev: u64,
    /// What was written last.
    pub body: Blob,
}

/// A part of the feeds that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Of the organisation log.
    pub log: Vec<Row>,
    /// Of the connection.
    pub connection: Vec<Row>,
    /// How far the connection's feed goes.
    pub head: u64,
}

/// A revision to be saved, with the objects that it names for the first time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewRevision {
    /// The key epoch that it is sealed under.
    pub epoch: u32,
    /// The signed revision.
    pub revision: Blob,
    /// Names and sealed bytes.
    #[serde(default)]
    pub objects: Vec<(String, Blob)>,
    /// Where the connection's users go from now on; nowhere, where the revision does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signpost: Option<Signpost>,
    /// Its mail domains as the log has them: a hub that has lost some, or never knew them, learns them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
}

/// A user record to be written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewRecord {
    /// How often the row was written before; 0 for a new one.
    pub after: u64,
    /// The key epoch that it is sealed under.
    #[serde(default)]
    pub epoch: u32,
    /// The signed record.
    pub record: Blob,
    /// The blinded e-mail address, which one user of the connection has.
    pub email: String,
    /// The one that the user had before, and gives back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<String>,
}

/// The longest that a claim may last, in seconds.
pub const LONGEST_CLAIM: i64 = 24 * 60 * 60;

/// Something that may happen once in a connection, under its blinded name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewClaim {
    /// Until when it is remembered, in seconds since 1970: at most [`LONGEST_CLAIM`] from now.
    pub ends: i64,
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// Whether nobody had claimed it before.
    pub first: bool,
}

/// The largest sealed record of a vault, in bytes.
pub const LARGEST_VAULT_RECORD: usize = 64 * 1024;
/// How many records of a vault may be changed at once.
pub const MOST_VAULT_CHANGES: usize = 500;

/// Stands in front of the statement of a change of a vault, when the user's page signs it.
pub const VAULT_LABEL: &[u8] = b"sekisho/vault-write/1\0";

/// What the user's page signs of a change: when, for which vault, and the changes as they are sent.
pub fn vault_statement(time: i64, connection: &str, account: &str, changes: &str) -> Vec<u8> {
    [VAULT_LABEL, format!("{time}\n{connection}\n{account}\n{changes}").as_bytes()].concat()
}

/// Changes of a vault. `ui/src/vault/records` is the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewVaultChanges {
    /// A JSON array of [`VaultChange`], as it was signed.
    pub changes: String,
    /// When it was signed: seconds since 1970.
    pub time: i64,
    /// Ed25519, by the account's key.
    pub signature: Blob,
}

/// A change of one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultChange {
    /// The record: 16 random bytes, in hexadecimal.
    pub id: String,
    /// How often it was written before; 0 for a new one.
    pub after: u64,
    /// The sealed record.
    pub body: Blob,
}

/// A part of a vault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultPart {
    /// In the order in which they were written last.
    pub rows: Vec<VaultRow>,
    /// How far the vault goes.
    pub head: u64,
}

/// A record as the hub has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultRow {
    /// Its place in the vault's sequence.
    pub seq: u64,
    /// The record.
    pub id: String,
    /// How often it was written.
    pub rev: u64,
    /// The sealed record.
    pub body: Blob,
}

/// What an administrator says of a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewFact {
    /// How often the row was written before; none of a client of the version before, which writes over whatever is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// The key epoch that it is sealed under.
    pub epoch: u32,
    /// The signed fact.
    pub fact: Blob,
}

/// So many facts are written at once.
pub const MOST_FACTS: usize = 5_000;
/// And so many octets of them.
pub const MOST_OCTETS: usize = 6 * 1024 * 1024;

/// What an administrator says of several users at once: all of it counts, or nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewFacts {
    /// By the blinded addresses; each once.
    pub facts: BTreeMap<String, NewFact>,
}

/// What a server has come to by ACME: a certificate, or the work on one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewAcme {
    /// How often the row was written before; 0 for a new one.
    pub after: u64,
    /// The key epoch that it is sealed under.
    pub epoch: u32,
    /// The signed record.
    pub record: Blob,
}

/// A sealed object that is sealed anew.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resealed {
    /// How often the row was written before.
    pub after: u64,
    /// The key epoch that it is sealed under.
    pub epoch: u32,
    /// The sealed object.
    pub object: Blob,
}

/// An invitation of an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    /// Its name.
    pub invitation: String,
    /// The name at sign-in that it is for.
    pub login: String,
    /// The keys that it gives.
    pub credential: Credential,
    /// Its secret, sealed under the organisation's key.
    pub sealed: Blob,
    /// Until when it may be used: seconds since 1970.
    pub ends: i64,
}

/// What the invited administrator leaves for those who admit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accept {
    /// The account.
    pub account: NewAccount,
    /// The public identity.
    pub keys: Blob,
    /// Authenticates it.
    pub mark: Blob,
}

/// An invitation as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingInvitation {
    /// The invitation.
    pub invitation: NewInvitation,
    /// The public identity and its mark, once it was accepted.
    pub accepted: Option<(Blob, Blob)>,
}
