//! Every page, dialog and wizard as axe-core sees it (WCAG 2.2 A and AA, and its best practices), in both languages and both themes:
//! the console in its real window, the vault in a real browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::path::Path;

use sekisho_tests::account::sign_founder_in_at;
use sekisho_tests::axe::Axe;
use sekisho_tests::browser::Browser;
use sekisho_tests::first_server::{ENGLISH, walk};
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::Service;
use sekisho_tests::site::Site;
use sekisho_tests::totp;
use sekisho_tests::wait::wait_for;
use sekisho_tests::webdriver::Session;
use sekisho_tests::window::Window;

/// An export of Chrome with two records, one of them twice, and faults.
const EXPORT: &str = "name,url,username,password,note\r\n\
    Bank,https://bank.example/,alice,Kirschbaum-7731,\r\n\
    Bank,https://bank.example/,alice,Kirschbaum-7731,\r\n\
    Post,https://post.example/,alice,Kirschbaum-7732,\"two\r\nlines\"\r\n\
    Broken,https://broken.example/,nobody\r\n\
    ,,,,\r\n\
    \"Never closed,https://open.example/,x,y,z\r\n";
/// What Entra ID sends for a user who is not assigned to the application.
const NOT_ASSIGNED: &str = "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\" Version=\"2.0\" \
    IssueInstant=\"2026-11-24T09:41:07Z\"><samlp:Status><samlp:StatusCode \
    Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/><samlp:StatusMessage>AADSTS50105: Your administrator has \
    configured the application to block users unless they are specifically granted access.</samlp:StatusMessage>\
    </samlp:Status></samlp:Response>";

fn id(name: &str) -> String {
    format!("[data-testid='{name}']")
}

/// Opens whatever is folded.
fn unfold(page: &Session) {
    page.script("for (const one of document.querySelectorAll('details')) one.open = true");
}

/// Looks at a dialog, and closes it as Escape does.
fn dialog(axe: &mut Axe, page: &Session, name: &str, open: &str, shown: &str) {
    page.click(&id(open));
    page.wait(&format!("dialog[open] {shown}"));
    unfold(page);
    axe.look(page, name);
    close(page);
}

fn close(page: &Session) {
    page.script("document.querySelector('dialog[open]').dispatchEvent(new Event('cancel', { cancelable: true }))");
    wait_for("the dialog is closed", || {
        page.script("return document.querySelector('dialog[open]') === null").as_bool()?.then_some(())
    });
}

fn send(page: &Session, name: &str, code: &str) {
    page.fill(&id(&format!("code-{name}")), code);
    page.click(&id(&format!("send-{name}")));
}

/// Goes to an address as if for the first time: another fragment alone is no other page.
fn open(page: &Session, url: &str) {
    page.go("about:blank");
    page.go(url);
}

#[test]
fn every_page_of_the_vault_is_accessible_in_both_languages_and_themes() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[("unsolicited_direct", "true")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let founder = &site.founder;
    let extension = "https://extension.example/get";
    founder.run(&["draft", "role", "put", "Staff", "--extension", extension, "--session", "30"]);
    founder.run(&["draft", "role", "default", "Staff"]);
    founder.run(&["draft", "role", "put", "Strict", "--two-factor", "--no-onboarding"]);
    founder.run(&["draft", "groups", "set", "--attribute", "givenName", "Bob=Strict"]);
    site.save(&idp.metadata);
    let vault = format!("{}/vault/", sp.origin);
    let mut axe = Axe::new();

    let alice = Browser::start(&home.path().join("alice"));
    let page = &alice.page;
    page.go(&vault);
    page.wait("[data-testid=sign-in]");
    axe.look(page, "sign in");
    open(page, &format!("{vault}#error=7F3A&why=locked"));
    page.wait("[data-testid=why]");
    axe.look(page, "refused");
    open(page, &format!("{vault}#code=none&state=none"));
    page.wait("[data-testid=failed]");
    axe.look(page, "failed");
    alice.sign_in(&sp.origin, "alice");
    let codes = steps(&mut axe, page, home.path());
    records(&mut axe, page);
    import_and_security(&mut axe, page, home.path());

    // The second factor, at a sign-in that nobody has begun here.
    open(page, &idp.tile(&sp));
    page.wait("[data-testid=factor-asked][data-set-up=false]");
    unfold(page);
    axe.look(page, "factor asked");
    send(page, "recovery", "abcde-fgh2k");
    page.wait("[data-testid=factor-failed]");
    unfold(page);
    axe.look(page, "factor wrong");
    send(page, "recovery", &codes);
    page.wait("[data-testid=unasked]");
    axe.look(page, "a sign-in that nobody has begun here");
    site.founder.run(&["users", "lock", "alice@example.com"]);
    wait_for("the vault is closed to a locked user", || {
        page.script("document.dispatchEvent(new Event('visibilitychange'))");
        page.script("return document.querySelector('[data-testid=sign-in]') !== null").as_bool()?.then_some(())
    });
    axe.look(page, "closed");

    let bob = Browser::start(&home.path().join("bob"));
    let page = &bob.page;
    bob.sign_in(&sp.origin, "bob");
    page.wait("[data-testid=factor-asked][data-set-up=true]");
    axe.look(page, "factor set up");
    let seed = page.text("[data-testid=seed]");
    send(page, "app", &totp::now(&seed));
    page.wait("[data-testid=recovery-codes]");
    axe.look(page, "codes at the first sign-in");
    page.click("[data-testid=recovery-done]");
    page.wait("[data-testid=empty]");
    site.hub.kill();
    page.reload();
    page.wait("[data-testid=away]");
    axe.look(page, "away");
    axe.finish();
}

/// The first steps, with an authenticator app; gives a recovery code.
fn steps(axe: &mut Axe, page: &Session, home: &Path) -> String {
    page.wait("[data-testid=steps][data-step=import]");
    import(axe, page, home, "step import");
    page.click("[data-testid=next-step]");
    page.wait("[data-testid=get-extension]");
    axe.look(page, "step extension");
    page.click("[data-testid=next-step]");
    page.click("[data-testid=add-app]");
    page.wait("[data-testid=seed]");
    axe.look(page, "step factor");
    send(page, "app", "000000");
    page.wait("[data-testid=factor-failed]");
    axe.look(page, "step factor, wrong");
    // It is another seed once the page has asked anew.
    page.wait("[data-testid=send-app]:enabled");
    let seed = page.text("[data-testid=seed]");
    send(page, "app", &totp::now(&seed));
    page.wait("[data-testid=recovery-codes]");
    axe.look(page, "step factor, codes");
    let codes = page.text("[data-testid=recovery-codes] ul");
    page.click("[data-testid=recovery-done]");
    page.click("[data-testid=next-step][data-acted=true]");
    page.wait("[data-testid=steps][data-step=closing]");
    axe.look(page, "steps closing");
    page.click("[data-testid=finish]");
    codes.split_whitespace().next().unwrap().to_owned()
}

/// A file is read, with its faults and how its columns are taken.
fn import(axe: &mut Axe, page: &Session, home: &Path, name: &str) {
    let file = home.join("chrome.csv");
    std::fs::write(&file, EXPORT).unwrap();
    axe.look(page, &format!("{name}, nothing chosen"));
    page.upload("[data-testid=import-file]", &[file.to_str().unwrap()]);
    page.wait("[data-testid=error-line]");
    unfold(page);
    axe.look(page, name);
}

/// Records: none, each form, one of each kind, and the bin.
fn records(axe: &mut Axe, page: &Session) {
    page.wait("[data-testid=empty]");
    unfold(page);
    axe.look(page, "no records, and the account");
    page.script("document.querySelector('[data-testid=account]').parentElement.open = false");
    for kind in ["login", "card", "totp", "note"] {
        page.click(&id(&format!("new-{kind}")));
        page.fill("[data-testid=record-title]", "Bank");
        page.click("[data-testid=add-field]");
        if kind == "totp" {
            page.fill("[data-testid=record-totp]", "no seed");
        }
        axe.look(page, &format!("form {kind}"));
        page.click("[data-testid=cancel]");
    }
    page.click("[data-testid=new-login]");
    for (field, value) in [
        ("title", "Bank"),
        ("username", "alice"),
        ("password", "Kirschbaum-7731"),
        ("addresses", "https://bank.example/"),
        ("totp", "JBSWY3DPEHPK3PXP"),
        ("notes", "of the household"),
        ("folder", "Home"),
    ] {
        page.fill(&id(&format!("record-{field}")), value);
    }
    page.click("[data-testid=save]");
    page.wait("[data-testid=told]");
    page.click("[data-testid=entry]");
    page.wait("[data-testid=live-code]");
    axe.look(page, "record");
    page.click("[data-testid=show-password]");
    axe.look(page, "record shown");
    page.click("[data-testid=edit]");
    page.wait("[data-testid=record-form]");
    axe.look(page, "record changed");
    page.click("[data-testid=cancel]");
    page.click("[data-testid=delete]");
    page.wait("[data-testid=undo]");
    axe.look(page, "record binned");
    page.choose("[data-testid=only]", "bin");
    page.click("[data-testid=entry]");
    page.wait("[data-testid=purge]");
    axe.look(page, "bin");
    page.choose("[data-testid=only]", "");
}

/// What is imported, the list that comes of it, and the second factors.
fn import_and_security(axe: &mut Axe, page: &Session, home: &Path) {
    page.click("[data-testid=place-import]");
    import(axe, page, home, "import");
    page.click("[data-testid=bring]");
    page.wait("[data-testid=imported]");
    axe.look(page, "imported");
    page.click("[data-testid=place-records]");
    page.wait("[data-testid=entry]");
    axe.look(page, "records");
    page.plug_security_key();
    page.click("[data-testid=place-security]");
    page.click("[data-testid=add-key]");
    page.wait("[data-testid=factor-key]");
    axe.look(page, "security");
}

const PAGES: [(&str, &str); 8] = [
    ("overview", "[data-testid=vault-page]"),
    ("configuration", "[data-testid=field-advertised_host]"),
    ("certificates", "[data-testid=served-own]"),
    ("history", "[data-testid=revision-1]"),
    ("servers", "[data-testid=only-one]"),
    ("provisioning", "[data-testid=field-just_in_time]"),
    ("activity", "[data-testid=entry][data-code='signin.no_email']"),
    ("settings", "[data-testid=managed]"),
];

/// A running site with somebody who was refused, somebody invited, and a window for it.
fn running(home: &Path) -> (Site, SimpleSaml, Window) {
    let site = Site::found(home);
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.founder.run(&["administrators", "invite", "suzuki"]);
    site.founder.run(&["users", "invite", "hanako@example.com"]);
    let browser = Browser::start(&home.join("browser"));
    browser.sign_in(&sp.origin, "nomail");
    browser.page.wait("[data-testid=reference]");
    let window = Window::open(&home.join("console"), &site.service.socket);
    (site, idp, window)
}

/// Signs the founder in on the page of settings.
fn sign_in(page: &Session, site: &Site) {
    let hub = site.founder.run(&["whoami"])["last_hub"].as_str().unwrap().to_owned();
    page.click("[data-testid=nav-settings]");
    sign_founder_in_at(page, &hub, &site.founder.file("totp"), &mut String::new());
    page.wait("[data-testid=administrator-tanaka]");
}

#[test]
fn every_page_of_the_console_is_accessible_in_both_languages_and_themes() {
    let home = tempfile::tempdir().unwrap();
    let (site, _idp, window) = running(home.path());
    let page = &window.page;
    let mut axe = Axe::new();
    for (name, shown) in PAGES {
        page.click(&id(&format!("nav-{name}")));
        page.wait(shown);
        axe.look(page, &format!("{name}, nobody signed in"));
    }
    for way in ["recover", "accept"] {
        page.click(&id(&format!("way-{way}")));
        unfold(page);
        axe.look(page, &format!("settings, {way}"));
        page.click("[data-testid=back-to-sign-in]");
    }
    sign_in(page, &site);
    axe.look(page, "settings");
    provisioning(&mut axe, page);

    page.click("[data-testid=nav-overview]");
    page.click("[data-testid=menu-server]");
    page.wait("[role=menu]");
    // It is in front of other buttons, which are reached once it is closed.
    axe.look_within(page, "server menu", "nav .menu");
    page.click("[data-testid=menu-sync]");
    page.wait("[data-testid=sync-report]");
    axe.look(page, "overview, synchronised");
    page.click("[data-testid=nav-activity]");
    page.click("[data-testid=entry][data-code='signin.no_email'] button");
    axe.look(page, "activity, explained");
    axe.finish();
}

#[test]
fn every_dialog_of_the_console_is_accessible_in_both_languages_and_themes() {
    let home = tempfile::tempdir().unwrap();
    let (site, _idp, window) = running(home.path());
    let page = &window.page;
    let mut axe = Axe::new();
    sign_in(page, &site);
    for (name, open, shown) in [
        ("export", "export-connection", "[data-testid=field-export-folder]"),
        ("import", "import-connection", "[data-testid=cancel-import]"),
        ("delete", "delete-connection", "[data-testid=going-users]"),
        ("new kit", "new-kit", "[data-testid=cancel-new-kit]"),
    ] {
        dialog(&mut axe, page, &format!("settings, {name}"), open, shown);
    }
    configuration(&mut axe, page);

    page.click("[data-testid=nav-overview]");
    page.click("[data-testid=menu-server]");
    dialog(&mut axe, page, "diagnostics", "menu-diagnostics", "[data-testid=cancel-diagnostics]");
    page.click("[data-testid=menu-server]");
    dialog(&mut axe, page, "sync all", "menu-sync-all", "[data-testid=cancel-sync-all]");
    dialog(&mut axe, page, "stop", "stop", "[data-testid=cancel-stop]");

    page.click("[data-testid=nav-certificates]");
    page.wait("[data-testid=served-own]");
    page.wait("[data-testid=renew]");
    dialog(&mut axe, page, "certificates, check", "check-certificate", "[data-testid=judge]");
    dialog(&mut axe, page, "certificates, ACME", "acme-set", "[data-testid=acme-cancel]");

    page.click("[data-testid=nav-servers]");
    page.wait("[data-testid=only-one]");
    dialog(&mut axe, page, "servers, add", "add-server", "[data-testid=text-join-file]");

    page.click("[data-testid=nav-activity]");
    page.wait("[data-testid=entry]");
    page.click("[data-testid=explain-message]");
    page.fill("#explain-text", NOT_ASSIGNED);
    page.click("[data-testid=explain]");
    page.wait("[data-testid=test-report]");
    axe.look(page, "activity, message explained");
    axe.finish();
}

/// Domains, roles, nodes and users, and the dialogs that change them.
fn provisioning(axe: &mut Axe, page: &Session) {
    page.click("[data-testid=nav-provisioning]");
    page.wait("[data-testid='user-hanako@example.com']");
    dialog(axe, page, "role", "add-role", "[data-testid=put-role]");
    page.click("[data-testid=add-role]");
    page.fill("[data-testid=field-role-name]", "Staff");
    page.click("[data-testid=put-role]");
    page.wait("[data-testid=role-Staff]");
    dialog(axe, page, "node", "add-node", "[data-testid=put-node]");
    for (open, name) in [("add-node", "Osaka"), ("add-below-Osaka", "Sales")] {
        page.click(&id(open));
        page.fill("[data-testid=field-node-name]", name);
        page.click("[data-testid=put-node]");
        page.wait(&id(&format!("node-{name}")));
    }
    page.fill("[data-testid=field-mail-domain]", "example.org");
    page.click("[data-testid=reserve]");
    page.wait("[data-testid='reserved-example.org'][data-proof=missing]");
    unfold(page);
    axe.look(page, "provisioning");
    dialog(axe, page, "invitation", "invitation-hanako@example.com", "[data-testid=text-invitation]");
    dialog(axe, page, "remove user", "remove-hanako@example.com", "[data-testid=cancel-remove-user]");
}

/// Every section, and the dialogs that test, park, review and discard.
fn configuration(axe: &mut Axe, page: &Session) {
    page.click("[data-testid=nav-configuration]");
    page.wait("[data-testid=field-advertised_host]");
    page.click("[data-testid=rollover-prepare]");
    page.wait("[data-testid=rollover-switch]");
    unfold(page);
    axe.look(page, "configuration, changed");
    for (name, open, shown) in [
        ("balancer", "open-balancer", "[data-testid=close-balancer]"),
        ("test", "test-login", "[data-testid=test-start]"),
        ("park", "park", "[data-testid=cancel-park]"),
        ("review", "review", "[data-testid=checks][aria-busy=false]"),
        ("discard", "discard", "[data-testid=cancel-discard]"),
    ] {
        dialog(axe, page, &format!("configuration, {name}"), open, shown);
    }
}

#[test]
fn every_wizard_of_the_console_is_accessible_in_both_languages_and_themes() {
    let home = tempfile::tempdir().unwrap();
    let mut axe = Axe::new();
    let window = Window::open(&home.path().join("console"), &home.path().join("one/admin.sock"));
    let page = &window.page;
    page.wait("[data-testid=notice][data-code='admin-api.unreachable']");
    axe.look(page, "no service");
    let site = Site::empty(home.path());
    page.wait("[data-testid=set-up]");
    axe.look(page, "not configured");
    walk(page, &site, &ENGLISH, |page, name| {
        unfold(page);
        axe.look(page, &format!("first server, {name}"));
    });

    page.click("[data-testid=nav-certificates]");
    page.click("[data-testid=renew]");
    page.wait("[data-testid=close-wizard]");
    unfold(page);
    axe.look(page, "renew");
    page.click("[data-testid=close-wizard]");
    page.click("[data-testid=move]");
    page.fill("[data-testid=field-new-host]", "login.example.co.jp");
    axe.look(page, "move, name");
    page.click("[data-testid=add-name]");
    page.wait("[data-testid=to]");
    page.click("[data-testid=next]");
    page.wait("[data-testid=fault-names]");
    unfold(page);
    axe.look(page, "move, certificate");
    page.click("[data-testid=close-wizard]");

    let two = Service::start(&home.path().join("two"));
    let window = Window::open(&home.path().join("two-console"), &two.socket);
    window.page.click("[data-testid=join-connection]");
    window.page.wait("[data-testid=page-join]");
    unfold(&window.page);
    axe.look(&window.page, "add server, join");
    axe.finish();
}
