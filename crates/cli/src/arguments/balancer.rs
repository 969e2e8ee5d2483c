//! A balancer before the servers.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sekisho_admin_api::balancer::TlsEnds;

use super::Login;

/// The kinds of balancers.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum BalancerKind {
    Haproxy,
    Nginx,
    BigIp,
}

impl BalancerKind {
    /// Its name, as the service has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Haproxy => "haproxy",
            Self::Nginx => "nginx",
            Self::BigIp => "big-ip",
        }
    }
}

/// Where the TLS of browsers ends.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Tls {
    /// The balancer passes it through to the servers.
    #[default]
    Through,
    /// It ends at the balancer, which connects to the servers by TLS again.
    Ends,
}

impl From<Tls> for TlsEnds {
    fn from(tls: Tls) -> Self {
        match tls {
            Tls::Through => Self::AtServers,
            Tls::Ends => Self::AtBalancer,
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum BalancerCommand {
    /// Tells what seems to stand before the servers.
    Show,
    /// Prints what a balancer has to be told, with this connection's host, port and servers in it.
    Snippet {
        /// Which balancer.
        #[arg(long = "for", value_enum)]
        kind: BalancerKind,
        /// Where the TLS of browsers ends.
        #[arg(long, value_enum, default_value_t)]
        tls: Tls,
        /// A server, by address or name, with or without a port; may be given several times. Without any: those that are
        /// known.
        #[arg(long = "server", value_name = "ADDRESS")]
        servers: Vec<String>,
    },
    /// Writes the saved SSL certificate, its chain and its key into one protected file (PKCS#12) for whoever looks after a
    /// balancer where TLS ends, and prints the passphrase that opens it, once.
    Certificate(Box<GivenCertificate>),
}

/// A certificate that is given out with its key.
#[derive(Args)]
pub(crate) struct GivenCertificate {
    #[command(flatten)]
    pub(crate) login: Login,
    /// The connection; not needed when there is only one.
    #[arg(long, default_value = "")]
    pub(crate) connection: String,
    /// The file; there must be none of the name yet. Nobody but its owner may read it.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// Does not ask whether the key is really to leave the connection.
    #[arg(long)]
    pub(crate) yes: bool,
}
