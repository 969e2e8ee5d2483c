//! What a balancer before the servers has to be told, as text for its own configuration.
//!
//! Two ways are written: TLS passes through to the servers, or it ends at the balancer, which then speaks TLS to them again.
//! Everything that goes into a text was read as a host, a port or a name before: nothing in it ends a line.

mod big_ip;
mod haproxy;
mod nginx;
mod protected;

use std::net::SocketAddr;

use sekisho_fault::{Fault, Result};

use crate::{Host, codes};
pub use protected::{Protected, protected};

/// The kinds of balancers that texts are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `HAProxy` 2.4 or newer.
    Haproxy,
    /// nginx, the open one.
    Nginx,
    /// F5 BIG-IP, by `tmsh`.
    BigIp,
}

/// All of them.
pub const ALL: &[Kind] = &[Kind::Haproxy, Kind::Nginx, Kind::BigIp];

impl Kind {
    /// Its name in commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Haproxy => "haproxy",
            Self::Nginx => "nginx",
            Self::BigIp => "big-ip",
        }
    }

    /// The kind of a name.
    ///
    /// Code: `CHOICE`.
    pub fn named(name: &str) -> Result<Self> {
        let found = ALL.iter().copied().find(|kind| kind.name() == name);
        found.ok_or_else(|| Fault::new(codes::CHOICE).with("value", name.chars().take(80).collect::<String>()))
    }
}

/// Where the TLS of browsers ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsEnds {
    /// At the servers: the balancer passes it through.
    AtServers,
    /// At the balancer.
    AtBalancer,
}

/// A server that users are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The machine's name, for people.
    pub name: String,
    /// Its address, or its name.
    pub host: Host,
    /// The port that it listens on.
    pub port: u16,
}

impl Member {
    /// Reads an address, with or without a port; `port` stands in for one that is missing.
    ///
    /// Codes: `HOST`, `PORT`.
    pub fn parse(text: &str, port: u16) -> Result<Self> {
        let text = text.trim();
        let (host, port) = match text.parse::<SocketAddr>() {
            Ok(address) => (Host::parse(&address.ip().to_string())?, address.port()),
            Err(_) => match text.rsplit_once(':').filter(|(host, _)| !host.contains(':')) {
                Some((host, typed)) => {
                    let wrong = || Fault::new(codes::PORT).with("value", typed.chars().take(80).collect::<String>());
                    let port = typed.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
                    (Host::parse(host)?, port)
                }
                None => (Host::parse(text)?, port),
            },
        };
        Ok(Self { name: host.to_string(), host, port })
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host.in_url(), self.port)
    }

    /// Its name in letters that no configuration stumbles over.
    fn label(&self) -> String {
        let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
        self.name.chars().take(63).map(letter).collect()
    }
}

/// Whom the balancer believes when it speaks TLS to the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The authorities of its own system.
    System,
    /// The certificate in a file: nobody else vouches for it.
    File,
}

/// What the texts are written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The name that users open.
    pub host: Host,
    /// The port that users open.
    pub port: u16,
    /// The servers.
    pub members: Vec<Member>,
    /// Whom the balancer believes.
    pub authority: Authority,
}

impl Site {
    /// The text for a balancer.
    pub fn text(&self, kind: Kind, tls: TlsEnds) -> String {
        match kind {
            Kind::Haproxy => haproxy::text(self, tls),
            Kind::Nginx => nginx::text(self, tls),
            Kind::BigIp => big_ip::text(self, tls),
        }
    }
}

/// Where the text for a balancer belongs.
pub fn file(kind: Kind, tls: TlsEnds) -> &'static str {
    match (kind, tls) {
        (Kind::Haproxy, _) => "/etc/haproxy/haproxy.cfg",
        // A stream stands beside `http`, not in it.
        (Kind::Nginx, TlsEnds::AtServers) => "/etc/nginx/nginx.conf",
        (Kind::Nginx, TlsEnds::AtBalancer) => "/etc/nginx/conf.d/sekisho.conf",
        (Kind::BigIp, _) => "tmsh",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(authority: Authority) -> Site {
        let member = |text: &str, name: &str| Member { name: name.into(), ..Member::parse(text, 8443).unwrap() };
        Site {
            host: Host::parse("sso.example.co.jp").unwrap(),
            port: 443,
            members: vec![member("10.2.0.11", "SSO1"), member("[2001:db8::2]:9443", "東京 2")],
            authority,
        }
    }

    #[test]
    fn a_server_is_read_with_and_without_its_port() {
        let read = |text: &str| Member::parse(text, 8443).map(|one| one.address()).map_err(|fault| fault.code);
        assert_eq!(read(" 10.2.0.11 ").unwrap(), "10.2.0.11:8443");
        assert_eq!(read("10.2.0.11:9443").unwrap(), "10.2.0.11:9443");
        assert_eq!(read("sso2.example").unwrap(), "sso2.example:8443");
        assert_eq!(read("SSO2.example:443").unwrap(), "sso2.example:443");
        assert_eq!(read("2001:db8::2").unwrap(), "[2001:db8::2]:8443");
        assert_eq!(read("[2001:db8::2]:443").unwrap(), "[2001:db8::2]:443");
        for wrong in ["", "a b", "sso2.example\n    server evil 1.2.3.4", "a;b", "a{b"] {
            assert_eq!(read(wrong), Err(codes::HOST), "{wrong:?}");
        }
        for wrong in ["sso2.example:", "sso2.example:0", "sso2.example:99999", "sso2.example:8443 backup"] {
            assert_eq!(read(wrong), Err(codes::PORT), "{wrong:?}");
        }
    }

    #[test]
    fn every_text_names_the_host_the_port_and_each_server() {
        for kind in ALL {
            assert_eq!(Kind::named(kind.name()).unwrap(), *kind);
            for tls in [TlsEnds::AtServers, TlsEnds::AtBalancer] {
                let text = site(Authority::System).text(*kind, tls);
                for wanted in ["sso.example.co.jp", "443", "10.2.0.11", "2001:db8::2", "9443", "/ping"] {
                    assert!(text.contains(wanted), "{kind:?} {tls:?}: {wanted}\n{text}");
                }
                assert!(text.is_ascii(), "a name in other letters is written in plain ones: {text}");
                assert!(text.lines().all(|line| line == line.trim_end()), "{text}");
            }
        }
        assert_eq!(Kind::named("apache").unwrap_err().code, codes::CHOICE);
    }

    #[test]
    fn where_tls_ends_at_the_balancer_it_verifies_the_servers() {
        let verified = |kind: Kind, authority| site(authority).text(kind, TlsEnds::AtBalancer);
        let haproxy = verified(Kind::Haproxy, Authority::System);
        assert!(haproxy.contains("verify required ca-file @system-ca verifyhost sso.example.co.jp"), "{haproxy}");
        assert!(!haproxy.contains("verify none"), "{haproxy}");
        let nginx = verified(Kind::Nginx, Authority::File);
        assert!(nginx.contains("proxy_ssl_trusted_certificate /etc/nginx/sekisho-servers.pem;"), "{nginx}");
        assert!(nginx.contains("proxy_ssl_verify on;") && nginx.contains("proxy_ssl_name sso.example.co.jp;"));
        let big_ip = verified(Kind::BigIp, Authority::System);
        assert!(big_ip.contains("peer-cert-mode require"), "{big_ip}");
    }

    #[test]
    fn where_tls_passes_through_nothing_needs_a_certificate() {
        for kind in ALL {
            let text = site(Authority::System).text(*kind, TlsEnds::AtServers);
            assert!(!text.contains("crt") && !text.contains("ssl_certificate"), "{text}");
        }
    }
}
