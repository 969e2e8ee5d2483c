//! A hub of two nodes on one PostgreSQL behind a balancer: one of them is killed, and nobody notices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::nodes::Moment::{BeforeItsAnswer, InTheMiddle};
use sekisho_tests::nodes::Nodes;
use sekisho_tests::site::{self, Site};
use sekisho_tests::totp;

/// How many rows of a kind the hub has.
fn rows(nodes: &Nodes, kind: &str) -> u64 {
    nodes.cluster.sql(&format!("SELECT count(*) FROM entries WHERE kind = '{kind}'")).parse().unwrap()
}

#[test]
fn a_node_that_is_killed_while_it_writes_loses_nothing_and_nothing_is_done_twice() {
    let home = tempfile::tempdir().unwrap();
    let mut nodes = Nodes::start(home.path());
    let site = Site::beside(home.path(), nodes.hub());
    let founder = &site.founder;

    // The command line goes on by itself.
    nodes.kill_during("account", BeforeItsAnswer, || site.found_organisation());
    let add = ["connection", "add", "--name", "Tokyo office", "--enterprise-domain", "example"];
    nodes.kill_during("connection", BeforeItsAnswer, || founder.run(&add));
    site::show_domain(founder, "", "example.com");
    nodes.kill_during("log", InTheMiddle, || founder.run(&["connection", "reserve-domain", "example.com"]));
    nodes.kill_during("credential", BeforeItsAnswer, || founder.run(&["enrol"]));
    // Founded; node and connection; domain; server.
    assert_eq!((rows(&nodes, "account"), rows(&nodes, "connection"), rows(&nodes, "log")), (1, 1, 5));
    founder.run(&["sign-out"]);
    let (passphrase, secret) = (founder.file("passphrase"), founder.file("totp"));
    let code = founder.write("code", &totp::next(&secret));
    let sign_in = ["sign-in", "--passphrase-file", &passphrase, "--code-file", &code];
    nodes.kill_during("account", InTheMiddle, || founder.run(&sign_in));

    // Saves.
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    nodes.kill_during("revision", InTheMiddle, || site.save(&idp.metadata));
    founder.run(&["draft", "set", "skew_seconds", "45"]);
    nodes.kill_during("revision", BeforeItsAnswer, || founder.run(&["save", "--yes", "--reason", "slow clocks"]));
    let history = founder.run(&["history"]);
    let reasons: Vec<&str> = history.as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["slow clocks", "first configuration"]);
    site.status("it is applied", |status| status["revision"] == 2);

    // First sign-ins.
    let sign_in = |name: &str| {
        let browser = Browser::start(&home.path().join(name));
        browser.sign_in(&sp.origin, name);
        browser.key_check()
    };
    let alice = nodes.kill_during("user", InTheMiddle, || sign_in("alice"));
    let bob = nodes.kill_during("user", BeforeItsAnswer, || sign_in("bob"));
    assert_ne!(alice, bob);
    assert_eq!((rows(&nodes, "user"), rows(&nodes, "revision")), (2, 2));

    // Another server has all of it, and what the two have seen is there.
    let (_second, two) = site.second();
    site::status(&two, "it has both users", |status| status["users"] == 2 && status["revision"] == 2);
    let synced = founder.run(&["sync", "--full", "--all", "--wait", "25"]);
    for server in synced["servers"].as_array().unwrap() {
        assert_eq!((&server["tick"], &server["sync"]["faults"]), (&"done".into(), &serde_json::json!([])), "{synced}");
    }
    let elsewhere = Browser::start_where(&home.path().join("elsewhere"), "127.0.0.2");
    elsewhere.sign_in(&sp.origin, "bob");
    assert_eq!(elsewhere.key_check(), bob);
}

#[test]
fn a_feed_that_waits_at_a_node_goes_on_at_the_other_when_the_node_is_killed() {
    let home = tempfile::tempdir().unwrap();
    let mut nodes = Nodes::start(home.path());
    let site = Site::beside(home.path(), nodes.hub());
    site.found_organisation();
    site.founder.run(&["connection", "add", "--name", "Tokyo office", "--enterprise-domain", "example"]);
    site.founder.run(&["enrol"]);
    let (_second, two) = site.second();
    // Each server waits at one of the nodes; whichever it is, its end comes.
    for (turn, name) in ["node_one", "node_two", "node_one"].into_iter().enumerate() {
        for cli in [&site.founder, &two] {
            site::status(cli, "the hub is followed", |status| status["hub"]["hub"] == "reachable");
        }
        nodes.node(name).kill();
        let domain = format!("example{turn}.com");
        site.founder.run(&["connection", "reserve-domain", &domain]);
        for cli in [&site.founder, &two] {
            let has_it = |status: &serde_json::Value| status["domains"].to_string().contains(&domain);
            let status = site::status(cli, "the entry has come", has_it);
            assert_eq!(status["hub"]["hub"], "reachable", "{status}");
        }
        nodes.node(name).start_again();
    }
}
