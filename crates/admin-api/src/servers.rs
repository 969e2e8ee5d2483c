//! The servers of the connection, as their signed reports tell.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::names::NameUse;
use crate::sync::SyncProgress;

/// All servers of the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Servers {
    /// This server first, the others by their names.
    pub servers: Vec<Server>,
    /// The newest revision that this server has verified.
    pub newest: Option<u64>,
    /// When the reports were last read: seconds since 1970.
    pub read: Option<i64>,
    /// Why they cannot be read now, and which were refused.
    pub faults: Vec<Fault>,
    /// The newest wish for a Full Sync of all servers that has come here, by its number.
    pub asked: Option<u64>,
    /// The Full Sync that goes on here.
    pub progress: Option<SyncProgress>,
}

/// A server of the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Server {
    /// Its name for good: 128 bits, hexadecimal.
    pub server: String,
    /// The machine's name.
    pub name: String,
    /// Whether it is this one.
    pub own: bool,
    /// When it was last heard of: seconds since 1970. None: not at all yet.
    pub heard: Option<i64>,
    /// Whether that is so long ago that what follows may not be true any more.
    pub stale: bool,
    /// The state, by the name in the status (`running`).
    pub state: Option<String>,
    /// Why it does not serve, or not the newest revision. Of another server the code alone.
    pub reason: Option<Fault>,
    /// The version of the program.
    pub version: Option<String>,
    /// The revision that it has applied.
    pub revision: Option<u64>,
    /// How many revisions it is behind the newest.
    pub behind: u64,
    /// When it last took in the hub's news, by its own clock: seconds since 1970.
    pub synced: Option<i64>,
    /// The certificate that it serves.
    pub certificate: Option<Served>,
    /// When a user first signed in through it, by its own clock: seconds since 1970.
    pub first_sign_in: Option<i64>,
    /// When a user last did.
    pub last_sign_in: Option<i64>,
    /// How often users did, since it counts.
    pub sign_ins: Option<u64>,
    /// How each of the names is used, in the order of the configuration; none where the server has another revision than this
    /// one, or there is only one name.
    #[serde(default)]
    pub names: Vec<NameUse>,
    /// The last Full Sync of all servers that it took part in.
    pub sync: Option<ServerSync>,
    /// What an administrator should look at.
    pub warnings: Vec<Fault>,
}

/// A certificate that a server serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Served {
    /// SHA-256, as people compare it.
    pub sha256: String,
    /// Its last moment, if the certificate is known here: seconds since 1970.
    pub not_after: Option<i64>,
}

/// What came of a Full Sync that an administrator asked all servers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServerSync {
    /// Which one, by its number.
    pub request: u64,
    /// When it ended, by the server's clock: seconds since 1970. None: it goes on.
    pub ended: Option<i64>,
    /// Entries of the organisation log that were verified.
    pub log_entries: u64,
    /// The newest revision that was verified.
    pub revision: Option<u64>,
    /// User records that were verified.
    pub users: u64,
    /// How many servers' reports all of it was held against.
    pub checkpoints: u64,
    /// The codes of what does not hold.
    pub faults: Vec<String>,
}

/// Lists the servers. The others' reports are read anew for it, at most once a second.
pub struct ListServers;

impl Call for ListServers {
    const METHOD: &'static str = "servers.list";
    type Params = ();
    type Reply = Servers;
}
