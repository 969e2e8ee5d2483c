//! A user signs in: real browser, real service, real hub, real identity provider; and the administrator sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::auth0::{self, Auth0Samlp};
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
use sekisho_tests::wait::wait_or_say;
use sekisho_tests::window::Window;

#[test]
fn a_user_signs_in_and_the_key_is_opened_in_the_browser() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);

    let browser = Browser::start(home.path());
    browser.sign_in(&sp.origin, "alice");
    let first = browser.key_check();
    assert_eq!(browser.page.attribute("[data-testid=email]", "data-email").as_deref(), Some("alice@example.com"));
    assert!(!browser.page.url().contains("code="), "the code stays in the history: {}", browser.page.url());

    // From the identity provider's side: verified, dropped, and answered by a sign-in of the page's own.
    browser.page.go(&idp.tile(&sp));
    assert_eq!(browser.key_check(), first, "the same user gets the same key");

    // The administrator's window shows both.
    let window = Window::open(home.path(), &site.service.socket);
    window.page.choose("[data-testid=language]", "en");
    window.page.wait("[data-testid=state][data-state=running]");
    window.page.click("[data-testid=nav-activity]");
    window.page.wait("[data-testid=entry][data-kind=provisioned]");
    window.page.wait("[data-testid=entry][data-kind=sign_in][data-code='']");

    assert_eq!(site.service.end(), Some(0), "a clean stop");
}

#[test]
fn two_tabs_that_sign_in_at_once_both_finish() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);

    let browser = Browser::start(home.path());
    let begin = || {
        browser.page.go(&format!("{}/vault/", sp.origin));
        browser.begin();
        browser.page.wait("input[name=username]");
    };
    let first = browser.page.this_tab();
    begin();
    browser.page.tab();
    begin();
    // The one that began first ends last.
    browser.log_in("alice");
    let check = browser.key_check();
    browser.page.turn_to(&first);
    browser.log_in("alice");
    assert_eq!(browser.key_check(), check);
}

#[test]
fn a_user_without_an_address_is_refused_with_a_number_that_the_administrator_can_explain() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("encrypted_assertions", "true")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "'assertion.encryption' => true");
    site.save(&idp.metadata);

    let browser = Browser::start(home.path());
    browser.sign_in(&sp.origin, "nomail");
    let reference = browser.page.text("[data-testid=reference]");
    assert_eq!(reference.len(), 8, "{reference}");
    // In one sentence: neither the code nor what came.
    browser.page.wait("[data-testid=why][data-why=email]");
    let source = browser.page.source();
    assert!(!source.contains("signin.") && !source.contains("givenName"), "{source}");

    let window = Window::open(home.path(), &site.service.socket);
    window.page.choose("[data-testid=language]", "en");
    window.page.click("[data-testid=nav-activity]");
    window.page.click("[data-testid=entry][data-code='signin.no_email'] button");
    let notice = window.page.text("[data-testid=notice]");
    assert!(notice.contains(&reference), "{notice}");
    assert!(notice.contains("givenName"), "what was received is shown: {notice}");
}

#[test]
fn known_users_sign_in_while_the_hub_is_away_and_new_ones_as_soon_as_it_is_back() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let alice = Browser::start(&home.path().join("alice"));
    alice.sign_in(&sp.origin, "alice");
    let key = alice.key_check();

    site.hub.kill();
    site.status("the service notices that the hub is away", |status| status["hub"]["hub"] == "unreachable");
    // A restart without the hub serves what was saved.
    site.service.kill();
    site.service.start_again();
    site.status("it runs again without the hub", |status| status["state"]["state"] == "running");
    let again = Browser::start(&home.path().join("again"));
    again.sign_in(&sp.origin, "alice");
    assert_eq!(again.key_check(), key);
    let bob = Browser::start(&home.path().join("bob"));
    bob.sign_in(&sp.origin, "bob");
    assert_eq!(site::refusal(&site.founder, &bob.page), "signin.hub_needed");

    // What was on its way to the hub may be damaged meanwhile: nobody is kept out by it.
    let outgoing = site.service.folder.join("data/outgoing.sealed");
    assert!(outgoing.exists());
    std::fs::write(&outgoing, b"garbage").unwrap();
    site.hub.start_again();
    site.status("the hub is back", |status| status["hub"]["hub"] == "reachable");
    // The identity provider knows him by now, and asks nothing.
    bob.page.go(&format!("{}/vault/", sp.origin));
    bob.begin();
    assert_ne!(bob.key_check(), key, "each user has a key of their own");
    assert!(outgoing.with_extension("damaged").exists(), "what was damaged is kept for a look");
}

#[test]
fn an_invited_user_signs_in_where_users_are_not_made_by_themselves() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("just_in_time", "false")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.founder.run(&["users", "invite", "bob@example.com"]);

    let alice = Browser::start(&home.path().join("alice"));
    alice.sign_in(&sp.origin, "alice");
    assert_eq!(site::refusal(&site.founder, &alice.page), "signin.unknown_user");

    let bob = Browser::start(&home.path().join("bob"));
    bob.sign_in(&sp.origin, "bob");
    bob.key_check();
}

#[test]
fn a_test_login_reports_what_came_and_makes_no_user() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("attribute_email", "Mail")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.founder.run(&["draft", "metadata", &idp.metadata.to_string_lossy()]);

    let started = site.founder.run(&["test-login", "--no-wait"]);
    let test = started["test"].as_str().unwrap();
    site.status("only tests are served", |status| status["state"]["state"] == "trial");
    let browser = Browser::start(&home.path().join("browser"));
    browser.page.go(started["url"].as_str().unwrap());
    browser.log_in("alice");
    // The mapping is misspelt: the report says so, and what really came.
    let refused = sekisho_tests::wait::wait_for("the report is there", || {
        let fault = site.founder.refused(&["test-login", "--report", test]);
        (fault["code"] != "cli.no_test").then_some(fault)
    });
    assert_eq!(refused["code"], "signin.no_email", "{refused}");
    assert_eq!(site.status("no user was made", |_| true)["users"], 0);

    site.founder.run(&["draft", "set", "attribute_email", "mail"]);
    let started = site.founder.run(&["test-login", "--no-wait"]);
    let test = started["test"].as_str().unwrap();
    let browser = Browser::start(&home.path().join("another"));
    browser.page.go(started["url"].as_str().unwrap());
    browser.log_in("alice");
    let report = sekisho_tests::wait::wait_for("the second report is there", || {
        let output = site.founder.command(&["test-login", "--report", test]).output().unwrap();
        output.status.success().then(|| serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap())
    });
    assert_eq!(report["who"], "alice@example.com");
    assert_eq!(report["signed"], serde_json::json!(["response", "assertion"]));
    assert_eq!(site.status("still no user", |_| true)["users"], 0);
}

#[test]
fn a_test_on_a_stopped_server_leaves_it_stopped_and_it_can_be_started() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.founder.run(&["stop"]);
    site.founder.run(&["draft", "set", "attribute_email", "Mail"]);
    site.founder.run(&["test-login", "--no-wait"]);
    site.status("only tests are served", |status| status["state"]["state"] == "trial");
    site.founder.run(&["draft", "discard"]);
    let stopped = site.status("it is as it was", |status| status["state"]["state"] == "stopped");
    assert_eq!(stopped["state"]["reason"]["code"], "service.stopped_by_administrator");
    site.founder.run(&["start"]);
    site.status("it serves what was saved", |status| status["state"]["state"] == "running");
}

#[test]
fn a_user_of_another_identity_provider_signs_in_with_an_encrypted_assertion() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[&auth0::FIELDS[..], &[("encrypted_assertions", "true")]].concat());
    let idp = Auth0Samlp::start(&home.path().join("idp"), &sp, true);
    site.founder.run(&["draft", "metadata", &idp.metadata.to_string_lossy()]);

    // Before it is saved, a test login says what comes.
    let started = site.founder.run(&["test-login", "--no-wait"]);
    let test = started["test"].as_str().unwrap();
    let browser = Browser::start(&home.path().join("browser"));
    browser.page.go(started["url"].as_str().unwrap());
    browser.log_in("alice");
    let report = sekisho_tests::wait::wait_for("the report is there", || {
        let output = site.founder.command(&["test-login", "--report", test]).output().unwrap();
        output.status.success().then(|| serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap())
    });
    assert_eq!((&report["who"], &report["encrypted"]), (&"alice@example.com".into(), &true.into()), "{report}");

    site.founder.run(&["save", "--yes", "--reason", "first configuration"]);
    let bob = Browser::start(&home.path().join("bob"));
    bob.sign_in(&sp.origin, "bob");
    bob.key_check();
    let activity = || site.founder.run(&["activity"]);
    let told = || activity().to_string().contains("bob@example.com").then_some(());
    wait_or_say("the activity has it", told, activity);
}

#[test]
fn a_server_whose_clock_is_ten_minutes_off_says_so() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.service.kill();
    site.service.start_with_clock(600);
    let status = site.status("the hub does not take the greeting", |status| status["hub"]["hub"] == "unreachable");
    let reason = &status["hub"]["reason"];
    assert_eq!(reason["code"], "hub.clock", "{status}");
    let apart = reason["args"]["seconds"]["value"].as_i64().unwrap();
    assert!((590..=615).contains(&apart), "{apart}");

    let alice = Browser::start(&home.path().join("alice"));
    alice.sign_in(&sp.origin, "alice");
    assert_eq!(site::refusal(&site.founder, &alice.page), "saml.expired");
    let activity = site.founder.run(&["activity"]);
    let entries = activity.as_array().unwrap();
    let refused = entries.iter().find(|entry| entry["refusal"]["code"] == "saml.expired").expect("a refusal");
    // SimpleSAMLphp's answers hold for five minutes.
    let late = refused["refusal"]["args"]["seconds"]["value"].as_i64().unwrap();
    assert!((290..=330).contains(&late), "{activity}");
}
