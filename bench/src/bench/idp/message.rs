//! The text of a response, written in its canonical form (exclusive C14N: namespaces, then attributes by name, no
//! empty-element tags), so that what is written is what is hashed.

use std::fmt::Write;

use aws_lc_rs::rand::fill;
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};

use super::credential::Credential;
use super::encryption;
use super::signature::{Signature, sign};

/// The namespace of assertions.
pub const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// What sort of name users are called by: one that lasts.
pub const FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
/// Everybody's first name.
pub const FIRST: &str = "Hanako";
/// Everybody's last name.
pub const LAST: &str = "Tanaka";
/// What brings a response to the 6 KB that those of large directories have, with their many groups.
const GROUPS: usize = 15;

/// How a response is protected.
#[derive(Clone, Copy)]
pub enum Protection<'a> {
    /// The assertion is signed.
    Assertion,
    /// The response is signed.
    Response,
    /// The assertion is signed, then encrypted to this recipient.
    Encrypted(&'a Credential),
}

/// What a response is written for.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The request's ID.
    pub id: &'a str,
    /// Where the response goes.
    pub acs: &'a str,
    /// The service provider's entity ID.
    pub audience: &'a str,
    /// The user.
    pub email: &'a str,
    /// The identity provider's entity ID.
    pub issuer: &'a str,
}

/// A response.
pub struct Message {
    /// Its XML.
    pub xml: String,
    /// Octets that whoever validates it hashes.
    pub hashed: usize,
}

/// A name that was never used before.
pub fn unique_name() -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes).expect("random bytes");
    format!("_{}", HEXLOWER.encode(&bytes))
}

/// Writes a response.
pub fn write(signer: &Credential, request: &Request<'_>, protection: Protection<'_>) -> Message {
    let now = Timestamp::now();
    let (id, acs, answered, issued) = (unique_name(), request.acs, request.id, at(now, 0));
    let idp = request.issuer;
    let (assertion, rest_of_assertion, assertion_id) = assertion(request, now);
    let head = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{acs}\" ID=\"{id}\" \
         InResponseTo=\"{answered}\" IssueInstant=\"{issued}\" Version=\"2.0\"><saml:Issuer xmlns:saml=\"{SAML}\">\
         {idp}</saml:Issuer>"
    );
    let status = "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\">\
                  </samlp:StatusCode></samlp:Status>";
    if let Protection::Response = protection {
        let rest = format!("{status}{assertion}{rest_of_assertion}</samlp:Response>");
        let Signature { xml, hashed } = sign(signer, &id, &format!("{head}{rest}"));
        return Message { xml: format!("{head}{xml}{rest}"), hashed };
    }
    let Signature { xml, hashed } = sign(signer, &assertion_id, &format!("{assertion}{rest_of_assertion}"));
    let mut content = format!("{assertion}{xml}{rest_of_assertion}");
    if let Protection::Encrypted(recipient) = protection {
        content = encryption::encrypt(&content, recipient);
    }
    Message { xml: format!("{head}{status}{content}</samlp:Response>"), hashed }
}

fn at(now: Timestamp, seconds: i64) -> String {
    (now + SignedDuration::from_secs(seconds)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An assertion in two parts, between which its signature goes, and its ID.
fn assertion(request: &Request<'_>, now: Timestamp) -> (String, String, String) {
    let Request { id: answered, acs, audience, email, issuer: idp } = request;
    let (id, session) = (unique_name(), unique_name());
    let (issued, before, until, ends) = (at(now, 0), at(now, -60), at(now, 300), at(now, 28_800));
    let attributes = attributes(email);
    let head = format!(
        "<saml:Assertion xmlns:saml=\"{SAML}\" ID=\"{id}\" IssueInstant=\"{issued}\" Version=\"2.0\">\
         <saml:Issuer>{idp}</saml:Issuer>"
    );
    let rest = format!(
        "<saml:Subject><saml:NameID Format=\"{FORMAT}\">{email}\
         </saml:NameID><saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <saml:SubjectConfirmationData InResponseTo=\"{answered}\" NotOnOrAfter=\"{until}\" Recipient=\"{acs}\">\
         </saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions \
         NotBefore=\"{before}\" NotOnOrAfter=\"{until}\"><saml:AudienceRestriction><saml:Audience>{audience}\
         </saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant=\"{issued}\" \
         SessionIndex=\"{session}\" SessionNotOnOrAfter=\"{ends}\"><saml:AuthnContext><saml:AuthnContextClassRef>\
         urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>\
         </saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement>\
         </saml:Assertion>"
    );
    (head, rest, id)
}

fn attributes(email: &str) -> String {
    let one = |name: &str, values: &[String]| {
        let mut text = format!(
            "<saml:Attribute Name=\"{name}\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\">"
        );
        for value in values {
            let _ = write!(text, "<saml:AttributeValue>{value}</saml:AttributeValue>");
        }
        text + "</saml:Attribute>"
    };
    let groups: Vec<String> =
        (0..GROUPS).map(|number| format!("CN=Department {number:03},OU=Groups,DC=example,DC=com")).collect();
    let plain = [("mail", email), ("givenName", FIRST), ("sn", LAST), ("uid", email)];
    plain.map(|(name, value)| one(name, &[value.to_owned()])).concat() + &one("groups", &groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Request<'_> = Request {
        id: "_1",
        acs: "https://localhost:8443/acs",
        audience: "https://localhost/sp",
        email: "a@example.com",
        issuer: "https://idp.example.org/bench",
    };

    #[test]
    fn a_response_is_of_the_size_that_peers_are_compared_at() {
        let signer = Credential::new("idp.example.org");
        for protection in [Protection::Assertion, Protection::Response] {
            let size = write(&signer, &REQUEST, protection).xml.len();
            assert!((5_500..6_500).contains(&size), "{size}");
        }
    }
}
