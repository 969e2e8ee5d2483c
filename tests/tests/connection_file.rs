//! A connection goes into one encrypted file, and out of it into the draft of another one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt;

use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::{Service, self_signed};
use sekisho_tests::site::{self, Site};
use serde_json::{Value, json};

/// What is applied at a server, but for why it was saved.
fn applied(cli: &Cli) -> Value {
    let mut document = cli.run(&["export", "--redacted"])["document"].clone();
    for of_the_save in ["reason", "change_number"] {
        document.as_object_mut().unwrap().remove(of_the_save);
    }
    document
}

#[test]
fn what_was_exported_is_imported_into_another_connection_and_no_retired_key_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[("skew_seconds", "77")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();

    let founder = &site.founder;
    let file = founder.file("tokyo.export");
    let exported = founder.run(&["connection", "export", "--to", &file]);
    assert_eq!((&exported["revision"], &exported["users"]), (&1.into(), &1.into()));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = std::fs::read(&file).unwrap();
    assert!(site::search(&home.path().join("founder"), &["alice@example.com", "BEGIN CERTIFICATE"]).is_none());
    assert_eq!(founder.code(&["connection", "export", "--to", &file]), "admin.export_file");
    assert_eq!(std::fs::read(&file).unwrap(), bytes, "what is there is never written over");

    // Each thing that can be wrong with a file and its passphrase is told by its own name.
    let passphrase = founder.write("file-passphrase", exported["passphrase"].as_str().unwrap());
    let wrong = founder.write("wrong-passphrase", "aaaaa-aaaaa-aaaaa-aaaaa");
    let refused = |name: &str, content: &[u8], passphrase: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, content).unwrap();
        let path = path.to_string_lossy();
        founder.code(&["connection", "import", &path, "--export-passphrase-file", passphrase])
    };
    let mut newer = bytes.clone();
    newer[19] = 9;
    assert_eq!(refused("same", &bytes, &wrong), "keys.export_passphrase");
    assert_eq!(refused("cut", &bytes[..bytes.len() - 1], &passphrase), "keys.export_cut");
    assert_eq!(refused("newer", &newer, &passphrase), "keys.export_newer");
    assert_eq!(refused("garbage", b"-----BEGIN CERTIFICATE-----", &passphrase), "keys.export");

    // Into a fresh connection: the same document, and the same keys.
    founder.run(&["connection", "add", "--name", "Osaka", "--enterprise-domain", "osaka"]);
    site.reserve_for("osaka", "example.net");
    let service = Service::start(&home.path().join("osaka"));
    let osaka = founder.at(&service.socket);
    osaka.run(&["draft", "set", "private_ip", "127.0.0.2"]);
    osaka.run(&["enrol", "--connection", "osaka"]);
    let import = ["connection", "import", &file, "--export-passphrase-file", &passphrase];
    let changes = osaka.run(&import)["changes"].clone();
    assert!(changes.to_string().contains("skew_seconds") && changes.to_string().contains("tls"), "{changes}");
    osaka.run(&["save", "--yes", "--reason", "from Tokyo"]);
    site::status(&osaka, "it runs", |status| status["state"]["state"] == "running" && status["revision"] == 1);
    assert_eq!(applied(&osaka), applied(founder));

    // With its users, as soon as their domain is this connection's: their vaults open as before.
    let with_users = [&import[..], &["--users"]].concat();
    let refused = osaka.run(&with_users)["users"].clone();
    assert_eq!((&refused["made"], &refused["faults"][0]["code"]), (&0.into(), &"signin.domain_not_reserved".into()));
    founder.run(&["connection", "release-domain", "--connection", "osaka", "example.net"]);
    founder.run(&["connection", "release-domain", "--connection", "example", "example.com"]);
    site.reserve_for("osaka", "example.com");
    site.reserve_for("example", "example.net");
    assert_eq!(osaka.run(&with_users)["users"], json!({"made": 1, "there": 0, "faults": []}));
    assert_eq!(osaka.run(&with_users)["users"], json!({"made": 0, "there": 1, "faults": []}));
    let again = Browser::start_where(&home.path().join("again"), "127.0.0.2");
    again.sign_in(&sp.origin, "alice");
    assert_eq!(again.key_check(), key);

    // Back where it came from, after the certificate was renewed: what was retired stays so, and is named.
    self_signed(home.path(), "renewed", "localhost");
    let own = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    founder.run(&["draft", "certificate", &own("renewed.crt"), &own("renewed.key")]);
    founder.run(&["draft", "set", "skew_seconds", "5"]);
    founder.run(&["save", "--yes", "--reason", "renewed"]);
    let renewed = applied(founder)["tls"].clone();
    let changes = founder.run(&import)["changes"].clone();
    let fields: Vec<&str> = changes.as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["skew_seconds"]);
    let checks = founder.run(&["validate"]);
    let told: Vec<&Value> =
        checks.as_array().unwrap().iter().filter(|fault| fault["code"] == "config.key_not_restored").collect();
    assert!(told.len() == 1 && told[0]["field"] == "tls", "{checks}");
    founder.run(&["save", "--yes", "--reason", "the skew of before"]);
    assert_eq!((&applied(founder)["tls"], &applied(founder)["skew_seconds"]), (&renewed, &77.into()));
}
