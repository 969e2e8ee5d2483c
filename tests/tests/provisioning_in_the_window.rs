//! The Provisioning page in the real window: mail domains, the way to the vault, and the users, in both languages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::account::sign_founder_in;
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{Site, show_domain};
use sekisho_tests::wait::wait_for;
use sekisho_tests::window::Window;

#[test]
fn a_domain_is_shown_users_are_looked_for_invited_and_locked_and_the_lock_holds() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("just_in_time", "false")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.founder.run(&["draft", "node", "put", "Osaka"]);
    site.save(&idp.metadata);
    let hub = site.founder.run(&["whoami"])["last_hub"].as_str().unwrap().to_owned();
    let user = home.path().to_str().unwrap();
    let window = Window::open_where(&home.path().join("console"), &site.service.socket, &[("HOME", user)]);
    let page = &window.page;
    page.choose("[data-testid=language]", "ja");
    page.wait("html[lang=ja]");
    page.click("[data-testid=nav-provisioning]");
    page.wait("[data-testid=field-just_in_time]");
    page.fill("[data-testid=field-sign-in-hub]", &hub);
    sign_founder_in(page, &site.founder.file("totp"), &mut String::new());

    // The domain of the site is shown by DNS; another one is not, until its record is there.
    page.wait("[data-testid='reserved-example.com'][data-proof=proven]");
    page.fill("[data-testid=field-mail-domain]", "gmail.com");
    page.click("[data-testid=reserve]");
    page.wait("[data-code='admin.public_mail_domain']");
    page.fill("[data-testid=field-mail-domain]", "example.org");
    page.click("[data-testid=reserve]");
    page.wait("[data-testid='reserved-example.org'][data-proof=missing]");
    assert_eq!(page.text("[data-testid='proof-record-example.org']"), "_sekisho.example.org");
    show_domain(&site.founder, "", "example.org");
    page.click("[data-testid='prove-example.org']");
    page.wait("[data-testid='reserved-example.org'][data-proof=proven]");
    assert!(page.text("[data-testid=way-link]").ends_with("/to/example"));

    // Bob is invited here, signs in, and is locked here.
    page.fill("[data-testid=field-invite-user]", "bob@example.com");
    page.click("[data-testid=field-invite-node] option:last-child");
    page.click("[data-testid=invite-user]");
    // What to send him is shown.
    page.wait("[data-testid=text-invitation]");
    page.click("[data-testid=close-invitation]");
    page.wait("[data-testid='user-bob@example.com'][data-state=invited]");
    assert!(page.text("[data-testid='where-bob@example.com']").contains("Osaka"));
    let bob = Browser::start(&home.path().join("bob"));
    bob.sign_in(&sp.origin, "bob");
    bob.key_check();
    page.click("[data-testid=read-users]");
    page.wait("[data-testid='user-bob@example.com'][data-state=active]");
    page.click("[data-testid='lock-bob@example.com']");
    page.wait("[data-testid='user-bob@example.com'][data-state=locked]");
    assert!(page.text("[data-testid=users-said]").contains("ロックしました"));
    let locked = Browser::start(&home.path().join("locked"));
    locked.sign_in(&sp.origin, "bob");
    locked.page.wait("[data-testid=why][data-why=locked]");
    page.choose("[data-testid=language]", "en");
    page.wait("html[lang=en]");
    page.fill("[data-testid=find-users]", "nobody");
    page.wait("[data-testid=users-count]");
    page.fill("[data-testid=find-users]", "bob");
    page.click("[data-testid='unlock-bob@example.com']");
    page.wait("[data-testid='user-bob@example.com'][data-state=active]");
    assert!(page.text("[data-testid=users-said]").contains("is unlocked"));

    // All of them go into a file, whoever is looked for.
    page.click("[data-testid=export-users]");
    let written = wait_for("the file is written", || {
        let said = page.text("[data-testid=users-said]");
        let (_, rest) = said.split_once("Users in ")?;
        rest.split_once(" (CSV)").map(|(file, _)| file.to_owned())
    });
    let table = std::fs::read_to_string(written).unwrap();
    assert!(table.contains("\"bob@example.com\",\"Bob Ünïcode <&>\",\"active\",\"\",\"Osaka\""), "{table}");
}
