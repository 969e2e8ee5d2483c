//! A hub that shows two servers two pasts, found out by what an administrator's machine carries from one to the other over ssh
//! (R8).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::cli::Cli;
use sekisho_tests::hub::Hub;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
use sekisho_tests::ssh::Sshd;
use sekisho_tests::window::Window;
use serde_json::Value;

/// Compares the first server with the second: the report, or the code of the refusal.
fn compare(one: &Cli, sshd: &Sshd) -> Result<Value, String> {
    let done = one.command(&["pool", "compare", &sshd.address]).env("PATH", &sshd.path).output().unwrap();
    if done.status.success() {
        return Ok(serde_json::from_slice(&done.stdout).unwrap());
    }
    let fault: Value = serde_json::from_slice(&done.stderr).unwrap();
    Err(fault["code"].as_str().unwrap().to_owned())
}

fn warned(cli: &Cli, code: &str) -> Value {
    site::status(cli, &format!("{code} is told"), |status| has(status, code))
}

fn has(status: &Value, code: &str) -> bool {
    status["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == code)
}

#[test]
fn servers_that_were_shown_two_pasts_find_out_over_ssh_and_take_nothing_more_until_somebody_has_looked() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (mut service_two, two) = site.second();
    let sshd = Sshd::start(&home.path().join("ssh"), &service_two.socket);
    site::status(&two, "the second server runs", |status| status["revision"] == 1);
    let agreed = compare(&site.founder, &sshd).unwrap();
    assert_eq!((&agreed[0]["here"]["held"], &agreed[0]["there"]["held"]), (&"agrees".into(), &"agrees".into()));

    // The hub as it was, for the second server, while the first has seen more.
    let (folder, old) = (site.hub.folder.clone(), home.path().join("old"));
    site.hub.kill();
    service_two.kill();
    Hub::copy_store(&folder, &old);
    site.hub.start_again();
    site.founder.run(&["draft", "set", "skew_seconds", "77"]);
    site.founder.run(&["save", "--yes", "--reason", "for the first"]);
    site.hub.kill();
    Hub::copy_store(&old, &folder);
    site.hub.start_again();
    service_two.start_again();
    site::status(&two, "the second server is back", |status| status["hub"]["hub"] == "reachable");
    let behind = compare(&site.founder, &sshd).unwrap();
    assert_eq!((&behind[0]["here"]["held"], &behind[0]["there"]["held"]), (&"agrees".into(), &"behind".into()));
    warned(&two, "service.withheld");

    // Another revision under the number that the first server has seen: the second finds out by what it remembers.
    two.run(&["draft", "set", "skew_seconds", "88"]);
    let _ = two.output(&["save", "--yes", "--reason", "for the second"]);
    warned(&two, "service.forked");
    site.hub.kill();
    assert_eq!(compare(&site.founder, &sshd), Err("cli.forked".to_owned()));
    warned(&site.founder, "service.forked");
    // Users sign in all the while, with what was verified; over a restart, too.
    site.service.kill();
    site.service.start_again();
    site.hub.start_again();
    warned(&site.founder, "service.forked");
    let serves = |status: &Value| status["state"]["state"] == "running" && status["revision"] == 2;
    site.status("it serves what was verified", serves);
    site.founder.run(&["draft", "set", "skew_seconds", "99"]);
    assert_eq!(site.founder.code(&["save", "--yes", "--reason", "not now"]), "service.forked");
    assert_eq!(site.founder.code(&["sync", "--full"]), "service.forked");

    // Somebody has looked: one in the window, the other by the command line.
    let window = Window::open(&home.path().join("console"), &site.service.socket);
    window.page.click("[data-testid=follow-again]");
    window.page.click("[data-testid=confirm-follow-again]");
    site::status(&site.founder, "it follows again", |status| !has(status, "service.forked"));
    two.run(&["pool", "follow-again"]);
    site::status(&two, "it follows again", |status| !has(status, "service.forked"));
}
