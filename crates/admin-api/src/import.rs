//! A connection that was exported into one file, on its way into the draft.

use sekisho_fault::Fault;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::Draft;

/// What is to be put into the draft. Private keys are sealed under the connection's key, by the administrator's process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportedDocument {
    /// The document (JSON).
    pub document: String,
    /// The lowest schema whose readers understand it.
    pub min_reader: u32,
    /// The sealed private keys, by name (base64url).
    pub objects: Vec<(String, String)>,
}

/// Puts a document into the draft, in the place of what was there. Keys that the connection has retired stay retired.
pub struct ImportDraft;

impl Call for ImportDraft {
    const METHOD: &'static str = "draft.import";
    type Params = ImportedDocument;
    type Reply = Draft;
}

/// Users whom an administrator hands over: sealed and signed by them (base64url).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HandedUsers {
    /// The users.
    pub batch: String,
}

/// What came of users who were handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportedUsers {
    /// How many were made.
    pub made: u64,
    /// How many were there already, and stay as they are.
    pub there: u64,
    /// Why others were not made, each reason once.
    pub faults: Vec<Fault>,
}

/// Makes users as they were in another connection, with their secrets: their vaults open as before.
pub struct ImportUsers;

impl Call for ImportUsers {
    const METHOD: &'static str = "users.import";
    type Params = HandedUsers;
    type Reply = ImportedUsers;
}
