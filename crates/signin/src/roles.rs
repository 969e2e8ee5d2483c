//! The role under which a user signs in, and what it enforces. Whatever says it is signed by an administrator: the document, and the word
//! about the user. Of what the identity provider says, mapped groups count alone (R11).

use sekisho_config::roles::{Assigned, By};
use sekisho_config::{Configuration, Document};
use sekisho_saml::Verified;
use serde::Serialize;

use crate::{Profile, User};

/// So many mapped groups of a user are looked at: they may have to wait in a cookie.
const MOST: usize = 8;

/// The groups of a statement that are mapped to a role, in the mapping's order.
pub(crate) fn groups(verified: &Verified, configuration: &Configuration) -> Vec<String> {
    let Some(groups) = &configuration.document.groups else { return Vec::new() };
    let named = verified.attributes.iter().filter(|attribute| attribute.name == groups.attribute);
    let values: Vec<&str> = named.flat_map(|attribute| attribute.values.iter().map(String::as_str)).collect();
    let mapped = groups.roles.iter().map(|one| &one.group).filter(|group| values.contains(&group.as_str()));
    mapped.take(MOST).cloned().collect()
}

/// The role of a user.
pub(crate) fn of<'a>(document: &'a Document, user: &User, profile: &Profile) -> Assigned<'a> {
    let placing = user.placing.as_ref();
    let (node, role) = (placing.and_then(|one| one.node.as_deref()), placing.and_then(|one| one.role.as_deref()));
    let groups: Vec<&str> = profile.groups.iter().map(String::as_str).collect();
    document.role_of(node, role, &groups)
}

/// What the activity says of it, under names that have texts.
pub(crate) fn facts(document: &Document, user: &User, profile: &Profile) -> Vec<(String, String)> {
    let assigned = of(document, user, profile);
    let Some(role) = assigned.role else { return Vec::new() };
    let by = match assigned.by {
        By::Group(group) => format!("{} ({group})", role.name),
        By::Node(node) => format!("{} ({})", role.name, node.name),
        By::Administrator | By::Connection | By::Nothing => role.name.clone(),
    };
    vec![("@role".to_owned(), by)]
}

/// What the page is told: what is enforced, whether a role says so or nothing does.
#[derive(Serialize)]
pub(crate) struct Enforced {
    /// The role's name; none where no role is in force.
    role: Option<String>,
    /// A second factor is required.
    two_factor: bool,
    /// Users may bring what they have in another program.
    import: bool,
    /// Where the browser extension is to be had.
    extension: Option<String>,
    /// New users are led through the first steps.
    onboarding: bool,
    /// Minutes without use until the vault closes.
    session_minutes: u16,
}

impl Enforced {
    /// What is enforced for a user.
    pub(crate) fn of(document: &Document, user: &User, profile: &Profile) -> Self {
        let assigned = of(document, user, profile);
        let policies = assigned.policies();
        Self {
            role: assigned.role.map(|role| role.name.clone()),
            two_factor: policies.two_factor,
            import: policies.import,
            extension: policies.extension,
            onboarding: policies.onboarding,
            session_minutes: policies.session_minutes,
        }
    }
}
