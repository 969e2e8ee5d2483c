//! Names that the service looks up for its administrators: its own, identity providers', receivers'. By this machine's resolver,
//! or by the DNS server of this server's settings, where the company's names are known there only. (The hub's name is always
//! looked up by this machine.)

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;

/// How long one question to the DNS server waits for its answer; it is asked twice.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks names up.
#[derive(Clone, Default)]
pub(crate) struct Resolver(Arc<ArcSwapOption<TokioResolver>>);

impl Resolver {
    /// Asks this DNS server from now on; without one, this machine's resolver.
    pub(crate) fn ask(&self, server: Option<SocketAddr>) {
        let asked = server.and_then(|server| match of(server) {
            Ok(resolver) => Some(Arc::new(resolver)),
            // It has no files and no network to read for this: it cannot fail.
            Err(error) => {
                tracing::error!(%error, "the resolver of this server");
                None
            }
        });
        self.0.store(asked);
    }

    /// The addresses of a host, each with this port. An address is its own.
    pub(crate) async fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let Some(resolver) = self.0.load_full() else {
            return Ok(tokio::net::lookup_host((host, port)).await?.collect());
        };
        // With a dot at its end: a name is asked for as it is, whatever domain this machine is in.
        let whole = format!("{}.", host.trim_end_matches('.'));
        let found = resolver.lookup_ip(whole).await.map_err(io::Error::other)?;
        Ok(found.iter().map(|ip| SocketAddr::new(ip, port)).collect())
    }
}

fn of(server: SocketAddr) -> Result<TokioResolver, impl std::error::Error> {
    let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = server.port();
    }
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = PATIENCE;
    options.attempts = 2;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    // What was changed at the DNS server is seen at the next look, as the administrator expects who has just changed it.
    options.cache_size = 0;
    builder.build()
}

#[cfg(test)]
mod tests;
