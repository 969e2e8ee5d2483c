//! Fetching from addresses that somebody has typed, and sending to them (R26): https, vetted addresses, no redirects, bounded
//! in size and time.
//!
//! The name is resolved once, every address of it is vetted, and no other one is connected to. The server's proxy is not
//! used: it would resolve the name by itself.

mod address;
mod exchange;
mod post;
#[cfg(test)]
pub(crate) mod site;
mod smtp;
#[cfg(test)]
mod smtp_tests;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sekisho_fault::{Fault, Result};
use sekisho_resolver::Resolver;
use url::Url;

use crate::codes;
pub(crate) use address::Place;
pub(crate) use exchange::Exchange;
pub(crate) use post::Delivery;
pub(crate) use smtp::{Letter, Taken};

/// For all of it, from the first byte sent to the last one received.
const PATIENCE: Duration = Duration::from_secs(15);

/// What becomes of a name.
pub(crate) type Resolved = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// The door to the outside. Outside of tests there is one way to make it, which vets as this module says.
#[derive(Clone)]
pub(crate) struct Egress {
    resolve: Arc<dyn Fn(String, u16) -> Resolved + Send + Sync>,
    place: fn(IpAddr) -> Place,
}

/// Why there is no way to an address.
enum Closed {
    /// It is not one that anything is sent to.
    Refused,
    /// Its name leads nowhere, in the system's words.
    Unresolved(String),
    /// The client cannot be made.
    Client(reqwest::Error),
}

/// What is to be fetched.
pub(crate) struct Wish<'a> {
    /// From where.
    pub(crate) url: &'a str,
    /// The address that an administrator has signed: of its host, private addresses may be reached too.
    pub(crate) signed: Option<&'a str>,
    /// Certificates (DER) of authorities that are trusted besides the system's.
    pub(crate) authorities: &'a [Vec<u8>],
    /// The most bytes.
    pub(crate) limit: usize,
}

impl Egress {
    /// Resolves as this server is told to, and vets.
    pub(crate) fn new(resolver: Resolver) -> Self {
        let resolve = move |host: String, port| -> Resolved {
            let resolver = resolver.clone();
            Box::pin(async move { resolver.addresses(&host, port).await })
        };
        Self { resolve: Arc::new(resolve), place: address::place }
    }

    /// For tests: another resolver, or another map of the world.
    #[cfg(test)]
    pub(crate) fn of(resolve: fn(String, u16) -> Resolved, place: fn(IpAddr) -> Place) -> Self {
        Self { resolve: Arc::new(resolve), place }
    }

    /// Fetches a text.
    ///
    /// Codes: `FETCH_ADDRESS`, `FETCH`, `TOO_LARGE` of SAML.
    pub(crate) async fn fetch(&self, wish: &Wish<'_>) -> Result<String> {
        let failed = |detail: String| Fault::new(codes::FETCH).with("url", wish.url).with("detail", detail);
        let fetched = tokio::time::timeout(PATIENCE, self.fetch_patiently(wish)).await;
        fetched.unwrap_or_else(|_| Err(failed(format!("> {} s", PATIENCE.as_secs()))))
    }

    async fn fetch_patiently(&self, wish: &Wish<'_>) -> Result<String> {
        let failed = |detail: String| Fault::new(codes::FETCH).with("url", wish.url).with("detail", detail);
        let because = |error: &reqwest::Error| failed(innermost(error));
        let (url, client) = self.way(wish.url, wish.signed, wish.authorities).await.map_err(|closed| match closed {
            Closed::Refused => Fault::new(codes::FETCH_ADDRESS).with("url", wish.url),
            Closed::Unresolved(detail) => failed(detail),
            Closed::Client(error) => because(&error),
        })?;
        let mut response = client.get(url).send().await.map_err(|error| because(&error))?;
        if !response.status().is_success() {
            return Err(failed(response.status().to_string()));
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| because(&error))? {
            body.extend_from_slice(&part);
            if body.len() > wish.limit {
                let too_large = Fault::new(sekisho_saml::codes::TOO_LARGE);
                return Err(too_large.with("size", body.len()).with("limit", wish.limit));
            }
        }
        String::from_utf8(body).map_err(|_| failed("UTF-8".to_owned()))
    }

    /// A client for this address, which connects to the addresses that were vetted and to no others.
    async fn way(
        &self,
        url: &str,
        signed: Option<&str>,
        authorities: &[Vec<u8>],
    ) -> Result<(Url, reqwest::Client), Closed> {
        let url = Url::parse(url).map_err(|_| Closed::Refused)?;
        let (Some(host), "https") = (url.host_str(), url.scheme()) else { return Err(Closed::Refused) };
        let port = url.port().unwrap_or(443);
        let same_host = |signed: &str| Url::parse(signed).is_ok_and(|signed| signed.host() == url.host());
        let inside = signed.is_some_and(same_host);
        let resolved = self.vetted(host, port, inside).await?;
        let client = client(host, &resolved, authorities).map_err(Closed::Client)?;
        Ok((url, client))
    }

    /// All addresses of a host, if each is one that may be connected to. `inside`: those of the company are.
    async fn vetted(&self, host: &str, port: u16, inside: bool) -> Result<Vec<SocketAddr>, Closed> {
        let resolved = (self.resolve)(host.trim_matches(['[', ']']).to_owned(), port).await;
        let resolved = resolved.map_err(|error| Closed::Unresolved(error.to_string()))?;
        let reachable = |address: &SocketAddr| match (self.place)(address.ip()) {
            Place::Public => true,
            Place::Inside => inside,
            Place::Never => false,
        };
        if resolved.is_empty() || !resolved.iter().all(reachable) {
            return Err(Closed::Refused);
        }
        Ok(resolved)
    }
}

fn client(host: &str, resolved: &[SocketAddr], authorities: &[Vec<u8>]) -> reqwest::Result<reqwest::Client> {
    // The other parts of the process that need a provider take the same one; a second time changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let authorities = authorities.iter().map(|der| reqwest::Certificate::from_der(der));
    reqwest::Client::builder()
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        // The vetted addresses and no others: the name is not looked up again.
        .resolve_to_addrs(host, resolved)
        .tls_certs_merge(authorities.collect::<reqwest::Result<Vec<_>>>()?)
        .build()
}

/// The one reason at the end of the chain: the others say only that something failed.
fn innermost(error: &reqwest::Error) -> String {
    let mut reason: &dyn Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
