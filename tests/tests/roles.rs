//! Roles, nodes and groups: what an administrator has signed is enforced at the next sign-in, and nothing that an identity provider says of
//! itself: real hub, real servers, real identity provider, real browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::path::Path;

use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{Site, Sp};
use sekisho_tests::wait::wait_or_say;

/// Somebody signs in with a new browser: the role that the vault page was told, and the key's check number.
fn signs_in(home: &Path, name: &str, sp: &Sp, user: &str) -> (String, String, Browser) {
    let browser = Browser::start(&home.join(name));
    browser.sign_in(&sp.origin, user);
    let key = browser.key_check();
    let role = browser.page.attribute("[data-testid=policies]", "data-role").unwrap();
    (role, key, browser)
}

fn save(founder: &Cli, reason: &str) {
    founder.run(&["save", "--yes", "--reason", reason]);
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story")]
fn a_user_has_the_role_of_connection_node_group_or_administrator_and_what_it_enforces() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("attribute_subject", "uid")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let founder = &site.founder;
    let extension = "https://extension.example/get";
    founder.run(&["draft", "role", "put", "Staff", "--extension", extension]);
    founder.run(&["draft", "role", "put", "Staff", "--session", "30"]);
    founder.run(&["draft", "role", "put", "Strict", "--no-import", "--no-onboarding", "--session", "5"]);
    founder.run(&["draft", "role", "put", "Guests"]);
    founder.run(&["draft", "role", "default", "Staff"]);
    founder.run(&["draft", "node", "put", "Osaka", "--role", "Strict"]);
    founder.run(&["draft", "node", "put", "Sales", "--below", "Osaka"]);
    assert_eq!(founder.code(&["draft", "role", "remove", "Strict"]), "config.role_in_use");
    assert_eq!(founder.code(&["draft", "node", "remove", "Osaka"]), "config.node_in_use");
    assert_eq!(founder.code(&["draft", "role", "put", "Short", "--session", "1"]), "config.session_minutes");
    site.save(&idp.metadata);

    // Alice never existed: she has the connection's role, and its policies, in her language.
    let (role, key, alice) = signs_in(home.path(), "alice", &sp, "alice");
    assert_eq!(role, "Staff");
    let page = &alice.page;
    page.click("[data-testid=account]");
    assert_eq!(page.text("[data-testid=policy-import]"), "You may import what you have elsewhere.");
    assert_eq!(page.attribute("[data-testid=policy-extension]", "href").as_deref(), Some(extension));
    assert_eq!(page.attribute("[data-testid=policy-session]", "data-minutes").as_deref(), Some("30"));
    page.choose("header select", "ja");
    page.wait("html[lang=ja]");
    assert_eq!(page.text("[data-testid=policy-import]"), "他のサービスからインポートできます。");

    // On a node below another her role is that one's, and her vault the same.
    let list = founder.run(&["draft", "show"]);
    assert_eq!(list["applied_roles"]["nodes"][1]["name"], "Sales", "{list}");
    assert_eq!(founder.code(&["users", "move", "--node", "Kyoto", "alice@example.com"]), "config.no_such_node");
    assert_eq!(founder.run(&["users", "move", "--node", "Sales", "alice@example.com"])["changed"], 1);
    assert_eq!(founder.run(&["users", "move", "--node", "Sales", "alice@example.com"])["changed"], 0);
    let moved = || {
        let (role, moved_key, _) = signs_in(home.path(), "moved", &sp, "alice");
        assert_eq!(moved_key, key, "the vault is the same");
        (role == "Strict").then_some(())
    };
    wait_or_say("the node's role is in force", moved, || founder.run(&["users", "list"]));
    assert_eq!(founder.code(&["draft", "node", "remove", "Sales"]), "service.node_given");
    let table = founder.file("placed.csv");
    founder.run(&["users", "export", &table]);
    assert!(std::fs::read_to_string(table).unwrap().contains("\"active\",\"\",\"Sales\""));

    // An address that has changed takes node and role with it, and whoever gets the former one has neither.
    idp.readdress(&[("alice@example.com", "alice.suzuki@example.com")]);
    assert_eq!(signs_in(home.path(), "married", &sp, "alice").0, "Strict");
    let followed = || {
        let users = founder.run(&["users", "list"]);
        (users[0]["email"] == "alice.suzuki@example.com").then_some(users)
    };
    let users = wait_or_say("the record follows", followed, || founder.run(&["users", "list"]));
    assert_eq!(users[0]["node"], list["applied_roles"]["nodes"][1]["id"], "{users}");
    assert_eq!(signs_in(home.path(), "married-again", &sp, "alice").0, "Strict");
    idp.readdress(&[("alice@example.com", "alice.suzuki@example.com"), ("bob@example.com", "alice@example.com")]);
    assert_eq!(signs_in(home.path(), "bob", &sp, "bob").0, "Staff", "of the address only the name is the same");

    // A group chooses a role only where an administrator has mapped it, and after what was given to the user.
    founder.run(&["draft", "groups", "set", "--attribute", "givenName", "Bob=Guests", "administrators=Strict"]);
    save(founder, "groups");
    let by_group = || (signs_in(home.path(), "bob-group", &sp, "bob").0 == "Guests").then_some(());
    wait_or_say("the group's role is in force", by_group, || founder.run(&["status"]));
    founder.run(&["users", "role", "--role", "Strict", "alice@example.com"]);
    let given = || (signs_in(home.path(), "bob-given", &sp, "bob").0 == "Strict").then_some(());
    wait_or_say("what was given counts first", given, || founder.run(&["users", "list"]));
    // What was said of bob under alice's former address has taken nothing from her.
    assert_eq!(signs_in(home.path(), "alice-still", &sp, "alice").0, "Strict");
    let users = founder.run(&["users", "list"]);
    let alice = users.as_array().unwrap().iter().find(|user| user["email"] == "alice.suzuki@example.com").unwrap();
    assert_eq!(alice["node"], list["applied_roles"]["nodes"][1]["id"], "{users}");
    let administrators = founder.run(&["whoami"])["signed_in"]["administrators"].clone();
    assert_eq!(administrators.as_array().unwrap().len(), 1, "no group makes an administrator");
    let activity = founder.run(&["activity", "--limit", "50"]);
    let told = activity.to_string();
    assert!(told.contains("Guests (Bob)") && told.contains("Strict (Osaka)"), "{told}");

    // The export says where everybody is.
    let file = founder.file("users.csv");
    founder.run(&["users", "export", &file]);
    let table = std::fs::read_to_string(&file).unwrap();
    assert!(table.starts_with("email,name,state,removed,node,role,second_factor\r\n"), "{table}");
}
