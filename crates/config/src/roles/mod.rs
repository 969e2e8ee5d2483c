//! Which policies a user has: roles, the nodes below the connection's own, and what gives a user a role. All of it is part of the signed
//! document (R11), so neither the hub nor the identity provider says it: an attribute chooses a role only through [`Groups`].

mod change;
mod check;
mod shown;
#[cfg(test)]
mod tests;

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(crate) use check::check;

use crate::codes;
use crate::document::Document;

/// Roles, at most.
pub const MOST_ROLES: usize = 64;
/// Nodes below the connection's own, at most.
pub const MOST_NODES: usize = 256;
/// Groups that choose a role, at most.
pub const MOST_GROUPS: usize = 256;
/// Nodes below one another, at most.
const DEEPEST: usize = 8;

/// The name of a role or a node for good; people read another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

impl Id {
    /// Reads one: letters `a` to `z`, digits and hyphens, 36 at most.
    ///
    /// Code: `ROLE_ID`.
    pub fn parse(text: &str) -> Result<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > 36 || !text.bytes().all(plain) {
            return Err(Fault::new(codes::ROLE_ID).with("value", text.chars().take(40).collect::<String>()));
        }
        Ok(Self(text.to_owned()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Id {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

/// What a role enforces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    /// A second factor is required.
    #[serde(default)]
    pub two_factor: bool,
    /// Users may bring what they have in another program.
    #[serde(default = "yes")]
    pub import: bool,
    /// Where the browser extension is to be had; without an address it is not offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// New users are led through the first steps.
    #[serde(default = "yes")]
    pub onboarding: bool,
    /// Minutes without use until the vault closes.
    #[serde(default = "hour")]
    pub session_minutes: u16,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

fn yes() -> bool {
    true
}

fn hour() -> u16 {
    60
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            two_factor: false,
            import: yes(),
            extension: None,
            onboarding: yes(),
            session_minutes: hour(),
            unknown: Map::new(),
        }
    }
}

/// A role: a name for people, and what it enforces. It gives no right over anything: administrators are in the log alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its name for good.
    pub id: Id,
    /// What people read.
    pub name: String,
    /// What it enforces.
    pub policies: Policies,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// A node below the connection's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name for good.
    pub id: Id,
    /// What people read.
    pub name: String,
    /// The node above; none: the connection's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Id>,
    /// The role of its users; none: that of the node above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Id>,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// The identity provider's groups that choose a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// The attribute in which the groups come, to the letter.
    pub attribute: String,
    /// Of a user in several of them, the first one counts.
    pub roles: Vec<GroupRole>,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// A group, and the role of its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRole {
    /// The value of the attribute, to the letter.
    pub group: String,
    /// The role.
    pub role: Id,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// What has given a user the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By<'a> {
    /// An administrator.
    Administrator,
    /// A group of the identity provider's.
    Group(&'a str),
    /// The node that the user is in, or one above it.
    Node(&'a Node),
    /// The connection.
    Connection,
    /// Nothing: no role is in force.
    Nothing,
}

/// The role of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned<'a> {
    /// The role; without one, [`Policies::default`] counts.
    pub role: Option<&'a Role>,
    /// What has given it.
    pub by: By<'a>,
}

impl Assigned<'_> {
    /// What is enforced.
    pub fn policies(&self) -> Policies {
        self.role.map(|role| role.policies.clone()).unwrap_or_default()
    }
}

impl Document {
    /// The role of a user whom administrators have put on this node and given this role, and who is in these groups: the
    /// administrators' word first, then the first mapped group, then the nearest node that has one, then the connection's. A word
    /// about what is not there any more does not count.
    pub fn role_of<'a>(&'a self, node: Option<&str>, role: Option<&str>, groups: &[&str]) -> Assigned<'a> {
        if let Some(role) = role.and_then(|id| self.role(id)) {
            return Assigned { role: Some(role), by: By::Administrator };
        }
        let mapped = self.groups.iter().flat_map(|groups| &groups.roles);
        for one in mapped.filter(|one| groups.contains(&one.group.as_str())) {
            if let Some(role) = self.role(one.role.as_str()) {
                return Assigned { role: Some(role), by: By::Group(&one.group) };
            }
        }
        for node in self.upwards(node) {
            if let Some(role) = node.role.as_ref().and_then(|id| self.role(id.as_str())) {
                return Assigned { role: Some(role), by: By::Node(node) };
            }
        }
        match self.default_role.as_ref().and_then(|id| self.role(id.as_str())) {
            Some(role) => Assigned { role: Some(role), by: By::Connection },
            None => Assigned { role: None, by: By::Nothing },
        }
    }

    /// The role of this name.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id.as_str() == id)
    }

    /// The node of this name.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id.as_str() == id)
    }

    /// A node and those above it, the nearest first. It ends, whatever was written.
    fn upwards(&self, from: Option<&str>) -> impl Iterator<Item = &Node> {
        let first = from.and_then(|id| self.node(id));
        let above = |node: &&Node| self.node(node.parent.as_ref()?.as_str());
        std::iter::successors(first, above).take(DEEPEST)
    }
}
