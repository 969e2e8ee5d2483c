//! The First-server wizard in the real window: real hub, real identity provider, to a user who signs in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::first_server::{ENGLISH, JAPANESE, Typed, walk};
use sekisho_tests::site::Site;
use sekisho_tests::window::Window;
use serde_json::Value;

fn from_nothing_to_a_signed_in_user(typed: &Typed) {
    let home = tempfile::tempdir().unwrap();
    let site = Site::empty(home.path());
    let window = Window::open(&home.path().join("console"), &site.service.socket);
    let walked = walk(&window.page, &site, typed, |_, _| {});
    assert_eq!(walked.sp.origin, format!("https://localhost:{}", site.port), "the host was folded");

    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&walked.sp.origin, "alice");
    browser.key_check();
    window.page.click("[data-testid=nav-activity]");
    window.page.wait("[data-testid=entry][data-kind=provisioned]");
    let runs = |status: &Value| status["state"]["state"] == "running" && status["users"] == 1;
    let status = site.status("it runs, and counts the user", runs);
    assert_eq!(status["revision"], 1);
    assert_eq!(status["membership"]["enterprise_domain"], "example");
    assert_eq!(status["domains"], serde_json::json!(["example.com"]));
}

#[test]
fn the_wizard_leads_from_nothing_to_a_signed_in_user() {
    from_nothing_to_a_signed_in_user(&ENGLISH);
}

#[test]
fn the_japanese_wizard_takes_a_host_in_full_width_characters() {
    from_nothing_to_a_signed_in_user(&JAPANESE);
}
