//! The configuration that all servers of a connection share: one typed document, saved as numbered revisions.
//!
//! A field that this version does not know is kept and written back (R18). Values are checked when they are set, so a
//! document holds nothing that cannot be read; what is still missing, [`crate::check`] says.

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::acme::Acme;
use crate::codes;
use crate::host::Host;
use crate::mail::{self, Mail};
use crate::names::OtherName;
use crate::network::Network;
use crate::relink::Relink;
use crate::roles::{Groups, Id, Node, Role};
use crate::rollover::SecondPair;
use crate::urls::{ENTITY_ID, Urls};
use crate::webhook::Webhook;

/// The schema that this version writes.
pub const SCHEMA: u32 = 1;
/// The lowest schema whose readers understand what this version writes.
pub const MIN_READER: u32 = 1;

/// Private key and certificates, the key by its name at the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPair {
    /// The certificates, PEM, the leaf first.
    pub certificates: String,
    /// The fingerprint under which the private key is sealed, apart from the document (R19).
    pub key: String,
    /// A trial certificate: users' browsers will warn.
    #[serde(default)]
    pub trial: bool,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// The name under which a private key (PKCS#8) is sealed: SHA-256 of its public key, in lower-case hexadecimal. A password
/// is named by SHA-256 of all that is sealed.
///
/// Code: `KEY` of the certificates.
pub fn key_name(pkcs8: &[u8]) -> Result<String> {
    if mail::password(pkcs8).is_some() {
        return Ok(sekisho_certs::sha256(pkcs8));
    }
    Ok(sekisho_certs::sha256(sekisho_certs::key::PrivateKey::from_pkcs8(pkcs8)?.spki()))
}

/// Which pair signs requests and decrypts assertions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SamlKey {
    /// A pair of its own, so that a renewal of the TLS certificate does not concern the identity provider.
    #[default]
    Own,
    /// The TLS pair, as the on-prem product has it.
    Tls,
    /// None: requests are not signed, assertions are not encrypted.
    None,
}

/// What has to be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Signing {
    /// The response or the assertion.
    #[default]
    Either,
    /// The response.
    Response,
    /// The assertion.
    Assertion,
    /// Both.
    Both,
}

/// How requests travel to the identity provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RequestBinding {
    /// By redirect where its metadata has an address for it, else by a form.
    #[default]
    Any,
    /// By redirect.
    Redirect,
    /// By a form.
    Post,
}

/// The identity providers with presets, in the order of the on-prem product's list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
#[allow(missing_docs, reason = "the names say it")]
pub enum IdpType {
    #[default]
    Default,
    F5,
    Google,
    Okta,
    AdFs,
    Entra,
    OneLogin,
    AwsSso,
    Centrify,
    Duo,
    Ibm,
    JumpCloud,
    Ping,
    PingOne,
    Rsa,
    SecureAuth,
    Thales,
    Auth0,
    Cas,
    Shibboleth,
}

/// The identity provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idp {
    /// Which one.
    #[serde(default)]
    pub kind: IdpType,
    /// Its metadata, as it came.
    #[serde(default)]
    pub metadata: Option<String>,
    /// Where the metadata came from, when it was an address.
    #[serde(default)]
    pub metadata_url: Option<String>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

/// What the identity provider's attributes are called, to the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
    /// E-mail address.
    pub email: String,
    /// The attribute that names a user for good; without one, the `NameID` does.
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            first: "First".to_owned(),
            last: "Last".to_owned(),
            email: "Email".to_owned(),
            subject: None,
            unknown: Map::new(),
        }
    }
}

/// The document.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own in the form")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The name that browsers open.
    #[serde(default)]
    pub advertised_host: Option<Host>,
    /// The port that browsers open.
    #[serde(default = "port")]
    pub advertised_port: u16,
    /// Names that are answered besides it, while a connection moves from one to another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<OtherName>,
    /// The one of the names at which the identity provider's answers arrive, whichever users have opened; without one, each
    /// name takes its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers_on: Option<Host>,
    /// The Entity ID; derived until the first save, then frozen.
    #[serde(default)]
    pub entity_id: Option<String>,
    /// TLS certificate and key.
    #[serde(default)]
    pub tls: Option<KeyPair>,
    /// Which pair SAML uses.
    #[serde(default)]
    pub saml_key: SamlKey,
    /// SAML's own pair.
    #[serde(default)]
    pub saml: Option<KeyPair>,
    /// A second pair, while the identity provider changes from one to the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saml_second: Option<SecondPair>,
    /// What has to be signed.
    #[serde(default)]
    pub signing: Signing,
    /// Whether assertions should come encrypted: our metadata then carries a key for it.
    #[serde(default)]
    pub encrypted_assertions: bool,
    /// Whether our metadata is signed, by the pair that signs requests. Not written where it is not: an older version then sees
    /// no change that it does not know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sign_metadata: bool,
    /// The identity provider.
    #[serde(default)]
    pub idp: Idp,
    /// The names of its attributes.
    #[serde(default)]
    pub attributes: Attributes,
    /// Lets users be recognised by their addresses, after what names them has changed (R16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relink: Option<Relink>,
    /// The `NameID` format that requests ask for.
    #[serde(default)]
    pub name_id_format: Option<String>,
    /// How requests travel.
    #[serde(default)]
    pub request_binding: RequestBinding,
    /// How users have to authenticate: classes (URIs) in the order of preference, separated by spaces. Without one it is
    /// left to the identity provider.
    #[serde(default)]
    pub authn_context: Option<String>,
    /// Asks for a fresh authentication at every sign-in.
    #[serde(default)]
    pub force_authn: bool,
    /// Takes part in single logout: logs users out at the identity provider, and answers when it ends a session.
    #[serde(default = "yes")]
    pub single_logout: bool,
    /// Takes answers that nobody asked for as sign-ins (R6); told as a warning.
    #[serde(default)]
    pub unsolicited_direct: bool,
    /// Takes new signing certificates and addresses from the metadata's address by itself (R17); told as a warning.
    #[serde(default)]
    pub metadata_additions: bool,
    /// Takes SHA-1 signatures; told as a warning.
    #[serde(default)]
    pub allow_sha1: bool,
    /// How far the clocks may differ, in seconds (0 to 300).
    #[serde(default = "skew")]
    pub skew_seconds: u16,
    /// Makes an unknown user at the first verified sign-in.
    #[serde(default)]
    pub just_in_time: bool,
    /// Answers the on-prem product's clients (R5).
    #[serde(default)]
    pub client_protocol: bool,
    /// The balancers and proxies that stand before the servers: what they say of a client's address is believed (R30).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<Network>,
    /// Where the servers send what happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
    /// Whom the servers write mails to.
    #[serde(default, skip_serializing_if = "Mail::is_unset")]
    pub mail: Mail,
    /// How servers get and renew the SSL certificate by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme: Option<Acme>,
    /// The roles that users may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The nodes below the connection's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Node>,
    /// The role of users whom nothing else gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_role: Option<Id>,
    /// The identity provider's groups that choose a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Groups>,
    /// Why it was saved, for the history.
    #[serde(default)]
    pub reason: String,
    /// The number under which the change was asked for, for the history.
    #[serde(default)]
    pub change_number: String,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

fn port() -> u16 {
    8443
}

fn yes() -> bool {
    true
}

fn skew() -> u16 {
    60
}

impl Default for Document {
    fn default() -> Self {
        Self {
            advertised_host: None,
            advertised_port: port(),
            other_names: Vec::new(),
            answers_on: None,
            entity_id: None,
            tls: None,
            saml_key: SamlKey::default(),
            saml: None,
            saml_second: None,
            signing: Signing::default(),
            encrypted_assertions: false,
            sign_metadata: false,
            idp: Idp::default(),
            attributes: Attributes::default(),
            relink: None,
            name_id_format: None,
            request_binding: RequestBinding::default(),
            authn_context: None,
            force_authn: false,
            single_logout: yes(),
            unsolicited_direct: false,
            metadata_additions: false,
            allow_sha1: false,
            skew_seconds: skew(),
            just_in_time: false,
            client_protocol: false,
            trusted_proxies: Vec::new(),
            webhook: None,
            mail: Mail::default(),
            acme: None,
            roles: Vec::new(),
            nodes: Vec::new(),
            default_role: None,
            groups: None,
            reason: String::new(),
            change_number: String::new(),
            unknown: Map::new(),
        }
    }
}

impl Document {
    /// Reads a document that was written in a schema that this version understands.
    ///
    /// Codes: `NEWER_SCHEMA`, `DOCUMENT`.
    pub fn read(json: &[u8], min_reader: u32) -> Result<Self> {
        if min_reader > SCHEMA {
            return Err(Fault::new(codes::NEWER_SCHEMA).with("needed", min_reader).with("known", SCHEMA));
        }
        let wrong = |detail: String| Fault::new(codes::DOCUMENT).with("detail", detail);
        let document: Self = serde_json::from_slice(json).map_err(|error| wrong(error.to_string()))?;
        // Differences are shown as one level of names: no field may hide behind the name of another.
        let taken = |name: &&String| name.starts_with("attribute_") || name.starts_with("idp_");
        match document.unknown.keys().find(taken).or_else(|| document.idp.unknown.keys().find(|name| *name == "type")) {
            Some(name) => Err(wrong(name.clone())),
            None => Ok(document),
        }
    }

    /// The bytes that are sealed.
    pub fn to_json(&self) -> Vec<u8> {
        // Strings, numbers and maps with string keys always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The addresses, once the host is known.
    pub fn urls(&self) -> Option<Urls> {
        self.advertised_host.as_ref().map(|host| Urls::new(host, self.advertised_port))
    }

    /// The Entity ID, once the host is known.
    pub fn entity_id(&self) -> Option<String> {
        self.entity_id.clone().or_else(|| self.derived_entity_id())
    }

    /// The Entity ID that follows from the host, once it is known.
    pub fn derived_entity_id(&self) -> Option<String> {
        Some(self.urls()?.at(ENTITY_ID))
    }

    /// TLS's pairs: the advertised name's, then those of further names that have one of their own.
    pub fn tls_pairs(&self) -> impl Iterator<Item = &KeyPair> {
        self.tls.iter().chain(self.other_names.iter().filter_map(|other| other.tls.as_ref()))
    }

    /// The pairs whose private keys the document names.
    pub fn key_pairs(&self) -> impl Iterator<Item = &KeyPair> {
        let second = self.saml_second.as_ref().map(|second| &second.pair);
        let others = self.other_names.iter().filter_map(|other| other.tls.as_ref());
        [self.tls.as_ref(), self.saml.as_ref(), second].into_iter().flatten().chain(others)
    }

    /// The names of all that is sealed apart from the document: the private keys of its pairs and of the account at the
    /// authority, and the password for mails.
    pub fn sealed_names(&self) -> impl Iterator<Item = &str> {
        let account = self.acme.iter().map(|acme| acme.account.as_str());
        self.key_pairs().map(|pair| pair.key.as_str()).chain(account).chain(self.mail.password.as_deref())
    }

    /// The pairs that are in our metadata and decrypt: the one that signs, then the second one, if there is one.
    pub fn saml_pairs(&self) -> impl Iterator<Item = &KeyPair> {
        let current = self.saml_pair();
        let second = self.saml_second.as_ref().filter(|_| current.is_some()).map(|second| &second.pair);
        current.into_iter().chain(second)
    }

    /// The pair that SAML uses.
    pub fn saml_pair(&self) -> Option<&KeyPair> {
        match self.saml_key {
            SamlKey::Own => self.saml.as_ref(),
            SamlKey::Tls => self.tls.as_ref(),
            SamlKey::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_newer_version_is_kept() {
        let json = br#"{"advertised_port":443,"from_the_future":{"a":1},"idp":{"kind":"okta","more":[1]}}"#;
        let read = Document::read(json, 1).unwrap();
        let written: Value = serde_json::from_slice(&read.to_json()).unwrap();
        assert_eq!(written["from_the_future"]["a"], 1);
        assert_eq!(written["idp"]["more"][0], 1);
        assert_eq!((read.advertised_port, read.idp.kind), (443, IdpType::Okta));
    }

    #[test]
    fn unsigned_metadata_is_written_as_by_versions_that_do_not_know_of_signing() {
        let written = |document: &Document| String::from_utf8(document.to_json()).unwrap();
        let mut document = Document::default();
        assert!(!written(&document).contains("sign_metadata"));
        document.sign_metadata = true;
        assert_eq!(Document::read(written(&document).as_bytes(), 1).unwrap(), document);
    }

    #[test]
    fn a_document_that_needs_a_newer_reader_is_refused() {
        assert_eq!(Document::read(b"{}", SCHEMA + 1).unwrap_err().code, codes::NEWER_SCHEMA);
        assert_eq!(Document::read(b"[]", 1).unwrap_err().code, codes::DOCUMENT);
    }

    #[test]
    fn a_field_that_would_hide_behind_another_is_refused() {
        for json in [
            r#"{"idp":{"metadata":"<new>"},"idp_metadata":"<old>"}"#,
            r#"{"attribute_email":"Email"}"#,
            r#"{"idp":{"kind":"okta","type":"okta"}}"#,
        ] {
            assert_eq!(Document::read(json.as_bytes(), 1).unwrap_err().code, codes::DOCUMENT, "{json}");
        }
    }

    #[test]
    fn a_document_of_before_unsolicited_answers_takes_none_and_the_switch_is_a_difference() {
        let before = Document::read(br#"{"single_logout":true}"#, 1).unwrap();
        assert!(!before.unsolicited_direct);
        let mut after = before.clone();
        after.unsolicited_direct = true;
        assert_eq!(Document::read(&after.to_json(), MIN_READER).unwrap(), after);
        let changes = crate::diff::diff(&before, &after);
        let shown: Vec<_> = changes.iter().map(|one| [&*one.field, &*one.from, &*one.to]).collect();
        assert_eq!(shown, [["unsolicited_direct", "false", "true"]]);
    }

    #[test]
    fn an_empty_document_is_the_default_one() {
        assert_eq!(Document::read(b"{}", 1).unwrap(), Document::default());
    }
}
