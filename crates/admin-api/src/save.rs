//! Saving: the service prepares, an administrator signs in a process of their own, the hub orders, every server applies.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// Why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SaveReason {
    /// In words.
    pub reason: String,
    /// The number under which the change was asked for.
    pub change_number: String,
}

/// What is to be signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Prepared {
    /// The organisation.
    pub organisation: String,
    /// The connection.
    pub connection: String,
    /// The save: the same at every try.
    pub save: String,
    /// The revision that it was made from; 0 before the first.
    pub base: u64,
    /// The document, as JSON text.
    pub document: String,
    /// Names and sealed bytes (base64url) of private keys that the document names for the first time.
    pub objects: Vec<(String, String)>,
}

/// Checks the draft and prepares it. A draft with errors is not prepared.
pub struct PrepareSave;

impl Call for PrepareSave {
    const METHOD: &'static str = "save.prepare";
    type Params = SaveReason;
    type Reply = Prepared;
}

/// A revision in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PastRevision {
    /// Its number.
    pub revision: u64,
    /// When: seconds since 1970.
    pub time: i64,
    /// Who, by the name at sign-in.
    pub author: String,
    /// Why.
    pub reason: String,
    /// The change number.
    pub change_number: String,
    /// What it changed.
    pub changes: Vec<crate::draft::DraftChange>,
    /// Why it cannot be read, if it cannot.
    pub fault: Option<Fault>,
}

/// Reads the history, newest first.
pub struct ListRevisions;

impl Call for ListRevisions {
    const METHOD: &'static str = "history.list";
    type Params = ();
    type Reply = Vec<PastRevision>;
}

/// Which revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichRevision {
    /// Its number.
    pub revision: u64,
}

/// Puts an old revision into the draft; it is then checked, reviewed and saved like any other.
pub struct RestoreRevision;

impl Call for RestoreRevision {
    const METHOD: &'static str = "history.restore";
    type Params = WhichRevision;
    type Reply = crate::draft::Draft;
}

/// The applied configuration without secrets, for a support case.
pub struct ExportRedacted;

impl Call for ExportRedacted {
    const METHOD: &'static str = "export.redacted";
    type Params = ();
    type Reply = serde_json::Value;
}
