//! What the hub has done, and answered to nobody, is found done at the next try: nothing is made twice, nothing is refused for good, and
//! what is shown once is shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;

use sekisho_tests::cli::Cli;
use sekisho_tests::hub::Hub;
use sekisho_tests::service::Service;
use sekisho_tests::site::{PASSPHRASE, Site};
use sekisho_tests::totp;
use sekisho_tests::wiretap::Wiretap;

/// The organisation's log, which most acts end with.
const LOG: &str = "POST /v1/log";

/// A hub whose answers can be lost, and a service that knows nothing of it.
fn tapped(home: &Path) -> (Site, Wiretap) {
    let mut hub = Hub::start(&home.join("hub"));
    let tap = Wiretap::before(&mut hub);
    (Site::beside(home, hub), tap)
}

/// Does something whose answers are lost, each time, and once more.
fn again(tap: &Wiretap, requests: &str, cli: &Cli, words: &[&str]) -> serde_json::Value {
    let unanswered = tap.while_answers_are_lost(requests, || cli.code(words));
    assert_eq!(unanswered, "hub.unreachable", "{words:?}");
    cli.run(words)
}

#[test]
fn what_an_administrator_does_again_is_not_done_twice() {
    let home = tempfile::tempdir().unwrap();
    let (site, tap) = tapped(home.path());
    let founder = &site.founder;
    // Founding: the setup code counts once, and so does the organisation.
    let found = site.founding();
    again(&tap, "POST /v1/organisations", founder, &found.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(
        fs::read_to_string(founder.file("kit")).unwrap().lines().filter(|line| line.len() == 19).count(),
        4,
        "the kit is told"
    );

    let add = ["connection", "add", "--name", "Tokyo office", "--enterprise-domain", "example"];
    again(&tap, LOG, founder, &add);
    let reserved = again(&tap, LOG, founder, &["connection", "reserve-domain", "example.org"]);
    assert_eq!(reserved["state"]["state"], "missing", "{reserved}");
    again(&tap, LOG, founder, &["connection", "release-domain", "example.org"]);
    again(&tap, LOG, founder, &["enrol"]);

    let service = Service::start(&site.home.join("two"));
    let two = founder.at(&service.socket);
    two.run(&["draft", "set", "private_ip", "127.0.0.2"]);
    again(&tap, LOG, &two, &["enrol"]);
    let token = founder.file("token");
    let made = again(&tap, LOG, founder, &["pool", "token", "--name", "night-shift", &token]);
    let servers = founder.run(&["servers", "list"]);
    assert_eq!(servers.as_array().unwrap().len(), 3, "each once: {servers}");
    let third = Service::start(&site.home.join("three"));
    let three = founder.at(&third.socket);
    three.run(&["draft", "set", "private_ip", "127.0.0.3"]);
    three.run(&["enrol", "--token", &token]);
    assert_eq!(three.run(&["status"])["membership"]["server"], made["server"], "the token is that server's");
}

#[test]
fn a_kit_an_invitation_and_an_administrator_that_were_made_unheard_are_told_at_the_next_try() {
    let home = tempfile::tempdir().unwrap();
    let (site, tap) = tapped(home.path());
    site.found_organisation();
    let founder = &site.founder;
    let invited = again(&tap, "POST /v1/invitations", founder, &["administrators", "invite", "suzuki"]);
    let suzuki = Cli::new(&home.path().join("suzuki"), &site.service.socket);
    let hub = suzuki.write("invitation", invited["text"].as_str().unwrap());
    let (passphrase, secret) = (suzuki.write("passphrase", PASSPHRASE), suzuki.file("totp"));
    let mut accept = vec!["administrators", "accept", "--hub-file", &hub, "--login", "suzuki"];
    accept.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret]);
    suzuki.run(&accept);
    let admit = ["administrators", "admit", "suzuki"];
    again(&tap, LOG, founder, &admit);
    // What was sent unheard is not sent again once it was taken back.
    let invite = ["administrators", "invite", "sato"];
    let unheard = tap.while_answers_are_lost("POST /v1/invitations", || founder.code(&invite));
    assert_eq!(unheard, "hub.unreachable");
    founder.run(&["administrators", "withdraw", "sato"]);
    founder.run(&invite);

    let (second, third) = (founder.file("second-kit"), founder.file("third-kit"));
    again(&tap, LOG, founder, &["new-kit", "--kit-file", &second]);
    again(&tap, LOG, founder, &["administrators", "remove", "suzuki", "--yes", "--kit-file", &third]);
    let kit = |file: &str| fs::read_to_string(file).unwrap();
    let lines = |kit: &str| kit.lines().filter(|line| line.len() == 19).map(|line| line.to_owned() + "\n").collect();
    let told: String = lines(&kit(&third));
    assert_ne!(lines(&kit(&second)), told);

    // The kit that was told last is the one that counts. Whoever recovers, and is not heard, has the next one.
    let kit = kit(&third);
    let after = |start: &str| kit.lines().find_map(|line| line.strip_prefix(start)).unwrap().trim().to_owned();
    let (hub, fingerprint) = (after("Hub "), after("Fingerprint "));
    let rescuer = Cli::new(&home.path().join("rescuer"), &site.service.socket);
    let (paper, passphrase) = (rescuer.write("kit", &told), rescuer.write("passphrase", PASSPHRASE));
    let (secret, next) = (rescuer.file("totp"), rescuer.file("next-kit"));
    let mut recover = vec!["recover", "--hub", &hub, "--kit", &paper, "--login", "rescuer"];
    recover.extend(["--fingerprint", &fingerprint]);
    recover.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret, "--kit-file", &next]);
    tap.while_nothing_is_heard_from(LOG, || rescuer.run(&recover));
    let unsure = fs::read_to_string(&next).unwrap();
    assert!(unsure.contains("Keep both") && lines(&unsure) != told, "{unsure}");
    let code = rescuer.write("code", &totp::next(&secret));
    let mut sign_in = vec!["sign-in", "--hub", &hub, "--login", "rescuer", "--passphrase-file", &passphrase];
    sign_in.extend(["--code-file", &code]);
    assert_eq!(rescuer.run(&sign_in)["signed_in"]["organisation"], "Example Inc.");
}
