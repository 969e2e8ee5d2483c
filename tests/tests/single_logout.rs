//! Single logout with real identity providers: begun on either side, in both bindings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::auth0::{self, Auth0Samlp};
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{Site, Sp};
use sekisho_tests::wait::wait_for;

fn sign_outs(site: &Site) -> usize {
    let activity = site.founder.run(&["activity"]);
    activity.as_array().unwrap().iter().filter(|entry| entry["kind"] == "sign_out").count()
}

/// Signs out in the vault page, and finds that the identity provider asks for name and password again.
fn sign_out_in_the_vault_page(browser: &Browser, sp: &Sp) {
    browser.page.click("[data-testid=sign-out]");
    browser.page.wait("#how[data-how=everywhere]");
    browser.page.go(&format!("{}/vault/", sp.origin));
    browser.begin();
    browser.page.wait("input[name=password]");
}

#[test]
fn a_logout_at_either_side_ends_the_session_at_both() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);

    let browser = Browser::start(home.path());
    browser.sign_in(&sp.origin, "alice");
    browser.key_check();
    sign_out_in_the_vault_page(&browser, &sp);
    assert_eq!(sign_outs(&site), 1);

    // The identity provider ends it: a vault page in another tab forgets the key.
    browser.log_in("alice");
    browser.key_check();
    let vault = browser.page.this_tab();
    browser.page.tab();
    browser.page.go(&idp.logout());
    wait_for("the activity tells of the logout", || (sign_outs(&site) == 2).then_some(()));
    wait_for("the browser is back at the identity provider", || {
        browser.page.url().starts_with(&idp.origin).then_some(())
    });
    browser.page.turn_to(&vault);
    browser.page.wait("[data-testid=ended]");
    browser.begin();
    browser.page.wait("input[name=password]");
    let log = idp.log();
    assert!(!log.contains("SingleLogoutService Exception") && !log.contains("Invalid signature"), "{log}");
}

#[test]
fn the_same_with_another_identity_provider_that_posts_its_messages() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&auth0::FIELDS);
    let idp = Auth0Samlp::start(&home.path().join("idp"), &sp, false);
    site.save(&idp.metadata);

    let browser = Browser::start(home.path());
    browser.sign_in(&sp.origin, "alice");
    browser.key_check();
    sign_out_in_the_vault_page(&browser, &sp);

    browser.log_in("alice");
    browser.key_check();
    let vault = browser.page.this_tab();
    browser.page.tab();
    browser.page.go(&idp.logout);
    wait_for("the activity tells of the logout", || (sign_outs(&site) == 2).then_some(()));
    browser.page.turn_to(&vault);
    browser.page.wait("[data-testid=ended]");
}

#[test]
fn where_single_logout_is_off_the_page_says_that_the_session_goes_on_at_the_identity_provider() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("single_logout", "false")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);

    let browser = Browser::start(home.path());
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    browser.page.click("[data-testid=sign-out]");
    browser.page.wait("#how[data-how=here_only]");
    browser.page.go(&format!("{}/vault/", sp.origin));
    browser.begin();
    assert_eq!(browser.key_check(), key, "the identity provider asks for nothing");
}
