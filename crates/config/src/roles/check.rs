//! What is wrong with roles and nodes that came by a file, by hand or by a merge.

use std::collections::BTreeSet;

use sekisho_fault::{Fault, Severity};

use super::change::{depth, gone, name, no_node, policies};
use super::{DEEPEST, Id};
use crate::codes;
use crate::document::Document;

/// What is wrong, and what an administrator should look at.
pub(crate) fn check(document: &Document) -> Vec<Fault> {
    let known = |id: &Option<Id>| id.as_ref().is_none_or(|id| document.role(id.as_str()).is_some());
    let mut found = Vec::new();
    if !known(&document.default_role) {
        found.extend(document.default_role.as_ref().map(|id| gone(id).on("default_role")));
    }
    for node in &document.nodes {
        let parent = node.parent.as_ref().filter(|id| document.node(id.as_str()).is_none());
        found.extend(node.role.as_ref().filter(|_| !known(&node.role)).map(|id| gone(id).on("nodes")));
        found.extend(parent.map(|id| no_node(id).on("nodes")));
        if parent.is_none() && depth(&document.nodes, node).is_none() {
            let below = Fault::new(codes::NODE_BELOW_ITSELF).with("name", node.name.as_str()).with("most", DEEPEST);
            found.push(below.on("nodes"));
        }
    }
    for one in document.groups.iter().flat_map(|groups| &groups.roles) {
        found.extend(document.role(one.role.as_str()).is_none().then(|| gone(&one.role).on("groups")));
    }
    let twice = |ids: Vec<&Id>| ids.len() != ids.iter().collect::<BTreeSet<_>>().len();
    let double = |field| Fault::new(codes::ROLE_TWICE).on(field);
    found.extend(twice(document.roles.iter().map(|role| &role.id).collect()).then(|| double("roles")));
    found.extend(twice(document.nodes.iter().map(|node| &node.id).collect()).then(|| double("nodes")));
    for role in &document.roles {
        found.extend(policies(&role.policies).err().map(|fault| fault.on("roles")));
        found.extend(name(&role.name).err().map(|fault| fault.on("roles")));
        let same = |other: &&super::Role| other.id < role.id && other.name == role.name;
        let taken = || Fault::new(codes::ROLE_NAME_TAKEN).with("name", role.name.as_str()).on("roles");
        found.extend(document.roles.iter().find(same).map(|_| taken()));
    }
    found.extend(document.nodes.iter().filter_map(|node| name(&node.name).err()).map(|fault| fault.on("nodes")));
    let mut again = document.clone();
    found.extend(again.map_groups(document.groups.clone()).err().filter(|fault| fault.code != codes::NO_SUCH_ROLE));
    if document.just_in_time && document.default_role.is_none() && !document.roles.is_empty() {
        found.push(Fault::new(codes::NO_DEFAULT_ROLE).on("default_role").as_severity(Severity::Warning));
    }
    found
}
