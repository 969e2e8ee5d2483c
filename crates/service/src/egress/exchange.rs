//! One request and its answer, for protocols that need the answer's head too: the authority's (ACME).

use axum::body::Bytes;
use http::{Request, Response};
use sekisho_fault::{Fault, Result};
use url::Url;

use super::post::is_of_tls;
use super::{Closed, Egress, PATIENCE, innermost};
use crate::codes;

/// What is asked, and by which authority it may be.
pub(crate) struct Exchange<'a> {
    /// Method, address, head and body.
    pub(crate) request: Request<Vec<u8>>,
    /// The address that an administrator has signed: of its host, private addresses may be reached too.
    pub(crate) signed: Option<&'a str>,
    /// Certificates (DER) of authorities that are trusted besides the system's.
    pub(crate) authorities: &'a [Vec<u8>],
    /// The most bytes of an answer.
    pub(crate) limit: usize,
}

impl Egress {
    /// Asks, and gives the answer, whatever its status.
    ///
    /// Codes: `ACME_ADDRESS`, `ACME_RESOLVE`, `ACME_CONNECTION`, `ACME_TLS`, `ACME_SILENT`, `ACME_ANSWER`.
    pub(crate) async fn exchange(&self, exchange: Exchange<'_>) -> Result<Response<Bytes>> {
        let url = exchange.request.uri().to_string();
        let silent = || about(&url, codes::ACME_SILENT).with("seconds", PATIENCE.as_secs().to_string());
        tokio::time::timeout(PATIENCE, self.exchange_patiently(&url, exchange)).await.unwrap_or_else(|_| Err(silent()))
    }

    async fn exchange_patiently(&self, url: &str, exchange: Exchange<'_>) -> Result<Response<Bytes>> {
        let fault = |code| about(url, code);
        let lost = |error: reqwest::Error| {
            let code = if is_of_tls(&error) { codes::ACME_TLS } else { codes::ACME_CONNECTION };
            fault(code).with("detail", innermost(&error))
        };
        let way = self.way(url, exchange.signed, exchange.authorities).await;
        let (address, client) = way.map_err(|closed| match closed {
            Closed::Refused => fault(codes::ACME_ADDRESS),
            Closed::Unresolved(detail) => fault(codes::ACME_RESOLVE).with("detail", detail),
            Closed::Client(error) => fault(codes::ACME_TLS).with("detail", innermost(&error)),
        })?;
        let (head, body) = exchange.request.into_parts();
        let asked = client.request(head.method, address).headers(head.headers).body(body);
        let mut answer = asked.send().await.map_err(lost)?;
        let mut response = Response::new(Bytes::new());
        (*response.status_mut(), *response.headers_mut()) = (answer.status(), answer.headers().clone());
        let mut read = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(lost)? {
            read.extend_from_slice(&part);
            if read.len() > exchange.limit {
                return Err(fault(codes::ACME_ANSWER).with("detail", format!("> {} B", exchange.limit)));
            }
        }
        *response.body_mut() = Bytes::from(read);
        Ok(response)
    }
}

/// By the host alone: the rest says nothing to people.
fn about(url: &str, code: sekisho_fault::Code) -> Fault {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    Fault::new(code).with("host", host.unwrap_or_default())
}
