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
    /// The servers' reports that all of it was held against: what they say they have seen has to be there.
    #[serde(default)]
    pub checkpoints: Vec<Checkpoint>,
    /// What does not hold.
    pub faults: Vec<Fault>,
}

/// A server's signed report, as a checkpoint: how far that server had seen the log, the revisions and the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Checkpoint {
    /// The server's name.
    pub server: String,
    /// When it was signed, by that server's clock: seconds since 1970.
    pub time: i64,
    /// Entries of the organisation log.
    pub log_entries: u64,
    /// The revision that the server had applied.
    pub revision: Option<u64>,
    /// User records, of all servers together.
    pub records: u64,
}

/// How far a Full Sync has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncProgress {
    /// Entries of the organisation log that were verified.
    pub log_entries: u64,
    /// Rows of the connection that were verified or refused.
    pub rows: u64,
    /// Where the feed stands, and how far it goes.
    pub place: u64,
    /// The place of the feed's newest row; 0 until it is known.
    pub head: u64,
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
