//! Full Sync: everything is read again and verified.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// What a Full Sync found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncReport {
    /// Entries of the organisation log that were verified.
    pub log_entries: u64,
    /// The newest revision.
    pub revision: Option<u64>,
    /// User records that were verified.
    pub users: u64,
    /// What does not hold.
    pub faults: Vec<Fault>,
}

/// Reads and verifies everything again.
pub struct FullSync;

impl Call for FullSync {
    const METHOD: &'static str = "sync.full";
    type Params = ();
    type Reply = SyncReport;
}

/// Serves again what is applied, after what was in the way is mended.
pub struct Serve;

impl Call for Serve {
    const METHOD: &'static str = "service.start";
    type Params = ();
    type Reply = ();
}

/// Stops serving users; the admin API goes on.
pub struct StopServing;

impl Call for StopServing {
    const METHOD: &'static str = "service.stop";
    type Params = ();
    type Reply = ();
}
