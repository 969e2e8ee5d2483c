//! The SSL certificate is renewed in the real window, by a request and its answer, until every server serves it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::process::Command;

use sekisho_tests::account::sign_founder_in_at;
use sekisho_tests::authority::Authority;
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
use sekisho_tests::three::Three;
use sekisho_tests::wait::wait_for;
use sekisho_tests::webdriver::Session;
use sekisho_tests::window::Window;
use serde_json::Value;

/// SHA-256 of what is served at an address, as `openssl` sees it.
fn served(address: &str) -> String {
    let script = format!(
        "openssl s_client -connect {address} -servername localhost </dev/null 2>/dev/null | openssl x509 -noout -sha256 -fingerprint"
    );
    let done = Command::new("sh").args(["-c", &script]).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    text.trim().split_once('=').unwrap_or_else(|| panic!("nothing is served at {address}")).1.to_owned()
}

fn done(page: &Session, step: &str) {
    page.wait(&format!("[data-testid=step-{step}][data-state=done]"));
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story, from its first page to its last")]
fn a_certificate_is_renewed_in_the_window_whatever_is_killed_and_seen_at_three_servers_and_their_balancer() {
    let home = tempfile::tempdir().unwrap();
    let three = Three::start(home.path());
    let Three { site, sp, others: [(mut service_two, two), (_three, _)], listening, .. } = three;
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    let public = format!("127.0.0.1:{}", site.port);
    let before = served(&public);
    let all = || listening.each_ref().map(|at| served(at));
    assert_eq!(all(), [before.clone(), before.clone(), before.clone()]);

    let authority = Authority::new(&home.path().join("authority"));
    let (console, secret, hub) = (home.path().join("console"), site.founder.file("totp"), site.hub.setup_code());
    let mut used = String::new();
    // The window is killed in every step, not closed, and goes on in the other language.
    let open = |language: &str| {
        let window = Window::open(&console, &site.service.socket);
        window.page.choose("[data-testid=language]", language);
        window.page.click("[data-testid=nav-certificates]");
        window
    };
    // What it keeps has to be on the disk by then (texts as UTF-16).
    let kept = |text: &str| {
        let text: String = text.chars().flat_map(|letter| [letter, '\0']).collect();
        wait_for("the answer is kept", || site::search(&console, &[&text]));
    };
    let renew = |language: &str| {
        let window = open(language);
        window.page.click("[data-testid=renew]");
        window
    };
    {
        let Window { page, .. } = &open("en");
        page.wait("[data-testid=cell-applied][data-covered=true]");
        page.wait("[data-testid=served-own][data-applied=true]");
        page.wait("[data-testid=served-at][data-applied=true]");
        page.click("[data-testid=renew]");
        page.click("[data-testid=request-certificate]");
        page.click("[data-testid=close-request]");
        page.click("[data-testid=sent-ca]");
        page.wait("[data-testid=waiting-ca][data-state=sent]");
        kept("\"sent\":1");
    }

    // Days later. First comes one for another name: it is said what is wrong with it, and nothing is saved.
    let request = {
        let Window { page, .. } = &renew("ja");
        page.wait("[data-testid=waiting-ca][data-state=sent]");
        page.click("[data-testid=show-request]");
        let text = page.script("return document.querySelector('[data-testid=text-request]').value");
        page.click("[data-testid=close-request]");
        text.as_str().unwrap().to_owned()
    };
    let drop = |page: &Session, names: &[&str]| {
        let answer = authority.answer(&request, names, 200);
        page.upload("[data-testid=field-tls]", &[&answer.to_string_lossy()]);
    };
    {
        let Window { page, .. } = &renew("en");
        drop(page, &["login.example.com"]);
        done(page, "bring");
        page.click("[data-testid=next]");
        page.wait("[data-testid=fault-tls][data-code='certs.not_covered']");
        page.wait("[data-testid=cell-draft][data-covered=false]");
        page.wait("[data-testid=step-check][data-state=open]");
        page.wait("[data-testid=step-save][data-state=locked]");
    }
    {
        let Window { page, .. } = &renew("ja");
        page.wait("[data-testid=step-check][data-state=open]");
        page.click("[data-testid=step-bring]");
        drop(page, &["localhost", "login.example.com"]);
        page.wait("[data-testid=step-check][data-state=done]");
        page.click("[data-testid=next]");
        page.wait("[data-testid=fault-tls][data-code='certs.another_root']");
    }
    // The second server is away.
    service_two.kill();
    {
        let Window { page, .. } = &renew("en");
        page.wait("[data-testid=page-save]");
        sign_founder_in_at(page, &hub, &secret, &mut used);
        page.click("[data-testid=save]:enabled");
        done(page, "save");
        kept("\"saved\":2");
    }
    let after = served(&public);
    assert_ne!(after, before);
    {
        let Window { page, .. } = &renew("ja");
        page.wait("[data-testid=page-seen]");
        page.wait("[data-testid=seen][data-done='2'][data-all='3']");
        page.wait("[data-testid=served-own][data-applied=true]");
        page.wait("[data-testid=served-at][data-applied=true]");
    }
    // The one that was away serves it as soon as it is back.
    service_two.start_again();
    let Window { page, .. } = &renew("en");
    page.wait("[data-testid=seen][data-done='3'][data-all='3']");
    done(page, "seen");
    page.click("[data-testid=finish]");
    assert_eq!(all(), [after.clone(), after.clone(), after.clone()]);
    browser.page.go(&format!("{}/vault/", sp.origin));
    browser.begin();
    assert_eq!(browser.key_check(), key, "the vault opens as before");

    // The undo: the certificate of before is there with its key.
    page.click("[data-testid=put-back]");
    page.wait("[data-testid=put-back-note]");
    site.founder.run(&["save", "--yes", "--reason", "back"]);
    wait_for("all serve the one of before", || (all() == [&*before, &*before, &*before]).then_some(()));
    // And it is gone once somebody had the disk of a server of its time.
    site.founder.run(&["draft", "certificate-back"]);
    let id = two.run(&["status"])["membership"]["server"].as_str().unwrap().to_owned();
    site.founder.run(&["servers", "compromised", &id, "--yes"]);
    assert_eq!(site.founder.code(&["draft", "certificate-back"]), "service.no_certificate_before");
}

/// The code of the verdict on a name.
fn verdict(matrix: &Value, place: &str, name: &str) -> String {
    let all = matrix["certificates"].as_array().unwrap();
    let one = all.iter().find(|one| one["place"] == place).unwrap();
    let coverage = one["coverage"].as_array().unwrap();
    coverage.iter().find(|one| one["name"] == name).unwrap()["reason"]["code"].as_str().unwrap().to_owned()
}

#[test]
fn names_are_judged_and_requests_made_by_command_line() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let authority = Authority::new(&home.path().join("authority"));
    let matrix = site.founder.run(&["certificates"]);
    assert_eq!(verdict(&matrix, "applied", "localhost"), "certs.covered_by_itself");
    let fingerprint = matrix["certificates"][0]["certificate"]["sha256"].as_str().unwrap();
    assert_eq!(fingerprint, served(&format!("127.0.0.1:{}", site.port)));
    let found = site.founder.run(&["certificates", "served"]);
    assert_eq!((&found["own"]["applied"], &found["led_to"][0]["covered"]), (&true.into(), &true.into()));
    let request = site.founder.run(&["draft", "request"])["pem"].as_str().unwrap().to_owned();
    let wildcard = authority.answer(&request, &["*.example.com"], 30);
    let file = wildcard.to_string_lossy();
    let asked = ["--name", "sso.example.com", "--name", "a.b.example.com", "--name", "example.com"];
    let judged = site.founder.run(&[&["certificates", "check", &file][..], &asked].concat());
    let verdicts = ["sso.example.com", "a.b.example.com", "example.com"].map(|name| verdict(&judged, "shown", name));
    assert_eq!(
        verdicts,
        ["covered_by_wildcard", "wildcard_covers_one_label", "wildcard_not_apex"].map(|code| format!("certs.{code}"))
    );
    assert_eq!(site.founder.run(&["diff"]), serde_json::json!([]), "looking changes nothing");

    // A request for more, with another key: its answer finds that key.
    let wish =
        ["--name", "login.example.com", "--name", "10.0.0.1", "--key", "p384", "--organisation", "株式会社サンプル"];
    let asked = site.founder.run(&[&["draft", "request"][..], &wish, &["--country", "jp"]].concat());
    assert_eq!(asked["names"], serde_json::json!(["localhost", "login.example.com", "10.0.0.1"]));
    assert_eq!(site.founder.code(&["draft", "request", "--country", "Japan"]), "certs.country");
    let answer = authority.answer(asked["pem"].as_str().unwrap(), &["localhost"], 100);
    let draft = site.founder.run(&["draft", "certificate", &answer.to_string_lossy()]);
    assert_eq!(draft["tls"]["names"], serde_json::json!(["localhost"]));
    let lacks =
        draft["checks"].as_array().unwrap().iter().find(|one| one["code"] == "certs.answer_lacks_names").unwrap();
    assert_eq!(lacks["severity"], "warning");
}
