//! Names that the service looks up for its administrators: its own, identity providers', receivers'. By this machine's resolver,
//! or by the DNS server of this server's settings, where the company's names are known there only. (The hub's name is always
//! looked up by this machine.) TXT records are read by whoever has to see what proves a domain: servers, and administrators' programs.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;

/// How long one question to the DNS server waits for its answer; it is asked twice.
const PATIENCE: Duration = Duration::from_secs(2);

/// For a look at a name's texts, whatever servers are asked.
const LONGEST: Duration = Duration::from_secs(5);

/// Looks names up.
#[derive(Clone, Default)]
pub struct Resolver(Arc<ArcSwapOption<TokioResolver>>);

impl Resolver {
    /// Asks this DNS server from now on; without one, this machine's resolver.
    pub fn ask(&self, server: Option<SocketAddr>) {
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
    pub async fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
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

    /// The texts of a name's TXT records (RFC 1035, 3.3.14), each in one piece; none where it has none, or is not known. An error says
    /// that nothing could be told.
    pub async fn texts(&self, name: &str) -> io::Result<Vec<String>> {
        let whole = format!("{}.", name.trim_end_matches('.'));
        let resolver = match self.0.load_full() {
            Some(resolver) => resolver,
            None => Arc::new(of_this_machine()?),
        };
        let looking = tokio::time::timeout(LONGEST, resolver.txt_lookup(whole));
        let looked = looking.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        let found = match looked {
            Ok(found) => found,
            Err(error) if error.is_no_records_found() => return Ok(Vec::new()),
            Err(error) => return Err(io::Error::other(error)),
        };
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        Ok(texts.map(|text| String::from_utf8_lossy(&text).into_owned()).collect())
    }
}

/// As this machine is set up now: whoever has a laptop is in another network tomorrow.
fn of_this_machine() -> io::Result<TokioResolver> {
    let mut builder = TokioResolver::builder_tokio().map_err(io::Error::other)?;
    settle(builder.options_mut());
    builder.build().map_err(io::Error::other)
}

fn settle(options: &mut ResolverOpts) {
    options.timeout = PATIENCE;
    options.attempts = 2;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    // What was changed at the DNS server is seen at the next look, as the administrator expects who has just changed it.
    options.cache_size = 0;
}

fn of(server: SocketAddr) -> Result<TokioResolver, impl std::error::Error> {
    let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = server.port();
    }
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    settle(builder.options_mut());
    builder.build()
}

#[cfg(test)]
mod tests;
