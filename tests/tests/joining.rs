//! Servers that are added: by a join file, by a token, and into or out of the pool that users are sent to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::Service;
use sekisho_tests::site::{self, PASSPHRASE, Site};
use sekisho_tests::totp;
use sekisho_tests::wait::wait_or_say;
use serde_json::Value;

/// Changes a field of a file that holds JSON, and gives the path of the other one.
fn changed(cli: &Cli, from: &str, name: &str, change: impl Fn(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(&fs::read_to_string(from).unwrap()).unwrap();
    change(&mut value);
    cli.write(name, &value.to_string())
}

/// A server with an administrator who has never been on this machine.
fn bare(site: &Site, name: &str, address: &str) -> (Service, Cli) {
    let service = Service::start(&site.home.join(name));
    let cli = Cli::new(&site.home.join(format!("{name}-administrator")), &service.socket);
    cli.run(&["draft", "set", "private_ip", address]);
    (service, cli)
}

/// The names of the servers that the first one lists.
fn listed(site: &Site) -> Vec<String> {
    let servers = site.founder.run(&["servers"])["servers"].as_array().unwrap().clone();
    servers.iter().map(|server| server["server"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_join_file_says_everything_but_who_the_administrator_is() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("before"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();

    let file = site.founder.file("join.json");
    let made = site.founder.run(&["pool", "join-file", &file]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("PRIVATE KEY") && !text.contains("127.0.0.2"), "{text}");
    assert_eq!(made["made_by"], site.founder.run(&["status"])["server_name"]);

    // Anchors 3.2, row 30: before anybody has typed a passphrase, and nothing half-joined is listed.
    let (_two, two) = bare(&site, "two", "127.0.0.2");
    let enrol = |file: &str| two.code(&["enrol", "--join", file]);
    let now = 1_000;
    let ended = changed(&two, &file, "ended", |value| value["ends"] = now.into());
    assert_eq!(enrol(&ended), "service.join_file_ended");
    let newer = changed(&two, &file, "newer", |value| value["version"] = "99.0.0".into());
    assert_eq!(enrol(&newer), "service.join_older");
    let older = changed(&two, &file, "older", |value| value["version"] = "0.0.1".into());
    assert_eq!(enrol(&older), "service.join_newer");
    let future = changed(&two, &file, "future", |value| value["sekisho_join"] = 2.into());
    assert_eq!(enrol(&future), "service.join_file_newer");
    assert_eq!(enrol(&two.write("garbage", "PK\u{3}\u{4}")), "service.join_file");
    assert!(two.run(&["whoami"])["signed_in"].is_null());

    let secret = site.founder.file("totp");
    let passphrase = two.write("passphrase", PASSPHRASE);
    let join = |file: &str, code: &str| -> Vec<String> {
        let code = two.write("code", code);
        let words = ["enrol", "--join", file, "--login", "tanaka", "--passphrase-file", &passphrase];
        words.into_iter().chain(["--code-file", &code]).map(str::to_owned).collect()
    };
    let refused = |words: &[String]| two.code(&words.iter().map(String::as_str).collect::<Vec<_>>());
    // Another hub than the file's: nothing is typed there.
    let pin = changed(&two, &file, "pin", |value| {
        value["hub_pin"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into();
    });
    assert_eq!(refused(&join(&pin, "000000")), "hub.certificate");
    let fresh = |used: &str| {
        let next = || Some(totp::next(&secret)).filter(|next| next != used);
        wait_or_say("a code that was not used", next, || Value::Null)
    };
    // What the file says of the organisation is held against what the hub shows of it.
    let other = changed(&two, &file, "other", |value| value["genesis"] = "00".repeat(32).into());
    let used = fresh("");
    assert_eq!(refused(&join(&other, &used)), "admin.other_organisation");
    assert!(two.run(&["status"])["membership"].is_null());
    assert_eq!(listed(&site).len(), 1, "nothing was admitted for nothing");
    let joined = join(&file, &fresh(&used));
    let joined = two.run(&joined.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((&joined["revision"], &joined["users"]), (&1.into(), &1.into()), "{joined}");
    site::status(&two, "it runs", |status| status["state"]["state"] == "running");
    assert_eq!(listed(&site).len(), 2);
    let probe = two.run(&["pool", "probe"]);
    let address = format!("127.0.0.2:{}", site.port);
    assert_eq!((&probe["own"]["status"], &probe["own"]["address"]), (&200.into(), &address.into()));

    // The first is gone: who signs in now does so at the second.
    drop(site.service);
    two.run(&["draft", "set", "private_ip", "127.0.0.1"]);
    let browser = Browser::start(&home.path().join("after"));
    browser.sign_in(&sp.origin, "alice");
    assert_eq!(browser.key_check(), key);
}

#[test]
fn a_token_lets_one_server_join_with_nobody_there_and_no_second_one() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);

    let token = site.founder.file("token");
    let made = site.founder.run(&["pool", "token", "--name", "night-shift", &token]);
    assert_eq!(fs::metadata(&token).unwrap().permissions().mode() & 0o077, 0, "a secret is for its owner alone");

    let (_two, two) = bare(&site, "two", "127.0.0.2");
    let (_three, three) = bare(&site, "three", "127.0.0.3");
    let by = |cli: &Cli, file: &str| cli.code(&["enrol", "--token", file]);
    let ended = changed(&two, &token, "ended", |value| value["file"]["ends"] = 1_000.into());
    assert_eq!(by(&two, &ended), "service.join_file_ended");
    let skewed = changed(&two, &token, "skewed", |value| value["file"]["version"] = "99.0.0".into());
    assert_eq!(by(&two, &skewed), "service.join_older");
    let wrong = changed(&two, &token, "wrong", |value| value["file"]["genesis"] = "00".repeat(32).into());
    assert_eq!(by(&two, &wrong), "service.join_other_organisation");
    assert_eq!(by(&two, &two.write("garbage", "{}")), "service.join_file");
    assert!(two.run(&["status"])["membership"].is_null(), "nothing has joined yet");
    assert!(!site.home.join("two/data/identity.sealed").exists(), "and no keys of a token stay for later");

    let joined = two.run(&["enrol", "--token", &token]);
    assert_eq!(joined["revision"], 1);
    let status = site::status(&two, "it runs", |status| status["state"]["state"] == "running");
    assert_eq!(status["membership"]["server"], made["server"]);
    assert!(two.run(&["whoami"])["signed_in"].is_null(), "nobody has signed in");
    let seen = || {
        let servers = site.founder.run(&["servers"]);
        let found = servers["servers"].as_array().unwrap().iter().find(|one| one["server"] == made["server"]).cloned();
        found.filter(|one| one["state"] == "running")
    };
    let seen = wait_or_say("the first sees it", seen, || site.founder.run(&["servers"]));
    assert_eq!(seen["name"], "night-shift");

    // Anchors 3.2, row 30: a token is used once, and who comes second gets no keys to join by later.
    assert_eq!(by(&three, &token), "service.token_used");
    assert!(three.run(&["status"])["membership"].is_null());
    assert_eq!(by(&two, &token), "service.already_enrolled");
    assert_eq!(listed(&site).len(), 2);
    let again = site.founder.run(&["pool", "token", "--name", "late-shift", &site.founder.file("token-2")]);
    three.run(&["enrol", "--token", &site.founder.file("token-2")]);
    assert_eq!(three.run(&["status"])["membership"]["server"], again["server"]);
}

#[test]
fn a_server_out_of_the_pool_says_so_to_balancers_and_servers_and_serves_whoever_comes() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (_two, two) = site.second();
    let own = |site: &Site| site.founder.run(&["pool", "probe"])["own"]["status"].clone();
    assert_eq!(own(&site), 200);

    site.founder.run(&["pool", "drain"]);
    assert_eq!(own(&site), 503);
    let status = site.founder.run(&["status"]);
    assert_eq!(status["state"]["state"], "running");
    let drained = |one: &Value| one["warnings"].as_array().unwrap().iter().any(|one| one["code"] == "service.drained");
    assert!(drained(&status), "{status}");
    let first = |condition: &str, is: &dyn Fn(&Value) -> bool| {
        let find = || {
            let servers = two.run(&["servers"])["servers"].as_array().unwrap().clone();
            servers.into_iter().find(|one| one["own"] == false).filter(|one| is(one))
        };
        wait_or_say(condition, find, || two.run(&["servers"]))
    };
    let seen = first("the second hears of it", &drained);
    assert!(seen["reason"].is_null(), "it applies whatever is saved: {seen}");
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    browser.key_check();
    let seen = first("the sign-in there is counted", &|one| one["sign_ins"] == 1);
    assert!(seen["last_sign_in"].is_number());

    // Over a restart, and over a change of this server's own settings.
    site.service.kill();
    site.service.start_again();
    site.status("it runs again", |status| status["state"]["state"] == "running");
    assert_eq!(own(&site), 503);
    site.founder.run(&["draft", "set", "private_ip", "127.0.0.3"]);
    let probe = site.founder.run(&["pool", "probe"]);
    assert_eq!(
        (&probe["own"]["status"], &probe["own"]["address"]),
        (&503.into(), &format!("127.0.0.3:{}", site.port).into())
    );
    // The name leads to an address where nobody listens now, or to the other server: each is told for itself.
    assert!(probe["led_to"].as_array().unwrap().iter().all(|one| one["here"] == true), "{probe}");
    assert!(probe["led_to"].to_string().contains("service.probe_silent"), "{probe}");

    site.founder.run(&["pool", "undrain"]);
    assert_eq!(own(&site), 200);
    first("the second hears of it", &|one| !drained(one));
}
