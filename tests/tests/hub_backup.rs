//! A hub is lost, and comes back from its backup: what is newer than that is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sekisho_tests::browser::Browser;
use sekisho_tests::hub::Hub;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::postgres::Cluster;
use sekisho_tests::site::{self, Site, search};
use sekisho_tests::totp;
use serde_json::Value;

/// What the hub says in English about a code.
fn says(said: &str, code: &str) -> bool {
    let reason = sekisho_messages::text(sekisho_messages::Language::English, &format!("{code}.reason"), &[]);
    // Its longest part between two arguments.
    let mut parts: Vec<&str> = reason.split(['{', '}']).step_by(2).collect();
    parts.sort_by_key(|part| part.len());
    said.contains(parts.pop().unwrap())
}

#[test]
fn a_hub_that_was_lost_comes_back_from_its_backup_and_what_is_newer_is_told() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let sign_in = |place: &str, name: &str| {
        let browser = Browser::start(&home.path().join(place));
        browser.sign_in(&sp.origin, name);
        browser.key_check()
    };
    let alice = sign_in("one", "alice");

    // While it runs; for its owner alone; over no other file.
    let file = home.path().join("hub.backup");
    let path = file.to_str().unwrap();
    site.hub.run(&["backup", path]);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(says(&site.hub.refused(&["backup", path]), "hub.backup_file"));
    site.hub.run(&["rehearse-restore", path]);
    let names = fs::read_dir(&site.hub.folder).unwrap().flatten().map(|entry| entry.file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().contains("rehearsal")).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(says(&site.hub.refused(&["restore", path]), "hub.in_use"));
    assert!(says(&site.hub.refused(&["restore", "--replace", path]), "hub.in_use"));
    // It holds no more than the hub: nothing of what the users and the configuration are.
    let alone = home.path().join("alone");
    fs::create_dir(&alone).unwrap();
    fs::copy(&file, alone.join("hub.backup")).unwrap();
    assert_eq!(search(&alone, &["alice@example.com", "Liddell", "SSOService.php"]), None);

    // Newer than the backup.
    site.founder.run(&["draft", "set", "skew_seconds", "77"]);
    site.founder.run(&["save", "--yes", "--reason", "newer"]);
    let bob = sign_in("two", "bob");

    site.hub.kill();
    assert!(says(&site.hub.refused(&["restore", path]), "hub.has_data"));
    fs::remove_dir_all(&site.hub.folder).unwrap();
    site.hub.run(&["restore", path]);
    assert_eq!(fs::metadata(&site.hub.folder).unwrap().permissions().mode() & 0o777, 0o700);
    site.hub.start_again();

    // The servers know it by its certificate, and that it was set back.
    let status = site.status("it is told", |status| {
        status["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "service.rolled_back")
    });
    assert_eq!((&status["state"]["state"], &status["revision"]), (&"running".into(), &2.into()), "{status}");
    assert_eq!(status["hub"]["hub"], "reachable");
    assert_eq!((sign_in("three", "alice"), sign_in("four", "bob")), (alice, bob));
    let output = site.founder.command(&["sync", "--full"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Bob's record; revision 2, as this server has seen it, and as its report says.
    let mut codes: Vec<&str> =
        report["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["keys.withheld", "service.forked", "service.rolled_back"], "{report}");
    assert_eq!((&report["revision"], &report["users"]), (&1.into(), &1.into()), "what the hub has: {report}");

    // Sessions ended with the hub. Passphrase, authenticator and what the administrator's computer has seen still hold.
    assert_eq!(site.founder.code(&["connection", "reserve-domain", "example.org"]), "hub.session");
    site.founder.run(&["sign-out"]);
    let (passphrase, secret) = (site.founder.file("passphrase"), site.founder.file("totp"));
    let code = site.founder.write("code", &totp::next(&secret));
    site.founder.run(&["sign-in", "--passphrase-file", &passphrase, "--code-file", &code]);
    site.founder.run(&["connection", "reserve-domain", "example.org"]);
    site.status("the log goes on", |status| status["domains"].to_string().contains("example.org"));

    // The server has what the hub has lost. Without it nothing could be saved any more.
    site.founder.run(&["draft", "set", "skew_seconds", "99"]);
    assert_eq!(site.founder.code(&["save", "--yes", "--reason", "after the loss"]), "admin.conflict");
    let given = site.founder.run(&["give-back"]);
    assert_eq!(given, serde_json::json!({"revisions": 1, "users": 1, "faults": []}));
    assert_eq!(site.founder.run(&["sync", "--full"])["faults"], serde_json::json!([]));
    site.founder.run(&["save", "--yes", "--reason", "after the loss"]);
    let again = site.founder.run(&["give-back"]);
    assert_eq!(again, serde_json::json!({"revisions": 0, "users": 0, "faults": []}));
    let (_second, two) = site.second();
    let status = site::status(&two, "another server has all of it", |status| status["revision"] == 3);
    assert_eq!(status["users"], 2);
}

#[test]
fn a_hub_moves_from_a_file_to_postgresql_by_its_backup() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let file = home.path().join("hub.backup");
    let path = file.to_str().unwrap();
    site.hub.kill();
    site.hub.run(&["backup", path]);

    // Proved on the other database first, and nothing of that is left there.
    let cluster = Cluster::start();
    let (port, database) = (site.hub.port(), cluster.url("postgres"));
    let mut moved = Hub::node(&home.path().join("moved"), port, &site.hub.url, &database);
    moved.run(&["rehearse-restore", path]);
    assert_eq!(cluster.sql("SELECT count(*) FROM entries"), "0");
    moved.run(&["restore", path]);
    moved.start_again();
    assert!(says(&moved.refused(&["restore", "--replace", path]), "hub.in_use"));
    site.founder.run(&["sign-out"]);
    let (passphrase, secret) = (site.founder.file("passphrase"), site.founder.file("totp"));
    let code = site.founder.write("code", &totp::next(&secret));
    site.founder.run(&["sign-in", "--passphrase-file", &passphrase, "--code-file", &code]);
    site.founder.run(&["draft", "set", "skew_seconds", "33"]);
    site.founder.run(&["save", "--yes", "--reason", "at the new place"]);
    let status = site.status("it is applied", |status| status["revision"] == 2);
    assert!(!status["warnings"].to_string().contains("service.rolled_back"), "{status}");
    let synced = site.founder.run(&["sync", "--full"]);
    assert_eq!(synced["faults"], serde_json::json!([]), "nothing was set back");
}
