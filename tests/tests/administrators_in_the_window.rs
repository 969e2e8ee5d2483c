//! Administrators who come by an invitation or by the recovery kit, in the real window.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::path::Path;

use sekisho_tests::account::{authenticator, kit_lines, read_back, sign_in};
use sekisho_tests::cli::Cli;
use sekisho_tests::site::Site;
use sekisho_tests::totp;
use sekisho_tests::window::Window;

const SECOND: &str = "nine-copper-kettles-beneath-a-winter-moon";

/// The authenticator app: the code of the next half minute, for the one of this half minute was used.
fn next_code(home: &Path, secret: &str) -> String {
    let file = home.join("app");
    std::fs::write(&file, secret).unwrap();
    totp::next(&file.to_string_lossy())
}

#[test]
fn an_invitation_is_accepted_in_the_window_and_waits_to_be_admitted() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let invitation = site.founder.run(&["administrators", "invite", "suzuki"])["text"].as_str().unwrap().to_owned();
    let window = Window::open(&home.path().join("console"), &site.service.socket);
    let page = &window.page;

    page.click("[data-testid=nav-settings]");
    page.click("[data-testid=way-accept]");
    page.fill("[data-testid=field-invitation]", &invitation);
    page.click("[data-testid=check-invitation]");
    page.wait("[data-testid=invited-as][data-login=suzuki]");
    page.fill("[data-testid=field-passphrase]", "password1234");
    let secret = authenticator(page);
    page.fill("[data-testid=field-totp]", &totp::now(&secret));
    page.click("[data-testid=accept]");
    page.wait("[data-testid=fault-passphrase][data-code='admin.weak_passphrase']");
    page.fill("[data-testid=field-passphrase]", SECOND);
    page.fill("[data-testid=field-totp]", &totp::now(&secret));
    page.click("[data-testid=accept]");
    page.wait("[data-testid=account-made][data-by=accept]");

    sign_in(page, None, SECOND, &next_code(home.path(), &secret));
    page.wait("[data-testid=notice][data-code='hub.forbidden']");
    site.founder.run(&["administrators", "admit", "suzuki"]);
    sign_in(page, None, SECOND, &next_code(home.path(), &secret));
    page.wait("[data-testid=signed-in]");
    page.wait("[data-testid=administrator-suzuki]");
    page.wait("[data-testid=remove-tanaka]");

    // It was used: who comes second is told so.
    page.click("[data-testid=sign-out]");
    page.click("[data-testid=way-accept]");
    page.fill("[data-testid=field-invitation]", &invitation);
    page.click("[data-testid=check-invitation]");
    page.fill("[data-testid=field-passphrase]", SECOND);
    page.fill("[data-testid=field-totp]", &totp::now(&authenticator(page)));
    page.click("[data-testid=accept]");
    page.wait("[data-testid=notice][data-code='admin.invitation_closed']");
}

#[test]
fn the_recovery_kit_is_used_in_the_window_and_the_next_one_is_read_back() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let kit = std::fs::read_to_string(site.founder.file("kit")).unwrap();
    let lines: Vec<&str> = kit.lines().filter(|line| line.len() == 19).collect();
    let after = |start: &str| kit.lines().find_map(|line| line.strip_prefix(start)).unwrap().trim().to_owned();
    let (hub, fingerprint) = (after("Hub "), after("Fingerprint "));
    let window = Window::open(&home.path().join("console"), &site.service.socket);
    let page = &window.page;

    page.click("[data-testid=nav-settings]");
    page.click("[data-testid=way-recover]");
    page.fill("[data-testid=field-kit-hub]", &hub);
    page.fill("[data-testid=field-kit-fingerprint]", &fingerprint.to_lowercase());
    for (at, line) in lines.iter().enumerate() {
        page.fill(&format!("[data-testid=field-kit-line-{}]", at + 1), line);
    }
    page.fill("[data-testid=field-kit-line-3]", &lines[2].replace(&lines[2][..4], "AAAA"));
    page.fill("[data-testid=field-login]", "rescuer");
    page.fill("[data-testid=field-passphrase]", SECOND);
    let secret = authenticator(page);
    page.fill("[data-testid=field-totp]", &totp::now(&secret));
    page.click("[data-testid=recover]");
    page.wait("[data-testid=fault-kit-line-3][data-code='keys.kit_line']");
    page.fill("[data-testid=field-kit-line-3]", lines[2]);
    page.fill("[data-testid=field-totp]", &totp::now(&secret));
    page.click("[data-testid=recover]");
    page.wait("[data-testid=dialog-new-kit]");
    let next = kit_lines(page);
    read_back(page, &next);
    page.wait("[data-testid=kit-done]");
    page.click("[data-testid=close-kit]");
    page.wait("[data-testid=account-made][data-by=recover]");
    sign_in(page, None, SECOND, &next_code(home.path(), &secret));
    page.wait("[data-testid=administrator-tanaka]");
    page.wait("[data-testid=administrator-rescuer]");

    // What was shown is the kit that counts from then on: it opens the organisation, as the one before does no more.
    let other = Cli::new(&home.path().join("other"), &site.service.socket);
    let recover = |lines: &str, name: &str| {
        let (paper, passphrase) = (other.write(name, lines), other.write("passphrase", SECOND));
        let (secret, kit) = (other.file(&format!("{name}-totp")), other.file(&format!("{name}-kit")));
        let mut recover = vec!["recover", "--hub", &hub, "--kit", &paper, "--login", name];
        recover.extend(["--fingerprint", &fingerprint, "--passphrase-file", &passphrase]);
        recover.extend(["--totp-secret-file", &secret, "--kit-file", &kit]);
        let output = other.command(&recover).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (recovered, said) = recover(&lines.join("\n"), "with-the-first");
    assert!(!recovered && said.contains("admin.kit_spent"), "{said}");
    let (recovered, said) = recover(&next.join("\n"), "with-the-next");
    assert!(recovered, "{said}");
}
