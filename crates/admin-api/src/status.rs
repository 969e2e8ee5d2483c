//! What the service is doing, and why it is not when it is not.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// The state of the service. The reason of a state that needs one is a [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
#[ts(export)]
pub enum State {
    /// No configuration yet.
    NotConfigured,
    /// A draft is being tried: only test logins.
    Trial,
    /// Opening the port.
    Starting,
    /// Users can sign in.
    Running {
        /// Since when, in seconds since 1970.
        since: i64,
    },
    /// Not serving, and it can be mended on this machine.
    Stopped {
        /// Why.
        reason: Fault,
    },
    /// Not serving because of something unexpected.
    Failed {
        /// Why.
        reason: Fault,
    },
    /// The connection was deleted. Known users still sign in.
    Detached {
        /// That it was, and until when that can be taken back.
        reason: Fault,
    },
}

impl State {
    /// The names of all states, as in JSON.
    pub const NAMES: [&str; 7] = ["not_configured", "trial", "starting", "running", "stopped", "failed", "detached"];

    /// Whether users sign in.
    pub const fn serves(&self) -> bool {
        matches!(self, Self::Running { .. } | Self::Detached { .. })
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::Trial => "trial",
            Self::Starting => "starting",
            Self::Running { .. } => "running",
            Self::Stopped { .. } => "stopped",
            Self::Failed { .. } => "failed",
            Self::Detached { .. } => "detached",
        }
    }
}

/// Where this server belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Membership {
    /// The organisation.
    pub organisation: String,
    /// The connection.
    pub connection: String,
    /// The Enterprise Domain.
    pub enterprise_domain: String,
    /// The server.
    pub server: String,
    /// The hub's address.
    pub hub: String,
}

/// How the hub is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "hub", rename_all = "snake_case")]
#[ts(export)]
pub enum HubState {
    /// Not tried yet.
    Unknown,
    /// It answered last time.
    Reachable {
        /// When: seconds since 1970.
        at: i64,
    },
    /// It does not answer.
    Unreachable {
        /// Since when: seconds since 1970.
        since: i64,
        /// Why.
        reason: Fault,
    },
}

/// Everything that the status strip and the overview show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Status {
    /// What the service is doing.
    pub state: State,
    /// What an administrator should look at, most urgent first.
    pub warnings: Vec<Fault>,
    /// The version of the service.
    pub version: String,
    /// This machine's name.
    pub server_name: String,
    /// Address and port it listens on, when it does.
    pub listening: Option<String>,
    /// Where users sign in.
    pub login_url: Option<String>,
    /// The applied configuration's revision at the hub.
    pub revision: Option<u64>,
    /// When the last of the hub's news was taken in: seconds since 1970.
    pub synced: Option<i64>,
    /// Where this server belongs, once it is enrolled.
    pub membership: Option<Membership>,
    /// The hub.
    pub hub: HubState,
    /// Users that this server knows.
    pub users: u64,
    /// The mail domains that are reserved for the connection.
    pub domains: Vec<String>,
    /// SHA-256 over the files of the vault page that it serves, in hexadecimal.
    pub vault_page: String,
}

/// Reads the status.
pub struct GetStatus;

impl Call for GetStatus {
    const METHOD: &'static str = "status.get";
    type Params = ();
    type Reply = Status;
}
