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
    /// The connection was deleted at the hub.
    Detached,
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
}

/// Reads the status.
pub struct GetStatus;

impl Call for GetStatus {
    const METHOD: &'static str = "status.get";
    type Params = ();
    type Reply = Status;
}
