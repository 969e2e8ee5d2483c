//! What the public face needs of the service around it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use sekisho_config::{Email, Relink};
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::Secret;
use sekisho_keys::fact::Placing;
use sekisho_keys::factor::Factors;
use sekisho_keys::ids::AccountId;
use serde::{Deserialize, Serialize};

/// A future that any thread may run.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Who a user is at the identity provider, for good.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The identity provider's entity ID.
    pub idp: String,
    /// Where the value comes from: `name_id:<format>` or `attribute:<name>`.
    pub source: String,
    /// The value.
    pub value: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// What the identity provider says of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The e-mail address.
    pub email: Email,
    /// First name, possibly empty.
    pub first_name: String,
    /// Last name, possibly empty.
    pub last_name: String,
    /// The groups that are mapped to a role, in the mapping's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

/// A user who may sign in.
#[derive(Clone, Debug)]
pub struct User {
    /// The e-mail address on record.
    pub email: Email,
    /// The key of the vault.
    pub vault_key: Secret,
    /// The password for clients of the on-prem protocol.
    pub client_password: Secret,
    /// How this sign-in came to the user.
    pub entry: Entry,
    /// Where an administrator has put the user, if anywhere.
    pub placing: Option<Placing>,
    /// The account, which is the public key that changes of the vault are verified with.
    pub account: AccountId,
    /// The Ed25519 seed of that key.
    pub hub_seed: Secret,
    /// What the user has besides the sign-in at the identity provider.
    pub factors: Factors,
}

/// How a sign-in came to a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entry {
    /// By an identity that was known.
    #[default]
    Known,
    /// It has made the user.
    Made,
    /// By the address, under a new identity (R16).
    Recognised,
}

/// Who is let in besides known users.
#[derive(Clone, Debug, Default)]
pub struct Admits {
    /// Everybody whom the identity provider vouches for: a user is made.
    pub made: bool,
    /// Known users under a new identity, by their addresses: the window, where one is open.
    pub recognised: Option<Relink>,
    /// Why the address is refused, unless an administrator has invited it: it is in none of the reserved domains.
    pub outside: Option<Fault>,
}

/// The users.
pub trait Users: Send + Sync + 'static {
    /// The user with this identity; another one as far as the connection admits them.
    ///
    /// Codes: `UNKNOWN_USER`, `HELD`, `DOMAIN_NOT_RESERVED`, `RECOGNISED_ALREADY`, `LOCKED`, `REMOVED`,
    /// `INVITED_ELSEWHERE`, `HUB_NEEDED`, `DETACHED`, `USERS`.
    fn sign_in<'a>(
        &'a self,
        identity: &'a Identity,
        profile: &'a Profile,
        admits: &'a Admits,
    ) -> Later<'a, Result<User>>;

    /// A user whose vault is open, as they stand now: nobody is made or recognised, and the hub is not asked.
    ///
    /// Codes: `UNKNOWN_USER`, `DOMAIN_NOT_RESERVED`, `LOCKED`, `REMOVED`, `USERS`.
    fn stands<'a>(
        &'a self,
        identity: &'a Identity,
        profile: &'a Profile,
        admits: &'a Admits,
    ) -> Later<'a, Result<User>>;

    /// Takes in what other servers have written, where that can be had within a moment. False where it cannot.
    fn catch_up(&self) -> Later<'_, bool>;

    /// Sets a user's second factors, if they are as they were when that was decided on.
    ///
    /// Codes: `VAULT_STALE`, `HUB_NEEDED`, `USERS`.
    fn set_factors<'a>(&'a self, identity: &'a Identity, before: &'a Factors, after: Factors) -> Later<'a, Result<()>>;
}

/// A sealed record of a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Its place in the vault's sequence.
    pub seq: u64,
    /// The record.
    pub id: String,
    /// How often it was written.
    pub rev: u64,
    /// What is sealed, base64url.
    pub body: String,
}

/// A part of a vault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VaultPart {
    /// In the order in which they were written last.
    pub rows: Vec<Sealed>,
    /// How far the vault goes.
    pub head: u64,
}

/// What a page has changed and signed, as the hub reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultChanges {
    /// The changes: JSON, as it was signed.
    pub changes: String,
    /// When: seconds since 1970.
    pub time: i64,
    /// Ed25519, base64url.
    pub signature: String,
}

/// What users keep, at the hub.
pub trait Vaults: Send + Sync + 'static {
    /// What has come to a vault after a place.
    ///
    /// Code: `HUB_NEEDED`.
    fn read(&self, account: AccountId, after: u64) -> Later<'_, Result<VaultPart>>;

    /// Writes changes: all of them or none.
    ///
    /// Codes: `VAULT_STALE`, `VAULT_CHANGE`, `HUB_NEEDED`, `DETACHED`.
    fn write<'a>(&'a self, account: AccountId, changes: &'a VaultChanges) -> Later<'a, Result<()>>;
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Nobody had claimed it before.
    First,
    /// It was claimed before, at this server or another.
    Again,
    /// Nobody can say now.
    Unknown,
}

/// The assertions that were used at any server of the connection, without having been asked for (R7).
pub trait Claims: Send + Sync + 'static {
    /// Claims an assertion of an identity provider, which no server accepts from `until` on (seconds since 1970; the same
    /// at all servers). It may be
    /// given up in between: then it is unknown whether it was claimed.
    fn claim<'a>(&'a self, idp: &'a str, assertion: &'a str, until: i64) -> Later<'a, Claimed>;
}

/// How far servers have seen what the hub orders, as browsers carry it from one to the other (R8).
pub trait Heads: Send + Sync + 'static {
    /// This server's word, signed, if it has one now.
    fn own(&self) -> Option<Arc<[u8]>>;

    /// Takes a word that a browser has brought, of whichever server of the connection. Must not wait: it stands in the way
    /// of a login.
    fn brought(&self, word: Vec<u8>);
}

/// One sign-in, for the activity.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// The e-mail address, as far as it was verified.
    pub who: Option<String>,
    /// The name of the servers that was opened, where that is known.
    pub host: Option<String>,
    /// The number that the browser showed.
    pub reference: Option<String>,
    /// Why it was refused.
    pub refusal: Option<Fault>,
    /// How it came to the user.
    pub entry: Entry,
    /// What was received, decoded.
    pub facts: Vec<(String, String)>,
}

/// Where sign-ins are written down. Must not wait: it stands in the way of a login.
pub trait Activity: Send + Sync + 'static {
    /// Writes down a sign-in.
    fn sign_in(&self, sign_in: SignIn);

    /// Writes down the end of a session: whose, as far as the e-mail address is known, and what the identity provider
    /// sent.
    fn sign_out(&self, who: Option<String>, facts: &[(String, String)]);
}

/// The time.
pub trait Clock: Send + Sync + 'static {
    /// Seconds since 1970.
    fn now(&self) -> i64;
}
