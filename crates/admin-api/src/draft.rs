//! The draft: what is being edited, kept by the service so that it survives a crash.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::names::AnsweredName;
use crate::relink::RelinkWindow;
use crate::roles::Roles;

/// A field of the form as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FieldValue {
    /// The field's name.
    pub field: String,
    /// Its value, as it is set.
    pub value: String,
    /// Whether it belongs to this server only.
    pub local: bool,
}

/// A certificate, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CertificateInfo {
    /// Whom it is for.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The names that it covers.
    pub names: Vec<String>,
    /// From when: seconds since 1970.
    pub not_before: i64,
    /// Until when: seconds since 1970.
    pub not_after: i64,
    /// SHA-256, as people compare it.
    pub sha256: String,
    /// SHA-1, because AD FS shows it.
    pub sha1: String,
    /// Whether it is a trial certificate.
    pub trial: bool,
}

/// SAML's second certificate, while the identity provider changes from one to the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SecondCertificate {
    /// Whether it comes next; else it was there before.
    pub is_next: bool,
    /// The certificate.
    pub certificate: CertificateInfo,
}

/// The identity provider's metadata, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct IdpInfo {
    /// Its Entity ID.
    pub entity_id: String,
    /// Where users are sent.
    pub sign_in: String,
    /// Its signing certificates.
    pub certificates: Vec<CertificateInfo>,
    /// Where the metadata came from, when it was an address.
    pub url: Option<String>,
    /// How this server refreshes it from there, where it is the one that is applied.
    pub refresh: Option<MetadataRefresh>,
}

/// When this server refreshes the identity provider's metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MetadataRefresh {
    /// When it was fetched last: seconds since 1970.
    pub fetched: Option<i64>,
    /// When it will be fetched next: seconds since 1970.
    pub next: i64,
}

/// What the identity provider has to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServiceProvider {
    /// Entity ID (Identifier, Audience).
    pub entity_id: String,
    /// Assertion consumer service (Reply URL).
    pub acs: String,
    /// Where a sign-in starts (Sign-on URL).
    pub login: String,
    /// Where a session ends.
    pub logout: String,
}

/// One difference to the applied configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DraftChange {
    /// The field.
    pub field: String,
    /// What is applied.
    pub from: String,
    /// What the draft says.
    pub to: String,
}

/// The draft, and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Draft {
    /// The revision that it was made from; 0 before the first.
    pub base: u64,
    /// All fields, this server's own too.
    pub fields: Vec<FieldValue>,
    /// Whether there is a password for mails.
    #[serde(default)]
    pub mail_password: bool,
    /// The TLS certificate.
    pub tls: Option<CertificateInfo>,
    /// The names that the draft has answered, the advertised one first.
    #[serde(default)]
    pub names: Vec<AnsweredName>,
    /// Those that are answered by what is applied.
    #[serde(default)]
    pub applied_names: Vec<AnsweredName>,
    /// SAML's own certificate.
    pub saml: Option<CertificateInfo>,
    /// SAML's second certificate, if there is one.
    #[serde(default)]
    pub saml_second: Option<SecondCertificate>,
    /// The identity provider.
    pub idp: Option<IdpInfo>,
    /// The window in which users are recognised by their addresses, if there is one.
    #[serde(default)]
    pub relink: Option<RelinkWindow>,
    /// Roles, nodes and groups.
    #[serde(default)]
    pub roles: Roles,
    /// Those of what is applied.
    #[serde(default)]
    pub applied_roles: Roles,
    /// Whether a mail server with a sender is applied.
    #[serde(default)]
    pub applied_mails: bool,
    /// The service provider, once the host is known.
    pub service_provider: Option<ServiceProvider>,
    /// What a save would change.
    pub changes: Vec<DraftChange>,
    /// What quick checks say.
    pub checks: Vec<Fault>,
}

/// Reads the draft.
pub struct GetDraft;

impl Call for GetDraft {
    const METHOD: &'static str = "draft.get";
    type Params = ();
    type Reply = Draft;
}

/// A value for a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SetField {
    /// The field's name.
    pub field: String,
    /// The value; empty for none.
    pub value: String,
}

/// Sets a field. One of this server is tested, saved and applied at once; the others wait for the save.
pub struct SetDraftField;

impl Call for SetDraftField {
    const METHOD: &'static str = "draft.set";
    type Params = SetField;
    type Reply = Draft;
}

/// A file, as it was dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DroppedFile {
    /// Its name.
    pub name: String,
    /// Its bytes, base64 (RFC 4648, with padding).
    pub bytes: String,
}

/// Which pair of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Purpose {
    /// For TLS.
    Tls,
    /// For SAML.
    Saml,
    /// For SAML, from the time on when the identity provider knows it.
    SamlNext,
}

/// Certificate and key, in one file or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SetCertificate {
    /// What for.
    pub purpose: Purpose,
    /// For TLS, the further name whose own it is to be; without one it is the advertised name's.
    #[serde(default)]
    pub host: Option<String>,
    /// The files.
    pub files: Vec<DroppedFile>,
    /// The password of the container.
    pub store_password: Option<String>,
    /// The password of the key.
    pub key_password: Option<String>,
}

/// Takes a certificate and its key into the draft.
pub struct SetDraftCertificate;

impl Call for SetDraftCertificate {
    const METHOD: &'static str = "draft.certificate";
    type Params = SetCertificate;
    type Reply = Draft;
}

/// Takes a trial certificate for the advertised host into the draft.
pub struct UseTrialCertificate;

impl Call for UseTrialCertificate {
    const METHOD: &'static str = "draft.trial_certificate";
    type Params = ();
    type Reply = Draft;
}

/// A step in the change of SAML's pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RolloverStep {
    /// A pair that comes next is made and published.
    Prepare,
    /// The next pair signs.
    Switch,
    /// The second pair goes.
    Finish,
    /// A step that is not saved is undone; else the other way, with both pairs published until the end.
    Back,
}

/// Goes a step on in the change of SAML's pair.
pub struct RollOverSamlKey;

impl Call for RollOverSamlKey {
    const METHOD: &'static str = "draft.saml_rollover";
    type Params = RolloverStep;
    type Reply = Draft;
}

/// A request for a certificate authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CertificateRequest {
    /// PKCS#10, PEM.
    pub pem: String,
    /// The names in it.
    pub names: Vec<String>,
}

/// The kind of a new key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum KeyKind {
    /// RSA with 2048 bits: every authority and every client knows it.
    #[default]
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 4096 bits.
    Rsa4096,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
}

/// What to ask a certificate authority for, where it is not what usually is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RequestWish {
    /// The host that it is for above all; empty: the advertised one.
    #[serde(default)]
    pub host: String,
    /// Names and addresses besides that host.
    #[serde(default)]
    pub names: Vec<String>,
    /// The kind of the key.
    #[serde(default)]
    pub key: KeyKind,
    /// The organisation's legal name; empty: none. Authorities that vouch for hosts only ignore it, and all below.
    #[serde(default)]
    pub organisation: String,
    /// A unit of the organisation.
    #[serde(default)]
    pub unit: String,
    /// City or ward.
    #[serde(default)]
    pub locality: String,
    /// State or prefecture.
    #[serde(default)]
    pub state: String,
    /// Country, two letters (ISO 3166).
    #[serde(default)]
    pub country: String,
}

/// Makes a key, keeps it sealed in the draft, and gives the request for it. Without a wish, for the advertised host alone. The authority's answer is dropped as a
/// certificate and finds its key.
pub struct RequestCertificate;

impl Call for RequestCertificate {
    const METHOD: &'static str = "draft.request";
    type Params = Option<RequestWish>;
    type Reply = CertificateRequest;
}

/// The identity provider's metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
#[ts(export)]
pub enum SetMetadata {
    /// As text, from a file or pasted.
    Text {
        /// The XML.
        xml: String,
    },
    /// To be fetched.
    Url {
        /// From where.
        url: String,
    },
}

/// Takes the identity provider's metadata into the draft.
pub struct SetDraftMetadata;

impl Call for SetDraftMetadata {
    const METHOD: &'static str = "draft.metadata";
    type Params = SetMetadata;
    type Reply = Draft;
}

/// Goes back to the applied configuration.
pub struct DiscardDraft;

impl Call for DiscardDraft {
    const METHOD: &'static str = "draft.discard";
    type Params = ();
    type Reply = Draft;
}

/// Runs all checks, the slow ones too: names, ports, clocks.
pub struct CheckDraft;

impl Call for CheckDraft {
    const METHOD: &'static str = "draft.check";
    type Params = ();
    type Reply = Vec<Fault>;
}

/// Our metadata for the identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SpMetadataFile {
    /// The XML.
    pub xml: String,
}

/// Our metadata, as the draft has it.
pub struct GetSpMetadata;

impl Call for GetSpMetadata {
    const METHOD: &'static str = "draft.sp_metadata";
    type Params = ();
    type Reply = SpMetadataFile;
}

/// A field that the draft and a save in between both changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DraftConflict {
    /// The field.
    pub field: String,
    /// What both started from.
    pub base: String,
    /// What was saved in between.
    pub theirs: String,
    /// What the draft says; it stays until it is set anew.
    pub ours: String,
}

/// The draft on top of what was saved in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Rebased {
    /// The draft: fields that only one side changed have come together.
    pub draft: Draft,
    /// Fields that both changed.
    pub conflicts: Vec<DraftConflict>,
}

/// Brings the draft together with what was saved since it was begun.
pub struct RebaseDraft;

impl Call for RebaseDraft {
    const METHOD: &'static str = "draft.rebase";
    type Params = ();
    type Reply = Rebased;
}
