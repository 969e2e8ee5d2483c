//! Servers that leave their connection, by the real window's page of servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::account::sign_founder_in;
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
use sekisho_tests::window::Window;

#[test]
fn a_server_is_retired_in_the_window_and_its_list_is_there_when_the_window_is_opened_again() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (_two, two) = site.second();
    site::status(&two, "the second runs", |status| status["state"]["state"] == "running");
    let sign_in = |name: &str| {
        let browser = Browser::start(&home.path().join(name));
        browser.sign_in(&sp.origin, "alice");
        browser.key_check()
    };
    let key = sign_in("before");
    let id = two.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned();
    let hub = site.founder.run(&["whoami"])["last_hub"].as_str().unwrap().to_owned();
    let (console, secret) = (home.path().join("console"), site.founder.file("totp"));
    let mut used = String::new();

    {
        let window = Window::open(&console, &site.service.socket);
        let page = &window.page;
        page.click("[data-testid=nav-servers]");
        page.wait(&format!("[data-testid='server-{id}'][data-state=running]"));
        page.click(&format!("[data-testid='retire-{id}']"));
        page.wait("[data-testid=effects][data-way=retire]");
        page.fill("[data-testid=field-sign-in-hub]", &hub);
        sign_founder_in(page, &secret, &mut used);
        let name = site.founder.run(&["servers", "list"])[0]["name"].as_str().unwrap().to_owned();
        page.fill("[data-testid=field-typed-name]", "another");
        page.wait("[data-testid=confirm-leave]:disabled");
        page.fill("[data-testid=field-typed-name]", &name);
        page.click("[data-testid=confirm-leave]:enabled");
        page.wait(&format!("[data-testid='left-{id}']"));
        page.wait("[data-testid=sealing][data-left='0']");
        site::status(&two, "it has stopped", |status| status["state"]["reason"]["code"] == "service.retired");

        page.click(&format!("[data-testid='found-out-{id}']"));
        page.wait("[data-testid=effects][data-way=found_out]");
        page.fill("[data-testid=field-typed-name]", &name);
        page.click("[data-testid=confirm-leave]:enabled");
        page.wait(&format!("[data-testid='to-do-{id}'][data-done='1']"));
        page.click("[data-testid=mark-disk]");
        page.wait("[data-testid=item-disk][data-done=true]");
    }

    let window = Window::open(&console, &site.service.socket);
    let page = &window.page;
    page.click("[data-testid=nav-servers]");
    page.click("[data-testid=sign-in-for-left]");
    sign_founder_in(page, &secret, &mut used);
    page.wait(&format!("[data-testid='to-do-{id}'][data-done='2']"));
    page.wait("[data-testid=item-resealed][data-done=true]");
    page.wait("[data-testid=item-saml][data-done=false]");
    // The servers that remain go on.
    assert_eq!(sign_in("after"), key);
}
