//! Messages that arrive by the Redirect binding: deflated in the query, signed over the query's own octets (SAML
//! bindings 3.4.4.1).

use std::io::Read as _;

use flate2::read::DeflateDecoder;
use sekisho_fault::{Fault, Result};
use url::form_urlencoded;

use crate::keys::IdpKey;
use crate::outgoing::Field;
use crate::response::LIMIT;
use crate::xml::{base64, shape};
use crate::{algorithms, codes};

/// The one encoding of this binding, which may be named.
const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// A message out of a query. Nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirected {
    /// The parameter it came in.
    pub field: Field,
    /// What came beside it.
    pub relay_state: Option<String>,
    pub(crate) xml: String,
    signature: Option<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    octets: String,
    method: String,
    value: Vec<u8>,
}

/// A parameter: as it stands in the query, and what it says.
struct Parameter<'a> {
    raw: &'a str,
    value: String,
}

impl Redirected {
    /// Reads a query. `None`: it carries no SAML message. Each parameter of the binding stands in it once at most, under
    /// its plain name; others (of load balancers, of identity providers) are left alone.
    ///
    /// Codes: `SHAPE`, `NOT_BASE64`, `TOO_LARGE`, `NOT_XML`.
    pub fn read(query: &str) -> Result<Option<Self>> {
        let request = parameter(query, "SAMLRequest")?;
        let response = parameter(query, "SAMLResponse")?;
        let (field, message) = match (request, response) {
            (Some(request), None) => (Field::Request, request),
            (None, Some(response)) => (Field::Response, response),
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(shape("a request and a response in one query")),
        };
        if parameter(query, "SAMLEncoding")?.is_some_and(|encoding| encoding.value != DEFLATE) {
            return Err(shape("another encoding than DEFLATE"));
        }
        let relay_state = parameter(query, "RelayState")?;
        let method = parameter(query, "SigAlg")?;
        let signature = match (method, parameter(query, "Signature")?) {
            (None, None) => None,
            (Some(method), Some(value)) => {
                let raw = [Some(message.raw), relay_state.as_ref().map(|state| state.raw), Some(method.raw)];
                Some(Signature {
                    octets: raw.into_iter().flatten().collect::<Vec<_>>().join("&"),
                    value: base64(&value.value).ok_or_else(|| Fault::new(codes::NOT_BASE64))?,
                    method: method.value,
                })
            }
            _ => return Err(shape("SigAlg and Signature belong together")),
        };
        let xml = inflate(&base64(&message.value).ok_or_else(|| Fault::new(codes::NOT_BASE64))?)?;
        Ok(Some(Self { field, relay_state: relay_state.map(|state| state.value), xml, signature }))
    }

    /// Verifies the signature of the query, and gives the fingerprint of the certificate whose key made it.
    ///
    /// Codes: `UNSIGNED`, `ALGORITHM`, `SIGNATURE`.
    pub(crate) fn verify(&self, keys: &[IdpKey], sha1: bool) -> Result<String> {
        let signature = self.signature.as_ref().ok_or_else(|| Fault::new(codes::UNSIGNED))?;
        let algorithm = algorithms::verification(&signature.method, sha1)?;
        let octets = signature.octets.as_bytes();
        let by = keys.iter().find(|key| key.verifies(algorithm, octets, &signature.value)).ok_or_else(|| {
            let known: Vec<String> = keys.iter().map(|key| key.fingerprint().to_owned()).collect();
            Fault::new(codes::SIGNATURE).with("known", known)
        })?;
        Ok(by.fingerprint().to_owned())
    }
}

/// A parameter of the binding. Twice is refused, and so is a name that says it in another spelling: two readers could
/// take two values.
fn parameter<'a>(query: &'a str, name: &str) -> Result<Option<Parameter<'a>>> {
    let mut found = None;
    for raw in query.split('&') {
        let Some((known, value)) = form_urlencoded::parse(raw.as_bytes()).next() else { continue };
        if known != name {
            continue;
        }
        if found.is_some() || raw.strip_prefix(name).is_none_or(|rest| !rest.starts_with('=')) {
            return Err(shape(&format!("{name} twice, or in another spelling")));
        }
        found = Some(Parameter { raw, value: value.into_owned() });
    }
    Ok(found)
}

/// Inflates no more than a message may be long.
fn inflate(deflated: &[u8]) -> Result<String> {
    let mut text = String::new();
    let most = u64::try_from(LIMIT).unwrap_or(u64::MAX).saturating_add(1);
    DeflateDecoder::new(deflated).take(most).read_to_string(&mut text).map_err(|_| Fault::new(codes::NOT_XML))?;
    if text.len() > LIMIT {
        return Err(Fault::new(codes::TOO_LARGE).with("size", text.len()).with("limit", LIMIT));
    }
    Ok(text)
}
