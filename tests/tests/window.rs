//! The console's window, without a service behind it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::window::Window;

#[test]
fn the_window_opens_in_both_languages_and_says_that_no_service_answers() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open(home.path(), &home.path().join("nothing.sock"));
    let page = &window.page;

    assert!(page.url().starts_with("tauri://localhost"), "{}", page.url());
    page.choose("[data-testid=language]", "en");
    page.wait("html[lang=en]");
    page.wait("[data-testid=notice][data-code='admin-api.unreachable']");
    assert!(page.text("[data-testid=notice]").contains("Start the service, then try again."));

    page.choose("[data-testid=language]", "ja");
    page.wait("html[lang=ja]");
    assert!(page.text("[data-testid=notice]").contains("サービスを開始してから、もう一度お試しください。"));
    assert_eq!(page.text("[data-testid=nav-overview]"), "概要");

    page.click("[data-testid=nav-settings]");
    page.click("[data-testid=theme-dark]");
    page.wait("html[data-theme=dark]");
}
