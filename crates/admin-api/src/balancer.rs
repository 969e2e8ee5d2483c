//! A balancer before the servers: whether there seems to be one, what it has to be told, and the record of a certificate that
//! was given to it.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// What stands before the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Topology {
    /// Nothing: the name leads to the servers themselves.
    None,
    /// A balancer that passes TLS through.
    AtServers,
    /// A balancer where TLS ends.
    AtBalancer,
}

/// What stands before the servers, as far as that can be seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SeenTopology {
    /// What it looks like; none where that cannot be told.
    pub seen: Option<Topology>,
    /// The name that users open.
    pub host: String,
    /// Where the name leads to, other than this server, by this machine's resolver.
    pub elsewhere: Vec<String>,
    /// Why the name leads nowhere.
    pub unresolved: Option<Fault>,
    /// The addresses under "Balancers and proxies" of what is saved.
    pub trusted_proxies: Vec<String>,
}

/// Looks at where the name of the servers leads to, by handshakes; nothing is asked and nothing is sent (R26).
pub struct SeeTopology;

impl Call for SeeTopology {
    const METHOD: &'static str = "balancer.topology";
    type Params = ();
    type Reply = SeenTopology;
}

/// Where the TLS of browsers ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TlsEnds {
    /// At the servers: the balancer passes it through.
    AtServers,
    /// At the balancer.
    AtBalancer,
}

/// Which texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichSnippets {
    /// Where TLS ends.
    pub tls: TlsEnds,
    /// The servers, each an address or a name, with or without a port. None: those that are known.
    #[serde(default)]
    pub servers: Vec<String>,
}

/// A server, as a balancer reaches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PoolMember {
    /// The machine's name.
    pub name: String,
    /// Host and port.
    pub address: String,
    /// Whether the address is made of the machine's name and this server's port: servers do not tell one another theirs.
    pub guessed: bool,
}

/// The text for one balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Snippet {
    /// Which balancer: `haproxy`, `nginx`, `big-ip`.
    pub balancer: String,
    /// Where the text belongs.
    pub file: String,
    /// The text.
    pub text: String,
}

/// What balancers have to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Snippets {
    /// The servers.
    pub members: Vec<PoolMember>,
    /// The texts.
    pub snippets: Vec<Snippet>,
}

/// Gives the texts for every kind of balancer, with this connection's host, port and servers.
pub struct GetSnippets;

impl Call for GetSnippets {
    const METHOD: &'static str = "balancer.snippets";
    type Params = WhichSnippets;
    type Reply = Snippets;
}

/// An administrator's signed word that the SSL certificate was written into a file with its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CertificateGivenOut {
    /// The word (base64url).
    pub note: String,
}

/// Verifies the word and writes it down in the activity.
pub struct NoteCertificateGivenOut;

impl Call for NoteCertificateGivenOut {
    const METHOD: &'static str = "balancer.given_out";
    type Params = CertificateGivenOut;
    type Reply = ();
}
