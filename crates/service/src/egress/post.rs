//! Sending a small text to an address. What the other side answers is not read: its status says whether it took it.

use std::error::Error;
use std::io;

use sekisho_fault::{Fault, Result};
use url::Url;

use super::{Closed, Egress, PATIENCE, innermost};
use crate::codes;

/// What is to be sent.
pub(crate) struct Delivery<'a> {
    /// Where to.
    pub(crate) url: &'a str,
    /// The address that an administrator has signed: of its host, private addresses may be reached too.
    pub(crate) signed: Option<&'a str>,
    /// Certificates (DER) of authorities that are trusted besides the system's.
    pub(crate) authorities: &'a [Vec<u8>],
    /// Names and values.
    pub(crate) headers: &'a [(&'static str, String)],
    /// JSON.
    pub(crate) body: &'a str,
}

impl Egress {
    /// Sends a text; the status of the answer, which says that it was taken.
    ///
    /// Codes: `WEBHOOK_ADDRESS`, `WEBHOOK_NAME`, `WEBHOOK_CONNECTION`, `WEBHOOK_TLS`, `WEBHOOK_SILENT`, `WEBHOOK_STATUS`.
    pub(crate) async fn post(&self, delivery: &Delivery<'_>) -> Result<u16> {
        let silent = || about(delivery.url, codes::WEBHOOK_SILENT).with("seconds", PATIENCE.as_secs().to_string());
        tokio::time::timeout(PATIENCE, self.post_patiently(delivery)).await.unwrap_or_else(|_| Err(silent()))
    }

    async fn post_patiently(&self, delivery: &Delivery<'_>) -> Result<u16> {
        let fault = |code| about(delivery.url, code);
        let way = self.way(delivery.url, delivery.signed, delivery.authorities).await;
        let (url, client) = way.map_err(|closed| match closed {
            Closed::Refused => fault(codes::WEBHOOK_ADDRESS),
            Closed::Unresolved(detail) => fault(codes::WEBHOOK_NAME).with("detail", detail),
            Closed::Client(error) => fault(codes::WEBHOOK_TLS).with("detail", innermost(&error)),
        })?;
        let mut request = client.post(url).header("content-type", "application/json").body(delivery.body.to_owned());
        for (name, value) in delivery.headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.map_err(|error| {
            let code = if is_of_tls(&error) { codes::WEBHOOK_TLS } else { codes::WEBHOOK_CONNECTION };
            fault(code).with("detail", innermost(&error))
        })?;
        let status = response.status();
        if status.is_success() {
            Ok(status.as_u16())
        } else {
            Err(fault(codes::WEBHOOK_STATUS).with("status", status.as_u16()))
        }
    }
}

/// By the host alone: the rest of such an address is often a secret.
fn about(url: &str, code: sekisho_fault::Code) -> Fault {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    Fault::new(code).with("host", host.unwrap_or_default())
}

/// Whether TLS failed, rather than the connection below it. What lies in an error of the system is not its source.
pub(super) fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>()
        || inside.is_some_and(|inside| is_of_tls(inside))
        || error.source().is_some_and(is_of_tls)
}
