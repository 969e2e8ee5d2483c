//! How far a server has seen log, revisions and records, carried to another one by whoever speaks with both: a way that is not
//! the hub's (R8).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Call, Client};
use sekisho_fault::Result;

/// A server's signed report, as of now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Heads {
    /// The report as the server has signed it (base64url).
    pub report: String,
}

/// What came of holding another server's report against what this one has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Held {
    /// The other server has seen nothing but what was seen here, too.
    Agrees,
    /// The other server has seen more than the hub shows here.
    Behind,
    /// The other server has seen something else. From now on nothing is taken from the hub any more.
    Forked,
}

/// What came of it, and at whose report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HeldHeads {
    /// The other server's name.
    pub server: String,
    /// What came of it.
    pub held: Held,
}

/// Signs how far this server has seen.
pub struct GetHeads;

impl Call for GetHeads {
    const METHOD: &'static str = "heads.get";
    type Params = ();
    type Reply = Heads;
}

/// Holds another server's report against what this one has seen, and keeps what contradicts it.
pub struct HoldHeads;

impl Call for HoldHeads {
    const METHOD: &'static str = "heads.hold";
    type Params = Heads;
    type Reply = HeldHeads;
}

/// Follows the hub again, although another server has seen something else.
pub struct FollowAgain;

impl Call for FollowAgain {
    const METHOD: &'static str = "heads.follow_again";
    type Params = ();
    type Reply = ();
}

/// Carries each of two servers' reports to the other: what came of it at the first, and at the second.
///
/// Codes: those of both servers, such as `NOT_ENROLLED` of one that belongs to no connection, or `WRONG_PLACE` of one that
/// belongs to another.
pub async fn exchange(one: &Client, other: &Client) -> Result<(HeldHeads, HeldHeads)> {
    let (first, second) = tokio::join!(one.call::<GetHeads>(()), other.call::<GetHeads>(()));
    let (first, second) = (first?, second?);
    // Whatever the one says, the other hears it.
    let (at_one, at_other) = tokio::join!(one.call::<HoldHeads>(second), other.call::<HoldHeads>(first));
    Ok((at_one?, at_other?))
}
