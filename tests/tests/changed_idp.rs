//! Another identity provider: users are recognised by their addresses for a time, each once, and keep their vaults (R16).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::path::Path;

use sekisho_tests::auth0::{self, Auth0Samlp};
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{Site, Sp};
use sekisho_tests::wait::{wait_for, wait_or_say};
use serde_json::Value;

/// The vault's key of a user who signs in with a browser that nobody knows yet.
fn key(home: &Path, name: &str, sp: &Sp, user: &str) -> String {
    let browser = Browser::start(&home.join(name));
    browser.sign_in(&sp.origin, user);
    browser.key_check()
}

/// Why a user is refused.
fn refusal(site: &Site, name: &str, sp: &Sp, user: &str) -> String {
    let browser = Browser::start(&site.home.join(name));
    browser.sign_in(&sp.origin, user);
    let reference = browser.page.text("[data-testid=reference]");
    wait_for("the activity tells of the refusal", || {
        let activity = site.founder.run(&["activity", "--limit", "5"]);
        let entry = activity.as_array().unwrap().iter().find(|entry| entry["reference"] == reference.as_str())?;
        Some(entry["refusal"]["code"].as_str().unwrap().to_owned())
    })
}

fn codes(draft: &Value) -> Vec<&str> {
    draft["checks"].as_array().unwrap().iter().map(|check| check["code"].as_str().unwrap()).collect()
}

fn save(site: &Site, reason: &str) {
    site.founder.run(&["save", "--yes", "--reason", reason]);
}

#[test]
fn users_keep_their_vaults_when_the_identity_provider_changes_and_when_that_is_taken_back() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let before = SimpleSaml::start(&home.path().join("before"), &sp, "");
    site.save(&before.metadata);
    let (alice, bob) = (key(home.path(), "alice-before", &sp, "alice"), key(home.path(), "bob-before", &sp, "bob"));

    // The change says what it does to users, and how they are kept.
    let after = Auth0Samlp::start(&home.path().join("after"), &sp, false);
    for (field, value) in auth0::FIELDS {
        site.founder.run(&["draft", "set", field, value]);
    }
    let draft = site.founder.run(&["draft", "metadata", &after.metadata.to_string_lossy()]);
    assert!(codes(&draft).contains(&"config.users_become_strangers"), "{draft}");
    let draft = site.founder.run(&["draft", "relink", "--days", "14"]);
    assert!(!codes(&draft).contains(&"config.users_become_strangers"), "{draft}");
    assert!(codes(&draft).contains(&"config.relink_open"), "{draft}");
    save(&site, "another identity provider");

    assert_eq!(key(home.path(), "alice-after", &sp, "alice"), alice, "she keeps her vault");
    assert_eq!(key(home.path(), "alice-again", &sp, "alice"), alice, "by her new identity from now on");
    let activity = site.founder.run(&["activity"]);
    let of = |kind: &str| activity.as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count();
    assert_eq!((of("recognised"), of("provisioned")), (1, 2), "{activity}");
    let users = site.founder.run(&["users", "list"]);
    assert_eq!(users.as_array().unwrap().len(), 2, "nobody is two: {users}");

    // Back to the identity provider of before: everybody is known as they were. And forward once more.
    let restore = |number| {
        site.founder.run(&["restore", number]);
        let draft = site.founder.run(&["draft", "show"]);
        assert!(!codes(&draft).contains(&"config.users_become_strangers"), "{draft}");
        save(&site, "a revision of before");
    };
    restore("1");
    assert_eq!(key(home.path(), "alice-back", &sp, "alice"), alice);
    assert_eq!(key(home.path(), "bob-back", &sp, "bob"), bob);
    restore("2");
    assert_eq!(key(home.path(), "alice-forward", &sp, "alice"), alice);

    // Whoever comes when it is over waits for an administrator, who may know better.
    site.founder.run(&["draft", "relink", "--off"]);
    save(&site, "everybody has come");
    assert_eq!(refusal(&site, "bob-late", &sp, "bob"), "signin.held");
    let approve = || {
        let done = site.founder.output(&["users", "waiting", "approve", "bob@example.com"]);
        done.status.success().then_some(())
    };
    wait_or_say("bob waits", approve, || site.founder.run(&["users", "waiting", "list"]));
    let let_in = || {
        let browser = Browser::start(&home.path().join("bob-approved"));
        browser.sign_in(&sp.origin, "bob");
        browser.is_signed_in().then(|| browser.key_check())
    };
    let found = wait_or_say("bob is let in", let_in, || site.founder.run(&["activity", "--limit", "3"]));
    assert_eq!(found, bob, "with the vault of before");
    assert_eq!(key(home.path(), "alice-later", &sp, "alice"), alice);
}
