//! The icon in the tray, on a real message bus with a tray of the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use sekisho_tests::process::Process;
use sekisho_tests::site::Site;
use sekisho_tests::tray::Tray;
use sekisho_tests::wait::wait_for;
use sekisho_tests::window::Window;

/// How many windows of the console are on the screen.
fn windows(window: &Window) -> usize {
    let mut tree = Command::new("xwininfo");
    let told = tree.args(["-root", "-tree"]).env("DISPLAY", window.display.name()).output().unwrap();
    let ids: Vec<String> = String::from_utf8_lossy(&told.stdout)
        .lines()
        .filter(|line| line.contains("\"Sekisho\""))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    let viewable = |id: &&String| {
        let about = Command::new("xwininfo").args(["-id", id]).env("DISPLAY", window.display.name()).output().unwrap();
        String::from_utf8_lossy(&about.stdout).contains("IsViewable")
    };
    ids.iter().filter(viewable).count()
}

#[test]
fn the_tray_tells_the_state_syncs_and_brings_the_window_back() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let mut tray = Tray::start();
    let bus = tray.bus.clone();
    let window =
        Window::open_where(&home.path().join("console"), &site.service.socket, &[("DBUS_SESSION_BUS_ADDRESS", &bus)]);
    let page = &window.page;
    let has = |menu: &[String], text: &str| menu.iter().any(|entry| entry.contains(text));
    tray.menu("the state is told", |menu| has(menu, "Not configured"));
    page.choose("[data-testid=language]", "ja");
    tray.menu("in the language of the window", |menu| has(menu, "未設定"));
    page.choose("[data-testid=language]", "en");
    tray.menu("and back", |menu| has(menu, "Not configured"));

    tray.choose("Full Sync");
    page.wait("[data-testid=sync-report][data-faults='0']");
    tray.choose("Full Sync of all servers…");
    page.wait("[data-testid=dialog-sync-all]");
    page.click("[data-testid=cancel-sync-all]");

    // Closed, it stays in the tray, where it was asked to; and comes back.
    page.click("[data-testid=nav-settings]");
    page.click("[data-testid=keep-in-tray]");
    page.wait("[data-testid=keep-in-tray][data-kept=true]");
    wait_for("the window is there", || (windows(&window) == 1).then_some(()));
    close(&window);
    tray.choose("Open Sekisho");
    wait_for("the window is back", || (windows(&window) == 1).then_some(()));
    page.wait("[data-testid=keep-in-tray]");
}

/// Closes the window as a window manager does when somebody asks it to.
fn close(window: &Window) {
    let display = window.display.name();
    let _manager = Process::start(Command::new("openbox").env("DISPLAY", display).stderr(Stdio::null()));
    let xdotool = |words: &str| {
        let words = words.split(' ');
        // Nothing is found any more once it is gone.
        let _ = Command::new("timeout").args(["5", "xdotool"]).args(words).env("DISPLAY", display).output();
    };
    wait_for("the window is gone", || {
        xdotool("search --onlyvisible --name ^Sekisho$ windowactivate --sync");
        xdotool("key alt+F4");
        (windows(window) == 0).then_some(())
    });
}
