//! Servers of one connection: what is shared, what is not, and what happens when one is gone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
use sekisho_tests::wait::wait_or_say;
use serde_json::Value;

/// The other server, as one of two sees it, as soon as it is as asked.
fn other(cli: &Cli, condition: &str, is: impl Fn(&Value) -> bool) -> Value {
    let servers = || cli.run(&["servers"]);
    let other = || {
        let servers = servers()["servers"].as_array().unwrap().clone();
        servers.into_iter().find(|server| server["own"] == false).filter(&is)
    };
    wait_or_say(condition, other, servers)
}

/// What each server has to say, this one first.
fn ticks(reply: &Value) -> Vec<&str> {
    reply["servers"].as_array().unwrap().iter().map(|server| server["tick"].as_str().unwrap()).collect()
}

#[test]
fn two_servers_see_each_other_and_tick_what_is_saved_and_synced() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let saved = site.save(&idp.metadata);
    assert_eq!(ticks(&saved), ["done"], "a lone server waits for nobody: {saved}");
    let (mut second, two) = site.second();

    let runs = |server: &Value| server["state"] == "running" && server["revision"] == 1;
    let seen = other(&site.founder, "the second is seen", runs);
    assert_eq!(
        (&seen["stale"], &seen["behind"], &seen["warnings"]),
        (&false.into(), &0.into(), &serde_json::json!([]))
    );
    assert_eq!(seen["version"], env!("CARGO_PKG_VERSION"));
    assert!(seen["certificate"]["not_after"].is_number() && seen["synced"].is_number(), "{seen}");
    assert!(seen["first_sign_in"].is_null());
    let first = other(&two, "the first is seen", runs);
    assert_eq!(first["certificate"], seen["certificate"], "both serve what was saved");
    let told = site.founder.run(&["servers"]).to_string();
    assert!(!told.contains("127.0.0.2"), "the other's private address is nobody's business: {told}");
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    browser.key_check();
    let first = other(&two, "the sign-in at the first is seen", |server| server["first_sign_in"].is_number());
    assert!(first["last_sign_in"].as_i64() >= first["first_sign_in"].as_i64());

    site.founder.run(&["draft", "set", "skew_seconds", "90"]);
    let saved = site.founder.run(&["save", "--yes", "--reason", "slow clocks"]);
    assert_eq!(ticks(&saved), ["done", "done"], "{saved}");

    // Three minutes later, and nothing was heard of the second.
    second.kill();
    site.service.kill();
    site.service.start_with_clock(200);
    let silent = other(&site.founder, "the second is silent", |server| server["stale"] == true);
    assert!(silent["heard"].is_number(), "{silent}");
    site.status("the first runs again", |status| status["state"]["state"] == "running");
    site.founder.run(&["draft", "set", "skew_seconds", "75"]);
    let saved = site.founder.run(&["save", "--yes", "--reason", "while one is away"]);
    assert_eq!(ticks(&saved), ["done", "absent"], "{saved}");
    let behind = other(&site.founder, "it is behind", |server| server["behind"] == 1);
    assert_eq!(behind["stale"], true);

    second.start_again();
    let back = other(&site.founder, "it is back and has applied it", |server| server["revision"] == 3);
    assert_eq!((&back["stale"], &back["behind"]), (&false.into(), &0.into()));
    let warnings: Vec<_> = back["warnings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(warnings, ["service.clock_behind"], "{back}");

    let synced = site.founder.run(&["sync", "--full", "--all", "--wait", "25"]);
    assert_eq!(ticks(&synced), ["done", "done"], "{synced}");
    for server in synced["servers"].as_array().unwrap() {
        let sync = &server["sync"];
        assert_eq!((&sync["request"], &sync["faults"]), (&synced["request"], &serde_json::json!([])), "{synced}");
        assert_eq!((&sync["revision"], &sync["users"], &sync["checkpoints"]), (&3.into(), &1.into(), &2.into()));
    }
    let here = two.run(&["sync", "--full"]);
    let checkpoints = here["checkpoints"].as_array().unwrap();
    assert!(checkpoints.len() == 2 && checkpoints.iter().all(|one| one["records"] == 1), "{here}");
}

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
fn a_server_that_was_copied_is_named_at_itself_and_at_the_others() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let (mut second, two) = site.second();
    other(&site.founder, "the second is seen", |server| server["state"].is_string());
    second.kill();
    let (folder, copy) = (second.folder.join("data"), home.path().join("copy"));
    std::fs::create_dir_all(&copy).unwrap();
    let copied = std::process::Command::new("cp").arg("-a").arg(&folder).arg(copy.join("data")).status().unwrap();
    assert!(copied.success());
    second.start_again();
    // Once it has reported again, it knows which reports are its own.
    two.run(&["stop"]);
    other(&site.founder, "it is back", |server| server["state"] == "stopped");
    let clone = sekisho_tests::service::Service::start(&copy);
    let own = || two.run(&["servers"])["servers"][0].clone();
    let cloned = |server: &Value| server["warnings"][0]["code"] == "service.cloned";
    wait_or_say("the second meets its copy", || cloned(&own()).then_some(()), own);
    other(&site.founder, "the first hears of it", cloned);
    site.status("it is a warning", |status| status["warnings"][0]["code"] == "service.cloned");
    drop(clone);
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
