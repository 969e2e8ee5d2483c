//! The messages of single logout that arrive: signed in either binding, fresh, and meant for us (SAML profiles 4.4.3).

use sekisho_fault::{Fault, Result};
use uppsala::NodeId;

use crate::assertion::{self, differs};
use crate::gate::{self, NODES};
use crate::keys::{IdpKey, SpKey};
use crate::names::{DS, PARTIAL_LOGOUT, SAML, SAMLP, SUCCESS};
use crate::outgoing::Field;
use crate::redirect::Redirected;
use crate::response::{self, LIMIT, NameId};
use crate::scan::normalized;
use crate::xml::{Xml, shape};
use crate::{UnixTime, codes, signature, window};

/// How old a message of logout may be, in seconds.
const FRESH: i64 = 300;

/// What this service provider expects of a message of logout.
#[derive(Clone, Debug)]
pub struct LogoutExpectations {
    /// Our configured logout addresses, exact.
    pub urls: Vec<String>,
    /// The identity provider's entity ID.
    pub idp_entity_id: String,
    /// The identity provider's keys, from its metadata.
    pub idp_keys: Vec<IdpKey>,
    /// Now.
    pub now: UnixTime,
    /// How far the clocks may differ, in seconds.
    pub skew_seconds: i64,
    /// Takes SHA-1 signatures.
    pub allow_sha1: bool,
    /// Our keys that may decrypt a name, the current one first.
    pub decryption_keys: Vec<SpKey>,
}

/// A message whose signature, sender, address and age are right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceivedLogout {
    /// The identity provider ends a session.
    Request(EndSession),
    /// It answers a request of ours.
    Response(Ended),
}

/// A request of the identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndSession {
    /// Its ID, for the answer and the replay cache.
    pub id: String,
    /// Until when that ID has to be remembered, skew included.
    pub not_on_or_after: UnixTime,
    /// Whose session.
    pub name_id: NameId,
    /// Which sessions; none means all of the user's.
    pub session_indexes: Vec<String>,
}

/// An answer to a request of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The request that it claims to answer: the caller knows which it sent.
    pub in_response_to: String,
    /// Whether the identity provider says that all sessions are over.
    pub complete: bool,
}

/// Verifies a message that came by the Redirect binding.
///
/// Codes: `UNSIGNED`, `ALGORITHM`, `SIGNATURE`, `ISSUER`, `DESTINATION`, `EXPIRED`, `NOT_YET_VALID`, `STATUS`, `TIME`,
/// `NOT_XML`, `SHAPE`.
pub fn redirected(message: &Redirected, wanted: &LogoutExpectations) -> Result<ReceivedLogout> {
    message.verify(&wanted.idp_keys, wanted.allow_sha1)?;
    // The query's signature covers all of it. A second one inside counts for nothing (bindings 3.4.4.1).
    judge(&Xml::parse(&normalized(&message.xml), NODES)?, message.field, wanted)
}

/// Verifies a message that came by the POST binding: `value` is that of the form field.
///
/// Codes: as [`redirected`], and `NOT_BASE64`, `TOO_LARGE`, `DIGEST`.
pub fn posted(field: Field, value: &str, wanted: &LogoutExpectations) -> Result<ReceivedLogout> {
    let text = response::decode(value)?;
    if text.len() > LIMIT {
        return Err(Fault::new(codes::TOO_LARGE).with("size", text.len()).with("limit", LIMIT));
    }
    let text = normalized(&text);
    let received = Xml::parse(&text, NODES)?;
    shaped(&received, field)?;
    let signature = signature::of(&received, received.root)?.ok_or_else(|| Fault::new(codes::UNSIGNED))?;
    let signed = signature.verify(received, &wanted.idp_keys, wanted.allow_sha1)?;
    signed.read(|authentic, _| judge(&authentic, field, wanted))
}

/// The names of the parts of a message, in the order of the schema.
fn shaped(xml: &Xml<'_>, field: Field) -> Result<()> {
    let (root, own): (&str, &[(&str, &str)]) = match field {
        Field::Request => ("LogoutRequest", &[(SAML, "NameID"), (SAML, "EncryptedID"), (SAMLP, "SessionIndex")]),
        Field::Response => ("LogoutResponse", &[(SAMLP, "Status")]),
    };
    if !xml.is(xml.root, SAMLP, root) {
        return Err(shape(&format!("not a {root}")));
    }
    xml.unique_ids()?;
    gate::version(xml, xml.root)?;
    gate::nothing_hidden(xml, None)?;
    let order = [&[(SAML, "Issuer"), (DS, "Signature"), (SAMLP, "Extensions")], own].concat();
    let mut last = 0;
    for child in xml.children(xml.root)? {
        let place = order.iter().position(|(namespace, name)| xml.is(child, namespace, name));
        match place {
            // Only a session's index may come several times.
            Some(place) if place + 1 > last || xml.is(child, SAMLP, "SessionIndex") => last = place + 1,
            Some(_) => return Err(shape(&format!("parts of the {root} twice or in another order"))),
            None => return Err(shape(&format!("an unknown part of the {root}"))),
        }
    }
    Ok(())
}

/// Judges octets that are authentic.
fn judge(xml: &Xml<'_>, field: Field, wanted: &LogoutExpectations) -> Result<ReceivedLogout> {
    shaped(xml, field)?;
    let sender = xml.text(xml.required(xml.root, SAML, "Issuer")?)?;
    if sender != wanted.idp_entity_id {
        return Err(differs(codes::ISSUER, &wanted.idp_entity_id, sender));
    }
    // A signed message names its destination (bindings 3.4.5.2, 3.5.5.2), or one for another would do here.
    let destination = xml.attribute(xml.root, "Destination").unwrap_or_default();
    if !wanted.urls.iter().any(|url| url == destination) {
        return Err(differs(codes::DESTINATION, &wanted.urls.join(" "), destination));
    }
    let issued = UnixTime::parse(xml.required_attribute(xml.root, "IssueInstant")?)?;
    window::not_before(issued, wanted.now, wanted.skew_seconds)?;
    let stale = issued.plus(FRESH);
    window::not_after(stale, wanted.now, wanted.skew_seconds)?;
    match field {
        Field::Request => end_session(xml, wanted, stale).map(ReceivedLogout::Request),
        Field::Response => ended(xml).map(ReceivedLogout::Response),
    }
}

fn end_session(xml: &Xml<'_>, wanted: &LogoutExpectations, stale: UnixTime) -> Result<EndSession> {
    let until = xml.attribute(xml.root, "NotOnOrAfter").map(UnixTime::parse).transpose()?;
    if let Some(until) = until {
        window::not_after(until, wanted.now, wanted.skew_seconds)?;
    }
    let name = assertion::name(xml, xml.root, &wanted.decryption_keys)?;
    let indexes = xml.named(xml.root, SAMLP, "SessionIndex")?;
    let indexes = indexes.into_iter().map(|id| xml.text(id).map(str::to_owned));
    Ok(EndSession {
        id: xml.required_attribute(xml.root, "ID")?.to_owned(),
        not_on_or_after: until.map_or(stale, |until| until.min(stale)).plus(wanted.skew_seconds),
        name_id: name.ok_or_else(|| shape("a logout of nobody"))?,
        session_indexes: indexes.collect::<Result<_>>()?,
    })
}

fn ended(xml: &Xml<'_>) -> Result<Ended> {
    let status = xml.required(xml.root, SAMLP, "Status")?;
    let code = xml.required(status, SAMLP, "StatusCode")?;
    let value = |id: NodeId| xml.required_attribute(id, "Value");
    let second = xml.only(code, SAMLP, "StatusCode")?.map(value).transpose()?;
    Ok(Ended {
        in_response_to: xml.required_attribute(xml.root, "InResponseTo")?.to_owned(),
        complete: value(code)? == SUCCESS && second != Some(PARTIAL_LOGOUT),
    })
}
