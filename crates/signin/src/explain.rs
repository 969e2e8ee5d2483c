//! Explains a message of the identity provider as a sign-in would judge it. Nothing is signed in, nothing is used up.

use sekisho_config::idp_error;
use sekisho_saml::response::{Unverified, verify_xml};
use sekisho_saml::{Flow, UnixTime};
use url::form_urlencoded;

use crate::{Applied, TestReport, idp};

/// When a message is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// At this moment: seconds since 1970.
    Moment(i64),
    /// When it was sent, as it says itself; at this moment, where it does not say.
    Sent(i64),
}

/// A message, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What a sign-in with it would have come to.
    pub report: TestReport,
    /// The request that it claims to answer. It is taken at its word: which requests were sent is not kept.
    pub request: Option<String>,
    /// When it was sent, as it says itself: seconds since 1970.
    pub sent: Option<i64>,
}

/// Explains a message: XML, the form field `SAMLResponse` (base64), or the whole form with it.
pub fn explain(applied: &Applied, message: &str, as_of: AsOf) -> Explained {
    let xml = xml_of(message);
    let claims = xml.clone().and_then(|xml| Unverified::read_xml(&xml));
    let (request, sent) = match claims {
        Ok(claims) => (claims.in_response_to, claims.issue_instant.map(|time| time.0)),
        Err(_) => (None, None),
    };
    let now = match as_of {
        AsOf::Moment(now) => now,
        AsOf::Sent(now) => sent.unwrap_or(now),
    };
    let flow = match &request {
        Some(id) => Flow::Solicited { request_id: id.clone() },
        None => Flow::Unsolicited,
    };
    let wanted = idp::expectations(applied, flow, UnixTime(now).0);
    let judged = xml.and_then(|xml| verify_xml(&xml, &wanted)).map_err(idp_error::with_cause);
    Explained { report: TestReport::of(String::new(), &applied.configuration, judged, now), request, sent }
}

/// The XML in whatever was copied.
fn xml_of(message: &str) -> sekisho_fault::Result<String> {
    let message = message.trim();
    if message.starts_with('<') {
        return Ok(message.to_owned());
    }
    let field = form_urlencoded::parse(message.as_bytes()).find(|(name, _)| name == "SAMLResponse");
    match field {
        Some((_, value)) => sekisho_saml::response::decode(&value),
        None => sekisho_saml::response::decode(message),
    }
}
