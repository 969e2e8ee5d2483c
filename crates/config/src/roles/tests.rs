use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::diff::{diff, merge};

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn role(name: &str) -> Role {
    Role { id: id(&name.to_lowercase()), name: name.to_owned(), policies: Policies::default(), unknown: Map::new() }
}

fn node(name: &str, parent: Option<&str>, role: Option<&str>) -> Node {
    Node {
        id: id(&name.to_lowercase()),
        name: name.to_owned(),
        parent: parent.map(id),
        role: role.map(id),
        unknown: Map::new(),
    }
}

fn mapped(pairs: &[(&str, &str)]) -> Groups {
    let roles = pairs
        .iter()
        .map(|(group, role)| GroupRole { group: (*group).to_owned(), role: id(role), unknown: Map::new() })
        .collect();
    Groups { attribute: "memberOf".to_owned(), roles, unknown: Map::new() }
}

/// Staff is the connection's role, Osaka's is strict, and Osaka's sales have none of their own.
fn company() -> Document {
    let mut document = Document::default();
    for name in ["Staff", "Strict", "Guests"] {
        document.put_role(role(name)).unwrap();
    }
    document.choose_default_role(Some(id("staff"))).unwrap();
    document.put_node(node("Osaka", None, Some("strict"))).unwrap();
    document.put_node(node("Sales", Some("osaka"), None)).unwrap();
    document.map_groups(Some(mapped(&[("CN=Guests", "guests"), ("CN=All", "staff")]))).unwrap();
    document
}

fn assigned<'a>(document: &'a Document, node: Option<&str>, role: Option<&str>, groups: &[&str]) -> (&'a str, By<'a>) {
    let assigned = document.role_of(node, role, groups);
    (assigned.role.map_or("", |role| role.id.as_str()), assigned.by)
}

#[test]
fn an_administrators_word_counts_first_then_a_mapped_group_then_the_nearest_node_then_the_connection() {
    let document = company();
    let osaka = document.node("osaka").unwrap();
    assert_eq!(assigned(&document, None, None, &[]), ("staff", By::Connection));
    assert_eq!(assigned(&document, Some("sales"), None, &[]), ("strict", By::Node(osaka)), "of the node above");
    assert_eq!(
        assigned(&document, Some("sales"), None, &["CN=All", "CN=Guests"]),
        ("guests", By::Group("CN=Guests")),
        "the mapping's order, not the identity provider's"
    );
    assert_eq!(assigned(&document, Some("sales"), Some("staff"), &["CN=Guests"]), ("staff", By::Administrator));
}

#[test]
fn a_group_that_is_not_mapped_to_the_letter_chooses_nothing() {
    let document = company();
    for stranger in ["guests", "cn=guests", "CN=Guests ", "Guests", "strict", "administrators", ""] {
        assert_eq!(assigned(&document, None, None, &[stranger]), ("staff", By::Connection), "{stranger}");
    }
}

#[test]
fn what_is_not_there_any_more_gives_nothing() {
    let document = company();
    assert_eq!(assigned(&document, Some("kyoto"), Some("former"), &[]), ("staff", By::Connection));
    let none = Document::default();
    let nothing = none.role_of(Some("osaka"), Some("staff"), &["CN=All"]);
    assert_eq!((nothing.by.clone(), nothing.policies()), (By::Nothing, Policies::default()));
}

#[test]
fn a_role_that_is_given_and_a_node_with_others_below_stay() {
    let mut document = company();
    for used in ["staff", "strict", "guests"] {
        assert_eq!(document.remove_role(&id(used)).unwrap_err().code, codes::ROLE_IN_USE, "{used}");
    }
    assert_eq!(document.remove_node(&id("osaka")).unwrap_err().code, codes::NODE_IN_USE);
    document.remove_node(&id("sales")).unwrap();
    document.remove_node(&id("osaka")).unwrap();
    document.remove_role(&id("strict")).unwrap();
    assert_eq!(document.remove_role(&id("strict")).unwrap_err().code, codes::NO_SUCH_ROLE);
    assert_eq!(document.remove_node(&id("osaka")).unwrap_err().code, codes::NO_SUCH_NODE);
}

#[test]
fn a_step_that_would_leave_nonsense_is_refused_and_changes_nothing() {
    let mut document = company();
    let before = document.clone();
    let long = Policies { session_minutes: 2000, ..Policies::default() };
    let plain = Policies { extension: Some("http://extension.example".into()), ..Policies::default() };
    for (wrong, code) in [
        (Role { id: id("other"), ..role("Staff") }, codes::ROLE_NAME_TAKEN),
        (Role { name: " ".into(), ..role("Other") }, codes::ROLE_NAME),
        (Role { policies: long, ..role("Other") }, codes::SESSION_MINUTES),
        (Role { policies: plain, ..role("Other") }, codes::HTTPS),
    ] {
        assert_eq!(document.put_role(wrong).unwrap_err().code, code);
    }
    for (wrong, code) in [
        (node("Kobe", Some("nowhere"), None), codes::NO_SUCH_NODE),
        (node("Kobe", None, Some("nothing")), codes::NO_SUCH_ROLE),
        (node("Osaka", Some("sales"), None), codes::NODE_BELOW_ITSELF),
        (Node { id: id("other"), ..node("Osaka", None, None) }, codes::ROLE_NAME_TAKEN),
    ] {
        assert_eq!(document.put_node(wrong).unwrap_err().code, code);
    }
    for (wrong, code) in [
        (mapped(&[("A", "nothing")]), codes::NO_SUCH_ROLE),
        (mapped(&[("A", "staff"), ("A", "guests")]), codes::GROUP_TWICE),
        (mapped(&[(" A", "staff")]), codes::NAME),
    ] {
        assert_eq!(document.map_groups(Some(wrong)).unwrap_err().code, code);
    }
    assert_eq!(document.choose_default_role(Some(id("nothing"))).unwrap_err().code, codes::NO_SUCH_ROLE);
    assert_eq!(document, before);
}

#[test]
fn nodes_go_eight_deep_and_two_places_may_have_the_same_name() {
    let mut document = Document::default();
    let mut above: Option<String> = None;
    for depth in 1..=9 {
        let one = Node { name: "Team".into(), ..node(&format!("n{depth}"), above.as_deref(), None) };
        let put = document.put_node(one);
        assert_eq!(put.is_ok(), depth <= 8, "{depth}");
        above = Some(format!("n{depth}"));
    }
    assert!(check(&document).is_empty());
}

#[test]
fn what_a_file_or_a_merge_has_left_is_told_at_its_field() {
    let mut document = company();
    document.roles.retain(|role| role.name == "Guests");
    document.nodes[0].parent = Some(id("sales"));
    document.nodes.push(node("Lost", Some("nowhere"), None));
    document.just_in_time = true;
    let told = |document: &Document| {
        let found = check(document).into_iter().map(|fault| (fault.field.unwrap(), fault.code));
        found.collect::<std::collections::BTreeSet<_>>()
    };
    let on = |field: &str, code| (field.to_owned(), code);
    let expected = [
        on("default_role", codes::NO_SUCH_ROLE),
        on("nodes", codes::NO_SUCH_ROLE),
        on("nodes", codes::NO_SUCH_NODE),
        on("nodes", codes::NODE_BELOW_ITSELF),
        on("groups", codes::NO_SUCH_ROLE),
    ];
    assert_eq!(told(&document), expected.into_iter().collect());
    let mut unassigned = company();
    unassigned.default_role = None;
    assert!(told(&unassigned).is_empty());
    unassigned.just_in_time = true;
    assert_eq!(told(&unassigned), [on("default_role", codes::NO_DEFAULT_ROLE)].into_iter().collect());
    let mut alike = company();
    alike.roles.push(Role { id: id("other"), ..role("Staff") });
    alike.groups = Some(mapped(&[("A", "staff"), ("A", "guests")]));
    let expected = [on("roles", codes::ROLE_NAME_TAKEN), on("groups", codes::GROUP_TWICE)];
    assert_eq!(told(&alike), expected.into_iter().collect());
    unassigned.roles.push(role("Staff"));
    assert!(told(&unassigned).contains(&on("roles", codes::ROLE_TWICE)));
}

#[test]
fn a_document_without_roles_is_written_as_before_and_what_is_newer_is_kept() {
    assert!(!String::from_utf8(Document::default().to_json()).unwrap().contains("role"));
    let json = br#"{"roles":[{"id":"a","name":"A","policies":{"two_factor":true,"passkeys":1},"color":2}]}"#;
    let read = Document::read(json, 1).unwrap();
    assert!(read.roles[0].policies.two_factor && read.roles[0].policies.import);
    let written: Value = serde_json::from_slice(&read.to_json()).unwrap();
    assert_eq!((&written["roles"][0]["policies"]["passkeys"], &written["roles"][0]["color"]), (&1.into(), &2.into()));
    let shown = &diff(&Document::default(), &read)[0].to;
    assert_eq!(shown, r#""A" (#a) · two_factor · import · onboarding · 60 min · {"passkeys":1} · {"color":2}"#);
}

#[test]
fn a_role_and_a_node_of_two_administrators_come_together() {
    let base = company();
    let (mut theirs, mut ours) = (base.clone(), base.clone());
    theirs.put_role(role("Auditors")).unwrap();
    ours.put_node(node("Kyoto", None, None)).unwrap();
    let (merged, conflicts) = merge(&base, &theirs, &ours);
    assert!(conflicts.is_empty() && merged.role("auditors").is_some() && merged.node("kyoto").is_some());
}

fn some_role() -> impl Strategy<Value = Role> {
    ("[ab\", ·#()→]{1,6}", any::<bool>(), any::<bool>(), 5u16..8).prop_map(|(name, import, two_factor, minutes)| {
        let policies = Policies { two_factor, import, session_minutes: minutes, ..Policies::default() };
        Role { name, policies, ..role("A") }
    })
}

proptest! {
    #[test]
    fn two_lists_that_differ_are_never_shown_alike(
        one in prop::collection::vec(some_role(), 0..3),
        other in prop::collection::vec(some_role(), 0..3),
    ) {
        let (mut left, mut right) = (Document::default(), Document::default());
        (left.roles, right.roles) = (one, other);
        for change in diff(&left, &right) {
            prop_assert_ne!(change.from, change.to);
        }
    }
}
