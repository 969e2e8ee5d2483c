//! The way to the authority: the library's requests go through this service's own door to the outside (R26).

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use http::Request;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use sekisho_fault::{Arg, Fault};

use crate::codes;
use crate::egress::{Egress, Exchange};

/// The largest answer, in bytes: a chain of certificates, or a directory.
const LARGEST: usize = 256 * 1024;
/// The longest word of the authority's that is shown, in characters.
const LONGEST: usize = 300;

/// The way to one authority.
#[derive(Clone)]
pub(super) struct Door(Arc<Inner>);

struct Inner {
    egress: Egress,
    /// The directory's address, once an administrator has signed it.
    signed: Option<String>,
    /// Certificates (DER) of authorities that are trusted besides the system's.
    authorities: Vec<Vec<u8>>,
}

impl Door {
    pub(super) fn new(egress: Egress, signed: Option<String>, authorities: Vec<Vec<u8>>) -> Self {
        Self(Arc::new(Inner { egress, signed, authorities }))
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>>;

impl HttpClient for Door {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Answer {
        let Self(inner) = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(Body::new(body), LARGEST).await;
            let body = body.map_err(|error| Error::Other(error.into()))?;
            let request = Request::from_parts(head, body.to_vec());
            let (signed, authorities) = (inner.signed.as_deref(), inner.authorities.as_slice());
            let answer = inner.egress.exchange(Exchange { request, signed, authorities, limit: LARGEST }).await;
            let (parts, body) = answer.map_err(|fault| Error::Other(Box::new(Lost(fault))))?.into_parts();
            Ok(BytesResponse { parts, body: Box::new(body) })
        })
    }
}

/// A fault on its way through the library.
#[derive(Debug)]
struct Lost(Fault);

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.code.fmt(f)
    }
}

impl std::error::Error for Lost {}

/// Nothing is asked: for what the library knows by itself.
pub(super) struct Nowhere;

impl HttpClient for Nowhere {
    fn request(&self, _: Request<BodyWrapper<Bytes>>) -> Answer {
        Box::pin(async { Err(Error::Str("nowhere")) })
    }
}

/// The one true reason. `host`: the authority's.
pub(super) fn reason(host: &str, error: Error) -> Fault {
    let named = |code| Fault::new(code).with("host", host);
    match error {
        Error::Api(problem) => {
            let kind = problem.r#type.clone().unwrap_or_default();
            let detail = words(problem.detail.as_deref().unwrap_or_default());
            let about = problem.subproblems.first().and_then(|sub| sub.detail.as_deref()).map(words);
            let detail = about.filter(|_| detail.is_empty()).unwrap_or(detail);
            let code = match kind.strip_prefix("urn:ietf:params:acme:error:").unwrap_or_default() {
                "rateLimited" => codes::ACME_RATE,
                "externalAccountRequired" => codes::ACME_EXTERNAL,
                "accountDoesNotExist" => codes::ACME_ACCOUNT,
                "invalidContact" | "unsupportedContact" => codes::ACME_CONTACT_REFUSED,
                "rejectedIdentifier" | "unsupportedIdentifier" | "caa" => codes::ACME_NAME_REFUSED,
                _ => codes::ACME_REFUSED,
            };
            named(code).with("kind", words(&kind)).with("detail", detail)
        }
        Error::Timeout(_) => named(codes::ACME_SLOW),
        Error::Other(error) => match error.downcast::<Lost>() {
            Ok(lost) => lost.0,
            Err(error) => named(codes::ACME_ANSWER).with("detail", words(&error.to_string())),
        },
        other => named(codes::ACME_ANSWER).with("detail", words(&other.to_string())),
    }
}

/// What the other side has written, as far as people read it.
pub(super) fn words(text: &str) -> String {
    let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    plain.take(LONGEST).collect()
}

/// The words of a fault's argument.
pub(super) fn argument<'a>(fault: &'a Fault, name: &str) -> &'a str {
    match fault.args.get(name) {
        Some(Arg::Text(text)) => text,
        _ => "",
    }
}
