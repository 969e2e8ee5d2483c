//! The console's window, without a service behind it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::wait::wait_for;
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

#[test]
fn every_page_can_be_read_at_twice_the_size() {
    let home = tempfile::tempdir().unwrap();
    let window = Window::open(home.path(), &home.path().join("nothing.sock"));
    let page = &window.page;
    let width = || page.script("return window.innerWidth").as_u64().unwrap();
    let before = width();
    (0..5).for_each(|_| page.press_with_ctrl("="));
    wait_for("everything is twice as large", || (width() <= before / 2 + 1).then_some(()));
    for name in ["overview", "configuration", "servers", "history", "activity", "settings"] {
        // By the page itself: WebKit's driver clicks where things would be at their usual size.
        page.script(&format!("document.querySelector('[data-testid=nav-{name}]').click()"));
        page.wait(&format!("[data-testid=nav-{name}][aria-current=page]"));
        let wider = page.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(wider, 0, "{name} has to be pushed to the side");
    }
    page.press_with_ctrl("0");
    wait_for("everything is as before", || (width() == before).then_some(()));
}
