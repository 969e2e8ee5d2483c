//! A server that is added in the real window, and takes the place of another.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::account::sign_founder_in;
use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::Service;
use sekisho_tests::site::{self, Site};
use sekisho_tests::window::Window;

#[test]
fn a_server_is_added_in_the_window_and_the_old_one_leaves_when_nobody_comes_to_it() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let sign_in = |name: &str| {
        let browser = Browser::start(&home.path().join(name));
        browser.sign_in(&sp.origin, "alice");
        browser.key_check()
    };
    let key = sign_in("before");
    let old = site.founder.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned();

    // What the console of the running server hands out.
    let file = site.founder.file("join.json");
    {
        let window = Window::open(&home.path().join("first-console"), &site.service.socket);
        let page = &window.page;
        page.click("[data-testid=nav-servers]");
        page.wait("[data-testid=only-one]");
        page.click("[data-testid=add-server]");
        page.wait("[data-testid=text-join-file]");
        let text = page.script("return document.querySelector('[data-testid=text-join-file]').value");
        std::fs::write(&file, text.as_str().unwrap()).unwrap();
    }

    let two = Service::start(&home.path().join("two"));
    let cli = Cli::new(&home.path().join("two-administrator"), &two.socket);
    let (console, secret) = (home.path().join("console"), site.founder.file("totp"));
    let mut used = String::new();
    let done = |page: &sekisho_tests::webdriver::Session, step: &str| {
        page.wait(&format!("[data-testid=step-{step}][data-state=done]"));
    };
    {
        let window = Window::open(&console, &two.socket);
        let page = &window.page;
        page.click("[data-testid=join-connection]");
        page.wait("[data-testid=page-join]");
        let newer = site
            .founder
            .write("newer.json", &std::fs::read_to_string(&file).unwrap().replace(env!("CARGO_PKG_VERSION"), "99.0.0"));
        page.upload("[data-testid=field-join-file]", &[&newer]);
        page.wait("[data-code='service.join_older']");
        page.upload("[data-testid=field-join-file]", &[&file]);
        page.wait("[data-testid=join-found]");
        page.click("[data-testid=next]");
        page.wait("[data-testid=page-account]");
        sign_founder_in(page, &secret, &mut used);
        done(page, "account");
        page.click("[data-testid=next]");
        page.click("[data-testid=enrol]");
        done(page, "enrol");
        // The machine's port is taken: it has joined, and says what is in the way.
        page.click("[data-testid=next]");
        page.wait("[data-code='service.port_in_use']");
        page.fill("[data-testid=field-private_ip]", "127.0.0.2");
        page.click("[data-testid=next]");
        page.wait("[data-testid=page-probe]");
        done(page, "address");
    }

    // The window was closed amid it, and whoever opens it again goes on.
    let window = Window::open(&console, &two.socket);
    let page = &window.page;
    page.click("[data-testid=continue-adding]");
    page.click("[data-testid=step-probe]");
    page.wait("[data-testid=probe-own][data-status='200']");
    page.wait(&format!("[data-testid='probed-127.0.0.1:{}'][data-status='200']", site.port));
    done(page, "probe");
    page.click("[data-testid=next]");
    page.wait("[data-testid=in-pool][data-seen=false]");

    // Whoever looks after the pool sends users to the new one.
    site.founder.run(&["draft", "set", "private_ip", "127.0.0.3"]);
    cli.run(&["draft", "set", "private_ip", "127.0.0.1"]);
    assert_eq!(sign_in("amid"), key);
    page.wait("[data-testid=in-pool][data-seen=true]");
    page.click("[data-testid=next]");
    page.click(&format!("[data-testid='replaces-{old}']"));
    page.wait("[data-testid=drained][data-done=false]");
    site.founder.run(&["pool", "drain"]);
    page.wait("[data-testid=drained][data-done=true]");
    page.wait(&format!("[data-testid='count-{old}'][data-count='1']"));
    sign_founder_in(page, &secret, &mut used);
    page.click(&format!("[data-testid='retire-{old}']"));
    let name = site.founder.run(&["status"])["server_name"].as_str().unwrap().to_owned();
    page.fill("[data-testid=field-typed-name]", &name);
    page.click("[data-testid=confirm-leave]:enabled");
    page.wait("[data-testid=replaced]");
    done(page, "replace");
    site.status("the old one has stopped", |status| status["state"]["reason"]["code"] == "service.retired");
    page.click("[data-testid=finish]");
    page.wait("[data-testid=state][data-state=running]");
    assert_eq!(cli.run(&["servers"])["servers"].as_array().unwrap().len(), 1);
    assert_eq!(sign_in("after"), key);
    site::status(&cli, "no warning is left", |status| {
        status["warnings"].as_array().unwrap().iter().all(|one| one["code"] != "service.drained")
    });
}
