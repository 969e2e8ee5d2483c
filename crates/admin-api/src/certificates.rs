//! Which certificate covers which name, and what is served where.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::{CertificateInfo, Draft, DroppedFile};
use crate::names::WhichName;

/// Why a name matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum NameRole {
    /// Users open it.
    Advertised,
    /// Users will open it, once the draft is saved.
    Draft,
    /// It is answered besides the advertised one, in what is applied or in the draft.
    Answered,
    /// A server is called so: it matters to whoever opens that server by its own name.
    Server,
    /// The administrator has asked for it.
    Asked,
}

/// A name in play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NameInPlay {
    /// A host name or an IP address.
    pub name: String,
    /// Why it matters.
    pub role: NameRole,
}

/// How a certificate stands to a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Coverage {
    /// The name.
    pub name: String,
    /// Whether it is covered.
    pub covered: bool,
    /// Why, by a name that stays (`certs.verdict.wildcard`), with its arguments: a sentence of `messages/certs`.
    pub reason: Fault,
}

/// Where a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CertificatePlace {
    /// In what is applied.
    Applied,
    /// In the draft.
    Draft,
    /// In the files that the administrator has shown.
    Shown,
}

/// A certificate beside all names in play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct JudgedCertificate {
    /// Where it stands.
    pub place: CertificatePlace,
    /// The further name whose own it is.
    #[serde(default)]
    pub host: Option<String>,
    /// The certificate.
    pub certificate: CertificateInfo,
    /// Each name, in their order.
    pub coverage: Vec<Coverage>,
    /// What there is to say of its dates, its chain and its strength.
    pub remarks: Vec<Fault>,
}

/// Names and certificates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CertificateMatrix {
    /// The names in play.
    pub names: Vec<NameInPlay>,
    /// The certificates, each beside all names.
    pub certificates: Vec<JudgedCertificate>,
    /// The SSL certificate that was replaced last, while it can be put back.
    #[serde(default)]
    pub before: Option<CertificateBefore>,
}

/// The SSL certificate that was replaced last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CertificateBefore {
    /// The certificate.
    pub certificate: CertificateInfo,
    /// When it was replaced: seconds since 1970.
    pub replaced: i64,
    /// Until when it can be put back: seconds since 1970.
    pub until: i64,
}

/// Takes the SSL certificate that was replaced last into the draft, with its key.
pub struct PutCertificateBack;

impl Call for PutCertificateBack {
    const METHOD: &'static str = "draft.certificate_back";
    type Params = ();
    type Reply = Draft;
}

/// The certificates of what is applied and of the draft, beside the names in play.
pub struct GetCertificates;

impl Call for GetCertificates {
    const METHOD: &'static str = "certificates.matrix";
    type Params = ();
    type Reply = CertificateMatrix;
}

/// Files with a certificate, with or without its key, and names that are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct JudgeFiles {
    /// The files. None: only the names are asked for.
    pub files: Vec<DroppedFile>,
    /// The password of the container.
    pub store_password: Option<String>,
    /// The password of the key.
    pub key_password: Option<String>,
    /// Names that are asked for besides those in play.
    pub names: Vec<String>,
}

/// Judges files and names, and keeps nothing of them.
pub struct JudgeCertificate;

impl Call for JudgeCertificate {
    const METHOD: &'static str = "certificates.judge";
    type Params = JudgeFiles;
    type Reply = CertificateMatrix;
}

/// What was served at one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServedAt {
    /// Address and port.
    pub address: String,
    /// Whether the address is one of this machine.
    pub here: bool,
    /// The certificate that came.
    pub certificate: Option<CertificateInfo>,
    /// Whether it is the one of what is applied.
    pub applied: bool,
    /// Whether it covers the name that was asked for.
    pub covered: bool,
    /// Why none came.
    pub fault: Option<Fault>,
}

/// What is served under the name that users open, as far as that can be seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServedCertificates {
    /// The name that was asked for in the handshake (SNI).
    pub host: String,
    /// What this server serves on the address that it listens on.
    pub own: ServedAt,
    /// What comes at each address that the name leads to: of servers, or of a balancer.
    pub led_to: Vec<ServedAt>,
    /// Why the name leads nowhere.
    pub unresolved: Option<Fault>,
}

/// Shakes hands with this server, and with whatever its name leads to, or one of its further names; nothing is asked and nothing is sent (R26).
pub struct GetServedCertificates;

impl Call for GetServedCertificates {
    const METHOD: &'static str = "certificates.served";
    type Params = Option<WhichName>;
    type Reply = ServedCertificates;
}
