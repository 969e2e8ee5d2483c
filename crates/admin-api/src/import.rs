//! A connection that was exported into one file, on its way into the draft.

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
