//! The answer of an identity provider: from a form value to a verified statement (SAML profiles 4.1).

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use uppsala::NodeId;

use crate::assertion::{self, differs};
use crate::gate::{self, Content, NODES};
use crate::keys::{IdpKey, SpKey};
use crate::names::{SAMLP, SUCCESS};
use crate::scan::normalized;
use crate::xml::{Xml, base64, shape};
use crate::{UnixTime, codes, decrypt, signature};

/// The largest response, in bytes of XML.
pub const LIMIT: usize = 128 * 1024;

/// Whether the response answers a request of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It does, and must say so.
    Solicited {
        /// The request's ID.
        request_id: String,
    },
    /// It came by itself, and must not claim a request.
    Unsolicited,
}

/// What has to be signed. Whatever is signed has to be signed right, wanted or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningRule {
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

/// What this service provider expects of a response.
#[derive(Clone, Debug)]
pub struct Expectations {
    /// Our entity ID, the audience.
    pub sp_entity_id: String,
    /// The configured addresses of the assertion consumer service on this listener, exact.
    pub acs_urls: Vec<String>,
    /// The identity provider's entity ID.
    pub idp_entity_id: String,
    /// The identity provider's keys, from its metadata.
    pub idp_keys: Vec<IdpKey>,
    /// Now.
    pub now: UnixTime,
    /// How far the clocks may differ, in seconds.
    pub skew_seconds: i64,
    /// Which request it answers.
    pub flow: Flow,
    /// What has to be signed.
    pub signing: SigningRule,
    /// Our keys that may decrypt, the current one first.
    pub decryption_keys: Vec<SpKey>,
    /// Takes SHA-1 signatures. Never without a warning to the administrator.
    pub allow_sha1: bool,
}

/// A part that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedPart {
    /// The response.
    Response,
    /// The assertion.
    Assertion,
}

/// The subject's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameId {
    /// The name, to the letter.
    pub value: String,
    /// Its format.
    pub format: Option<String>,
    /// Who gave the name.
    pub name_qualifier: Option<String>,
    /// For whom it was given.
    pub sp_name_qualifier: Option<String>,
}

/// An attribute of the subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attribute {
    /// Its name, to the letter.
    pub name: String,
    /// How the name is to be read.
    pub name_format: Option<String>,
    /// A name for people.
    pub friendly_name: Option<String>,
    /// Its values, to the letter; none when one of them is not plain text.
    pub values: Vec<String>,
}

/// A response whose every part that is told here was signed by the identity provider and judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The assertion's ID, for the replay cache.
    pub assertion_id: String,
    /// Until when that ID has to be remembered, skew included.
    pub not_on_or_after: UnixTime,
    /// The identity provider's entity ID.
    pub issuer: String,
    /// When the assertion was issued, by the identity provider's clock.
    pub issue_instant: UnixTime,
    /// The subject's name, if it has one in clear.
    pub name_id: Option<NameId>,
    /// The identity provider's session, for logout.
    pub session_index: Option<String>,
    /// When that session ends.
    pub session_not_on_or_after: Option<UnixTime>,
    /// When the user authenticated.
    pub authn_instant: UnixTime,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// What was signed.
    pub signed: Vec<SignedPart>,
    /// SHA-256 of the certificate whose key signed.
    pub key_fingerprint: String,
    /// Whether the assertion was encrypted.
    pub was_encrypted: bool,
}

/// What a response claims before anything is verified: to find the request's state, never to trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    /// The request it claims to answer.
    pub in_response_to: Option<String>,
    /// The identity provider it claims to come from.
    pub issuer: Option<String>,
    /// When it claims to have been sent; none where it says no time.
    pub issue_instant: Option<UnixTime>,
}

impl Unverified {
    /// Reads the claims with the same parser and the same gate as [`verify`].
    ///
    /// Codes: `NOT_BASE64`, `TOO_LARGE`, `NOT_XML`, `SHAPE`.
    pub fn read(saml_response: &str) -> Result<Self> {
        Self::read_xml(&decode(saml_response)?)
    }

    /// The same from XML.
    ///
    /// Codes: `TOO_LARGE`, `NOT_XML`, `SHAPE`.
    pub fn read_xml(text: &str) -> Result<Self> {
        within_limit(text)?;
        let text = normalized(text);
        let xml = Xml::parse(&text, NODES)?;
        let parts = gate::response(&xml)?;
        Ok(Self {
            in_response_to: xml.attribute(xml.root, "InResponseTo").map(str::to_owned),
            issuer: parts.issuer.map(|id| xml.text(id).map(str::to_owned)).transpose()?,
            issue_instant: xml.attribute(xml.root, "IssueInstant").and_then(|text| UnixTime::parse(text).ok()),
        })
    }
}

/// Verifies a `SAMLResponse` form value (base64).
///
/// Codes: all of this crate but those of metadata.
pub fn verify(saml_response: &str, wanted: &Expectations) -> Result<Verified> {
    verify_xml(&decode(saml_response)?, wanted)
}

/// Verifies the XML of a response.
///
/// Codes: as [`verify`].
pub fn verify_xml(text: &str, wanted: &Expectations) -> Result<Verified> {
    within_limit(text)?;
    let text = normalized(text);
    let received = Xml::parse(&text, NODES)?;
    let parts = gate::response(&received)?;
    // Cheap before dear: it must name our request before any RSA is done (R22). What is signed is asked once more.
    assertion::in_response_to(received.attribute(received.root, "InResponseTo"), &wanted.flow, true)?;
    let response_signature = signature::of(&received, received.root)?;
    let Some(response_signature) = response_signature else {
        // Only the assertion can be signed. The envelope is judged as it came: it can make us refuse, not accept.
        return finish(received, &parts, wanted, None);
    };
    response_signature.verify(received, &wanted.idp_keys, wanted.allow_sha1)?.read(|authentic, key| {
        let parts = gate::response(&authentic)?;
        finish(authentic, &parts, wanted, Some(key))
    })
}

/// Judges the envelope, then the assertion in it. `response_key`: the key that signed all of `xml`.
fn finish(
    xml: Xml<'_>,
    parts: &gate::Response,
    wanted: &Expectations,
    response_key: Option<String>,
) -> Result<Verified> {
    envelope(&xml, parts, wanted, response_key.is_some())?;
    let content = parts.content.ok_or_else(|| shape("no Assertion"))?;
    match content {
        Content::Plain(id) => plain(xml, id, wanted, response_key, false),
        Content::Encrypted(id) => {
            let text = decrypt::content(&xml, id, &wanted.decryption_keys, response_key.is_some())?;
            // Octets that come out of a decryption are as little trusted as those that came in.
            let text = normalized(&text);
            let inner = Xml::parse(&text, NODES).map_err(|_| Fault::new(codes::DECRYPTION))?;
            gate::assertion(&inner)?;
            let root = inner.root;
            plain(inner, root, wanted, response_key, true)
        }
    }
}

fn plain(
    xml: Xml<'_>,
    id: NodeId,
    wanted: &Expectations,
    response_key: Option<String>,
    was_encrypted: bool,
) -> Result<Verified> {
    let assertion_signature = signature::of(&xml, id)?;
    let mut signed = Vec::new();
    if response_key.is_some() {
        signed.push(SignedPart::Response);
    }
    if assertion_signature.is_some() {
        signed.push(SignedPart::Assertion);
    }
    rule(&signed, wanted.signing)?;
    let names_request = response_key.is_none();
    let (judged, key_fingerprint) = match (assertion_signature, response_key) {
        (Some(of_assertion), _) => {
            of_assertion.verify(xml, &wanted.idp_keys, wanted.allow_sha1)?.read(|authentic, key| {
                gate::assertion(&authentic)?;
                Ok((assertion::judge(&authentic, authentic.root, wanted, names_request)?, key))
            })?
        }
        (None, Some(key)) => (assertion::judge(&xml, id, wanted, names_request)?, key),
        (None, None) => return Err(Fault::new(codes::UNSIGNED)),
    };
    Ok(Verified {
        assertion_id: judged.id,
        not_on_or_after: judged.not_on_or_after.plus(wanted.skew_seconds),
        issuer: judged.issuer,
        issue_instant: judged.issue_instant,
        name_id: judged.name_id,
        session_index: judged.session_index,
        session_not_on_or_after: judged.session_not_on_or_after,
        authn_instant: judged.authn_instant,
        attributes: judged.attributes,
        signed,
        key_fingerprint,
        was_encrypted,
    })
}

fn rule(signed: &[SignedPart], wanted: SigningRule) -> Result<()> {
    let has = |part| signed.contains(&part);
    let missing = |name: &str| Fault::new(codes::NOT_SIGNED_AS_WANTED).with("wanted", name);
    match wanted {
        _ if signed.is_empty() => Err(Fault::new(codes::UNSIGNED)),
        SigningRule::Response | SigningRule::Both if !has(SignedPart::Response) => Err(missing("Response")),
        SigningRule::Assertion | SigningRule::Both if !has(SignedPart::Assertion) => Err(missing("Assertion")),
        _ => Ok(()),
    }
}

/// What the response itself says: where to, whom from, answering what, and how it went. Where it is signed it must say
/// where to (SAML bindings 3.5.5.2).
fn envelope(xml: &Xml<'_>, parts: &gate::Response, wanted: &Expectations, signed: bool) -> Result<()> {
    if let Some(issuer) = parts.issuer {
        assertion::issuer(xml, issuer, wanted)?;
    }
    status(xml, parts.status)?;
    match xml.attribute(xml.root, "Destination") {
        Some(destination) if !wanted.acs_urls.iter().any(|url| url == destination) => {
            return Err(differs(codes::DESTINATION, &wanted.acs_urls.join(" "), destination));
        }
        None if signed => return Err(differs(codes::DESTINATION, &wanted.acs_urls.join(" "), "")),
        _ => {}
    }
    assertion::in_response_to(xml.attribute(xml.root, "InResponseTo"), &wanted.flow, true)?;
    assertion::issued(xml, xml.root, wanted).map(drop)
}

fn status(xml: &Xml<'_>, status: NodeId) -> Result<()> {
    let code = xml.required(status, SAMLP, "StatusCode")?;
    let top = xml.required_attribute(code, "Value")?;
    if top == SUCCESS {
        return Ok(());
    }
    let second = xml.only(code, SAMLP, "StatusCode")?.and_then(|id| xml.attribute(id, "Value")).unwrap_or_default();
    let message = match xml.only(status, SAMLP, "StatusMessage")? {
        Some(id) => xml.text(id)?,
        None => "",
    };
    let detail = [second, message].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    Err(Fault::new(codes::STATUS).with("status", top).with("detail", detail))
}

fn within_limit(text: &str) -> Result<()> {
    if text.len() > LIMIT {
        return Err(Fault::new(codes::TOO_LARGE).with("size", text.len()).with("limit", LIMIT));
    }
    Ok(())
}

/// The XML of a form value (base64).
///
/// Codes: `TOO_LARGE`, `NOT_BASE64`, `NOT_XML`.
pub fn decode(saml_response: &str) -> Result<String> {
    let size = saml_response.len() / 4 * 3;
    if size > LIMIT + LIMIT / 16 {
        return Err(Fault::new(codes::TOO_LARGE).with("size", size).with("limit", LIMIT));
    }
    let bytes = base64(saml_response).ok_or_else(|| Fault::new(codes::NOT_BASE64))?;
    String::from_utf8(bytes).map_err(|_| Fault::new(codes::NOT_XML))
}
