//! What this server looks like from outside, as far as that can be seen from here: `/ping` on the address that it listens
//! on, and on whatever its name leads to.
//!
//! Only what answers with the key of this server's certificate is heard; nothing but the number of the answer is read.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use sekisho_admin_api::pool::{Probe, Probed};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::tls;

use crate::{codes, listener};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many addresses of a name are asked; a pool with more shows enough by these.
const MOST: usize = 8;

/// Asks this server on `listening`, and whatever `host` leads to, on `port`.
///
/// Codes: `CONNECTION_SETTINGS` of the hub's client. What does not answer is told in its place.
pub async fn probe(host: &str, port: u16, listening: SocketAddr, certificate: &[u8]) -> Result<Probe> {
    let own = ask(host, reachable(listening), certificate);
    let (addresses, unresolved) = match self::led_to(host, port).await {
        Ok(addresses) => (addresses, None),
        Err(fault) => (Vec::new(), Some(fault)),
    };
    let others = addresses.into_iter().map(|address| ask(host, address, certificate));
    let (own, led_to) = tokio::join!(own, futures_util::future::join_all(others));
    Ok(Probe { host: host.to_owned(), own: own?, led_to: led_to.into_iter().collect::<Result<_>>()?, unresolved })
}

/// The addresses that a name leads to, by this machine's resolver: at most a few.
///
/// Code: `PROBE_NO_ADDRESS`.
pub async fn led_to(host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    let no_address = |detail: String| Fault::new(codes::PROBE_NO_ADDRESS).with("host", host).with("detail", detail);
    let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
    let found = found.map_err(|late| no_address(late.to_string()))?;
    let mut addresses: Vec<SocketAddr> = found.map_err(|error| no_address(error.to_string()))?.collect();
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
    let here = listener::addresses().contains(&address.ip().to_string());
    let outcome = ping(host, address, certificate).await?;
    Ok(Probed {
        address: address.to_string(),
        here,
        milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        status: outcome.as_ref().ok().copied(),
        fault: outcome.err(),
    })
}

async fn ping(host: &str, address: SocketAddr, certificate: &[u8]) -> Result<Result<u16>> {
    let settings = |detail: String| Fault::new(sekisho_hub_api::codes::CONNECTION_SETTINGS).with("detail", detail);
    let pin = tls::pin_of(certificate).ok_or_else(|| settings("certificate".to_owned()))?;
    let client = reqwest::Client::builder()
        .use_preconfigured_tls(tls::pinned(pin)?)
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
