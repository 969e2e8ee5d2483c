//! Roles with what they enforce, nodes, and what gives a user a role, in the draft.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;
use crate::draft::Draft;

/// What a role enforces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RolePolicies {
    /// A second factor is required.
    pub two_factor: bool,
    /// Users may bring what they have in another program.
    pub import: bool,
    /// Where the browser extension is to be had; without an address it is not offered.
    pub extension: Option<String>,
    /// New users are led through the first steps.
    pub onboarding: bool,
    /// Minutes without use until the vault closes (5 to 1440).
    pub session_minutes: u16,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RoleInfo {
    /// Its name for good.
    pub id: String,
    /// What people read.
    pub name: String,
    /// What it enforces.
    pub policies: RolePolicies,
}

/// A node below the connection's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NodeInfo {
    /// Its name for good.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The node above; none: the connection's own.
    pub parent: Option<String>,
    /// The role of its users; none: that of the node above.
    pub role: Option<String>,
}

/// A group of the identity provider's, and the role of its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappedGroup {
    /// The value of the attribute, to the letter.
    pub group: String,
    /// The role.
    pub role: String,
}

/// The groups that choose a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MappedGroups {
    /// The attribute in which they come, to the letter.
    pub attribute: String,
    /// Of a user in several of them, the first one counts.
    pub groups: Vec<MappedGroup>,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Roles {
    /// The roles.
    pub roles: Vec<RoleInfo>,
    /// The nodes.
    pub nodes: Vec<NodeInfo>,
    /// The role of users whom nothing else gives one.
    pub default_role: Option<String>,
    /// The groups.
    pub groups: Option<MappedGroups>,
}

impl Roles {
    /// What people call a user's node and role; what they are called for good where that is not known.
    #[must_use]
    pub fn names<'a>(&'a self, node: Option<&'a String>, role: Option<&'a String>) -> [&'a str; 2] {
        let named_node = self.nodes.iter().find(|one| Some(&one.id) == node).map(|one| &one.name);
        let named_role = self.roles.iter().find(|one| Some(&one.id) == role).map(|one| &one.name);
        [named_node.or(node), named_role.or(role)].map(|text| text.map_or("", String::as_str))
    }
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
#[ts(export)]
pub enum RoleStep {
    /// A role is made, or written anew.
    PutRole {
        /// Which; none: another one.
        id: Option<String>,
        /// What people read.
        name: String,
        /// What it enforces.
        policies: RolePolicies,
    },
    /// A role goes.
    RemoveRole {
        /// Which.
        id: String,
    },
    /// A node is made, or written anew.
    PutNode {
        /// Which; none: another one.
        id: Option<String>,
        /// What people read.
        name: String,
        /// The node above; none: the connection's own.
        parent: Option<String>,
        /// The role of its users; none: that of the node above.
        role: Option<String>,
    },
    /// A node goes.
    RemoveNode {
        /// Which.
        id: String,
    },
    /// Users whom nothing else gives a role get this one.
    Default {
        /// Which; none: no role.
        role: Option<String>,
    },
    /// Groups choose a role, or no longer.
    Groups {
        /// Which.
        groups: Option<MappedGroups>,
    },
}

/// Changes roles, nodes and groups in the draft.
pub struct ChangeRoles;

impl Call for ChangeRoles {
    const METHOD: &'static str = "draft.roles";
    type Params = RoleStep;
    type Reply = Draft;
}
