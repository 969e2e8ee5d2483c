//! Real balancers with the texts that Sekisho gives for them, before a real service: users sign in through them, and the probe
//! does what it is there for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use sekisho_tests::balancer::Balancer;
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::process::free_port;
use sekisho_tests::site::{Site, Sp, search};
use sekisho_tests::wait::{wait_for, wait_or_say};
use serde_json::{Value, json};

/// A site whose users come by another port than the one its server listens on.
fn site(home: &Path, changes: &[(&str, &str)]) -> (Site, Sp, SimpleSaml) {
    let site = Site::found(home);
    let private = free_port().to_string();
    let sp = site.draft(&[&[("private_port", private.as_str())], changes].concat());
    let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.status("it runs", |status| status["state"]["state"] == "running");
    (site, sp, idp)
}

/// The text for a balancer, as the command line prints it.
fn snippet(site: &Site, kind: &str, tls: &str) -> String {
    let given = site.founder.run(&["balancer", "snippet", "--for", kind, "--tls", tls]);
    let listening = site.founder.run(&["status"])["listening"].clone();
    assert_eq!(given["members"][0]["address"], listening, "{given}");
    given["snippet"]["text"].as_str().unwrap().to_owned()
}

/// What comes for `/ping` at the public port: the number; 0 where nothing comes.
fn ping(sp: &Sp) -> u16 {
    let arguments = ["-sk", "-o", "/dev/null", "-w", "%{http_code}", "-m", "5"];
    let output = Command::new("curl").args(arguments).arg(format!("{}/ping", sp.origin)).output().unwrap();
    String::from_utf8_lossy(&output.stdout).parse().unwrap()
}

fn signs_in(home: &Path, sp: &Sp, name: &str) -> String {
    let browser = Browser::start(&home.join(name));
    browser.sign_in(&sp.origin, "alice");
    browser.key_check()
}

#[test]
fn users_sign_in_where_haproxy_and_nginx_pass_tls_through() {
    let home = tempfile::tempdir().unwrap();
    let (site, sp, _idp) = site(home.path(), &[]);
    assert_eq!(site.founder.run(&["balancer", "show"])["seen"], Value::Null, "nothing is there yet");

    let haproxy = Balancer::haproxy(&home.path().join("haproxy"), site.port, &snippet(&site, "haproxy", "through"));
    wait_for("the probe has found the server", || (ping(&sp) == 200).then_some(()));
    let key = signs_in(home.path(), &sp, "first");
    let seen = site.founder.run(&["balancer", "show"]);
    assert_eq!((&seen["seen"], &seen["host"]), (&json!("at_servers"), &json!("localhost")), "{seen}");
    // A server that is taken out of the pool gets nobody any more; and is found again.
    site.founder.run(&["pool", "drain"]);
    wait_or_say("nobody is sent there", || (ping(&sp) == 0).then_some(()), || ping(&sp));
    site.founder.run(&["pool", "undrain"]);
    wait_for("users are sent there again", || (ping(&sp) == 200).then_some(()));
    drop(haproxy);

    let _nginx = Balancer::nginx(&home.path().join("nginx"), site.port, &snippet(&site, "nginx", "through"), true);
    assert_eq!(ping(&sp), 200);
    assert_eq!(signs_in(home.path(), &sp, "second"), key);
}

#[test]
fn users_sign_in_where_tls_ends_at_haproxy_and_nginx_with_the_protected_file() {
    let home = tempfile::tempdir().unwrap();
    let (site, sp, _idp) = site(home.path(), &[("trusted_proxies", "127.0.0.1")]);
    let folder = home.path().join("balancer");
    fs::create_dir_all(&folder).unwrap();
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();

    // Nobody is there to agree; then an administrator does.
    let file = at("sekisho.p12");
    assert_eq!(site.founder.code(&["balancer", "certificate", "--to", &file]), "cli.nobody_there");
    assert!(!Path::new(&file).exists());
    let written = site.founder.run(&["balancer", "certificate", "--to", &file, "--yes"]);
    assert_eq!(written["subject"], "CN=localhost");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let passphrase = written["passphrase"].as_str().unwrap();
    assert_eq!(search(home.path(), &[passphrase]), None, "the passphrase is kept nowhere");
    assert_eq!(site.founder.code(&["balancer", "certificate", "--to", &file, "--yes"]), "admin.export_file");
    let recorded = wait_for("it is written down who has asked", || {
        let activity = site.founder.run(&["activity"]);
        let entries = activity.as_array().unwrap().iter();
        entries.filter(|entry| entry["kind"] == "certificate_given_out").cloned().next_back()
    });
    assert_eq!(recorded["who"], "tanaka", "{recorded}");

    // As the balancer's owner does it, by the comment of the text.
    let passphrase_file = folder.join("passphrase");
    fs::write(&passphrase_file, passphrase).unwrap();
    let opened = Command::new("openssl")
        .args(["pkcs12", "-in", &file, "-nodes", "-out", &at("sekisho.pem")])
        .args(["-passin", &format!("file:{}", passphrase_file.display())])
        .output()
        .unwrap();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    fs::copy(home.path().join("tls.crt"), at("sekisho-servers.pem")).unwrap();
    let placed = |text: &str, from: &str| {
        let text = text.replace(&format!("{from}/sekisho.pem"), &at("sekisho.pem"));
        text.replace(&format!("{from}/sekisho-servers.pem"), &at("sekisho-servers.pem"))
    };

    let text = placed(&snippet(&site, "haproxy", "ends"), "/etc/haproxy");
    let haproxy = Balancer::haproxy(&folder.join("haproxy"), site.port, &text);
    wait_for("the probe has found the server", || (ping(&sp) == 200).then_some(()));
    let key = signs_in(home.path(), &sp, "first");
    let seen = site.founder.run(&["balancer", "show"]);
    assert_eq!((&seen["seen"], &seen["trusted_proxies"]), (&json!("at_balancer"), &json!(["127.0.0.1"])), "{seen}");
    drop(haproxy);

    let text = placed(&snippet(&site, "nginx", "ends"), "/etc/nginx");
    let _nginx = Balancer::nginx(&folder.join("nginx"), site.port, &text, false);
    assert_eq!(ping(&sp), 200);
    assert_eq!(signs_in(home.path(), &sp, "second"), key);
}
