//! What is asked and answered about users.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Of which connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WhichUsers {
    /// The connection.
    pub connection: String,
}

/// Removes users, or takes that back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangeUsers {
    /// The connection.
    pub connection: String,
    /// The e-mail addresses.
    pub emails: Vec<String>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChangedUsers {
    /// How many users it concerned; others were so before.
    pub changed: u64,
    /// How many of these removals wait for approval.
    pub waiting: u64,
}

/// How a user stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UserState {
    /// May sign in for the first time.
    Invited,
    /// Signs in.
    Active,
    /// Does not sign in until an administrator unlocks them.
    Locked,
    /// Is removed, which waits for approval.
    Waiting,
    /// Is removed, which can be taken back.
    Removed,
    /// Is removed for good.
    Gone,
}

/// A user.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UserInfo {
    /// The e-mail address.
    pub email: String,
    /// First and last name, as far as they are known.
    pub name: String,
    /// How they stand.
    pub state: UserState,
    /// When they were removed: seconds since 1970.
    pub removed: Option<i64>,
}

/// Looks for users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FindUsers {
    /// The connection.
    pub connection: String,
    /// Words of the address or the name; all of them have to be there.
    pub text: String,
    /// Only those who stand so.
    pub state: Option<UserState>,
    /// Whether all are read anew first.
    pub fresh: bool,
}

/// What was found.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FoundUsers {
    /// The first of them, in the order of their addresses.
    pub users: Vec<UserInfo>,
    /// How many there are.
    pub matches: u64,
    /// How many users the connection has, whoever they are.
    pub all: u64,
    /// When all were read: seconds since 1970.
    pub read: i64,
}

/// A removal that waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HeldRemoval {
    /// The e-mail address.
    pub email: String,
    /// The administrator's name at sign-in.
    pub by: String,
    /// When: seconds since 1970.
    pub at: i64,
}

/// The removals that wait.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HeldRemovals {
    /// Names exactly these, for the decision about them.
    pub set: String,
    /// In the order of the addresses.
    pub removals: Vec<HeldRemoval>,
}

/// Decides about the removals that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DecideRemovals {
    /// The connection.
    pub connection: String,
    /// Those that were shown.
    pub set: String,
    /// Whether the users go; else they stay.
    pub approve: bool,
}
