//! This server's own settings; never applied elsewhere.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// This server's own settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThisServer {
    /// Private IP address; without one, all addresses of the machine.
    #[serde(default)]
    pub private_ip: Option<IpAddr>,
    /// Private port; without one, the advertised one.
    #[serde(default)]
    pub private_port: Option<u16>,
    /// HTTP proxy on the way to the hub; without one, the system's settings.
    #[serde(default)]
    pub proxy: Option<String>,
    /// The DNS server that is asked for names, except for the hub's; without one, this machine's resolver.
    #[serde(default)]
    pub resolver: Option<SocketAddr>,
    /// An administrator has stopped it: it stays stopped over restarts.
    #[serde(default)]
    pub stopped: bool,
    /// An administrator has taken it out of the pool: `/ping` says so, over restarts too.
    #[serde(default)]
    pub drained: bool,
    /// Certificates (PEM) of authorities that are trusted on the way to the hub, besides the system's.
    #[serde(default)]
    pub authorities: Option<String>,
    /// Where this server answers the authority's http-01 challenges; without one, at port 80.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme_port: Option<u16>,
    /// The program that writes and takes back the TXT records of dns-01 challenges. Only ever set at the machine itself: what
    /// all servers share must not say what is run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acme_hook: Option<String>,
}
