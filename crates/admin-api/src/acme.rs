//! The SSL certificate by ACME: set and turned off in the draft, how it stands, and a wish for one now.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::Draft;

/// How the authority is shown that the names are ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AcmeChallenge {
    /// Each server answers at port 80 of the names.
    #[default]
    Http01,
    /// A program of the server that orders writes a TXT record.
    Dns01,
}

/// An account that the authority knows by other ways. Used once, to make the account, and kept nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExternalAccount {
    /// Its name (key ID).
    pub name: String,
    /// Its HMAC key, base64url.
    pub key: String,
}

impl std::fmt::Debug for ExternalAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ExternalAccount")
    }
}

/// What is wished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WishedAcme {
    /// The authority's directory.
    pub directory: String,
    /// E-mail addresses that the authority may write to.
    pub contact: Vec<String>,
    /// How it is shown that the names are ours.
    pub challenge: AcmeChallenge,
    /// Names of the certificate; without any, those that are served with it.
    pub names: Vec<String>,
    /// An account that the authority knows by other ways.
    pub external_account: Option<ExternalAccount>,
    /// Certificates (PEM) of authorities that are trusted for the directory besides the system's.
    pub root: Option<String>,
    /// Whether the administrator agrees to the authority's terms of service.
    pub terms_agreed: bool,
}

/// Turns ACME on in the draft.
pub struct SetAcme;

impl Call for SetAcme {
    const METHOD: &'static str = "acme.set";
    type Params = WishedAcme;
    type Reply = Draft;
}

/// Turns it off in the draft.
pub struct EndAcme;

impl Call for EndAcme {
    const METHOD: &'static str = "acme.off";
    type Params = ();
    type Reply = Draft;
}

/// A setting as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AcmeSetting {
    /// The authority's directory.
    pub directory: String,
    /// E-mail addresses that the authority may write to.
    pub contact: Vec<String>,
    /// How it is shown that the names are ours.
    pub challenge: AcmeChallenge,
    /// Names that were entered.
    pub names: Vec<String>,
    /// Names that the authority is asked for.
    pub asked: Vec<String>,
    /// Whether the account was made already.
    pub registered: bool,
    /// Certificates (PEM) of authorities that are trusted for the directory besides the system's.
    pub root: Option<String>,
}

/// A certificate that was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct IssuedByAcme {
    /// The server that has ordered it.
    pub by: String,
    /// When, by its clock: seconds since 1970.
    pub at: i64,
    /// Its names.
    pub names: Vec<String>,
    /// From when it holds.
    pub not_before: i64,
    /// Until when.
    pub not_after: i64,
    /// When the next one is ordered.
    pub renewal: i64,
    /// Whether it is served.
    pub served: bool,
    /// Why it is not.
    pub reason: Option<Fault>,
}

/// What came of the last try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum AcmeTry {
    /// It goes on.
    Ordering,
    /// It has failed.
    Failed {
        /// How often in a row.
        times: u32,
        /// When it is tried again: seconds since 1970.
        next: i64,
        /// Why.
        reason: Fault,
    },
    /// It has a certificate.
    Done,
}

/// The work on the next certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AcmeWork {
    /// The server that is, or was, at it.
    pub by: String,
    /// When it said so, by its clock: seconds since 1970.
    pub at: i64,
    /// How far it is.
    pub what: AcmeTry,
}

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AcmeState {
    /// The draft's setting.
    pub drafted: Option<AcmeSetting>,
    /// The one that is in force.
    pub applied: Option<AcmeSetting>,
    /// What was issued last.
    pub issued: Option<IssuedByAcme>,
    /// The work on the next one.
    pub work: Option<AcmeWork>,
    /// The port of this server for http-01.
    pub port: u16,
    /// Why it is not open.
    pub port_fault: Option<Fault>,
    /// This server's program for dns-01.
    pub hook: Option<String>,
}

/// Asks how it stands.
pub struct GetAcme;

impl Call for GetAcme {
    const METHOD: &'static str = "acme.get";
    type Params = ();
    type Reply = AcmeState;
}

/// Orders one now.
pub struct OrderByAcme;

impl Call for OrderByAcme {
    const METHOD: &'static str = "acme.order";
    type Params = ();
    type Reply = AcmeState;
}
