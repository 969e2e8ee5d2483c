//! A user who knows no more than an e-mail address, or the Enterprise Domain, finds the way by the hub's page: real hub, real server,
//! real identity provider, real browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::Site;

fn fault(browser: &Browser, typed: &str) -> String {
    browser.page.fill("[data-testid=who]", typed);
    browser.page.click("[data-testid=look]");
    browser.page.wait("[data-testid=fault]:not([data-fault=fresh]):not([data-fault=asking])");
    browser.page.text("[data-testid=fault]")
}

/// Who is new has a vault, under the default role and what it enforces.
fn is_provisioned(browser: &Browser, email: &str) {
    browser.key_check();
    let is = |css: &str, name: &str| browser.page.attribute(&format!("[data-testid={css}]"), name).unwrap();
    assert_eq!(is("email", "data-email"), email);
    assert_eq!((is("policies", "data-role"), is("policy-session", "data-minutes")), ("Staff".into(), "30".into()));
}

#[test]
fn who_types_an_address_or_follows_a_deep_link_sees_where_it_leads_and_is_provisioned_there() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.founder.run(&["draft", "role", "put", "Staff", "--session", "30"]);
    site.founder.run(&["draft", "role", "default", "Staff"]);
    let hub = format!("https://localhost:{}", site.hub.port());

    // Nothing leads anywhere before the first save.
    let first = Browser::start(&home.path().join("first"));
    first.page.go(&hub);
    first.page.choose("main > select", "en");
    assert_eq!(
        fault(&first, "alice@"),
        "Enter an e-mail address, or the Enterprise Domain that your administrator has told you."
    );
    let unknown = "Nothing is known of it here. Look for a mistake, or ask your administrator.";
    assert_eq!(fault(&first, "alice@example.com"), unknown);
    site.save(&idp.metadata);

    // A user who never existed types an address of a reserved domain.
    first.page.click("[data-testid=look]");
    first.page.wait("[data-testid=go]");
    let host = format!("localhost:{}", site.port);
    assert_eq!(first.page.text("[data-testid=vault-host]"), host);
    assert_eq!(first.page.text("[data-testid=idp-host]"), "127.0.0.1");
    let asked = first.page.script("return performance.getEntriesByType('resource').map((one) => one.name).join(' ')");
    let asked = asked.as_str().unwrap();
    assert!(
        asked.contains("domain=example.com") && !asked.contains("alice"),
        "of the address the domain alone: {asked}"
    );
    first.page.click("[data-testid=go]");
    first.log_in("alice");
    is_provisioned(&first, "alice@example.com");

    // Another one follows the deep link.
    let second = Browser::start(&home.path().join("second"));
    second.page.go(&format!("{hub}/to/example"));
    second.page.click("[data-testid=go]");
    second.log_in("bob");
    is_provisioned(&second, "bob@example.com");

    // A third one comes by the tile at the identity provider.
    let third = Browser::start(&home.path().join("third"));
    third.page.go(&idp.tile(&sp));
    third.log_in("carol");
    is_provisioned(&third, "carol@example.com");

    // By command line: the ways, who they are, and what one of them did.
    let founder = &site.founder;
    let ways = founder.run(&["connection", "ways"]);
    assert!(ways["link"].as_str().unwrap().ends_with("/to/example") && ways["domains"][0] == "example.com", "{ways}");
    let vault = format!("{}/vault/", sp.origin);
    assert_eq!(ways["vault"], vault);
    for (language, ready) in [("en", "Single sign-on for the vault is ready."), ("ja", "シングルサインオン")] {
        let text = ways["announcement"][language].as_str().unwrap();
        assert!(text.contains(ready) && text.contains(&vault) && text.contains("example"), "{text}");
    }
    let found = founder.run(&["users", "find", "BOB", "example", "--state", "active"]);
    let numbers = (&found["users"][0]["email"], &found["matches"], &found["all"]);
    assert_eq!(numbers, (&"bob@example.com".into(), &1.into(), &3.into()), "{found}");
    assert_eq!(founder.run(&["users", "find", "bob", "--state", "locked"])["matches"], 0);
    let table = founder.file("users.csv");
    assert_eq!(founder.run(&["users", "export", &table])["users"], 3);
    let table = std::fs::read_to_string(table).unwrap();
    assert!(table.contains("\"bob@example.com\",\"Bob Ünïcode <&>\",\"active\",\"\",\"\",\"\",\"\"\r\n"), "{table}");
    let of_bob = founder.run(&["activity", "--who", "Bob@example.com"]);
    let of_bob = of_bob.as_array().unwrap();
    assert!(!of_bob.is_empty() && of_bob.iter().all(|entry| entry["who"] == "bob@example.com"), "{of_bob:?}");

    // A domain that was released leads nowhere; a name still does.
    site.founder.run(&["connection", "release-domain", "example.com"]);
    first.page.go(&hub);
    first.page.choose("main > select", "ja");
    assert_eq!(
        fault(&first, "alice@example.com"),
        "登録されていません。入力に間違いがないか確認するか、管理者にお問い合わせください。"
    );
    first.page.fill("[data-testid=who]", "Example");
    first.page.click("[data-testid=look]");
    first.page.wait("[data-testid=go]");
}
