//! What is served under the name that users open.

use std::net::SocketAddr;

use sekisho_admin_api::certificates::{ServedAt, ServedCertificates};
use sekisho_certs::coverage;
use sekisho_fault::Result;
use sekisho_resolver::Resolver;

use super::handshake;
use crate::probing::{led_to, reachable};
use crate::{draft, listener};

/// Shakes hands with this server on `listening`, and with whatever `host` leads to on `port`. `applied`: the leaf (DER) of
/// what is applied.
///
/// Code: `CERTIFICATE`.
pub(super) async fn look(
    resolver: &Resolver,
    host: &str,
    port: u16,
    listening: SocketAddr,
    applied: Option<&[u8]>,
) -> Result<ServedCertificates> {
    let own = at(host, reachable(listening), applied);
    let (addresses, unresolved) = match led_to(resolver, host, port).await {
        Ok(addresses) => (addresses, None),
        Err(fault) => (Vec::new(), Some(fault)),
    };
    let others = addresses.into_iter().map(|address| at(host, address, applied));
    let (own, led_to) = tokio::join!(own, futures_util::future::join_all(others));
    Ok(ServedCertificates { host: host.to_owned(), own, led_to, unresolved })
}

async fn at(host: &str, address: SocketAddr, applied: Option<&[u8]>) -> ServedAt {
    let here = listener::addresses().contains(&address.ip().to_string());
    let nothing = |fault| ServedAt {
        address: address.to_string(),
        here,
        certificate: None,
        applied: false,
        covered: false,
        fault: Some(fault),
    };
    let chain = match handshake::chain(host, address).await {
        Ok(chain) => chain,
        Err(fault) => return nothing(fault),
    };
    let leaf = chain.first().map_or(&[][..], Vec::as_slice);
    match draft::describe(leaf, false) {
        Ok(certificate) => ServedAt {
            certificate: Some(certificate),
            applied: applied == Some(leaf),
            covered: coverage::judged(leaf, host).is_ok_and(|judged| judged.verdict.covered()),
            fault: None,
            address: address.to_string(),
            here,
        },
        Err(fault) => nothing(fault),
    }
}
