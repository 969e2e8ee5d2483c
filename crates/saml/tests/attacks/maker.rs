//! What the cases are made of: the attacker's own genuine statement, a forged one, and the judge.

use std::sync::LazyLock;

use sekisho_fault::Code;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::SpKey;
use sekisho_saml::response::{Expectations, Flow, SigningRule, Verified, verify, verify_xml};

use crate::support::encrypting::Encrypting;
use crate::support::keys::Key;
use crate::support::signing::Signing;
use crate::support::{ACS, IDP, NOW, SP, assertion, response};

/// Whom the identity provider speaks of: the attacker's own account.
pub const LEGIT: &str = "mallory@example.com";
/// Whom the attacker wants to be.
pub const VICTIM: &str = "alice@example.com";

/// The identity provider's key.
pub static REAL: LazyLock<Key> = LazyLock::new(Key::p256);
/// The attacker's.
pub static EVIL: LazyLock<Key> = LazyLock::new(Key::p256);
/// The service provider's, which decrypts.
pub static OWN: LazyLock<Key> = LazyLock::new(Key::rsa);

/// What the service provider expects, without a key that decrypts.
pub fn wanted_of(key: &Key) -> Expectations {
    Expectations {
        sp_entity_id: SP.into(),
        acs_urls: vec![ACS.into()],
        idp_entity_id: IDP.into(),
        idp_keys: vec![key.idp_key()],
        now: UnixTime::parse(NOW).unwrap(),
        skew_seconds: 60,
        flow: Flow::Solicited { request_id: "_request".into() },
        signing: SigningRule::Either,
        decryption_keys: Vec::new(),
        allow_sha1: false,
    }
}

/// The same with one.
pub fn wanted_with_decryption() -> Expectations {
    Expectations { decryption_keys: vec![SpKey::from_pkcs8(&OWN.pkcs8).unwrap()], ..wanted_of(&REAL) }
}

/// An unsigned response with the attacker's statement.
pub fn unsigned() -> String {
    response(&assertion("_a", LEGIT))
}

/// A statement that names the victim, in an assertion with this ID.
pub fn evil(id: &str) -> String {
    assertion(id, VICTIM)
}

pub fn sign_assertion(document: &str) -> String {
    Signing::by(&REAL).sign(document, "_a")
}

pub fn sign_response(document: &str) -> String {
    Signing::by(&REAL).sign(document, "_r")
}

/// Genuine: the assertion is signed. The same each time, so that its parts can be put elsewhere.
pub fn genuine() -> String {
    static GENUINE: LazyLock<String> = LazyLock::new(|| sign_assertion(&unsigned()));
    GENUINE.clone()
}

/// Changes a document, which must hold what is to be changed.
pub fn change(document: &str, from: &str, to: &str) -> String {
    assert!(document.contains(from), "nothing to change: {from}");
    document.replacen(from, to, 1)
}

/// A statement that the identity provider itself made so, both assertion and response signed.
pub fn said(from: &str, to: &str) -> String {
    sign_response(&sign_assertion(&change(&unsigned(), from, to)))
}

/// The assertion of a document.
pub fn assertion_in(document: &str) -> &str {
    let (start, end) = ("<saml:Assertion", "</saml:Assertion>");
    let end = document.rfind(end).unwrap() + end.len();
    &document[document.find(start).unwrap()..end]
}

/// The first signature of a document.
pub fn signature_in(document: &str) -> &str {
    let end = "</ds:Signature>";
    &document[document.find("<ds:Signature ").unwrap()..document.find(end).unwrap() + end.len()]
}

/// A response, in which only the encrypted assertion may be signed.
pub fn encrypted(inside: &str, with: &Encrypting<'_>) -> String {
    response(&with.encrypt(inside.as_bytes()))
}

pub fn judged(xml: &str, wanted: &Expectations) -> Result<Verified, Code> {
    verify_xml(xml, wanted).map_err(|fault| fault.code)
}

/// Refused, as XML and through the form field, by this code.
#[track_caller]
pub fn refused(name: &str, xml: &str, code: &Code) {
    refused_by(name, xml, &wanted_of(&REAL), code);
}

#[track_caller]
pub fn refused_by(name: &str, xml: &str, wanted: &Expectations, code: &Code) {
    assert_eq!(judged(xml, wanted).map(|verified| verified.name_id), Err(code.clone()), "{name}: {xml}");
    let field = data_encoding::BASE64.encode(xml.as_bytes());
    assert_eq!(verify(&field, wanted).map_err(|fault| fault.code).err().as_ref(), Some(code), "{name}");
}

/// Accepted, and this is the name, to the letter.
#[track_caller]
pub fn named(name: &str, xml: &str, wanted: &Expectations, who: &str) {
    let verified = judged(xml, wanted).unwrap_or_else(|code| panic!("{name}: {code}: {xml}"));
    assert_eq!(verified.name_id.map(|name| name.value).as_deref(), Some(who), "{name}");
}
