//! Adding a server: the join file of a running server, and the token for unattended use.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::enrolment::{Admission, Joined};

/// The newest form of join files and tokens.
pub const FORMAT: u32 = 1;

/// What a running server tells one that is to be added. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct JoinFile {
    /// The form of the file.
    pub sekisho_join: u32,
    /// The hub's address.
    pub hub: String,
    /// The hub's pin, base64url, if it needs one.
    pub hub_pin: Option<String>,
    /// HTTP proxy on the way to the hub; empty for the system's settings.
    pub proxy: String,
    /// Certificates (PEM) of authorities that are trusted on that way, besides the system's.
    pub authorities: String,
    /// The hash of the organisation log's first entry, hexadecimal: no other organisation is joined by this file.
    pub genesis: String,
    /// The connection's id.
    pub connection: String,
    /// Its Enterprise Domain.
    pub enterprise_domain: String,
    /// The version of the running server.
    pub version: String,
    /// The name of the machine that has made the file.
    pub made_by: String,
    /// Address and port that this machine listens on, when it does.
    pub listening: Option<String>,
    /// Until when it may be used: seconds since 1970.
    pub ends: i64,
}

/// Makes a join file on a running server.
pub struct MakeJoinFile;

impl Call for MakeJoinFile {
    const METHOD: &'static str = "join.make";
    type Params = ();
    type Reply = JoinFile;
}

/// The text of a join file, as it was opened or pasted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct JoinText {
    /// The text.
    pub text: String,
}

/// Reads a join file on the server that is to be added: whether it may be used here and now, before anybody signs in.
pub struct ReadJoinFile;

impl Call for ReadJoinFile {
    const METHOD: &'static str = "join.read";
    type Params = JoinText;
    type Reply = JoinFile;
}

/// Lets one server join without an administrator beside it. A secret: whoever has it becomes that server.
#[derive(Clone, Serialize, Deserialize)]
pub struct JoinToken {
    /// The form of the token.
    pub sekisho_join_token: u32,
    /// What a join file tells.
    pub file: JoinFile,
    /// The name for good that the server was admitted under.
    pub server: String,
    /// The seed of its keys, base64url.
    pub seed: String,
    /// What an administrator has signed for it.
    pub admission: Admission,
}

/// Joins by a token, given as its text.
pub struct JoinByToken;

impl Call for JoinByToken {
    const METHOD: &'static str = "join.by_token";
    type Params = JoinText;
    type Reply = Joined;
}
