//! Writing roles, nodes and groups, each step refused where it would leave something that is not there.

use std::collections::BTreeSet;

use sekisho_fault::{Fault, Result};

use super::{DEEPEST, Groups, Id, MOST_GROUPS, MOST_NODES, MOST_ROLES, Node, Policies, Role};
use crate::codes;
use crate::document::Document;

/// Characters of a name, at most.
const LONGEST: usize = 80;
/// Minutes of a session, at least and at most.
const SESSION: std::ops::RangeInclusive<u16> = 5..=1440;

impl Document {
    /// Writes a role, instead of the one of this name if there is one.
    ///
    /// Codes: `ROLE_NAME`, `ROLE_NAME_TAKEN`, `SESSION_MINUTES`, `HTTPS`, `TOO_MANY_ROLES`.
    pub fn put_role(&mut self, role: Role) -> Result<()> {
        let role = Role { name: name(&role.name)?, ..role };
        policies(&role.policies)?;
        if self.roles.iter().any(|other| other.id != role.id && other.name == role.name) {
            return Err(Fault::new(codes::ROLE_NAME_TAKEN).with("name", role.name).on("name"));
        }
        place(&mut self.roles, role, |one| &one.id, MOST_ROLES)
    }

    /// Takes a role away that gives nobody anything any more.
    ///
    /// Codes: `NO_SUCH_ROLE`, `ROLE_IN_USE`.
    pub fn remove_role(&mut self, id: &Id) -> Result<()> {
        let role = self.role(id.as_str()).ok_or_else(|| gone(id))?;
        let of_node = self.nodes.iter().any(|node| node.role.as_ref() == Some(id));
        let of_group = self.groups.iter().flat_map(|groups| &groups.roles).any(|one| one.role == *id);
        if of_node || of_group || self.default_role.as_ref() == Some(id) {
            return Err(Fault::new(codes::ROLE_IN_USE).with("name", role.name.as_str()));
        }
        self.roles.retain(|role| role.id != *id);
        Ok(())
    }

    /// Chooses the role of users whom nothing else gives one.
    ///
    /// Code: `NO_SUCH_ROLE`.
    pub fn choose_default_role(&mut self, role: Option<Id>) -> Result<()> {
        self.knows(role.as_ref())?;
        self.default_role = role;
        Ok(())
    }

    /// Writes a node, instead of the one of this name if there is one.
    ///
    /// Codes: `ROLE_NAME`, `ROLE_NAME_TAKEN`, `NO_SUCH_ROLE`, `NO_SUCH_NODE`, `NODE_BELOW_ITSELF`, `TOO_MANY_NODES`.
    pub fn put_node(&mut self, node: Node) -> Result<()> {
        let node = Node { name: name(&node.name)?, ..node };
        self.knows(node.role.as_ref())?;
        let beside = |other: &&Node| other.id != node.id && other.parent == node.parent;
        if self.nodes.iter().filter(beside).any(|other| other.name == node.name) {
            return Err(Fault::new(codes::ROLE_NAME_TAKEN).with("name", node.name).on("name"));
        }
        if let Some(parent) = &node.parent {
            self.node(parent.as_str()).ok_or_else(|| no_node(parent))?;
        }
        let mut nodes = self.nodes.clone();
        place(&mut nodes, node.clone(), |one| &one.id, MOST_NODES)?;
        if nodes.iter().any(|one| depth(&nodes, one).is_none()) {
            return Err(Fault::new(codes::NODE_BELOW_ITSELF)
                .with("name", node.name)
                .with("most", DEEPEST)
                .on("parent"));
        }
        self.nodes = nodes;
        Ok(())
    }

    /// Takes a node away that has none below it. Its users are on the connection's own node from then on.
    ///
    /// Codes: `NO_SUCH_NODE`, `NODE_IN_USE`.
    pub fn remove_node(&mut self, id: &Id) -> Result<()> {
        let node = self.node(id.as_str()).ok_or_else(|| no_node(id))?;
        if self.nodes.iter().any(|one| one.parent.as_ref() == Some(id)) {
            return Err(Fault::new(codes::NODE_IN_USE).with("name", node.name.as_str()));
        }
        self.nodes.retain(|node| node.id != *id);
        Ok(())
    }

    /// Lets groups of the identity provider's choose a role, or no longer.
    ///
    /// Codes: `NAME`, `NO_SUCH_ROLE`, `GROUP_TWICE`, `TOO_MANY_ROLES`.
    pub fn map_groups(&mut self, groups: Option<Groups>) -> Result<()> {
        if let Some(groups) = &groups {
            to_the_letter(&groups.attribute).map_err(|fault| fault.on("attribute"))?;
            let mut seen = BTreeSet::new();
            for one in &groups.roles {
                to_the_letter(&one.group).map_err(|fault| fault.on("groups"))?;
                self.knows(Some(&one.role))?;
                if !seen.insert(&one.group) {
                    return Err(Fault::new(codes::GROUP_TWICE).with("group", one.group.as_str()).on("groups"));
                }
            }
            if groups.roles.len() > MOST_GROUPS {
                return Err(Fault::new(codes::TOO_MANY_ROLES).with("most", MOST_GROUPS).on("groups"));
            }
        }
        self.groups = groups;
        Ok(())
    }

    fn knows(&self, role: Option<&Id>) -> Result<()> {
        role.map_or(Ok(()), |id| self.role(id.as_str()).map(drop).ok_or_else(|| gone(id)))
    }
}

/// How far below the connection's own node a node is; none where it does not end there, or is too deep.
pub(super) fn depth(nodes: &[Node], node: &Node) -> Option<usize> {
    let (mut depth, mut at) = (1, node);
    while let Some(parent) = &at.parent {
        at = nodes.iter().find(|one| one.id == *parent)?;
        depth += 1;
        if depth > DEEPEST {
            return None;
        }
    }
    Some(depth)
}

pub(super) fn gone(id: &Id) -> Fault {
    Fault::new(codes::NO_SUCH_ROLE).with("role", id.as_str())
}

pub(super) fn no_node(id: &Id) -> Fault {
    Fault::new(codes::NO_SUCH_NODE).with("node", id.as_str())
}

/// What people read: something, without stray spaces.
pub(super) fn name(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return Err(Fault::new(codes::ROLE_NAME).with("most", LONGEST).on("name"));
    }
    Ok(text.to_owned())
}

/// An attribute or a group, which are compared to the letter: Active Directory sends whole distinguished names.
fn to_the_letter(text: &str) -> Result<()> {
    if text.is_empty() || text.len() > 512 || text.trim() != text || text.chars().any(char::is_control) {
        return Err(Fault::new(codes::NAME).with("value", text.chars().take(80).collect::<String>()));
    }
    Ok(())
}

pub(super) fn policies(policies: &Policies) -> Result<()> {
    if !SESSION.contains(&policies.session_minutes) {
        let fault = Fault::new(codes::SESSION_MINUTES).with("least", *SESSION.start()).with("most", *SESSION.end());
        return Err(fault.on("session_minutes"));
    }
    let address = policies.extension.as_deref().map(crate::field::https).transpose();
    address.map(drop).map_err(|fault| fault.on("extension"))
}

/// Puts one in the place of the one of its name, or behind all others.
fn place<T>(all: &mut Vec<T>, one: T, id: impl Fn(&T) -> &Id, most: usize) -> Result<()> {
    if let Some(known) = all.iter_mut().find(|known| id(known) == id(&one)) {
        *known = one;
        return Ok(());
    }
    if all.len() >= most {
        return Err(Fault::new(codes::TOO_MANY_ROLES).with("most", most));
    }
    all.push(one);
    Ok(())
}
