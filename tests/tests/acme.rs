//! Servers get and renew the SSL certificate by themselves, from a real authority (R17).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sekisho_tests::balancer::Balancer;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::namespace;
use sekisho_tests::pebble::{ADDRESS, Pebble};
use sekisho_tests::process::free_port;
use sekisho_tests::site::{self, Site};
use sekisho_tests::wait::{wait_for, wait_within};
use sekisho_tests::window::Window;
use serde_json::Value;

const HOST: &str = "sso.example.test";
/// An order is waited for: another server may have to notice first that the one before is gone.
const AN_ORDER: Duration = Duration::from_secs(150);

/// Fills the draft without a certificate, and turns ACME on.
fn draft(site: &Site, pebble: &Pebble, more: &[&str]) {
    let port = site.port.to_string();
    for (field, value) in [
        ("advertised_host", HOST),
        ("advertised_port", &port),
        ("private_ip", "127.0.0.1"),
        ("attribute_first", "givenName"),
        ("attribute_last", "sn"),
        ("attribute_email", "mail"),
        ("just_in_time", "true"),
    ] {
        site.founder.run(&["draft", "set", field, value]);
    }
    let root = pebble.root.to_string_lossy().into_owned();
    let set = ["acme", "set", "--directory", &pebble.directory, "--root-file", &root];
    assert_eq!(site.founder.code(&set), "service.acme_terms");
    let agreed = [&set[..], &["--agree-terms", "--contact", "web@example.test"], more].concat();
    let state = site.founder.run(&agreed);
    assert_eq!((&state["applied"], &state["drafted"]["asked"][0].is_string()), (&Value::Null, &true), "{state}");
}

fn save(site: &Site) {
    let sp = site.sp();
    let idp = SimpleSaml::start(&site.home.join("idp"), &sp, "");
    site.save(&idp.metadata);
}

/// The certificate that is served at an address, as `openssl` sees it: issuer, names and SHA-256.
fn served(address: &str, port: u16) -> String {
    let script = format!(
        "openssl s_client -connect {address}:{port} -servername {HOST} </dev/null 2>/dev/null | \
         openssl x509 -noout -issuer -ext subjectAltName -sha256 -fingerprint"
    );
    let done = Command::new("sh").args(["-c", &script]).output().unwrap();
    String::from_utf8(done.stdout).unwrap()
}

/// What all these addresses serve, once it is one certificate of the authority's, and another one than before.
fn all_serve(site: &Site, addresses: &[&str], before: &str) -> String {
    let ask = || {
        let found: Vec<String> = addresses.iter().map(|address| served(address, site.port)).collect();
        let one = found[0].contains("Pebble") && found[0] != before && found.iter().all(|other| *other == found[0]);
        one.then(|| found[0].clone())
    };
    wait_within(AN_ORDER, "all serve one certificate of the authority's", ask, || site.founder.run(&["acme", "show"]))
}

/// The reason of the last failure, once there is one, as a server knows it.
fn failure(cli: &Cli) -> Value {
    let ask = || {
        let work = cli.run(&["acme", "show"])["work"].clone();
        (work["what"]["state"] == "failed").then_some(work)
    };
    wait_within(AN_ORDER, "the order fails", ask, || cli.run(&["acme", "show"]))
}

fn saml_metadata(cli: &Cli) -> Value {
    cli.run(&["sp-metadata"])
}

#[test]
fn one_of_three_servers_orders_all_serve_and_renew_and_a_name_that_is_not_shown_is_told() {
    if !namespace::entered() {
        return;
    }
    namespace::address(&format!("{ADDRESS}/32"));
    let home = tempfile::tempdir().unwrap();
    let pebble = Pebble::start(&home.path().join("pebble"), 90);
    let site = Site::found(home.path());
    let answers = free_port();
    let challenges = answers.to_string();
    site.founder.run(&["draft", "set", "acme_port", &challenges]);
    draft(&site, &pebble, &[]);
    save(&site);
    let saml = saml_metadata(&site.founder);
    let (_service_two, two) = site.second();
    let (_service_three, three) = site.another("three", "127.0.0.3");
    for cli in [&two, &three] {
        cli.run(&["draft", "set", "acme_port", &challenges]);
        site::status(cli, "it runs", |status| status["revision"] == 1);
    }

    // Nothing leads to the servers yet: one order fails, and every server tells why and waits.
    for cli in [&site.founder, &two, &three] {
        let work = failure(cli);
        assert_eq!(work["what"]["reason"]["code"], "service.acme_http", "{work}");
        let warns = |status: &Value| status["warnings"].to_string().contains("service.acme_failed");
        site::status(cli, "it is told", warns);
    }
    assert_eq!(pebble.orders(), 1, "{}", pebble.log());
    assert!(served("127.0.0.1", site.port).contains("Sekisho trial"));

    // The balancer gives each look of the authority's to another server.
    let mut text = format!(
        "defaults\n mode tcp\n timeout connect 3s\n timeout client 9s\n timeout server 9s\nlisten http\n bind *:{}\n balance roundrobin\n",
        pebble.http_port
    );
    for server in 1..=3 {
        writeln!(text, " server s{server} 127.0.0.{server}:{answers}").unwrap();
    }
    let _balancer = Balancer::haproxy(&home.path().join("balancer"), pebble.http_port, &text);
    two.run(&["acme", "order"]);
    let addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
    let first = all_serve(&site, &addresses, "");
    assert!(first.contains(&format!("DNS:{HOST}")), "{first}");
    assert_eq!(pebble.orders(), 2, "of three servers one has ordered");
    let state = three.run(&["acme", "show"]);
    assert_eq!((&state["issued"]["served"], &state["applied"]["asked"][0]), (&true.into(), &HOST.into()), "{state}");
    let calm = |status: &Value| !status["warnings"].to_string().contains("acme");
    site::status(&three, "nothing is to be told any more", calm);
    let found = three.run(&["certificates"]);
    assert_eq!(found["certificates"][0]["coverage"][0]["covered"], true, "{found}");

    // Two thirds of its life later there is another one, with another key; SAML's is what it was.
    let second = all_serve(&site, &addresses, &first);
    assert_ne!(first, second);
    assert_eq!(pebble.orders(), 3, "{}", pebble.log());
    assert_eq!(saml_metadata(&site.founder), saml);
    assert_eq!(site.founder.run(&["diff"]), serde_json::json!([]), "no revision has come of it");
    // Where users go, it knows.
    let secret = ["web@example.test", "Pebble Intermediate", "acme-challenge", "acme_port"];
    assert_eq!(site::search(&site.hub.folder, &secret), None, "the hub holds no plaintext");
    let activity = site.founder.run(&["activity"]).to_string();
    assert!(activity.contains("certificate_ordered"), "{activity}");

    // An administrator's own certificate ends it.
    sekisho_tests::service::self_signed(home.path(), "own", HOST);
    let file = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let draft = site.founder.run(&["draft", "certificate", &file("own.crt"), &file("own.key")]);
    assert!(draft["checks"].to_string().contains("config.acme_turned_off"), "{}", draft["checks"]);
    site.founder.run(&["save", "--yes", "--reason", "our own"]);
    wait_for("all serve it", || {
        addresses.iter().all(|address| !served(address, site.port).contains("Pebble")).then_some(())
    });
}

/// A server's name in the log.
fn long_name(cli: &Cli) -> String {
    cli.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned()
}

/// A program for dns-01: the first call hangs, as if its server were to die in it; the others do what they are asked.
fn hook(folder: &Path, pebble: &Pebble) -> String {
    let (begun, path) = (folder.join("begun"), folder.join("hook"));
    let text = format!(
        "#!/bin/sh\nif mkdir {begun} 2>/dev/null; then echo $PPID > {begun}/pid.new; mv {begun}/pid.new {begun}/pid; exec sleep 600; fi\n\
         case \"$1\" in\n\
         present) curl -sf -d \"{{\\\"host\\\":\\\"$2.\\\",\\\"value\\\":\\\"$3\\\"}}\" {dns}/set-txt ;;\n\
         remove) curl -sf -d \"{{\\\"host\\\":\\\"$2.\\\"}}\" {dns}/clear-txt; echo \"$2\" >> {begun}/removed ;;\n\
         *) exit 9 ;;\nesac\n",
        begun = begun.display(),
        dns = pebble.dns,
    );
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn a_server_that_dies_in_an_order_is_replaced_in_it_by_another_and_a_name_with_a_star_is_had_by_dns() {
    if !namespace::entered() {
        return;
    }
    namespace::address(&format!("{ADDRESS}/32"));
    let home = tempfile::tempdir().unwrap();
    let pebble = Pebble::start(&home.path().join("pebble"), 90 * 86_400);
    let mut site = Site::found(home.path());
    let wild = ["--name", "*.example.test", "--name", HOST];
    let path = hook(home.path(), &pebble);
    assert_eq!(site.founder.code(&["draft", "set", "acme_hook", "relative/hook"]), "config.acme_hook");
    assert_eq!(site.founder.code(&["draft", "set", "acme_hook", "/nowhere"]), "service.acme_hook_file");
    draft(&site, &pebble, &[&["--challenge", "dns-01"][..], &wild].concat());
    let root = pebble.root.to_string_lossy().into_owned();
    let by_http = ["acme", "set", "--directory", &pebble.directory, "--root-file", &root, "--agree-terms"];
    assert_eq!(site.founder.code(&[&by_http[..], &wild].concat()), "config.acme_wildcard");
    save(&site);
    let (mut service_two, two) = site.second();
    site::status(&two, "it runs", |status| status["revision"] == 1);
    site::status(&two, "without a program it says so", |status| {
        status["warnings"].to_string().contains("service.acme_no_hook")
    });
    assert_eq!(two.code(&["acme", "order"]), "service.acme_no_hook");
    for cli in [&site.founder, &two] {
        cli.run(&["draft", "set", "acme_hook", &path]);
    }
    let begun = home.path().join("begun/pid");
    let pid = wait_within(
        AN_ORDER,
        "a server is at it",
        || fs::read_to_string(&begun).ok(),
        || site.founder.run(&["acme", "show"]),
    );
    let pid: u32 = pid.trim().parse().unwrap();
    assert_eq!(pebble.orders(), 1);
    let [first, second] = [&site.founder, &two].map(long_name);
    let (other, address, dead, living) = if pid == site.service.id() {
        site.service.kill();
        (&two, "127.0.0.2", first, second)
    } else {
        assert_eq!(pid, service_two.id());
        service_two.kill();
        (&site.founder, "127.0.0.1", second, first)
    };
    let ask = || Some(served(address, site.port)).filter(|served| served.contains("Pebble"));
    let served = wait_within(AN_ORDER, "the other has gone on with it", ask, || other.run(&["acme", "show"]));
    assert!(served.contains("DNS:*.example.test") && served.contains(&format!("DNS:{HOST}")), "{served}");
    assert_eq!(pebble.orders(), 1, "the same order: {}", pebble.log());
    assert!(home.path().join("begun/removed").exists(), "the record was taken back");

    // The disk of the one that died is in wrong hands: the key with it. Another certificate is ordered, with another key.
    other.run(&["servers", "compromised", &dead, "--yes"]);
    let ask = || Some(self::served(address, site.port)).filter(|next| next.contains("Pebble") && *next != served);
    let next = wait_within(AN_ORDER, "another one is served", ask, || other.run(&["acme", "show"]));
    assert_eq!(pebble.orders(), 2, "{}", pebble.log());

    // A server that comes when all who have written of it are gone writes over their last word.
    other.run(&["servers", "retire", &living, "--yes"]);
    let (_service_three, three) = site.another("three", "127.0.0.3");
    site::status(&three, "it runs", |status| status["state"]["state"] == "running");
    three.run(&["draft", "set", "acme_hook", &path]);
    let ask = || Some(self::served("127.0.0.3", site.port)).filter(|last| last.contains("Pebble") && *last != next);
    wait_within(AN_ORDER, "the new one serves its own", ask, || three.run(&["acme", "show"]));
    assert_eq!(pebble.orders(), 3, "{}", pebble.log());
}

#[test]
fn it_is_turned_on_in_the_window_in_both_languages_and_seen_there_when_it_was_issued() {
    if !namespace::entered() {
        return;
    }
    namespace::address(&format!("{ADDRESS}/32"));
    let home = tempfile::tempdir().unwrap();
    let pebble = Pebble::start(&home.path().join("pebble"), 90 * 86_400);
    let site = Site::found(home.path());
    let port = pebble.http_port.to_string();
    let sp = site.draft(&[("advertised_host", HOST)]);
    sekisho_tests::service::self_signed(home.path(), "own", HOST);
    let file = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    site.founder.run(&["draft", "certificate", &file("own.crt"), &file("own.key")]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    // A certificate that was replaced comes back, and ends a renewal by the servers themselves that was only drafted.
    sekisho_tests::service::self_signed(home.path(), "next", HOST);
    site.founder.run(&["draft", "certificate", &file("next.crt"), &file("next.key")]);
    site.founder.run(&["save", "--yes", "--reason", "our next"]);
    assert!(site.founder.run(&["certificates"])["before"].is_object());
    let root = pebble.root.to_string_lossy().into_owned();
    let set = ["acme", "set", "--directory", &pebble.directory, "--root-file", &root, "--agree-terms"];
    assert!(site.founder.run(&set)["drafted"].is_object());
    site.founder.run(&["draft", "certificate-back"]);
    assert!(site.founder.run(&["acme", "show"])["drafted"].is_null());
    site.founder.run(&["draft", "discard"]);
    // Where the authority looks at, in the place of port 80.
    for (field, value) in [("acme_port", port.as_str()), ("private_ip", ADDRESS)] {
        site.founder.run(&["draft", "set", field, value]);
    }

    let window = Window::open(&home.path().join("console"), &site.service.socket);
    let page = &window.page;
    page.choose("[data-testid=language]", "en");
    page.click("[data-testid=nav-certificates]");
    page.wait("[data-testid=acme][data-on=false]");
    assert!(page.text("[data-testid=acme]").contains("Automatic renewal (ACME)"));
    page.choose("[data-testid=language]", "ja");
    page.wait("html[lang=ja]");
    page.click("[data-testid=acme-set]");
    page.choose("[data-testid=acme-which]", "other");
    page.fill("[data-testid=acme-directory]", &pebble.directory);
    page.fill("[data-testid=acme-contact]", "web@example.test");
    page.click("[data-testid=acme-more]");
    // The end of a line is typed as the key.
    let root = fs::read_to_string(&pebble.root).unwrap().replace('\n', "\u{E007}");
    page.fill("[data-testid=acme-root]", &root);
    page.click("[data-testid=acme-terms]");
    page.click("[data-testid=acme-take]:enabled");
    page.wait("[data-testid=acme-drafted]");
    assert!(page.text("[data-testid=acme-drafted]").contains("下書き"));
    site.founder.run(&["save", "--yes", "--reason", "ACME"]);
    page.wait("[data-testid=acme][data-on=true]");
    assert!(site.founder.run(&["certificates"])["before"].is_null(), "the servers would replace it at once");
    assert_eq!(site.founder.code(&["draft", "certificate-back"]), "service.no_certificate_before");
    let ask = || page.script("return document.querySelector('[data-testid=acme-issued]')?.dataset.served ?? ''");
    let issued = || (ask() == "true").then_some(());
    wait_within(AN_ORDER, "it is issued", issued, || site.founder.run(&["acme", "show"]));
    assert!(page.text("[data-testid=acme-issued]").contains("次の注文"));
    page.choose("[data-testid=language]", "en");
    page.wait("html[lang=en]");
    assert!(page.text("[data-testid=acme-issued]").contains("The next one is ordered"));
    all_serve(&site, &[ADDRESS], "");
    // Renewing by hand says that nobody has to.
    page.click("[data-testid=renew]");
    page.wait("[data-testid=renews-by-acme]");
}
