//! This machine: what a form offers to choose from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// This machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Machine {
    /// Its name.
    pub name: String,
    /// Its addresses, those that others can reach first.
    pub addresses: Vec<String>,
    /// Its clock: seconds since 1970.
    pub time: i64,
    /// The service's account, for permissions.
    pub account: String,
}

/// Reads what there is to know of this machine.
pub struct GetMachine;

impl Call for GetMachine {
    const METHOD: &'static str = "machine.get";
    type Params = ();
    type Reply = Machine;
}
