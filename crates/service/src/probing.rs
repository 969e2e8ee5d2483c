//! What this server looks like from outside, as far as that can be seen from here: `/ping` on the address that it listens
//! on, and on whatever its name leads to. Itself it asks as the plainest balancer does: by address, without a name in the
//! handshake, without `Host`, over HTTP/1.0.
//!
//! Only what answers with the key of this server's certificate is heard; nothing but the number of the answer is read.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use sekisho_admin_api::pool::{Probe, Probed};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::address::Pin;
use sekisho_hub_api::tls;
use sekisho_resolver::Resolver;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{codes, listener};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many addresses of a name are asked; a pool with more shows enough by these.
const MOST: usize = 8;

/// Asks this server on `listening`, and whatever `host` leads to, on `port`.
///
/// Codes: `CONNECTION_SETTINGS` of the hub's client. What does not answer is told in its place.
pub(crate) async fn probe(
    resolver: &Resolver,
    host: &str,
    port: u16,
    listening: SocketAddr,
    certificate: &[u8],
) -> Result<Probe> {
    let own = ask_plainly(reachable(listening), certificate);
    let (addresses, unresolved) = match self::led_to(resolver, host, port).await {
        Ok(addresses) => (addresses, None),
        Err(fault) => (Vec::new(), Some(fault)),
    };
    let others = addresses.into_iter().map(|address| ask(host, address, certificate));
    let (own, led_to) = tokio::join!(own, futures_util::future::join_all(others));
    Ok(Probe { host: host.to_owned(), own: own?, led_to: led_to.into_iter().collect::<Result<_>>()?, unresolved })
}

/// The addresses that a name leads to: at most a few.
///
/// Code: `PROBE_NO_ADDRESS`.
pub(crate) async fn led_to(resolver: &Resolver, host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    let no_address = |detail: String| Fault::new(codes::PROBE_NO_ADDRESS).with("host", host).with("detail", detail);
    let found = tokio::time::timeout(PATIENCE, resolver.addresses(host, port)).await;
    let found = found.map_err(|late| no_address(late.to_string()))?;
    let mut addresses = found.map_err(|error| no_address(error.to_string()))?;
    addresses.sort();
    addresses.dedup();
    addresses.truncate(MOST);
    Ok(addresses)
}

/// Where an address that is open can be reached on this machine.
pub fn reachable(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        // Such a port takes both kinds.
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}

async fn ask(host: &str, address: SocketAddr, certificate: &[u8]) -> Result<Probed> {
    let begun = Instant::now();
    Ok(probed(address, begun, ping(host, address, certificate).await?))
}

async fn ask_plainly(address: SocketAddr, certificate: &[u8]) -> Result<Probed> {
    let begun = Instant::now();
    Ok(probed(address, begun, plain_ping(address, certificate).await?))
}

fn probed(address: SocketAddr, begun: Instant, outcome: Result<u16>) -> Probed {
    Probed {
        address: address.to_string(),
        here: listener::addresses().contains(&address.ip().to_string()),
        milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        status: outcome.as_ref().ok().copied(),
        fault: outcome.err(),
    }
}

async fn plain_ping(address: SocketAddr, certificate: &[u8]) -> Result<Result<u16>> {
    let mut config = tls::pinned(pin(certificate)?)?;
    config.alpn_protocols.clear();
    let silent =
        |detail: String| Fault::new(codes::PROBE_SILENT).with("address", address.to_string()).with("detail", detail);
    Ok(match tokio::time::timeout(PATIENCE, first_line(address, config)).await {
        Ok(Ok(line)) => number(line).ok_or_else(|| silent("no HTTP".to_owned())),
        Ok(Err(error)) if is_another(&error) => {
            Err(Fault::new(codes::PROBE_ANOTHER).with("address", address.to_string()))
        }
        Ok(Err(error)) => Err(silent(error.to_string())),
        Err(late) => Err(silent(late.to_string())),
    })
}

/// The beginning of the answer, as far as its number goes.
async fn first_line(address: SocketAddr, config: ClientConfig) -> std::io::Result<[u8; 12]> {
    let stream = TcpStream::connect(address).await?;
    // An address is no name: nothing of it is in the handshake.
    let mut stream = TlsConnector::from(Arc::new(config)).connect(ServerName::from(address.ip()), stream).await?;
    stream.write_all(b"GET /ping HTTP/1.0\r\n\r\n").await?;
    let mut line = [0; 12];
    stream.read_exact(&mut line).await?;
    Ok(line)
}

/// The number in `HTTP/1.1 200`.
fn number(line: [u8; 12]) -> Option<u16> {
    std::str::from_utf8(&line).ok()?.strip_prefix("HTTP/1.")?.split_once(' ')?.1.parse().ok()
}

fn is_another(error: &std::io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    matches!(cause, Some(rustls::Error::InvalidCertificate(_)))
}

fn settings(detail: String) -> Fault {
    Fault::new(sekisho_hub_api::codes::CONNECTION_SETTINGS).with("detail", detail)
}

fn pin(certificate: &[u8]) -> Result<Pin> {
    tls::pin_of(certificate).ok_or_else(|| settings("certificate".to_owned()))
}

async fn ping(host: &str, address: SocketAddr, certificate: &[u8]) -> Result<Result<u16>> {
    let client = reqwest::Client::builder()
        .use_preconfigured_tls(tls::pinned(pin(certificate)?)?)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .resolve(host, address)
        .timeout(PATIENCE)
        .build()
        .map_err(|error| settings(error.to_string()))?;
    let answer = client.get(format!("https://{}:{}/ping", in_url(host), address.port())).send().await;
    Ok(answer.map(|answer| answer.status().as_u16()).map_err(|error| {
        if sekisho_hub_api::away::reason(&error) == sekisho_hub_api::codes::CERTIFICATE {
            return Fault::new(codes::PROBE_ANOTHER).with("address", address.to_string());
        }
        let detail = sekisho_hub_api::away::innermost(&error);
        Fault::new(codes::PROBE_SILENT).with("address", address.to_string()).with("detail", detail)
    }))
}

/// A host as it stands in a URL.
fn in_url(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_an_answer_is_read_and_nothing_else() {
        assert_eq!(number(*b"HTTP/1.0 200"), Some(200));
        assert_eq!(number(*b"HTTP/1.1 503"), Some(503));
        for other in [b"HTTP/2.0 200", b"HTTP/1.1 2x0", b"SSH-2.0-Open", b"HTTP/1.1200 "] {
            assert_eq!(number(*other), None);
        }
    }
}
