//! Every connection to the hub goes through the proxy, and trusts an authority of the company's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;

use sekisho_tests::cli::Cli;
use sekisho_tests::hub::Hub;
use sekisho_tests::proxy::Proxy;
use sekisho_tests::service::Service;
use sekisho_tests::site::{PASSPHRASE, status};

fn openssl(folder: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A hub whose certificate a company's own authority has signed.
fn hub_of_a_company(home: &Path) -> Hub {
    let at = home.join("hub");
    fs::create_dir_all(&at).unwrap();
    openssl(
        &at,
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "9",
            "-subj",
            "/CN=Company CA",
            "-keyout",
            "ca.key",
            "-out",
            "ca.crt",
        ],
    );
    openssl(
        &at,
        &["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=hub", "-keyout", "hub.key", "-out", "hub.csr"],
    );
    fs::write(at.join("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    openssl(
        &at,
        &[
            "x509",
            "-req",
            "-in",
            "hub.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "9",
            "-extfile",
            "names",
            "-out",
            "hub.crt",
        ],
    );
    let read = |name: &str| fs::read_to_string(at.join(name)).unwrap();
    fs::write(at.join("tls.pem"), read("hub.crt") + &read("hub.key")).unwrap();
    Hub::start(&at)
}

#[test]
fn console_and_service_reach_the_hub_through_the_proxy_with_an_authority_of_ones_own() {
    let home = tempfile::tempdir().unwrap();
    let hub = hub_of_a_company(home.path());
    let service = Service::start(&home.path().join("one"));
    let founder = Cli::new(&home.path().join("founder"), &service.socket);
    let ca = hub.folder.join("ca.crt").to_string_lossy().into_owned();
    let code = founder.write("setup-code", &hub.setup_code_without_pin());
    let passphrase = founder.write("passphrase", PASSPHRASE);
    let found = |more: &[&str]| {
        let mut found = vec!["found", "--hub-file", &code, "--name", "Example Inc.", "--login", "tanaka"];
        let totp = Box::leak(founder.file("totp").into_boxed_str());
        found.extend(["--passphrase-file", &passphrase, "--totp-secret-file", totp]);
        found.extend(more);
        found.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
    };
    let words = |words: Vec<String>| words.leak().iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(founder.code(&words(found(&[]))), "hub.certificate", "nobody but the company knows its authority");
    let guarded = Proxy::start(Some("bmFtZTpzZWNyZXQ="));
    assert_eq!(founder.code(&words(found(&["--ca", &ca, "--proxy", &guarded.url]))), "hub.proxy");

    let proxy = Proxy::start(None);
    founder.run(&words(found(&["--ca", &ca, "--proxy", &proxy.url])));
    founder.run(&["connection", "add", "--name", "Tokyo office", "--enterprise-domain", "example"]);
    let by_administrator = proxy.tunnels();
    assert!(by_administrator > 0);

    // The service has its own way: without the authority it does not join.
    assert_eq!(founder.code(&["enrol"]), "hub.certificate");
    founder.run(&["draft", "set", "authorities", &fs::read_to_string(&ca).unwrap()]);
    let second = Proxy::start(Some("bmFtZTpzZWNyZXQ="));
    founder.run(&["draft", "set", "proxy", &second.url]);
    assert_eq!(founder.code(&["enrol"]), "hub.proxy");
    founder.run(&["draft", "set", "proxy", &second.url.replace("http://", "http://name:secret@")]);
    founder.run(&["enrol"]);
    assert!(second.tunnels() > 0);
    let reached = status(&founder, "the hub is followed", |status| status["hub"]["hub"] == "reachable");
    assert_eq!(reached["membership"]["enterprise_domain"], "example");
}
