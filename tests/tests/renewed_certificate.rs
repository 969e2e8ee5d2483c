//! The SSL certificate is renewed in the real window, by a request and its answer, until every server serves it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::process::Command;

use sekisho_tests::account::sign_founder_in;
use sekisho_tests::authority::Authority;
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
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
fn a_certificate_is_renewed_in_the_window_by_a_request_and_its_answer_and_seen_at_every_server() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (mut service_two, two) = site.second();
    site::status(&two, "the second server runs", |status| status["revision"] == 1);
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    let [one_at, two_at] = ["127.0.0.1", "127.0.0.2"].map(|address| format!("{address}:{}", site.port));
    let before = served(&one_at);
    assert_eq!(served(&two_at), before);

    let authority = Authority::new(&home.path().join("authority"));
    let (console, secret) = (home.path().join("console"), site.founder.file("totp"));
    let mut used = String::new();
    {
        let window = Window::open(&console, &site.service.socket);
        let page = &window.page;
        page.click("[data-testid=nav-certificates]");
        page.wait("[data-testid=cell-applied][data-covered=true]");
        page.wait("[data-testid=served-own][data-applied=true]");
        page.wait("[data-testid=served-at][data-applied=true]");
        page.click("[data-testid=renew]");
        page.click("[data-testid=request-certificate]");
        page.click("[data-testid=close-request]");
        page.click("[data-testid=sent-ca]");
        page.wait("[data-testid=waiting-ca][data-state=sent]");
        // The window is killed, not closed: what it keeps has to be on the disk by then (texts as UTF-16).
        let sent: String = "\"sent\":1".chars().flat_map(|letter| [letter, '\0']).collect();
        wait_for("it is kept when it was sent", || site::search(&console, &[&sent]));
    }

    // Days later. First comes one for another name: it is said what is wrong with it, and nothing is saved.
    let window = Window::open(&console, &site.service.socket);
    let page = &window.page;
    page.click("[data-testid=nav-certificates]");
    page.click("[data-testid=renew]");
    page.wait("[data-testid=waiting-ca][data-state=sent]");
    page.click("[data-testid=show-request]");
    let text = page.script("return document.querySelector('[data-testid=text-request]').value");
    let request = text.as_str().unwrap().to_owned();
    page.click("[data-testid=close-request]");
    let drop = |names: &[&str]| {
        let answer = authority.answer(&request, names, 200);
        page.upload("[data-testid=field-tls]", &[&answer.to_string_lossy()]);
    };
    drop(&["login.example.com"]);
    done(page, "bring");
    page.click("[data-testid=next]");
    page.wait("[data-testid=fault-tls][data-code='certs.not_covered']");
    page.wait("[data-testid=cell-draft][data-covered=false]");
    page.wait("[data-testid=step-check][data-state=open]");
    page.wait("[data-testid=step-save][data-state=locked]");
    page.click("[data-testid=back]");
    drop(&["localhost", "login.example.com"]);
    page.wait("[data-testid=step-check][data-state=done]");
    page.click("[data-testid=next]");
    page.wait("[data-testid=fault-tls][data-code='certs.another_root']");
    page.click("[data-testid=next]");
    page.fill("[data-testid=field-sign-in-hub]", &site.hub.setup_code());
    sign_founder_in(page, &secret, &mut used);
    service_two.kill();
    page.click("[data-testid=save]:enabled");
    done(page, "save");
    page.click("[data-testid=next]");
    page.wait("[data-testid=seen][data-done='1'][data-all='2']");
    page.wait("[data-testid=served-own][data-applied=true]");
    let after = served(&one_at);
    assert_ne!(after, before);
    // The one that was away serves it as soon as it is back.
    service_two.start_again();
    page.wait("[data-testid=seen][data-done='2'][data-all='2']");
    done(page, "seen");
    assert_eq!(served(&two_at), after);
    page.click("[data-testid=finish]");
    page.wait("[data-testid=in-use]");

    browser.page.go(&format!("{}/vault/", sp.origin));
    browser.page.click("[data-testid=sign-in]");
    assert_eq!(browser.key_check(), key, "the vault opens as before");
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
