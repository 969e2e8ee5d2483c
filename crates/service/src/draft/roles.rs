//! Roles, nodes and groups in the draft.

use sekisho_admin_api::roles::{MappedGroup, MappedGroups, NodeInfo, RoleInfo, RolePolicies, RoleStep, Roles};
use sekisho_config::Document;
use sekisho_config::roles::{GroupRole, Groups, Id, Node, Policies, Role};
use sekisho_fault::Result;
use serde_json::Map;

/// Makes a change. `fresh`: the name for good of a role or a node that is made.
///
/// Codes: those of the roles.
pub fn change(document: &mut Document, step: RoleStep, fresh: &str) -> Result<()> {
    let id = |id: Option<String>| Id::parse(id.as_deref().unwrap_or(fresh));
    match step {
        RoleStep::PutRole { id: which, name, policies } => {
            let known = which.as_deref().and_then(|id| document.role(id));
            // What a newer version has added stays.
            let (more, unknown) =
                known.map(|role| (role.policies.unknown.clone(), role.unknown.clone())).unwrap_or_default();
            let RolePolicies { two_factor, import, extension, onboarding, session_minutes } = policies;
            let extension = extension.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            let policies = Policies { two_factor, import, extension, onboarding, session_minutes, unknown: more };
            document.put_role(Role { id: id(which)?, name, policies, unknown })
        }
        RoleStep::RemoveRole { id } => document.remove_role(&Id::parse(&id)?),
        RoleStep::PutNode { id: which, name, parent, role } => {
            let known = which.as_deref().and_then(|id| document.node(id));
            let unknown = known.map(|node| node.unknown.clone()).unwrap_or_default();
            let (parent, role) = (optional(parent.as_ref())?, optional(role.as_ref())?);
            document.put_node(Node { id: id(which)?, name, parent, role, unknown })
        }
        RoleStep::RemoveNode { id } => document.remove_node(&Id::parse(&id)?),
        RoleStep::Default { role } => document.choose_default_role(optional(role.as_ref())?),
        RoleStep::Groups { groups } => {
            let known = document.groups.as_ref();
            let groups = groups.map(|groups| mapped(groups, known)).transpose()?;
            document.map_groups(groups)
        }
    }
}

fn optional(id: Option<&String>) -> Result<Option<Id>> {
    id.map(String::as_str).map(Id::parse).transpose()
}

fn mapped(groups: MappedGroups, known: Option<&Groups>) -> Result<Groups> {
    let one = |MappedGroup { group, role }: MappedGroup| {
        let before = known.and_then(|known| known.roles.iter().find(|one| one.group == group));
        let unknown = before.map(|one| one.unknown.clone()).unwrap_or_default();
        Ok(GroupRole { group, role: Id::parse(&role)?, unknown })
    };
    let roles = groups.groups.into_iter().map(one).collect::<Result<Vec<_>>>()?;
    let unknown = known.map_or_else(Map::new, |known| known.unknown.clone());
    Ok(Groups { attribute: groups.attribute.trim().to_owned(), roles, unknown })
}

/// What a document has of them, for people.
pub(super) fn view(document: &Document) -> Roles {
    let text = |id: &Option<Id>| id.as_ref().map(|id| id.as_str().to_owned());
    let role = |role: &Role| RoleInfo {
        id: role.id.as_str().to_owned(),
        name: role.name.clone(),
        policies: RolePolicies {
            two_factor: role.policies.two_factor,
            import: role.policies.import,
            extension: role.policies.extension.clone(),
            onboarding: role.policies.onboarding,
            session_minutes: role.policies.session_minutes,
        },
    };
    let node = |node: &Node| NodeInfo {
        id: node.id.as_str().to_owned(),
        name: node.name.clone(),
        parent: text(&node.parent),
        role: text(&node.role),
    };
    let group = |one: &GroupRole| MappedGroup { group: one.group.clone(), role: one.role.as_str().to_owned() };
    Roles {
        roles: document.roles.iter().map(role).collect(),
        nodes: document.nodes.iter().map(node).collect(),
        default_role: text(&document.default_role),
        groups: document.groups.as_ref().map(|groups| MappedGroups {
            attribute: groups.attribute.clone(),
            groups: groups.roles.iter().map(group).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_version_has_added_to_a_role_stays_when_it_is_written_anew() {
        let json = br#"{"roles":[{"id":"a","name":"A","policies":{"passkeys":1},"color":2}]}"#;
        let mut document = Document::read(json, 1).unwrap();
        let mut policies = view(&document).roles[0].policies.clone();
        policies.two_factor = true;
        policies.extension = Some(" ".into());
        change(&mut document, RoleStep::PutRole { id: Some("a".into()), name: "B".into(), policies }, "new").unwrap();
        let role = &document.roles[0];
        assert_eq!((role.name.as_str(), role.policies.two_factor, &role.policies.extension), ("B", true, &None));
        assert_eq!((&role.policies.unknown["passkeys"], &role.unknown["color"]), (&1.into(), &2.into()));
        assert_eq!(document.roles.len(), 1);
    }
}
