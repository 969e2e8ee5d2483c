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
    /// The node that they were put on; none: the connection's own.
    pub node: Option<String>,
    /// The role that they were given; none: the one that groups, node or connection give.
    pub role: Option<String>,
    /// Since when they have a second factor: seconds since 1970.
    pub second_factor: Option<i64>,
}

/// Where users are put. Names for good, as the connection's configuration has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
#[ts(export)]
pub enum Place {
    /// On a node.
    Node {
        /// Which; none: the connection's own.
        node: Option<String>,
    },
    /// Under a role.
    Role {
        /// Which; none: the one that groups, node or connection give.
        role: Option<String>,
    },
    /// Without the second factors that they have: the next sign-in asks for new ones, where the role requires one.
    NoFactors,
}

impl Place {
    /// On this node.
    pub(super) fn node(node: String) -> Self {
        Self::Node { node: Some(node) }
    }

    /// Under this role.
    pub(super) fn role(role: String) -> Self {
        Self::Role { role: Some(role) }
    }
}

/// Puts users somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlaceUsers {
    /// The connection.
    pub connection: String,
    /// The e-mail addresses.
    pub emails: Vec<String>,
    /// Where they are put.
    pub place: Place,
}

/// Somebody who waits for an administrator, because another user has the address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WaitingUser {
    /// The identity, blinded.
    pub id: String,
    /// The address.
    pub email: String,
    /// First and last name, as the identity provider says them.
    pub name: String,
    /// What the identity provider calls them.
    pub subject: String,
    /// First and last name of the user who has the address.
    pub known_name: String,
    /// What the identity provider calls that one.
    pub known_subject: String,
    /// The newcomer's identity provider, by its entity ID.
    pub idp: String,
    /// Where the newcomer's subject comes from.
    pub source: String,
    /// The same of the user who has the address.
    pub known_idp: String,
    /// And where their subject comes from.
    pub known_source: String,
    /// The account of the user who has the address.
    pub account: String,
    /// When they came last, by the server's clock: seconds since 1970.
    pub time: i64,
}

/// Decides about somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DecideWaiting {
    /// The connection.
    pub connection: String,
    /// The identity, blinded.
    pub id: String,
    /// The address.
    pub email: String,
    /// The account that was shown beside it.
    pub account: String,
    /// Whether they are the user who has the address.
    pub same: bool,
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
    /// Whether what was written since is read first.
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
