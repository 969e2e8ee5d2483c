//! Servers of one connection: what is shared, what is not, and what happens when one is gone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};

#[test]
fn a_second_server_has_everything_but_the_private_ip_and_goes_on_alone() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("first"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();

    let (_second, two) = site.second();
    let status = site::status(&two, "the second runs", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 1);
    assert_eq!(status["users"], 1);
    assert_eq!(status["listening"], format!("127.0.0.2:{}", site.port));
    let field = |cli: &sekisho_tests::cli::Cli, name: &str| {
        let draft = cli.run(&["draft", "show"]);
        let fields = draft["fields"].as_array().unwrap();
        fields.iter().find(|field| field["field"] == name).unwrap()["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(field(&two, "attribute_email"), "mail");
    assert_eq!(field(&two, "private_ip"), "127.0.0.2");
    assert_eq!(field(&site.founder, "private_ip"), "127.0.0.1");

    site.service.kill();
    let elsewhere = Browser::start_where(&home.path().join("second"), "127.0.0.2");
    elsewhere.sign_in(&sp.origin, "alice");
    assert_eq!(elsewhere.key_check(), key, "the same user has the same key at every server");

    // What is saved at one is applied at the other, when it is back.
    two.run(&["draft", "set", "skew_seconds", "90"]);
    two.run(&["save", "--yes", "--reason", "slow clocks"]);
    site.service.start_again();
    site.status("the first has caught up", |status| status["revision"] == 2);
    assert_eq!(field(&site.founder, "skew_seconds"), "90");
    let sync = two.run(&["sync", "--full"]);
    assert_eq!((&sync["revision"], &sync["users"], &sync["faults"]), (&2.into(), &1.into(), &serde_json::json!([])));
}

#[test]
fn two_saves_from_one_revision_are_a_conflict_and_nothing_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (_second, two) = site.second();

    // Both begin at revision 1; the second one saves first.
    site.founder.run(&["draft", "set", "attribute_first", "firstName"]);
    site.founder.run(&["draft", "set", "skew_seconds", "30"]);
    two.run(&["draft", "set", "attribute_first", "vorname"]);
    two.run(&["draft", "set", "attribute_last", "nachname"]);
    two.run(&["save", "--yes", "--reason", "theirs"]);
    site.status("the first has applied theirs", |status| status["revision"] == 2);
    assert_eq!(site.founder.code(&["save", "--yes", "--reason", "ours"]), "admin.conflict");

    let rebased = site.founder.run(&["draft", "rebase"]);
    let conflict = serde_json::json!([
        {"field": "attribute_first", "base": "givenName", "theirs": "vorname", "ours": "firstName"}
    ]);
    assert_eq!(rebased["conflicts"], conflict);
    let changed: Vec<&str> =
        rebased["draft"]["changes"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(changed, ["attribute_first", "skew_seconds"], "theirs is in, ours is kept");
    site.founder.run(&["save", "--yes", "--reason", "ours"]);
    let status = site::status(&two, "ours is applied at the second", |status| status["revision"] == 3);
    assert_eq!(status["state"]["state"], "running");

    // The history has all three, and the first can be brought back.
    let history = site.founder.run(&["history"]);
    let reasons: Vec<&str> = history.as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["ours", "theirs", "first configuration"]);
    assert_eq!(history[0]["author"], "tanaka");
    site.founder.run(&["restore", "1"]);
    site.founder.run(&["save", "--yes", "--reason", "back"]);
    site.status("it is back", |status| status["revision"] == 4);
}

#[test]
fn a_save_that_the_hub_did_not_live_to_answer_is_saved_once() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.founder.run(&["draft", "set", "skew_seconds", "45"]);
    site.hub.kill();
    assert_eq!(site.founder.code(&["save", "--yes", "--reason", "while the hub is away"]), "hub.unreachable");
    let status = site.status("the old configuration serves", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 1);
    let changes = site.founder.run(&["diff"]);
    assert_eq!(changes[0]["field"], "skew_seconds", "the draft is there: {changes}");

    site.hub.start_again();
    site.founder.run(&["save", "--yes", "--reason", "while the hub is away"]);
    site.status("it is applied", |status| status["revision"] == 2);
    assert_eq!(site.founder.run(&["history"]).as_array().unwrap().len(), 2, "saved once");
    assert_eq!(site.founder.code(&["save", "--yes"]), "service.no_changes");
}
