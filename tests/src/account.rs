//! What an administrator does in the window with an account and a recovery kit.

use crate::site::PASSPHRASE;
use crate::totp;
use crate::wait::wait_for;
use crate::webdriver::Session;

/// Has the entry for the authenticator app shown, and gives its secret.
pub fn authenticator(page: &Session) -> String {
    page.click("[data-testid=begin-account]");
    page.wait("[data-testid=qr]");
    page.text("[data-testid=totp-secret]")
}

/// The lines of the recovery kit on screen.
pub fn kit_lines(page: &Session) -> Vec<String> {
    (1..=4).map(|line| page.text(&format!("[data-testid=kit-line-{line}]"))).collect()
}

/// Types the line that is asked for, first with a slip, then as it is on paper.
pub fn read_back(page: &Session, lines: &[String]) {
    page.click("[data-testid=on-paper]");
    let line: usize = page.attribute("[data-testid=rehearse-line]", "data-line").unwrap().parse().unwrap();
    page.fill("[data-testid=field-rehearse]", "AAAA AAAA AAAA AAAA");
    page.click("[data-testid=rehearse]");
    page.wait("[data-testid=fault-rehearse][data-code='admin.kit_line']");
    page.fill("[data-testid=field-rehearse]", &lines[line - 1]);
    page.click("[data-testid=rehearse]");
}

/// Signs in with the form on screen. The name is typed if one is given; else it is there.
pub fn sign_in(page: &Session, login: Option<&str>, passphrase: &str, code: &str) {
    if let Some(login) = login {
        page.fill("[data-testid=field-sign-in-login]", login);
    }
    page.fill("[data-testid=field-sign-in-passphrase]", passphrase);
    page.fill("[data-testid=field-sign-in-code]", code);
    page.click("[data-testid=sign-in]");
}

/// Signs the founder in with the form on screen. Each code counts once: `used` is the last one, and becomes the next.
pub fn sign_founder_in(page: &Session, secret_file: &str, used: &mut String) {
    let fresh = || Some(totp::next(secret_file)).filter(|code| code != used);
    *used = wait_for("a code that was not used", fresh);
    sign_in(page, Some("tanaka"), PASSPHRASE, used);
}

/// The same in a window that may not know the hub yet.
pub fn sign_founder_in_at(page: &Session, hub: &str, secret_file: &str, used: &mut String) {
    page.wait("[data-testid=field-sign-in-passphrase]");
    let asked = page.script("return document.querySelector('[data-testid=field-sign-in-hub]') !== null");
    if asked == true {
        page.fill("[data-testid=field-sign-in-hub]", hub);
    }
    sign_founder_in(page, secret_file, used);
}
