//! How sign-ins go in the first minutes after a save, and which revision was there before.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// A save that is watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SaveWatch {
    /// The revision that was saved, and is applied here.
    pub revision: u64,
    /// The one before.
    pub before: u64,
    /// Until when it is watched: seconds since 1970.
    pub ends: i64,
    /// Sign-ins through this server since it was applied.
    pub accepted: u64,
    /// Those that were refused, by code, the most frequent first.
    pub refused: Vec<RefusedSignIns>,
}

/// Refused sign-ins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RefusedSignIns {
    /// Why.
    pub code: String,
    /// How many.
    pub count: u64,
}

/// Reads how the newest save goes; none when it is older than ten minutes, or the first.
pub struct WatchSave;

impl Call for WatchSave {
    const METHOD: &'static str = "save.watch";
    type Params = ();
    type Reply = Option<SaveWatch>;
}
