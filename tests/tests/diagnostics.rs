//! The diagnostics file, with the service running and not: what it tells, and what it must not hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

mod hand;

use std::fs;
use std::io::Write;
use std::process::Command;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use hand::Hand;
use sekisho_keys::object;
use sekisho_keys::user::Record;
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::Service;
use sekisho_tests::site::{PASSPHRASE, Site, Sp};
use sekisho_tests::wait::wait_or_say;
use sekisho_tests::window::Window;
use serde_json::Value;
use tokio::runtime::Runtime;

/// Something that must not be in the file, in each form that it can take.
struct Seed {
    what: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Seed {
    fn new(what: &'static str, bytes: &[u8]) -> Self {
        let encoded = [
            BASE64_NOPAD.encode(bytes),
            BASE64.encode(bytes),
            BASE64URL_NOPAD.encode(bytes),
            BASE64URL.encode(bytes),
            HEXLOWER.encode(bytes),
            HEXUPPER.encode(bytes),
        ];
        let mut forms = vec![bytes.to_vec()];
        forms.extend(encoded.map(String::into_bytes));
        // In the middle of something longer, base64 looks otherwise: at each of three places it has an inner part.
        for before in 0..3 {
            let text = BASE64_NOPAD.encode(&[&vec![0; before], bytes].concat());
            let inner = text.get(4..text.len() - 4).filter(|inner| inner.len() >= 8);
            forms.extend(inner.map(|inner| inner.as_bytes().to_vec()));
        }
        Self { what, forms }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.iter().any(|form| bytes.windows(form.len()).any(|part| part == form.as_slice()))
    }
}

/// The user's secret, and the private keys of the configuration, as the hub keeps them sealed.
fn sealed_secrets(site: &Site) -> Vec<Seed> {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let hand = Hand::sign_in(site).await;
        let keyring = hand.keyring().await;
        let mut seeds = Vec::new();
        for row in hand.rows("user").await {
            let user = Record::read(row.body.as_slice()).unwrap().open(&keyring).unwrap();
            seeds.push(Seed::new("a user's secret", &user.secret));
            seeds.push(Seed::new("a user's subject", user.subject.as_bytes()));
        }
        for row in hand.rows("object").await {
            let key = object::open(&keyring, hand.place, row.id.parse().unwrap(), row.body.as_slice()).unwrap();
            // All of a key, and the part of it that no other has.
            seeds.push(Seed::new("a private key", &key));
            seeds.push(Seed::new("the end of a private key", &key[key.len() - 24..]));
        }
        assert!(seeds.len() >= 6, "a user, the TLS key and the SAML key");
        seeds
    })
}

/// Sends what browsers and identity providers send, with what must not stay in it; as it is refused it is written down.
fn send_canaries(sp: &Sp) {
    let assertion = BASE64.encode(b"<Response><Assertion>canary-assertion</Assertion></Response>");
    let done = Command::new("curl")
        .args(["-sk", "-o", "/dev/null", "-H", "Cookie: __Host-sekisho-canary=canary-cookie-value"])
        .args(["-H", "Authorization: Bearer canary-token", "-H", "User-Agent: canary-agent"])
        .args(["--data-urlencode", &format!("SAMLResponse={assertion}"), "-d", "RelayState=canary-relay-state"])
        .arg(&sp.acs)
        .status();
    assert!(done.unwrap().success());
}

/// What a careless line of the program would write, in the log's own form and without it.
fn forge_log(site: &Site, seeds: &[Seed]) {
    let mut log = fs::OpenOptions::new().append(true).open(site.service.folder.join("sekishod.log")).unwrap();
    let head = "2026-11-29T08:09:45.123456Z ERROR sekisho_service::lifecycle:";
    for seed in seeds {
        for form in &seed.forms {
            let text = String::from_utf8_lossy(form);
            let lines = [
                format!("{head} event=x detail={text:?}"),
                format!("{head} error={text}"),
                format!("{head} all=[{text:?}]"),
                format!("thread 'main' (1) panicked at crates/x.rs:1:1:\n{text}"),
                text.into_owned(),
            ];
            writeln!(log, "{}", lines.join("\n")).unwrap();
        }
    }
}

/// Makes the file, and looks for the seeds in it, whole and text by text.
fn bundle(site: &Site, name: &str, seeds: &[Seed]) -> Value {
    let (file, log) = (site.founder.file(name), site.service.folder.join("sekishod.log"));
    let data = site.service.folder.join("data");
    let paths = ["--log", &log.to_string_lossy(), "--data", &data.to_string_lossy()].map(str::to_owned);
    let arguments: Vec<&str> = ["diagnostics", &file].into_iter().chain(paths.iter().map(String::as_str)).collect();
    let written = site.founder.run(&arguments);
    let bytes = fs::read(&file).unwrap();
    assert_eq!(written["bytes"], bytes.len());
    let whole: Value = serde_json::from_slice(&bytes).unwrap();
    for seed in seeds {
        assert!(!seed.is_in(&bytes), "{} is in {name}", seed.what);
        // What JSON escapes looks otherwise in the file.
        each_text(&whole, &mut |text| assert!(!seed.is_in(text.as_bytes()), "{} in {text}", seed.what));
    }
    assert_eq!(site.founder.code(&arguments), "cli.file", "no file is written over");
    whole
}

fn each_text(value: &Value, look: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, look)),
        Value::Object(members) => {
            for (name, value) in members {
                look(name);
                each_text(value, look);
            }
        }
        _ => {}
    }
}

/// Fault row 32: diagnostics with seeded secrets (PEM, cookies, assertions, tokens, names): none is in the file.
#[test]
fn row_32_no_seeded_secret_is_in_the_diagnostics_whether_the_service_runs_or_not() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    browser.key_check();
    // One who is refused: what came is in the activity.
    let refused = Browser::start(&home.path().join("refused"));
    refused.sign_in(&sp.origin, "nomail");
    let reference = refused.page.text("[data-testid=reference]");
    send_canaries(&sp);
    site.founder.run(&["draft", "set", "skew_seconds", "61"]);
    site.founder.run(&["save", "--yes", "--reason", "asked for by Hanako", "--change-number", "CHG-42"]);

    let kit = fs::read_to_string(site.founder.file("kit")).unwrap();
    let totp = fs::read_to_string(site.founder.file("totp")).unwrap();
    let server_key = fs::read(site.service.folder.join("data/server.key")).unwrap();
    let metadata = fs::read_to_string(&idp.metadata).unwrap();
    let (_, entity_id) = metadata.split_once("entityID=\"").unwrap();
    let entity_id = entity_id.split_once('"').unwrap().0;
    let pem = fs::read_to_string(home.path().join("tls.key")).unwrap();
    let mut seeds = sealed_secrets(&site);
    let texts = [
        ("the passphrase", PASSPHRASE),
        ("the authenticator's secret", totp.trim()),
        ("a line of a private key", pem.lines().nth(3).unwrap()),
        ("PEM", "PRIVATE KEY"),
        ("a cookie", "canary-cookie-value"),
        ("a cookie's name", "__Host-"),
        ("an assertion", "canary-assertion"),
        ("a token", "canary-token"),
        ("a relay state", "canary-relay-state"),
        ("an agent", "canary-agent"),
        ("an e-mail address", "alice@example.com"),
        ("a last name", "Liddell"),
        ("a first name", "Alice"),
        ("an account", "nomail"),
        ("the technical contact", "test@example.org"),
        ("the identity provider", entity_id),
        ("the identity provider's address", idp.origin.strip_prefix("http://").unwrap()),
        ("its metadata", "EntityDescriptor"),
        ("a reason", "Hanako"),
        ("a change number", "CHG-42"),
    ];
    seeds.extend(texts.map(|(what, text)| Seed::new(what, text.as_bytes())));
    seeds.push(Seed::new("the server's own secret", &server_key));
    let kit_lines: Vec<&str> = kit.lines().filter(|line| line.len() == 19).collect();
    assert_eq!(kit_lines.len(), 4);
    seeds.extend(kit_lines.iter().map(|line| Seed::new("the recovery kit", line.as_bytes())));
    // The search finds what is there: the activity's own reading holds the name.
    let activity = wait_or_say(
        "the refusals are written down",
        || Some(site.founder.run(&["activity", "--limit", "50"]).to_string()).filter(|all| all.contains(&reference)),
        || site.service.log(),
    );
    assert!(seeds.iter().any(|seed| seed.what == "an e-mail address" && seed.is_in(activity.as_bytes())));
    forge_log(&site, &seeds);

    let up = bundle(&site, "up.json", &seeds);
    assert_eq!(up["service"]["answers"], true);
    let told = &up["reported"];
    assert_eq!((&told["status"]["state"], &told["status"]["hub"]["hub"]), (&"running".into(), &"reachable".into()));
    assert_eq!((&told["revisions"]["applied"], &told["status"]["users"]), (&2.into(), &1.into()));
    assert_eq!(told["configuration"]["skew_seconds"], 61);
    assert_eq!(told["certificates"][0]["of"], "tls");
    assert!(told["certificates"][0]["chain"][0]["not_after"].as_i64() > told["clock"]["time"].as_i64());
    assert_eq!(told["idp"]["keys"][0]["usable"], true);
    assert_eq!(told["servers"][0]["own"], true);
    let entries = told["activity"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["reference"] == reference.as_str()).unwrap();
    assert_eq!(entry["refusal"]["code"], "signin.no_email");
    let files = told["data"].as_array().unwrap();
    assert!(files.iter().any(|file| file["name"] == "replica.sqlite" && file["bytes"].as_u64() > Some(0)));
    let log = up["log"]["lines"].to_string();
    assert!(log.contains("event=x detail=…") && log.contains("panicked at crates/x.rs:1:1"), "{log}");
    assert!(up["log"]["left_out"].as_u64() > Some(0));
    assert!(up["program"]["kernel"].is_string());

    assert_eq!(site.service.stop(), Some(0));
    let down = bundle(&site, "down.json", &seeds);
    assert_eq!(
        (&down["service"]["answers"], &down["service"]["fault"]["code"]),
        (&false.into(), &"admin-api.unreachable".into())
    );
    assert!(down["reported"].is_null());
    let files = down["data_folder"]["files"].as_array().unwrap();
    assert!(files.iter().any(|file| file["name"] == "activity.sqlite"));
    assert_eq!(down["data_folder"]["this_server"]["private_ip"], "127.0.0.1");
    assert!(down["log"]["lines"].to_string().contains("event=state.stopped reason=service.ended"));
}

#[test]
fn the_window_writes_the_file_while_the_service_is_down() {
    let home = tempfile::tempdir().unwrap();
    let mut service = Service::start(&home.path().join("one"));
    let user = home.path().to_str().unwrap();
    let window = Window::open_where(&home.path().join("console"), &service.socket, &[("HOME", user)]);
    let page = &window.page;
    page.wait("[data-testid=set-up]");
    service.kill();
    page.click("[data-testid=menu-server]");
    page.click("[data-testid=menu-diagnostics]");
    page.click("[data-testid=write-diagnostics]");
    page.wait("[data-testid=diagnostics-written][data-answers=false]");
    let file = page.text("[data-testid=diagnostics-path]");
    assert!(file.starts_with(user), "{file}");
    let told: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!((&told["form"], &told["service"]["answers"]), (&"sekisho-diagnostics-1".into(), &false.into()));
}
