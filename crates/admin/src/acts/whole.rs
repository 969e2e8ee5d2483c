//! A connection as a whole: as one encrypted file, and its deletion.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichConnection {
    /// Its name for good.
    pub connection: String,
}

/// Writes a connection into one encrypted file of this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExportToFile {
    /// The connection.
    pub connection: String,
    /// The folder; empty for the account's own. One that does not begin at the root begins there.
    pub folder: String,
    /// The file's name; without one a free name is found.
    #[serde(default)]
    pub name: Option<String>,
}

/// What was written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExportedFile {
    /// The file.
    pub path: String,
    /// What opens it. It is told once and kept nowhere.
    pub passphrase: String,
    /// The revision in it; none when nothing was saved yet.
    pub revision: Option<u64>,
    /// How many users are in it.
    pub users: u64,
}

/// Where an exported file is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
#[ts(export)]
pub enum ExportSource {
    /// Here, as it was dropped.
    Bytes {
        /// Base64 (RFC 4648, with padding).
        bytes: String,
    },
    /// On this computer.
    Path {
        /// From the root on.
        path: String,
    },
}

/// An exported file, to be opened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OpenExport {
    /// The connection into whose draft it is to go.
    pub connection: String,
    /// The file.
    pub file: ExportSource,
    /// What opens it.
    pub passphrase: String,
}

/// What an exported file holds. Private keys are sealed for the connection into whose draft they are to go.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OpenedExport {
    /// The connection's name.
    pub name: String,
    /// Its Enterprise Domain.
    pub enterprise_domain: String,
    /// Its reserved mail domains.
    pub domains: Vec<String>,
    /// When the file was made: seconds since 1970.
    pub made: i64,
    /// The revision.
    pub revision: u64,
    /// Who has signed it, by the name at sign-in.
    pub author: String,
    /// When: seconds since 1970.
    pub time: i64,
    /// How many users are in the file.
    pub users: u64,
    /// The document (JSON), for the service.
    pub document: String,
    /// The lowest schema whose readers understand it.
    pub min_reader: u32,
    /// The sealed private keys, by name, for the service.
    pub objects: Vec<(String, String)>,
}

/// Asks for the next users of the file that was opened last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichUsersNext {
    /// The connection.
    pub connection: String,
    /// How many were left after the last part that has arrived; none: all of them.
    pub left: Option<u64>,
}

/// The next users of the file that was opened last, sealed and signed for the service.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NextUsers {
    /// For the service (base64url); none when all were handed over.
    pub batch: Option<String>,
    /// How many are left after these.
    pub left: u64,
}

/// What goes with a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Going {
    /// The connection's name.
    pub name: String,
    /// Its Enterprise Domain.
    pub enterprise_domain: String,
    /// Its reserved mail domains.
    pub domains: Vec<String>,
    /// Its servers, by the machines' names.
    pub servers: Vec<String>,
    /// How many users it has.
    pub users: u64,
}

/// What deleting a connection takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Deletion {
    /// What goes.
    pub going: Going,
    /// Whether an export has to be made first, in this session: it has servers or users, and none was made of it as it is
    /// now.
    pub needs_export: bool,
}

/// Deletes a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeleteConnection {
    /// The connection.
    pub connection: String,
    /// Its name, as it was typed.
    pub typed: String,
    /// What goes, as it was shown. Anything else is not deleted.
    pub shown: Going,
}

/// A connection that is deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeletedConnection {
    /// Its name for good.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// Its Enterprise Domain.
    pub enterprise_domain: String,
    /// When it was deleted: seconds since 1970.
    pub deleted: i64,
    /// Until when that can be taken back: seconds since 1970.
    pub until: i64,
}
