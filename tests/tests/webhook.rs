//! What happens at the servers is sent to an address inside the company that an administrator has signed (R26).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::process::Command;

use data_encoding::{BASE64, HEXLOWER};
use sekisho_tests::https::{Answer, Https};
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::namespace;
use sekisho_tests::site::{Site, status};
use sekisho_tests::wait::wait_or_say;
use serde_json::Value;

const INSIDE: [u8; 4] = [10, 77, 0, 1];

fn takes() -> Answer {
    Box::new(|| Some(String::new()))
}

/// The value of a header.
fn header(request: &str, name: &str) -> String {
    let line =
        |line: &str| line.split_once(": ").filter(|(found, _)| *found == name).map(|(_, value)| value.to_owned());
    request.lines().find_map(line).unwrap_or_else(|| panic!("{name} in {request}"))
}

/// The signature that OpenSSL makes of a request's id, moment and body.
fn signature(home: &Path, secret: &str, request: &str) -> String {
    let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let file = home.join("signed");
    fs::write(&file, format!("{}.{}.{body}", header(request, "webhook-id"), header(request, "webhook-timestamp")))
        .unwrap();
    let mut openssl = Command::new("openssl");
    openssl.args(["dgst", "-sha256", "-binary", "-mac", "HMAC", "-macopt"]);
    let made = openssl.arg(format!("hexkey:{}", HEXLOWER.encode(&key))).arg(file).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    format!("v1,{}", BASE64.encode(&made.stdout))
}

fn body(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// The requests that tell of this event, as soon as there are as many.
fn told(receiver: &Https, site: &Site, event: &str, count: usize) -> Vec<String> {
    let all = || receiver.requests();
    let of = || all().into_iter().filter(|request| body(request)["event"] == event).collect::<Vec<_>>();
    wait_or_say(
        event,
        || Some(of()).filter(|found| found.len() >= count),
        || format!("{:?} {}", all(), site.founder.run(&["status"])),
    )
}

fn warns(status: &Value) -> bool {
    status["warnings"].to_string().contains("service.webhook_connection")
}

#[test]
fn every_server_tells_the_receiver_once_signed_and_a_receiver_that_was_away_is_told_later() {
    if !namespace::entered() {
        return;
    }
    namespace::address("10.77.0.1/32");
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let receiver = Https::start(IpAddr::from(INSIDE), takes());
    let url = format!("{}/hooks/sekisho?team=42", receiver.origin);

    // There is nothing to test yet; and nobody reaches into the company by a draft that no administrator has signed.
    assert_eq!(site.founder.code(&["webhook", "test"]), "service.webhook_none");
    site.founder.run(&["draft", "set", "authorities", &receiver.authority]);
    site.founder.run(&["draft", "set", "webhook", &url]);
    assert_eq!(site.founder.code(&["webhook", "test"]), "service.webhook_address");
    assert_eq!(receiver.asked(), 0);
    site.save(&idp.metadata);
    let (_second, second) = site.second();
    second.run(&["draft", "set", "authorities", &receiver.authority]);
    for cli in [&site.founder, &second] {
        status(cli, "it runs", |status| status["state"]["state"] == "running");
    }

    // The test button: an administrator sees that it came, and the receiver that it is genuine. Both servers sign alike.
    let secret = site.founder.run(&["webhook", "secret"])["secret"].as_str().unwrap().to_owned();
    assert_eq!(second.run(&["webhook", "secret"])["secret"], secret.as_str());
    let tested = site.founder.run(&["webhook", "test"]);
    assert_eq!(tested["status"], 200);
    let test = told(&receiver, &site, "test", 1).remove(0);
    assert_eq!(body(&test)["id"], tested["id"]);
    assert!(test.starts_with("POST /hooks/sekisho?team=42 HTTP/1.1\r\n"), "{test}");
    assert_eq!(header(&test, "webhook-signature"), signature(home.path(), &secret, &test));
    assert_ne!(header(&test, "webhook-signature"), signature(home.path(), "whsec_AAAA", &test));

    // Each server that is stopped tells so once, under its own name.
    let stop = |cli: &sekisho_tests::cli::Cli| cli.run(&["stop"]);
    stop(&site.founder);
    stop(&second);
    let stops = told(&receiver, &site, "state.stopped", 2);
    for request in &stops {
        assert_eq!(header(request, "webhook-signature"), signature(home.path(), &secret, request));
        assert_eq!(body(request)["code"], "service.stopped_by_administrator");
    }
    let server =
        |cli: &sekisho_tests::cli::Cli| cli.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned();
    let mut told_of: Vec<_> =
        stops.iter().map(|request| body(request)["server"].as_str().unwrap().to_owned()).collect();
    let mut servers = vec![server(&site.founder), server(&second)];
    told_of.sort();
    servers.sort();
    assert_eq!(told_of, servers);

    // The receiver goes: that is a warning, and nothing else. When it is back, it is told what it has missed, and the
    // warning goes.
    receiver.answers(Box::new(|| None));
    site.founder.run(&["start"]);
    let away = status(&site.founder, "it is said that the receiver is away", warns);
    assert_eq!(away["state"]["state"], "running");
    assert!(!away["warnings"].to_string().contains("team=42"), "the address is not told: {away}");
    receiver.answers(takes());
    assert_eq!(site.founder.run(&["webhook", "test"])["status"], 200);
    status(&site.founder, "the warning goes", |status| !warns(status));
    let before: Vec<_> =
        told(&receiver, &site, "state.stopped", 2).iter().map(|one| header(one, "webhook-id")).collect();
    let own = server(&site.founder);
    wait_or_say(
        "the start that was missed is told",
        || {
            receiver
                .requests()
                .iter()
                .rev()
                .map(|one| body(one))
                .take_while(|one| one["event"] != "state.stopped")
                .find(|one| one["event"] == "state.running" && one["server"] == own.as_str())
        },
        || format!("{:?}", receiver.requests()),
    );
    assert_eq!(before.len(), 2, "nothing is told twice");
}
