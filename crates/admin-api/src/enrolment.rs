//! Joining a connection: the service makes its keys, an administrator admits them, the service follows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// What an administrator admits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Candidate {
    /// The name that the server has given itself: 128 bits, hexadecimal.
    pub server: String,
    /// Its public keys, base64url.
    pub keys: String,
    /// The machine's name.
    pub name: String,
    /// The version of the program.
    pub version: String,
}

/// Makes the keys of this server, or repeats those that were made.
pub struct PrepareEnrolment;

impl Call for PrepareEnrolment {
    const METHOD: &'static str = "enrolment.prepare";
    type Params = ();
    type Reply = Candidate;
}

/// What an administrator has signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Admission {
    /// The hub's address.
    pub hub_url: String,
    /// The hub's pin, base64url, if it needs one.
    pub hub_pin: Option<String>,
    /// The ticket, base64url.
    pub ticket: String,
    /// The hash of the organisation log's first entry, as a join file has told it: no other organisation is joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub genesis: Option<String>,
}

/// Joins: verifies the ticket, the organisation log and the connection's records, and serves what is saved.
pub struct CompleteEnrolment;

impl Call for CompleteEnrolment {
    const METHOD: &'static str = "enrolment.complete";
    type Params = Admission;
    type Reply = Joined;
}

/// What was downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Joined {
    /// The revision; none while nothing has been saved.
    pub revision: Option<u64>,
    /// Users.
    pub users: u64,
}

/// How far the download has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct JoinProgress {
    /// Rows of the connection that were verified.
    pub rows: u64,
    /// The place of the newest row; 0 until it is known.
    pub of: u64,
    /// Users among them.
    pub users: u64,
}

/// How far the join has come that goes on; none while none does.
pub struct GetJoinProgress;

impl Call for GetJoinProgress {
    const METHOD: &'static str = "enrolment.progress";
    type Params = ();
    type Reply = Option<JoinProgress>;
}
