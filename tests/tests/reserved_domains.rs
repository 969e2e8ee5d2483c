//! Somebody new is taken in from a mail domain that DNS shows to be the connection's, as each server sees for itself (R11): real hub,
//! real server, real identity provider, real browser, a DNS server of the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::dns::Dns;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
use sekisho_tests::wait::wait_or_say;
use serde_json::Value;

/// Whether the status warns with this code, and its arguments.
fn warning(site: &Site, code: &str) -> Option<Value> {
    let status = site.founder.run(&["status"]);
    status["warnings"].as_array()?.iter().find(|warning| warning["code"] == code).cloned()
}

fn warned(site: &Site, code: &str) -> Value {
    wait_or_say(code, || warning(site, code), || site.founder.run(&["status"]))
}

/// The code by which the newest sign-in was refused.
fn refused(site: &Site, browser: &Browser, origin: &str, user: &str) -> String {
    browser.sign_in(origin, user);
    site::refusal(&site.founder, &browser.page)
}

#[test]
fn nobody_new_comes_from_a_domain_that_dns_does_not_show_and_whoever_is_known_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::empty(home.path());
    site.found_organisation();
    let founder = &site.founder;
    founder.run(&["connection", "add", "--name", "Tokyo office", "--enterprise-domain", "example"]);
    let dns = Dns::start();
    dns.leads("localhost", &["127.0.0.1"]);
    founder.run(&["draft", "set", "resolver", &dns.address.to_string()]);

    // Domains of everybody's are refused; one of the company's is reserved, and says what is still to be shown.
    assert_eq!(founder.code(&["connection", "reserve-domain", "gmail.com"]), "admin.public_mail_domain");
    let proof = founder.run(&["connection", "reserve-domain", "Example.COM"]);
    let (record, value) = (proof["record"].as_str().unwrap(), proof["value"].as_str().unwrap());
    assert_eq!((record, &proof["state"]["state"]), ("_sekisho.example.com", &"missing".into()), "{proof}");
    founder.run(&["enrol"]);
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&site.home.join("idp"), &sp, "");
    site.save(&idp.metadata);
    let told = warned(&site, "signin.domain_not_proven");
    assert_eq!((&told["args"]["record"]["value"], &told["args"]["value"]["value"]), (&record.into(), &value.into()));
    let first = Browser::start(&site.home.join("first"));
    assert_eq!(refused(&site, &first, &sp.origin, "alice"), "signin.domain_not_proven");

    // Another organisation's record proves nothing; the right one does, beside others, as soon as the administrator has seen it.
    dns.says(record, &[&value.replace(&value[20..], &"0".repeat(value.len() - 20))]);
    let other = founder.run(&["connection", "reserve-domain", "example.com"]);
    assert_eq!(other["state"]["state"], "missing");
    let second = Browser::start(&site.home.join("second"));
    assert_eq!(refused(&site, &second, &sp.origin, "alice"), "signin.domain_not_proven");
    dns.says(record, &["v=spf1 -all", value]);
    assert_eq!(founder.run(&["connection", "reserve-domain", "example.com"])["state"]["state"], "proven");
    let gone = || warning(&site, "signin.domain_not_proven").is_none().then_some(());
    wait_or_say("the warning goes", gone, || founder.run(&["status"]));
    let alice = Browser::start(&site.home.join("alice"));
    alice.sign_in(&sp.origin, "alice");
    let key = alice.key_check();

    // The record is taken away: whoever is known signs in, and nobody new does.
    dns.says(record, &[]);
    dns.leads(record, &[]);
    founder.run(&["draft", "set", "resolver", ""]);
    founder.run(&["draft", "set", "resolver", &dns.address.to_string()]);
    warned(&site, "signin.domain_not_proven");
    let again = Browser::start(&site.home.join("again"));
    again.sign_in(&sp.origin, "alice");
    assert_eq!(again.key_check(), key);
    let bob = Browser::start(&site.home.join("bob"));
    assert_eq!(refused(&site, &bob, &sp.origin, "bob"), "signin.domain_not_proven");

    // What was taken away does not come back because DNS goes.
    drop(dns);
    let carol = Browser::start(&site.home.join("carol"));
    assert_eq!(refused(&site, &carol, &sp.origin, "bob"), "signin.domain_not_proven");
    // The administrator's program can tell nothing, and signs nothing.
    let looked = founder.run(&["connection", "domain-proof", "example.com"]);
    assert_eq!(looked["state"]["state"], "unknown", "{looked}");
}
