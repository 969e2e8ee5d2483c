//! The first minutes after a save, in the real window: sign-ins are counted, and a save that keeps users out is undone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::Site;
use sekisho_tests::window::Window;

#[test]
fn a_save_that_keeps_users_out_is_seen_in_its_first_minutes_and_undone() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("first"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();

    let window = Window::open(&home.path().join("console"), &site.service.socket);
    let page = &window.page;
    page.wait("[data-testid=full-sync]");
    assert!(!page.source().contains("watched-save"), "before the first there is nothing to go back to");
    // Nobody sends such an attribute.
    site.founder.run(&["draft", "set", "attribute_email", "Mail"]);
    site.founder.run(&["save", "--yes", "--reason", "as the old product had it"]);
    page.wait("[data-testid=watched-save][data-accepted='0'][data-refused='0']");
    let browser = Browser::start(&home.path().join("second"));
    browser.sign_in(&sp.origin, "alice");
    browser.page.wait("[data-testid=reference]");
    page.wait("[data-testid=watched-save][data-accepted='0'][data-refused='1']");

    page.click("[data-testid=undo-save]");
    page.click("[data-testid=confirm-undo-save]");
    page.wait("[data-testid=unsaved][data-count='1']");
    site.founder.run(&["save", "--yes", "--reason", "undone"]);
    let browser = Browser::start(&home.path().join("third"));
    browser.sign_in(&sp.origin, "alice");
    assert_eq!(browser.key_check(), key);
    page.click("[data-testid=nav-overview]");
    page.wait("[data-testid=watched-save][data-accepted='1'][data-refused='0']");
}
