//! A user signs in: real browser, real service, real identity provider; and the administrator sees it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::{Service, Sp};
use sekisho_tests::window::Window;

fn log_in(browser: &Browser, user: &str) {
    browser.page.fill("input[name=username]", user);
    browser.page.fill("input[name=password]", &format!("{user}pw"));
    browser.page.click("#submit_button, button[type=submit], input[type=submit]");
}

/// The check number of the key that was opened.
fn key_check(browser: &Browser) -> String {
    browser.page.wait("[data-testid=signed-in]");
    browser.page.attribute("[data-testid=key-check]", "data-check").unwrap()
}

#[test]
fn a_user_signs_in_and_the_key_is_opened_in_the_browser() {
    let home = tempfile::tempdir().unwrap();
    let sp = Sp::prepare(home.path());
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    sp.configure(&idp.metadata, &[]);
    let service = Service::start(&sp);

    let browser = Browser::start(home.path());
    browser.page.go(&format!("{}/vault/", sp.origin));
    browser.page.click("[data-testid=sign-in]");
    log_in(&browser, "alice");
    let first = key_check(&browser);
    assert_eq!(browser.page.attribute("[data-testid=email]", "data-email").as_deref(), Some("alice@example.com"));
    assert!(!browser.page.url().contains("code="), "the code stays in the history: {}", browser.page.url());

    // From the identity provider's side: verified, dropped, and answered by a sign-in of the page's own.
    browser.page.go(&idp.tile(&sp));
    assert_eq!(key_check(&browser), first, "the same user gets the same key");

    // The administrator's window shows both, and a refusal with its reason.
    let window = Window::open(home.path(), &service.socket);
    window.page.choose("[data-testid=language]", "en");
    window.page.wait("[data-testid=state][data-state=running]");
    window.page.click("[data-testid=nav-activity]");
    window.page.wait("[data-testid=entry][data-kind=provisioned]");
    window.page.wait("[data-testid=entry][data-kind=sign_in][data-code='']");

    assert_eq!(service.end(), Some(0), "a clean stop");
}

#[test]
fn a_user_without_an_address_is_refused_with_a_number_that_the_administrator_can_explain() {
    let home = tempfile::tempdir().unwrap();
    let sp = Sp::prepare(home.path());
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "'assertion.encryption' => true");
    sp.configure(&idp.metadata, &[]);
    let service = Service::start(&sp);

    let browser = Browser::start(home.path());
    browser.page.go(&format!("{}/vault/", sp.origin));
    browser.page.click("[data-testid=sign-in]");
    log_in(&browser, "nomail");
    let reference = browser.page.text("[data-testid=reference]");
    assert_eq!(reference.len(), 8, "{reference}");
    assert!(!browser.page.source().contains("mail\""), "the browser is told no reason");

    let window = Window::open(home.path(), &service.socket);
    window.page.choose("[data-testid=language]", "en");
    window.page.click("[data-testid=nav-activity]");
    window.page.click("[data-testid=entry][data-code='signin.no_email'] button");
    let notice = window.page.text("[data-testid=notice]");
    assert!(notice.contains(&reference), "{notice}");
    assert!(notice.contains("givenName"), "what was received is shown: {notice}");
}
