//! Checks that take time: names, ports. What could not be found out is no error.

use std::net::SocketAddr;

use sekisho_config::{Document, ThisServer};
use sekisho_fault::{Fault, Severity};
use sekisho_resolver::Resolver;

use crate::{codes, listener};

/// Looks the advertised host up, and tries the port unless this service holds it already.
pub(crate) async fn slow(
    resolver: &Resolver,
    document: &Document,
    server: &ThisServer,
    listening: Option<SocketAddr>,
) -> Vec<Fault> {
    let mut found = Vec::new();
    if let Some(host) = &document.advertised_host {
        found.extend(name(resolver, host.as_str(), document.advertised_port).await);
    }
    let port = server.private_port.unwrap_or(document.advertised_port);
    if listening.is_none_or(|listening| listening.port() != port) {
        let ip = server.private_ip.unwrap_or(std::net::IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED));
        // Opened and closed at once: whoever else wants the port finds it free again.
        found.extend(listener::bind(SocketAddr::new(ip, port)).await.err());
    }
    found
}

async fn name(resolver: &Resolver, host: &str, port: u16) -> Option<Fault> {
    let Ok(found) = resolver.addresses(host, port).await else {
        let fault = Fault::new(codes::HOST_UNRESOLVED).with("host", host).on("advertised_host");
        // Names for users may be known outside only: this machine's view is not everybody's.
        return Some(fault.as_severity(Severity::Warning));
    };
    let mut addresses: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
    addresses.sort();
    addresses.dedup();
    let own = listener::addresses();
    if addresses.iter().any(|address| own.contains(address)) {
        return None;
    }
    let fault = Fault::new(codes::HOST_ELSEWHERE).with("host", host).with("addresses", addresses);
    Some(fault.on("advertised_host").as_severity(Severity::Info))
}
