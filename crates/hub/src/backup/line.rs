//! A line of a backup: JSON.

use sekisho_hub_api::Blob;
use serde::{Deserialize, Serialize};

use super::sum::Sum;
use crate::store::{Claim, Item, Row};

/// The form of backups.
pub(super) const FORMAT: u32 = 1;

/// The longest line, in bytes: of the longest body, in base64.
pub(super) const LONGEST: u64 = 16 << 20;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The form of the file.
    pub format: u32,
    /// The schema of the database.
    pub schema: i64,
    /// The hub's name.
    pub hub: String,
    /// When it was made: seconds since 1970.
    pub time: i64,
    /// The hub's certificate and key (PEM), by which servers know it.
    pub certificate: Option<String>,
}

/// A line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Backup(Opening),
    Head(String, u64),
    Row(String, String, String, u64, u64, Blob),
    Name(String, String),
    End(End),
}

/// The last line: without it, the file was cut off.
#[derive(Serialize, Deserialize)]
pub(super) struct End {
    #[serde(flatten)]
    pub(super) sum: Sum,
    /// SHA-256 of all lines before, in hexadecimal.
    pub(super) file: String,
}

impl Line {
    /// The line with its end.
    pub(super) fn text(&self) -> Vec<u8> {
        // Plain structs of strings and numbers always have a JSON form.
        let mut text = serde_json::to_vec(self).unwrap_or_default();
        text.push(b'\n');
        text
    }
}

impl From<Item> for Line {
    fn from(item: Item) -> Self {
        match item {
            Item::Head { scope, seq } => Self::Head(scope, seq),
            Item::Row(Row { scope, kind, id, rev, seq, body }) => Self::Row(scope, kind, id, rev, seq, Blob(body)),
            Item::Name(Claim { name, holder }) => Self::Name(name, holder),
        }
    }
}

impl Line {
    /// The thing of the store that it is, if it is one.
    pub(super) fn item(self) -> Option<Item> {
        match self {
            Self::Head(scope, seq) => Some(Item::Head { scope, seq }),
            Self::Row(scope, kind, id, rev, seq, Blob(body)) => {
                Some(Item::Row(Row { scope, kind, id, rev, seq, body }))
            }
            Self::Name(name, holder) => Some(Item::Name(Claim { name, holder })),
            Self::Backup(_) | Self::End(_) => None,
        }
    }
}
