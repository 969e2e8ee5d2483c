//! The lines of the service's log: one a change of its state, with a name that stays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use sekisho_tests::clock;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::Service;
use sekisho_tests::site::{Site, status};
use sekisho_tests::wait::{wait_for, wait_or_say};

/// A site whose first server runs.
fn running(home: &Path) -> Site {
    let site = Site::found(home);
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.status("it runs", |status| status["state"]["state"] == "running");
    site
}

/// The lines of a log that tell of this, with their level.
fn lines(service: &Service, told: &str) -> Vec<String> {
    let is =
        |line: &&str| line.split_once(": ").is_some_and(|(_, rest)| format!("{rest} ").contains(&format!("{told} ")));
    service.log().lines().filter(is).map(str::to_owned).collect()
}

/// The one line that tells of this, as soon as there is one, at its level.
fn once(service: &Service, level: &str, told: &str) {
    wait_or_say(told, || (!lines(service, told).is_empty()).then_some(()), || service.log());
    let found = lines(service, told);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(level), "{found:?}");
}

#[test]
fn each_change_of_the_state_is_one_line_of_the_log_however_often_it_is_looked_at() {
    let home = tempfile::tempdir().unwrap();
    let mut site = running(home.path());
    once(&site.service, "INFO", &format!("event=state.running revision=1 listening=127.0.0.1:{}", site.port));
    once(&site.service, "INFO", "event=hub.reached");

    // The hub goes: it is asked for again and again, and told once; so is its return.
    site.hub.kill();
    let place = TcpListener::bind(("127.0.0.1", site.hub.port())).unwrap();
    for _ in 0..4 {
        drop(place.accept().unwrap());
    }
    once(&site.service, "WARN", "event=hub.lost");
    drop(place);
    site.hub.start_again();
    once(&site.service, "INFO", "event=hub.returned");

    // An administrator stops it, and starts it again.
    site.founder.run(&["stop"]);
    once(&site.service, "INFO", "event=state.stopped reason=service.stopped_by_administrator");
    site.founder.run(&["start"]);
    wait_for("it is told again", || (lines(&site.service, "event=state.running").len() == 2).then_some(()));

    // A hub that forges: one line, although every following look sees it again.
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(\"UPDATE entries SET \
        body = X'00112233', rev = rev + 1, seq = seq + 100 WHERE kind = 'object'; UPDATE heads SET seq = seq + 100;\"); \
        c.commit()";
    site.hub.kill();
    let database = site.hub.folder.join("hub.sqlite");
    assert!(Command::new("/usr/bin/python3").args(["-c", script]).arg(&database).status().unwrap().success());
    site.hub.start_again();
    site.status("it is warned of", |status| status["warnings"].to_string().contains("keys.format"));
    once(&site.service, "ERROR", "event=warning reason=keys.format");

    assert_eq!(site.service.stop(), Some(0));
    once(&site.service, "INFO", "event=state.stopped reason=service.ended");
    assert!(!site.service.log().contains('\u{1b}'), "no colours where there is no terminal");
}

#[test]
fn the_journal_gets_the_level_of_each_line() {
    let home = tempfile::tempdir().unwrap();
    let mut service = Service::start(home.path());
    assert!(service.log().lines().all(|line| !line.starts_with('<')), "{}", service.log());
    service.kill();
    service.start_for_journal();
    assert_eq!(service.stop(), Some(0));
    let log = service.log();
    assert!(log.lines().any(|line| line.starts_with("<6>") && line.contains("event=state.stopped")), "{log}");
}

#[test]
fn a_certificate_that_comes_near_its_end_while_nobody_does_anything_is_told_once() {
    let home = tempfile::tempdir().unwrap();
    let mut site = running(home.path());
    let clock = home.path().join("clock");
    clock::set(&clock, "+0d");
    site.service.kill();
    site.service.start_with_clock_of(&clock);
    site.status("it runs again", |status| status["state"]["state"] == "running");
    assert!(lines(&site.service, "reason=certs.ends_soon").is_empty());
    clock::set(&clock, "+70d");
    once(&site.service, "WARN", "event=warning reason=certs.ends_soon");
    let days = |status: &serde_json::Value| {
        let warnings = status["warnings"].as_array().unwrap();
        warnings.iter().find(|one| one["code"] == "certs.ends_soon")?["args"]["days"]["value"].as_i64()
    };
    let before = days(&site.founder.run(&["status"])).unwrap();
    assert!((18..=20).contains(&before), "{before}");
    // A day later it is the same warning; after its end another.
    clock::set(&clock, "+71d");
    site.status("the days have changed", |status| days(status).is_some_and(|days| days < before));
    once(&site.service, "WARN", "event=warning reason=certs.ends_soon");
    clock::set(&clock, "+95d");
    once(&site.service, "ERROR", "event=warning reason=certs.expired");
    once(&site.service, "INFO", "event=warning.over reason=certs.ends_soon");
}

#[test]
fn a_server_that_was_retired_says_so_in_one_line() {
    let home = tempfile::tempdir().unwrap();
    let site = running(home.path());
    let (second, two) = site.second();
    status(&two, "the second runs", |status| status["state"]["state"] == "running");
    let id = two.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned();
    site.founder.run(&["servers", "retire", &id, "--yes", "--wait", "0"]);
    status(&two, "it has stopped", |status| status["state"]["reason"]["code"] == "service.retired");
    once(&second, "ERROR", "event=state.stopped reason=service.retired");
}
