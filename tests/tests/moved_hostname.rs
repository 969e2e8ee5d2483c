//! A connection moves to another hostname, save by save, and users sign in under each name as long as it is answered.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::process::Command;

use sekisho_tests::account::sign_founder_in_at;
use sekisho_tests::authority::Authority;
use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site, Sp};
use sekisho_tests::three::Three;
use sekisho_tests::wait::wait_for;
use sekisho_tests::webdriver::Session;
use sekisho_tests::window::Window;
use serde_json::{Value, json};

const OLD: &str = "localhost";
const NEW: &str = "login.sekisho.test";

/// The names for which what is served under a name is good, as `openssl` sees it.
fn served(site: &Site, name: &str) -> String {
    let script = format!(
        "openssl s_client -connect 127.0.0.1:{} -servername {name} </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName",
        site.port
    );
    let done = Command::new("sh").args(["-c", &script]).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    text.lines().last().unwrap_or_default().trim().to_owned()
}

struct Moving<'a> {
    site: &'a Site,
    browser: &'a Browser,
    authority: Authority,
}

impl Moving<'_> {
    fn step(&self, step: &[&str], reason: &str) -> Value {
        let draft = self.site.founder.run(&[&["draft", "name"][..], step].concat());
        self.site.founder.run(&["save", "--yes", "--reason", reason]);
        draft
    }

    /// The new name's own certificate, by a request for it and its answer.
    fn certificate(&self) {
        let founder = &self.site.founder;
        let request = founder.run(&["draft", "request", "--for-name", NEW]);
        assert_eq!(request["names"], json!([NEW]));
        let answer = self.authority.answer(request["pem"].as_str().unwrap(), &[NEW], 200);
        founder.run(&["draft", "certificate", &answer.to_string_lossy(), "--for-name", NEW]);
    }

    /// The key of the vault that opens under a name.
    fn opens(&self, name: &str) -> String {
        self.browser.page.go(&format!("https://{name}:{}/vault/", self.site.port));
        self.browser.begin();
        let key = self.browser.key_check();
        let address = self.browser.page.script("return location.host");
        assert_eq!(address, format!("{name}:{}", self.site.port), "it is the page that was opened");
        key
    }

    /// How often users signed in under each of several names.
    fn counted(&self) -> Value {
        let servers = self.site.founder.run(&["servers"]);
        let names = servers["servers"][0]["names"].as_array().unwrap();
        names.iter().map(|name| (name["host"].as_str().unwrap(), name["count"].clone())).collect()
    }
}

fn both(sp: &Sp, port: u16) -> String {
    format!("'AssertionConsumerService' => ['{}', 'https://{NEW}:{port}/sso-connect/saml/sso']", sp.acs)
}

#[test]
fn a_hostname_moves_in_three_saves_and_the_vault_opens_under_each_name_that_is_answered() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    let moving = Moving { site: &site, browser: &browser, authority: Authority::new(&home.path().join("authority")) };
    let refused = |step: &[&str]| site.founder.code(&[&["draft", "name"][..], step].concat());
    assert_eq!(refused(&["add", OLD]), "config.name_known");
    assert_eq!(refused(&["advertise", NEW]), "config.no_such_name");

    // Both are answered, each with its own certificate; the identity provider is given both addresses.
    let draft = site.founder.run(&["draft", "name", "add", NEW]);
    let uncovered = draft["checks"].as_array().unwrap().iter().find(|one| one["code"] == "certs.not_covered").unwrap();
    assert_eq!(uncovered["args"]["host"]["value"], NEW);
    assert_eq!(refused(&["advertise", NEW]), "config.name_not_saved");
    moving.certificate();
    site.founder.run(&["save", "--yes", "--reason", "both names"]);
    assert_eq!([served(&site, OLD), served(&site, NEW)], [format!("DNS:{OLD}"), format!("DNS:{NEW}")]);
    let metadata = site.founder.run(&["sp-metadata"])["xml"].as_str().unwrap().to_owned();
    assert_eq!(metadata.matches("<md:AssertionConsumerService").count(), 2);
    idp.answer_by(&sp, &both(&sp, site.port));
    assert_eq!([moving.opens(OLD), moving.opens(NEW)], [key.clone(), key.clone()]);
    let counts = || (moving.counted() == json!({OLD: 2, NEW: 1})).then_some(());
    wait_for("sign-ins are counted under each name", counts);

    // A test under the new name, before anybody is sent there.
    let started = site.founder.run(&["test-login", "--no-wait", "--for-name", NEW]);
    let link = started["url"].as_str().unwrap();
    assert!(link.starts_with(&format!("https://{NEW}:")), "{link}");
    browser.page.go(link);
    let report = || {
        let arguments = ["test-login", "--no-wait", "--report", started["test"].as_str().unwrap()];
        let said = site.founder.output(&arguments);
        said.status.success().then(|| serde_json::from_slice::<Value>(&said.stdout).unwrap())
    };
    assert_eq!(wait_for("the test is over", report)["who"], "alice@example.com");

    // The new one is advertised; who opens the old one finds the vault as before.
    let draft = moving.step(&["advertise", NEW], "the new name");
    assert_eq!(draft["service_provider"]["entity_id"], sp.entity_id, "we stay who we are");
    assert_eq!([moving.opens(OLD), moving.opens(NEW)], [key.clone(), key.clone()]);
    let status = site.founder.run(&["status"]);
    assert_eq!(status["login_url"], format!("https://{NEW}:{}/vault/", site.port));
    // Back and forth, as an undo does.
    moving.step(&["advertise", OLD], "back");
    assert_eq!([moving.opens(OLD), moving.opens(NEW)], [key.clone(), key.clone()]);
    moving.step(&["advertise", NEW], "and forth");

    // The old one is retired, with its certificate.
    moving.step(&["remove", OLD], "the old name goes");
    assert_eq!(moving.opens(NEW), key);
    assert_eq!([served(&site, OLD), served(&site, NEW)], [format!("DNS:{NEW}"), format!("DNS:{NEW}")]);
    let servers = site.founder.run(&["servers"]);
    assert_eq!(servers["servers"][0]["names"], json!([]));
}

#[test]
fn an_identity_provider_that_holds_one_address_answers_at_it_and_users_keep_to_the_name_that_they_opened() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    let moving = Moving { site: &site, browser: &browser, authority: Authority::new(&home.path().join("authority")) };
    site.founder.run(&["draft", "name", "add", NEW]);
    moving.certificate();
    moving.step(&["answers", OLD], "both names, answers at the old one");
    assert_eq!([moving.opens(OLD), moving.opens(NEW)], [key.clone(), key.clone()]);
    moving.step(&["advertise", NEW], "the new name");
    assert_eq!([moving.opens(OLD), moving.opens(NEW)], [key.clone(), key.clone()]);
    assert_eq!(site.founder.code(&["draft", "name", "remove", OLD]), "config.name_takes_answers");
    // Its administrator enters the new address, and then it is saved here.
    let one = format!("'AssertionConsumerService' => 'https://{NEW}:{}/sso-connect/saml/sso'", site.port);
    idp.answer_by(&sp, &one);
    moving.step(&["answers", NEW], "answers at the new one");
    assert_eq!([moving.opens(OLD), moving.opens(NEW)], [key.clone(), key.clone()]);
    moving.step(&["answers"], "each its own, which is one");
    moving.step(&["remove", OLD], "the old name goes");
    assert_eq!(moving.opens(NEW), key);
}

fn done(page: &Session, step: &str) {
    page.wait(&format!("[data-testid=step-{step}][data-state=done]"));
}

/// Saves, as a person does who has read what the checks say: when they are there, nothing moves any more.
fn save(page: &Session) {
    page.wait("[data-testid=save]:enabled");
    page.wait("[data-testid=checks][aria-busy=false]");
    page.click("[data-testid=save]:enabled");
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story, from its first page to its last")]
fn a_hostname_moves_in_the_window_from_the_first_page_to_the_last_with_three_servers_behind_a_balancer() {
    let home = tempfile::tempdir().unwrap();
    // The names are looked up where the test says what they lead to: the new one is not known yet.
    let Three { site, sp, idp, others, dns, .. } = &Three::start(home.path());
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    let key = browser.key_check();
    let moving = Moving { site, browser: &browser, authority: Authority::new(&home.path().join("authority")) };

    // The window is killed in every step, not closed, and goes on in the other language.
    let (console, secret) = (home.path().join("console"), site.founder.file("totp"));
    let mut used = String::new();
    let hub = site.hub.setup_code();
    let open = |language: &str| {
        let window = Window::open(&console, &site.service.socket);
        window.page.choose("[data-testid=language]", language);
        window.page.click("[data-testid=nav-certificates]");
        window.page.click("[data-testid=move]");
        window
    };
    // What it keeps has to be on the disk by then (texts as UTF-16).
    let kept = |text: &str| {
        let text: String = text.chars().flat_map(|letter| [letter, '\0']).collect();
        wait_for("the answer is kept", || site::search(&console, &[&text]));
    };
    {
        let Window { page, .. } = &open("en");
        page.fill("[data-testid=field-new-host]", NEW);
        page.click("[data-testid=add-name]");
        page.wait("[data-testid=to]");
        page.click("[data-testid=person-dns] summary");
        page.click("[data-testid=sent-dns]");
        page.wait("[data-testid=person-dns][data-state=sent]");
        kept(&format!("\"to\":\"{NEW}\""));
    }
    // Days later, in Japanese.
    let request = {
        let Window { page, .. } = &open("ja");
        page.wait("[data-testid=page-certificate]");
        page.wait("[data-testid=fault-names][data-code='certs.not_covered']");
        page.click("[data-testid=request-certificate]");
        page.wait("[data-testid=text-request]");
        let text = page.script("return document.querySelector('[data-testid=text-request]').value");
        text.as_str().unwrap().to_owned()
    };
    {
        let Window { page, .. } = &open("en");
        let answer = moving.authority.answer(&request, &[NEW], 200);
        page.upload("[data-testid=field-of-name]", &[&answer.to_string_lossy()]);
        done(page, "certificate");
    }
    {
        let Window { page, .. } = &open("ja");
        page.wait("[data-testid=text-sheet-idp]");
        let sheet = page.script("return document.querySelector('[data-testid=text-sheet-idp]').value");
        assert!(sheet.as_str().unwrap().contains("追加してください"), "{sheet}");
        idp.answer_by(sp, &both(sp, site.port));
        page.click("[data-testid=idp-told]");
        done(page, "idp");
        kept("\"told\":true");
    }
    {
        // Killed as soon as the save was asked for: it is there as a whole, or not at all.
        let Window { page, .. } = &open("en");
        page.wait("[data-testid=page-overlap]");
        sign_founder_in_at(page, &hub, &secret, &mut used);
        save(page);
    }
    {
        let Window { page, .. } = &open("ja");
        page.wait("[data-testid=step-idp][data-state=done]");
        if page.attribute("[data-testid=step-overlap]", "data-state").as_deref() != Some("done") {
            sign_founder_in_at(page, &hub, &secret, &mut used);
            save(page);
        }
        done(page, "overlap");
        page.click("[data-testid=step-overlap]");
        page.wait("[data-testid=served-own][data-applied=true]");
        // The DNS administrator has done nothing yet: that side is named. Then the name leads to the balancer.
        page.wait("[data-testid=notice][data-code='service.probe_no_address']");
        dns.leads(NEW, &["127.0.0.1"]);
        page.click("[data-testid=look-again]");
        page.wait("[data-testid=served-at][data-applied=true]");
    }
    {
        let Window { page, .. } = &open("en");
        page.wait("[data-testid=page-test]");
        page.wait("[data-testid=seen-there][data-count='0']");
        assert_eq!([moving.opens(OLD), moving.opens(NEW)], [key.clone(), key.clone()]);
        done(page, "test");
    }
    {
        let Window { page, .. } = &open("ja");
        // It lands where it does not know yet that somebody has signed in.
        done(page, "test");
        page.click("[data-testid=step-switch]");
        page.click("[data-testid=advertise]");
        page.wait("[data-testid=save]");
    }
    {
        let Window { page, .. } = &open("en");
        done(page, "test");
        page.click("[data-testid=step-switch]");
        sign_founder_in_at(page, &hub, &secret, &mut used);
        save(page);
        done(page, "switch");
        assert_eq!([moving.opens(OLD), moving.opens(NEW)], [key.clone(), key.clone()]);
    }
    {
        let Window { page, .. } = &open("ja");
        page.wait("[data-testid=page-retire]");
        page.wait("[data-testid=uses]");
        page.wait("[data-testid=quiet-state][data-quiet=false]");
        page.click("[data-testid=remove-name]");
        page.wait("[data-testid=save]");
    }
    let Window { page, .. } = &open("en");
    page.wait("[data-testid=page-retire]");
    sign_founder_in_at(page, &hub, &secret, &mut used);
    save(page);
    done(page, "retire");
    for (_, cli) in others {
        site::status(cli, "the move is applied there too", |status| {
            status["login_url"] == format!("https://{NEW}:{}/vault/", site.port)
        });
    }
    assert_eq!(moving.opens(NEW), key);
    page.click("[data-testid=finish]");
    page.wait("[data-testid=in-use]");
}
