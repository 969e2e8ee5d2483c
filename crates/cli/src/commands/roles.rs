//! Roles, nodes and groups of the draft.

use sekisho_admin_api::Client;
use sekisho_admin_api::draft::{Draft, GetDraft};
use sekisho_admin_api::roles::{ChangeRoles, MappedGroup, MappedGroups, NodeInfo, RolePolicies, RoleStep, Roles};
use sekisho_config::codes as config;
use sekisho_fault::{Fault, Result};

use crate::arguments::{GroupsCommand, NodeCommand, PolicyOptions, RoleCommand};
use crate::codes;

/// Changes roles.
pub(super) async fn role(service: &Client, command: RoleCommand) -> Result<Draft> {
    let known = service.call::<GetDraft>(()).await?.roles;
    let step = match command {
        RoleCommand::Put { name, policies } => {
            let known = known.roles.iter().find(|role| role.name == name || role.id == name);
            let policies = wished(known.map_or(NEW, |role| role.policies.clone()), policies);
            let name = known.map_or(name, |role| role.name.clone());
            RoleStep::PutRole { id: known.map(|role| role.id.clone()), name, policies }
        }
        RoleCommand::Remove { role } => RoleStep::RemoveRole { id: role_id(&known, &role)? },
        RoleCommand::Default { role } => {
            RoleStep::Default { role: role.map(|role| role_id(&known, &role)).transpose()? }
        }
    };
    service.call::<ChangeRoles>(step).await
}

/// Changes nodes.
pub(super) async fn node(service: &Client, command: NodeCommand) -> Result<Draft> {
    let known = service.call::<GetDraft>(()).await?.roles;
    let step = match command {
        NodeCommand::Put { name, below, role } => {
            let parent = below.map(|node| node_id(&known, &node)).transpose()?;
            let beside = |node: &&NodeInfo| node.id == name || (node.name == name && node.parent == parent);
            let node = known.nodes.iter().find(beside);
            let role = match role.as_deref() {
                None => node.and_then(|node| node.role.clone()),
                Some("") => None,
                Some(role) => Some(role_id(&known, role)?),
            };
            RoleStep::PutNode { id: node.map(|node| node.id.clone()), role, name, parent }
        }
        NodeCommand::Remove { node } => RoleStep::RemoveNode { id: node_id(&known, &node)? },
    };
    service.call::<ChangeRoles>(step).await
}

/// Maps groups.
pub(super) async fn groups(service: &Client, command: GroupsCommand) -> Result<Draft> {
    let known = service.call::<GetDraft>(()).await?.roles;
    let mapped = |text: String| {
        let (group, role) =
            text.rsplit_once('=').ok_or_else(|| Fault::new(codes::GROUP).with("value", text.as_str()))?;
        Ok(MappedGroup { group: group.to_owned(), role: role_id(&known, role)? })
    };
    let groups = match command {
        GroupsCommand::Set { attribute, groups } => {
            let groups = groups.into_iter().map(mapped).collect::<Result<_>>()?;
            Some(MappedGroups { attribute, groups })
        }
        GroupsCommand::Off => None,
    };
    service.call::<ChangeRoles>(RoleStep::Groups { groups }).await
}

/// What a new role enforces where nothing is said.
const NEW: RolePolicies =
    RolePolicies { two_factor: false, import: true, extension: None, onboarding: true, session_minutes: 60 };

/// What was said, and for the rest what there was.
fn wished(before: RolePolicies, options: PolicyOptions) -> RolePolicies {
    let said = |on: bool, off: bool, before: bool| if on || off { on } else { before };
    RolePolicies {
        two_factor: said(options.two_factor, options.no_two_factor, before.two_factor),
        import: said(options.import, options.no_import, before.import),
        extension: options.extension.or(before.extension),
        onboarding: said(options.onboarding, options.no_onboarding, before.onboarding),
        session_minutes: options.session.unwrap_or(before.session_minutes),
    }
}

/// The role that is meant.
///
/// Code: `NO_SUCH_ROLE` of the configuration.
pub(super) fn role_id(known: &Roles, text: &str) -> Result<String> {
    let found = known.roles.iter().find(|role| role.id == text || role.name == text);
    found.map(|role| role.id.clone()).ok_or_else(|| Fault::new(config::NO_SUCH_ROLE).with("role", text))
}

/// The node that is meant. Two nodes may have one name: then the name for good is needed.
///
/// Codes: `NO_SUCH_NODE` of the configuration, `SEVERAL_NODES`.
pub(super) fn node_id(known: &Roles, text: &str) -> Result<String> {
    if let Some(node) = known.nodes.iter().find(|node| node.id == text) {
        return Ok(node.id.clone());
    }
    let named: Vec<&NodeInfo> = known.nodes.iter().filter(|node| node.name == text).collect();
    match named[..] {
        [] => Err(Fault::new(config::NO_SUCH_NODE).with("node", text)),
        [node] => Ok(node.id.clone()),
        _ => {
            let ids: Vec<String> = named.iter().map(|node| node.id.clone()).collect();
            Err(Fault::new(codes::SEVERAL_NODES).with("name", text).with("ids", ids))
        }
    }
}

/// What there is, a line each.
pub(super) fn shown(roles: &Roles) -> Vec<String> {
    let name = |id: &Option<String>| {
        let role = id.as_ref().and_then(|id| roles.roles.iter().find(|role| role.id == *id));
        role.map(|role| role.name.clone()).unwrap_or_default()
    };
    let mut lines = Vec::new();
    for role in &roles.roles {
        let policies = &role.policies;
        let on = |on: bool, word: &str| on.then(|| word.to_owned());
        let words = [
            on(roles.default_role.as_ref() == Some(&role.id), "default"),
            on(policies.two_factor, "two_factor"),
            on(policies.import, "import"),
            on(policies.onboarding, "onboarding"),
            policies.extension.clone(),
            Some(format!("{} min", policies.session_minutes)),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        lines.push(format!("{:<24} {}  {}  {}", "role", role.id, role.name, words.join(" · ")));
    }
    below(roles, None, 0, &name, &mut lines);
    if let Some(groups) = &roles.groups {
        for one in &groups.groups {
            let role = name(&Some(one.role.clone()));
            lines.push(format!("{:<24} {}: {} → {role}", "group", groups.attribute, one.group));
        }
    }
    lines
}

/// The nodes below one, each with those below it. It ends: nodes are not below themselves, and not deep.
fn below(
    roles: &Roles,
    parent: Option<&str>,
    depth: usize,
    name: &impl Fn(&Option<String>) -> String,
    lines: &mut Vec<String>,
) {
    if depth > 8 {
        return;
    }
    for node in roles.nodes.iter().filter(|node| node.parent.as_deref() == parent) {
        let indent = "  ".repeat(depth);
        let line = format!("{:<24} {}  {indent}{}  {}", "node", node.id, node.name, name(&node.role));
        lines.push(line.trim_end().to_owned());
        below(roles, Some(&node.id), depth + 1, name, lines);
    }
}
