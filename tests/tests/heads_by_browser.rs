//! A hub that shows two servers two pasts, found out by what the browsers of users carry from one to the other (R8).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::hub::Hub;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
use serde_json::Value;

fn warned(cli: &Cli, code: &str) -> Value {
    let told = |status: &Value| status["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == code);
    site::status(cli, &format!("{code} is told"), told)
}

#[test]
fn a_user_who_signs_in_at_a_server_that_was_shown_less_tells_it_what_the_other_one_has_seen() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    // The identity provider knows the browser by now.
    let sign_in = || {
        browser.page.go(&format!("{}/vault/", sp.origin));
        browser.begin();
        browser.key_check()
    };
    let (mut service_two, two) = site.second();
    site::status(&two, "the second server runs", |status| status["revision"] == 1);

    // The hub as it was, for the second server, while the first has seen more, and so has whoever signs in there.
    let old = home.path().join("old");
    site.hub.kill();
    service_two.kill();
    Hub::copy_store(&site.hub.folder, &old);
    site.hub.start_again();
    site.founder.run(&["draft", "set", "skew_seconds", "77"]);
    site.founder.run(&["save", "--yes", "--reason", "for the first"]);
    assert_eq!(sign_in(), key);
    site.service.kill();
    site.hub.kill();
    Hub::copy_store(&old, &site.hub.folder);
    site.hub.start_again();
    service_two.start_again();
    site::status(&two, "the second server is back", |status| status["hub"]["hub"] == "reachable");

    // The same name leads to the second server now. It signs the user in, and hears what the browser brings.
    two.run(&["draft", "set", "private_ip", "127.0.0.1"]);
    assert_eq!(sign_in(), key);
    let told = warned(&two, "service.withheld");
    assert_eq!((&told["state"]["state"], &told["revision"]), (&"running".into(), &1.into()));

    // Another revision under the number that the first server has seen.
    two.run(&["draft", "set", "skew_seconds", "88"]);
    let _ = two.output(&["save", "--yes", "--reason", "for the second"]);
    warned(&two, "service.forked");
}
