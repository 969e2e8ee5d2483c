//! The second factor: nobody has a key without it where the role requires one, whatever they try. Real browser, real security key
//! protocol, real servers, real hub, real identity provider.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::path::Path;

use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{Site, Sp};
use sekisho_tests::totp;
use sekisho_tests::wait::wait_or_say;
use sekisho_tests::webdriver::Session;

fn begins(home: &Path, name: &str, address: &str, sp: &Sp) -> Browser {
    let browser = Browser::start_where(&home.join(name), address);
    browser.sign_in(&sp.origin, "alice");
    browser.page.wait("[data-testid=factor-asked]");
    browser
}

/// The recovery codes that are shown, and the way on.
fn keep_codes(page: &Session) -> Vec<String> {
    let codes = page.text("[data-testid=recovery-codes] ul");
    page.click("[data-testid=recovery-done]");
    codes.split_whitespace().map(str::to_owned).collect()
}

fn send(page: &Session, name: &str, code: &str) {
    page.fill(&format!("[data-testid=code-{name}]"), code);
    page.click(&format!("[data-testid=send-{name}]"));
}

fn failed(page: &Session, why: &str) {
    page.wait(&format!("[data-testid=factor-failed][data-why={why}]"));
}

/// Asks for the way in anew, with the session that the identity provider has.
fn again(page: &Session, sp: &Sp) {
    page.go("about:blank");
    page.go(&format!("{}/vault/#start", sp.origin));
}

fn use_recovery(page: &Session, code: &str) {
    page.wait("[data-testid=lost]");
    page.script("document.querySelector('[data-testid=lost]').parentElement.open = true");
    send(page, "recovery", code);
}

fn roles(founder: &Cli) {
    founder.run(&["draft", "role", "put", "Strict", "--two-factor", "--no-onboarding"]);
    founder.run(&["draft", "role", "default", "Strict"]);
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story")]
fn a_required_factor_is_set_up_before_the_vault_opens_and_asked_for_at_every_server() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("attribute_subject", "uid")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let founder = &site.founder;
    roles(founder);
    site.save(&idp.metadata);
    let (_second, _two) = site.second();

    // Nothing is handed over before it is set up: there is no key in the page, only the question.
    let browser = begins(home.path(), "first", "127.0.0.1", &sp);
    let page = &browser.page;
    assert_eq!(page.attribute("[data-testid=factor-asked]", "data-set-up").as_deref(), Some("true"));
    let seed = page.text("[data-testid=seed]");
    send(page, "app", "000000");
    failed(page, "wrong");
    send(page, "app", &totp::now(&seed));
    let codes = keep_codes(page);
    assert_eq!(codes.len(), 10);
    let key = browser.key_check();
    page.click("[data-testid=place-security]");
    assert!(!page.attribute("[data-testid=factor-app]", "data-since").unwrap().is_empty());
    page.wait("[data-testid=remove-app][disabled]");

    // At the other server the same is asked for. A code is used once, a recovery code too.
    let other = begins(home.path(), "other", "127.0.0.2", &sp);
    assert_eq!(other.page.attribute("[data-testid=factor-asked]", "data-set-up").as_deref(), Some("false"));
    let later = totp::after(&seed, 30);
    send(&other.page, "app", &later);
    assert_eq!(other.key_check(), key, "the vault is the same");
    again(page, &sp);
    send(page, "app", &later);
    failed(page, "wrong");
    use_recovery(page, &codes[0]);
    assert_eq!(browser.key_check(), key);
    again(&other.page, &sp);
    use_recovery(&other.page, &codes[0].to_uppercase());
    failed(&other.page, "wrong");
    use_recovery(&other.page, &codes[1].to_uppercase().replace('-', ""));
    assert_eq!(other.key_check(), key);

    // A security key, beside the app; and afterwards in its place.
    page.plug_security_key();
    page.click("[data-testid=place-security]");
    page.wait("[data-testid=factor-recovery][data-left='8']");
    page.click("[data-testid=add-key]");
    page.wait("[data-testid=factor-key]");
    page.click("[data-testid=remove-app]:not([disabled])");
    page.click("[data-testid=remove-app-now]");
    page.wait("[data-testid=factor-app][data-since='']");
    again(page, &sp);
    page.click("[data-testid=use-key]");
    assert_eq!(browser.key_check(), key);
    page.click("[data-testid=place-security]");
    page.wait("[data-testid=remove-key][disabled]");

    // Whoever tries is braked.
    again(&other.page, &sp);
    for wrong in 0..6 {
        other.page.wait("[data-testid=factor-asked]");
        use_recovery(&other.page, &format!("abcde-fgh{}k", wrong + 1));
        failed(&other.page, if wrong < 5 { "wrong" } else { "tries" });
    }

    // Lost with the codes: an administrator voids it, and the next sign-in sets up a new one.
    let users = founder.run(&["users", "list"]);
    assert!(users[0]["second_factor"].is_number(), "{users}");
    assert_eq!(founder.run(&["users", "reset-factors", "alice@example.com"])["changed"], 1);
    assert!(founder.run(&["users", "list"])[0]["second_factor"].is_null());
    let anew = || {
        let fresh = begins(home.path(), "anew", "127.0.0.1", &sp);
        let set_up = fresh.page.attribute("[data-testid=factor-asked]", "data-set-up")?;
        (set_up == "true").then_some(fresh)
    };
    let fresh = wait_or_say("the voided factor counts no more", anew, || founder.run(&["users", "list"]));
    let seed = fresh.page.text("[data-testid=seed]");
    send(&fresh.page, "app", &totp::now(&seed));
    keep_codes(&fresh.page);
    assert_eq!(fresh.key_check(), key);

    // The activity tells all of it; a sign-in counts once its factor was shown.
    let activity = founder.run(&["activity", "--limit", "60"]).to_string();
    for told in ["signin.factor_wrong", "@second_factor", "set_up", "recovery"] {
        assert!(activity.contains(told), "{told}: {activity}");
    }
}

#[test]
fn clients_that_can_show_no_factor_are_refused_and_a_factor_of_ones_own_is_asked_for_though_nobody_requires_it() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("client_protocol", "true")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let founder = &site.founder;
    founder.run(&["draft", "role", "put", "Free", "--no-onboarding"]);
    founder.run(&["draft", "role", "default", "Free"]);
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    let page = &browser.page;
    page.click("[data-testid=place-security]");
    page.click("[data-testid=add-app]");
    let seed = page.text("[data-testid=seed]");
    send(page, "app", &totp::now(&seed));
    assert_eq!(keep_codes(page).len(), 10);
    again(page, &sp);
    page.wait("[data-testid=factor-asked][data-set-up=false]");
    send(page, "app", &totp::after(&seed, 30));
    assert_eq!(browser.key_check(), key);

    // It can be removed again, where nobody requires it.
    page.click("[data-testid=place-security]");
    page.click("[data-testid=remove-app]");
    page.click("[data-testid=remove-app-now]");
    page.wait("[data-testid=factor-app][data-since='']");
    again(page, &sp);
    assert_eq!(browser.key_check(), key);
}
