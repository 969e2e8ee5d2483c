//! What the hub cannot see, and what a server's disk does not hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{PASSPHRASE, Site, search};

#[test]
fn the_hub_holds_no_plaintext_and_a_server_no_passphrase_and_no_name() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    browser.key_check();

    // Configuration, keys, users' names and addresses, names of nodes and of the organisation (design, section 6).
    let hidden = [
        PASSPHRASE,
        "alice@example.com",
        "Liddell",
        "Example Inc.",
        "Tokyo office",
        "advertised_host",
        "givenName",
        "PRIVATE KEY",
        "BEGIN CERTIFICATE",
        "EntityDescriptor",
        "first configuration",
        "CHG-1",
    ];
    assert_eq!(search(&site.hub.folder.join("."), &hidden).filter(|(path, _)| !path.ends_with("tls.pem")), None);
    let kit = std::fs::read_to_string(site.founder.file("kit")).unwrap();
    let kit_lines: Vec<&str> = kit.lines().filter(|line| line.len() == 19).collect();
    assert_eq!(kit_lines.len(), 4, "{kit}");
    assert_eq!(search(&site.hub.folder, &kit_lines), None);

    let at_rest = [PASSPHRASE, "alice@example.com", "Liddell", "PRIVATE KEY", "givenName"];
    assert_eq!(search(&site.service.folder, &at_rest), None);
    assert_eq!(search(&site.service.folder, &kit_lines), None);
    // What has run leaves a log, with none of what went through (R29).
    let log = site.service.log();
    assert!(log.contains("INFO"), "{log}");
    for passed in ["alice", "SAMLResponse", "SAMLRequest", "SignatureValue", "page_key", "RelayState", "__Host-"] {
        assert!(!log.contains(passed), "{passed} in {log}");
    }
    // A redacted export holds no key either.
    let export = site.founder.run(&["export", "--redacted"]).to_string();
    assert!(export.contains("givenName") && !export.contains("PRIVATE KEY"), "{export}");
}
