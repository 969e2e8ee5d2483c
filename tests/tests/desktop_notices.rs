//! Notices of the desktop, on a real message bus with a desktop of the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::noticing::Noticing;
use sekisho_tests::service::{self_signed, self_signed_before};
use sekisho_tests::site::{Site, status};
use sekisho_tests::wait::{wait_for, wait_or_say};
use sekisho_tests::window::Window;
use serde_json::Value;

/// The newest of so many notices.
fn shown(desktop: &mut Noticing, count: usize) -> Value {
    let all = wait_for(&format!("{count} notices"), || Some(desktop.shown()).filter(|all| all.len() >= count));
    assert_eq!(all.len(), count, "{all:?}");
    all.last().unwrap().clone()
}

/// Waits until the console has looked at the status since now, which it does some seconds after each change.
fn looked(condition: &str) {
    let begun = Instant::now();
    wait_or_say(condition, || Some(begun.elapsed()).filter(|gone| *gone > Duration::from_secs(8)), String::new);
}

/// Saves a certificate that was made so many days ago, for 90 days.
fn save_certificate(site: &Site, days_ago: u32) {
    let name = format!("made-{days_ago}");
    match days_ago {
        0 => self_signed(&site.home, &name, "localhost"),
        _ => self_signed_before(&site.home, &name, "localhost", days_ago),
    }
    let file = |end: &str| site.home.join(format!("{name}.{end}")).to_string_lossy().into_owned();
    site.founder.run(&["draft", "certificate", &file("crt"), &file("key")]);
    site.founder.run(&["save", "--yes", "--reason", "another certificate"]);
}

#[test]
fn an_end_is_shown_on_the_desktop_once_in_the_language_of_the_window_and_a_click_leads_to_it() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    save_certificate(&site, 80);
    status(&site.founder, "the end is near", |status| status["warnings"].to_string().contains("certs.ends_soon"));
    let mut desktop = Noticing::start();
    let bus = desktop.bus.clone();
    let open = || {
        let console = home.path().join("console");
        Window::open_where(&console, &site.service.socket, &[("DBUS_SESSION_BUS_ADDRESS", &bus)])
    };

    let window = open();
    window.page.choose("[data-testid=language]", "en");
    let notice = shown(&mut desktop, 1);
    let title = notice["title"].as_str().unwrap();
    assert!(title.contains(": SSL certificate ends in 9 days ("), "{notice}");
    let body = notice["body"].as_str().unwrap();
    assert!(body.contains("\nRenew the certificate.") && body.contains("is signed by itself"), "{notice}");
    assert_eq!(notice["app"], "Sekisho");
    desktop.click(0);
    window.page.wait("[data-testid=nav-certificates][aria-current=page]");

    // In Japanese it is no news, nor after the console was started again; the next certificate's end is.
    window.page.choose("[data-testid=language]", "ja");
    looked("the console has looked since the language was changed");
    shown(&mut desktop, 1);
    drop(window);
    let window = open();
    window.page.choose("[data-testid=language]", "ja");
    looked("the console has looked since it was started again");
    shown(&mut desktop, 1);
    save_certificate(&site, 75);
    let notice = shown(&mut desktop, 2);
    assert!(notice["title"].as_str().unwrap().contains("SSL証明書の有効期限まであと14日 ("), "{notice}");
    assert!(notice["body"].as_str().unwrap().ends_with("\n証明書を更新してください。"), "{notice}");

    // Switched off, nothing is shown; and once it is renewed, there is nothing to show.
    window.page.click("[data-testid=nav-settings]");
    window.page.click("[data-testid=desktop-notices]");
    save_certificate(&site, 70);
    status(&site.founder, "another end is near", |status| status["warnings"].to_string().contains("\"value\":19"));
    looked("the console had time to look");
    shown(&mut desktop, 2);
    save_certificate(&site, 0);
    status(&site.founder, "the end is far", |status| !status["warnings"].to_string().contains("certs.ends_soon"));
    window.page.click("[data-testid=desktop-notices]");
    looked("the console has looked since the renewal");
    shown(&mut desktop, 2);
}
