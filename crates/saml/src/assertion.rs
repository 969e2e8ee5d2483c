//! Reads an assertion from octets that are authentic, and judges it (SAML profiles 4.1.4.3).

use sekisho_fault::{Fault, Result};
use uppsala::NodeId;

use crate::gate::NODES;
use crate::keys::SpKey;
use crate::names::{BEARER, DS, SAML};
use crate::response::{Attribute, Expectations, Flow, NameId};
use crate::xml::{Xml, shape};
use crate::{UnixTime, codes, decrypt, gate, window};

/// How old a response and its assertion may be, in seconds: as long as their request is remembered.
const FRESH: i64 = 600;

/// What an assertion says, once everything in it has been judged.
pub(crate) struct Judged {
    pub(crate) id: String,
    pub(crate) issuer: String,
    pub(crate) issue_instant: UnixTime,
    pub(crate) name_id: Option<NameId>,
    pub(crate) session_index: Option<String>,
    pub(crate) session_not_on_or_after: Option<UnixTime>,
    pub(crate) authn_instant: UnixTime,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) not_on_or_after: UnixTime,
}

/// Judges the assertion at `id`. `names_request`: it must name the request itself, because the response around it,
/// which does, is not signed.
pub(crate) fn judge(xml: &Xml<'_>, id: NodeId, wanted: &Expectations, names_request: bool) -> Result<Judged> {
    gate::version(xml, id)?;
    for child in xml.children(id)? {
        let known = [
            "Issuer",
            "Subject",
            "Conditions",
            "Advice",
            "AuthnStatement",
            "AttributeStatement",
            "AuthzDecisionStatement",
        ];
        let name = xml.element(child).map(|element| element.name.clone());
        let fine = name.is_some_and(|name| match name.namespace_uri.as_deref() {
            Some(SAML) => known.contains(&&*name.local_name),
            Some(DS) => &*name.local_name == "Signature",
            _ => false,
        });
        if !fine {
            return Err(shape("an unknown part of the Assertion"));
        }
    }
    let issuer = issuer(xml, xml.required(id, SAML, "Issuer")?, wanted)?;
    let subject = xml.required(id, SAML, "Subject")?;
    let name_id = name(xml, subject, &wanted.decryption_keys)?;
    let confirmed_until = confirmation(xml, subject, wanted, names_request)?;
    let valid_until = conditions(xml, xml.required(id, SAML, "Conditions")?, wanted)?;
    let statements = xml.named(id, SAML, "AuthnStatement")?;
    let statement = *statements.first().ok_or_else(|| shape("AuthnStatement is missing"))?;
    let session_not_on_or_after = time(xml, statement, "SessionNotOnOrAfter")?;
    if let Some(until) = session_not_on_or_after {
        not_after(until, wanted)?;
    }
    Ok(Judged {
        id: xml.required_attribute(id, "ID")?.to_owned(),
        issuer,
        issue_instant: issued(xml, id, wanted)?,
        name_id,
        session_index: xml.attribute(statement, "SessionIndex").map(str::to_owned),
        session_not_on_or_after,
        authn_instant: UnixTime::parse(xml.required_attribute(statement, "AuthnInstant")?)?,
        attributes: attributes(xml, id)?,
        not_on_or_after: valid_until.map_or(confirmed_until, |until| until.min(confirmed_until)),
    })
}

/// Exactly the configured entity ID.
pub(crate) fn issuer(xml: &Xml<'_>, id: NodeId, wanted: &Expectations) -> Result<String> {
    let received = xml.text(id)?;
    if received == wanted.idp_entity_id {
        return Ok(received.to_owned());
    }
    Err(differs(codes::ISSUER, &wanted.idp_entity_id, received))
}

pub(crate) fn differs(code: sekisho_fault::Code, expected: &str, received: &str) -> Fault {
    Fault::new(code).with("expected", expected).with("received", received)
}

/// When the response or the assertion was issued: not in the future, and not long ago. The assertion is asked too, for
/// around a signed assertion the response is not, and could say anything.
pub(crate) fn issued(xml: &Xml<'_>, id: NodeId, wanted: &Expectations) -> Result<UnixTime> {
    let issued = UnixTime::parse(xml.required_attribute(id, "IssueInstant")?)?;
    not_before(issued, wanted)?;
    not_after(issued.plus(FRESH), wanted)?;
    Ok(issued)
}

/// The name in a subject or a message of logout, in clear or encrypted. Both are refused: two readers could take two names.
///
/// The octets around it are authentic, so that any cipher will do.
pub(crate) fn name(xml: &Xml<'_>, of: NodeId, keys: &[SpKey]) -> Result<Option<NameId>> {
    match (xml.only(of, SAML, "NameID")?, xml.only(of, SAML, "EncryptedID")?) {
        (Some(_), Some(_)) => Err(shape("a name in clear and encrypted")),
        (Some(clear), None) => name_id(xml, clear).map(Some),
        (None, Some(encrypted)) => {
            let text = decrypt::content(xml, encrypted, keys, true)?;
            let inner = Xml::parse(&text, NODES).map_err(|_| Fault::new(codes::DECRYPTION))?;
            if !inner.is(inner.root, SAML, "NameID") {
                return Err(shape("an encrypted name that is no NameID"));
            }
            name_id(&inner, inner.root).map(Some)
        }
        (None, None) => Ok(None),
    }
}

fn name_id(xml: &Xml<'_>, id: NodeId) -> Result<NameId> {
    let attribute = |name| xml.attribute(id, name).map(str::to_owned);
    let value = xml.text(id)?;
    if value.trim().is_empty() {
        return Err(shape("an empty NameID"));
    }
    Ok(NameId {
        value: value.to_owned(),
        format: attribute("Format"),
        name_qualifier: attribute("NameQualifier"),
        sp_name_qualifier: attribute("SPNameQualifier"),
    })
}

/// One bearer confirmation that fits is enough; the fault of the last one that does not is told.
fn confirmation(xml: &Xml<'_>, subject: NodeId, wanted: &Expectations, names_request: bool) -> Result<UnixTime> {
    let mut fault = shape("no bearer SubjectConfirmation");
    for confirmation in xml.named(subject, SAML, "SubjectConfirmation")? {
        if xml.attribute(confirmation, "Method") != Some(BEARER) {
            continue;
        }
        let data = xml.required(confirmation, SAML, "SubjectConfirmationData")?;
        match bearer(xml, data, wanted, names_request) {
            Ok(until) => return Ok(until),
            Err(other) => fault = other,
        }
    }
    Err(fault)
}

fn bearer(xml: &Xml<'_>, data: NodeId, wanted: &Expectations, names_request: bool) -> Result<UnixTime> {
    let recipient = xml.attribute(data, "Recipient").unwrap_or_default();
    if !wanted.acs_urls.iter().any(|url| url == recipient) {
        return Err(differs(codes::RECIPIENT, &wanted.acs_urls.join(" "), recipient));
    }
    in_response_to(xml.attribute(data, "InResponseTo"), &wanted.flow, names_request)?;
    if xml.attribute(data, "NotBefore").is_some() {
        return Err(shape("NotBefore in a bearer confirmation"));
    }
    let until = time(xml, data, "NotOnOrAfter")?.ok_or_else(|| shape("NotOnOrAfter is missing"))?;
    not_after(until, wanted)?;
    Ok(until)
}

/// A solicited answer names its request; an unsolicited one names none.
pub(crate) fn in_response_to(received: Option<&str>, flow: &Flow, must: bool) -> Result<()> {
    let fits = match (flow, received) {
        (Flow::Solicited { request_id }, Some(received)) => received == request_id,
        (Flow::Solicited { .. }, None) => !must,
        (Flow::Unsolicited, received) => received.is_none(),
    };
    if fits {
        return Ok(());
    }
    let expected = match flow {
        Flow::Solicited { request_id } => request_id,
        Flow::Unsolicited => "",
    };
    Err(differs(codes::IN_RESPONSE_TO, expected, received.unwrap_or_default()))
}

fn conditions(xml: &Xml<'_>, id: NodeId, wanted: &Expectations) -> Result<Option<UnixTime>> {
    if let Some(from) = time(xml, id, "NotBefore")? {
        not_before(from, wanted)?;
    }
    let until = time(xml, id, "NotOnOrAfter")?;
    if let Some(until) = until {
        not_after(until, wanted)?;
    }
    let mut restricted = false;
    for condition in xml.children(id)? {
        if xml.is(condition, SAML, "AudienceRestriction") {
            // Several restrictions must all hold; within one, any audience will do (SAML core 2.5.1.4).
            let audiences: Vec<&str> =
                xml.named(condition, SAML, "Audience")?.into_iter().map(|id| xml.text(id)).collect::<Result<_>>()?;
            if !audiences.contains(&wanted.sp_entity_id.as_str()) {
                return Err(differs(codes::AUDIENCE, &wanted.sp_entity_id, &audiences.join(" ")));
            }
            restricted = true;
        } else if !xml.is(condition, SAML, "OneTimeUse") && !xml.is(condition, SAML, "ProxyRestriction") {
            let name = xml.element(condition).map(|element| element.name.local_name.to_string()).unwrap_or_default();
            return Err(Fault::new(codes::CONDITION).with("condition", name));
        }
    }
    if restricted { Ok(until) } else { Err(differs(codes::AUDIENCE, &wanted.sp_entity_id, "")) }
}

fn time(xml: &Xml<'_>, id: NodeId, name: &str) -> Result<Option<UnixTime>> {
    xml.attribute(id, name).map(UnixTime::parse).transpose()
}

pub(crate) fn not_after(until: UnixTime, wanted: &Expectations) -> Result<()> {
    window::not_after(until, wanted.now, wanted.skew_seconds)
}

pub(crate) fn not_before(from: UnixTime, wanted: &Expectations) -> Result<()> {
    window::not_before(from, wanted.now, wanted.skew_seconds)
}

fn attributes(xml: &Xml<'_>, assertion: NodeId) -> Result<Vec<Attribute>> {
    let mut attributes = Vec::new();
    for statement in xml.named(assertion, SAML, "AttributeStatement")? {
        for attribute in xml.named(statement, SAML, "Attribute")? {
            let values = xml.named(attribute, SAML, "AttributeValue")?;
            // A value that is not plain text empties the attribute: one value of several must never pass for the only one.
            let texts: Option<Vec<String>> =
                values.into_iter().map(|id| xml.text(id).ok().map(str::to_owned)).collect();
            let values = texts.unwrap_or_default();
            attributes.push(Attribute {
                name: xml.required_attribute(attribute, "Name")?.to_owned(),
                name_format: xml.attribute(attribute, "NameFormat").map(str::to_owned),
                friendly_name: xml.attribute(attribute, "FriendlyName").map(str::to_owned),
                values,
            });
        }
    }
    Ok(attributes)
}
