//! What balancers have to be told, with this connection's host, port and servers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use sekisho_admin_api::balancer::{PoolMember, Snippet, Snippets, TlsEnds, WhichSnippets};
use sekisho_certs::pem;
use sekisho_config::balancer::{self, Authority, Member, Site};
use sekisho_config::{Document, Host, ThisServer};
use sekisho_fault::{Fault, Result};

use crate::lifecycle::House;
use crate::listener;

/// A server, and whether its address is known.
type Found = (Member, bool);

impl House {
    /// The texts for every kind of balancer: of what is saved, and before the first save of the draft.
    ///
    /// Codes: `MISSING`, `HOST`, `PORT` of the configuration, `FILE`, and those of the seal.
    pub(crate) async fn snippets(&self, wish: &WhichSnippets) -> Result<Snippets> {
        let applied = self.applied.read().await.clone();
        let document = if applied.revision > 0 { applied.document } else { self.current().await?.document };
        let missing = || Fault::new(sekisho_config::codes::MISSING).on("advertised_host");
        let host = document.advertised_host.clone().ok_or_else(missing)?;
        let (status, settings) = (self.board.read(), self.settings.read());
        let own = own_place(&document, &settings, status.listening.as_deref());
        let found: Vec<Found> = if wish.servers.is_empty() {
            let others = match self.connected.follower() {
                Ok(follower) => self.listed(&follower).await?,
                Err(_) => Vec::new(),
            };
            let others = others.into_iter().filter(|server| !server.own).map(|server| server.name);
            known(&status.server_name, own, others)
        } else {
            let read = |text: &String| Member::parse(text, own.port()).map(|member| (member, true));
            wish.servers.iter().map(read).collect::<Result<_>>()?
        };
        let shown = |(member, is_known): &Found| PoolMember {
            name: member.name.clone(),
            address: member.address(),
            guessed: !is_known,
        };
        let members = found.iter().map(shown).collect();
        let site = Site {
            host,
            port: document.advertised_port,
            members: found.into_iter().map(|(member, _)| member).collect(),
            authority: authority(&document),
        };
        let tls = match wish.tls {
            TlsEnds::AtServers => balancer::TlsEnds::AtServers,
            TlsEnds::AtBalancer => balancer::TlsEnds::AtBalancer,
        };
        let snippet = |kind: &balancer::Kind| Snippet {
            balancer: kind.name().to_owned(),
            file: balancer::file(*kind, tls).to_owned(),
            text: site.text(*kind, tls),
        };
        Ok(Snippets { members, snippets: balancer::ALL.iter().map(snippet).collect() })
    }
}

/// Where others reach this server: where it listens, or will.
fn own_place(document: &Document, settings: &ThisServer, listening: Option<&str>) -> SocketAddr {
    let listening: Option<SocketAddr> = listening.and_then(|address| address.parse().ok());
    let port = listening.map(|address| address.port()).or(settings.private_port).unwrap_or(document.advertised_port);
    let bound = listening.map(|address| address.ip()).or(settings.private_ip);
    let bound = bound.filter(|address| !address.is_unspecified());
    // The first is one that others can reach, where there is any.
    let first = || listener::addresses().first().and_then(|address| address.parse().ok());
    SocketAddr::new(bound.or_else(first).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), port)
}

/// This server by its address, the others by the names of their machines. A name that is no host's is left out.
fn known(name: &str, own: SocketAddr, others: impl Iterator<Item = String>) -> Vec<Found> {
    let at = |name: String, host: &str, port| Host::parse(host).ok().map(|host| Member { name, host, port });
    let this = at(name.to_owned(), &own.ip().to_string(), own.port()).map(|member| (member, true));
    let others = others.filter_map(|name| at(name.clone(), &name, own.port()).map(|member| (member, false)));
    this.into_iter().chain(others).collect()
}

/// Whom a balancer has to believe when it connects to the servers.
fn authority(document: &Document) -> Authority {
    let leaf = document.tls.as_ref().and_then(|pair| pem::read(pair.certificates.as_bytes()).ok());
    let leaf = leaf.and_then(|found| sekisho_certs::describe(found.certificates.first()?).ok());
    match leaf {
        Some(leaf) if leaf.subject == leaf.issuer => Authority::File,
        _ => Authority::System,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_server_is_known_by_its_address_and_the_others_by_their_names() {
        let names = ["sso2.example", "名前 ではない", "SSO3"].map(str::to_owned);
        let found = known("sso1", "10.2.0.11:9443".parse().unwrap(), names.into_iter());
        let shown: Vec<(String, String, bool)> =
            found.iter().map(|(member, is_known)| (member.name.clone(), member.address(), *is_known)).collect();
        let expected = [
            ("sso1", "10.2.0.11:9443", true),
            ("sso2.example", "sso2.example:9443", false),
            ("SSO3", "sso3:9443", false),
        ];
        assert_eq!(shown, expected.map(|(name, address, known)| (name.to_owned(), address.to_owned(), known)));
    }

    #[test]
    fn a_server_is_where_it_listens_or_where_its_settings_say() {
        let document = Document::default();
        let settings = ThisServer {
            private_ip: Some("10.2.0.11".parse().unwrap()),
            private_port: Some(9443),
            ..ThisServer::default()
        };
        let place = |listening| own_place(&document, &settings, listening).to_string();
        assert_eq!(place(Some("10.2.0.12:8443")), "10.2.0.12:8443");
        assert_eq!(place(None), "10.2.0.11:9443");
        let anywhere = own_place(&document, &ThisServer::default(), Some("[::]:8443"));
        assert!(!anywhere.ip().is_unspecified() && anywhere.port() == 8443, "{anywhere}");
    }
}
