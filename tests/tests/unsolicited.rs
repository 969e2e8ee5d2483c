//! Answers of the identity provider that nobody asked for, where the switch takes them directly: real hub, real servers,
//! real identity provider, real browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::process::Command;

use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site, Sp};
use sekisho_tests::wait::wait_or_say;
use serde_json::Value;

/// The activity, the newest first, as soon as its first entry is as asked: it is written off the way of a sign-in.
fn activity(cli: &Cli, condition: &str, is: impl Fn(&Value) -> bool) -> Value {
    let read = || cli.run(&["activity"]);
    wait_or_say(condition, || Some(read()).filter(|activity| is(&activity[0])), read)
}

/// A signed answer that nobody has sent yet: what the tile's page would post, for whom the identity provider knows.
fn unsent(browser: &Browser, idp: &SimpleSaml, sp: &Sp) -> String {
    browser.page.go(&format!("{}/", idp.logout().split("/saml2/").next().unwrap()));
    let read = format!(
        "return fetch('{}').then((answer) => answer.text()).then((text) => new DOMParser().parseFromString(text, \
         'text/html').querySelector('input[name=SAMLResponse]').value)",
        idp.tile(sp)
    );
    browser.page.script(&read).as_str().unwrap().to_owned()
}

/// Posts an answer to the server at an address, as anybody can; where it leads to.
fn post(site: &Site, sp: &Sp, address: &str, answer: &str) -> String {
    let to = format!("localhost:{0}:{address}:{0}", site.port);
    let form = format!("SAMLResponse={answer}");
    let posted = Command::new("curl")
        .args(["-sk", "--connect-to", &to, "-o", "/dev/null", "-w", "%{redirect_url}", "--data-urlencode", &form])
        .arg(&sp.acs)
        .output()
        .unwrap();
    String::from_utf8(posted.stdout).unwrap()
}

#[test]
fn a_tile_signs_in_at_once_each_answer_counts_once_at_all_servers_and_without_the_hub_the_page_signs_in() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[("unsolicited_direct", "true")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let status = site.founder.run(&["status"]);
    assert!(status["warnings"].to_string().contains("config.unsolicited_direct"), "{status}");
    let (_second, two) = site.second();
    site::status(&two, "the second runs", |status| status["state"]["state"] == "running");

    let browser = Browser::start(&home.path().join("browser"));
    browser.page.go(&idp.tile(&sp));
    browser.log_in("alice");
    let key = browser.key_check();
    browser.page.wait("[data-testid=unasked]");
    assert_eq!(browser.page.attribute("[data-testid=email]", "data-email").as_deref(), Some("alice@example.com"));
    assert!(!browser.page.url().contains('#'), "nothing stays in the history: {}", browser.page.url());
    let made = activity(&site.founder, "the user is made", |entry| entry["kind"] == "provisioned");
    assert_eq!((&made[0]["who"], &made[0]["facts"][0][0]), (&"alice@example.com".into(), &"@unsolicited".into()));

    // One answer, sent to one server and then to both.
    let answer = unsent(&browser, &idp, &sp);
    let taken = post(&site, &sp, "127.0.0.2", &answer);
    assert!(taken.contains("/vault/#direct="), "{taken}");
    for (address, cli) in [("127.0.0.1", &site.founder), ("127.0.0.2", &two)] {
        let refused = post(&site, &sp, address, &answer);
        assert!(refused.contains("/vault/#error="), "{address}: {refused}");
        activity(cli, "the second use is told", |entry| entry["refusal"]["code"] == "signin.replay");
    }

    // Without the hub the page signs in by itself: the identity provider knows the user, and asks nothing.
    site.hub.kill();
    browser.page.go(&idp.tile(&sp));
    assert_eq!(browser.key_check(), key);
    let source = browser.page.source();
    assert!(!source.contains("data-testid=\"unasked\""), "the page has begun this one itself: {source}");
    let activity = activity(&site.founder, "the sign-in is told", |entry| entry["refusal"].is_null());
    assert_eq!(activity[1]["refusal"]["code"], "signin.claim_unknown", "{activity}");
    assert_eq!(activity[1]["who"], "alice@example.com", "{activity}");
}
