//! The First-server wizard in the real window, from nothing to a running server.

use crate::account::{authenticator, kit_lines, read_back};
use crate::browser::Browser;
use crate::dns;
use crate::idp::SimpleSaml;
use crate::service::self_signed;
use crate::site::{Site, Sp};
use crate::totp;
use crate::wait::wait_for;
use crate::webdriver::Session;
use std::cell::RefCell;

/// What is typed.
pub struct Typed {
    /// The language of the window: `en` or `ja`.
    pub language: &'static str,
    /// The organisation's name.
    pub organisation: &'static str,
    /// The connection's name.
    pub connection: &'static str,
    /// The advertised host, perhaps in full-width characters.
    pub host: &'static str,
}

/// English, with a certificate from files.
pub const ENGLISH: Typed =
    Typed { language: "en", organisation: "Example Inc.", connection: "Tokyo office", host: "localhost" };
/// Japanese, as an input method leaves a host name.
pub const JAPANESE: Typed =
    Typed {
        language: "ja", organisation: "株式会社サンプル", connection: "東京オフィス", host: "ｌｏｃａｌｈｏｓｔ"
    };

/// What came of it.
pub struct Walked {
    /// The founder's passphrase.
    pub passphrase: String,
    /// The secret in the founder's authenticator app.
    pub totp_secret: String,
    /// What the identity provider was told.
    pub sp: Sp,
    /// The identity provider.
    pub idp: SimpleSaml,
}

/// Walks through the wizard. `step` is called on each page before it is left, with the page's name.
pub fn walk(page: &Session, site: &Site, typed: &Typed, step: impl FnMut(&Session, &str)) -> Walked {
    let id = |name: &str| format!("[data-testid={name}]");
    let click = |name: &str| page.click(&id(name));
    let fill = |name: &str, text: &str| page.fill(&id(name), text);
    let done = |name: &str| page.wait(&format!("[data-testid=step-{name}][data-state=done]"));
    let step = RefCell::new(step);
    let next = |from: &str, to: &str| {
        page.wait("[data-testid=next][data-ready=true]");
        step.borrow_mut()(page, from);
        page.click("[data-testid=next]");
        page.wait(&format!("[data-testid=page-{to}]"));
    };

    page.choose("[data-testid=language]", typed.language);
    page.wait(&format!("html[lang={}]", typed.language));
    click("set-up");
    fill("field-hub", &site.hub.setup_code());
    click("preflight");
    done("preflight");
    next("preflight", "account");

    fill("field-organisation", typed.organisation);
    fill("field-login", "tanaka");
    click("suggest");
    let passphrase = wait_for("a passphrase is suggested", || {
        let value = page.script("return document.querySelector('[data-testid=field-passphrase]').value");
        value.as_str().filter(|text| text.len() > 20).map(str::to_owned)
    });
    let secret = authenticator(page);
    fill("field-totp", &totp::now(&secret));
    click("found");
    page.wait("[data-testid=page-kit]");
    read_back(page, &kit_lines(page));
    done("kit");
    next("kit", "second");
    next("second", "connection");

    fill("field-connection-name", typed.connection);
    fill("field-enterprise-domain", "example");
    click("add-connection");
    done("connection");
    fill("field-mail-domain", "example.com");
    click("reserve");
    // The record is somebody else's to write: it is copied from the page.
    let of = |part: &str| page.text(&format!("[data-testid='proof-{part}-example.com']"));
    dns::ours().says(&of("record"), &[&of("value")]);
    page.click("[data-testid='prove-example.com']");
    page.wait("[data-testid='reserved-example.com'][data-proof=proven]");
    next("connection", "enrol");
    click("enrol");
    done("enrol");
    next("enrol", "address");

    click("topology-none");
    fill("field-advertised_host", typed.host);
    fill("field-advertised_port", &site.port.to_string());
    fill("field-private_ip", "127.0.0.1");
    next("address", "sheet");
    let sp = site.sp();
    let idp = SimpleSaml::start(&site.home.join("idp"), &sp, "");
    click("sent-idp");
    done("sheet");
    next("sheet", "certificate");

    self_signed(&site.home, "tls", "localhost");
    let at = |name: &str| site.home.join(name).to_string_lossy().into_owned();
    if typed.language == "en" {
        page.upload(&id("field-tls"), &[&at("tls.crt"), &at("tls.key")]);
    } else {
        click("trial-certificate");
    }
    done("certificate");
    next("certificate", "idp");
    page.upload(&id("field-idp_metadata"), &[&idp.metadata.to_string_lossy()]);
    page.wait("[data-testid=idp]");
    for (field, name) in [("first", "givenName"), ("last", "sn"), ("email", "mail")] {
        fill(&format!("field-attribute_{field}"), name);
    }
    click("field-just_in_time");
    done("idp");
    next("idp", "test");

    test_login(page, site);
    done("test");
    next("test", "review");

    page.wait("[data-testid=checks][aria-busy=false]");
    step.borrow_mut()(page, "changes");
    click("save");
    done("review");
    next("review", "running");
    done("running");
    step.borrow_mut()(page, "running");
    click("finish");
    page.wait("[data-testid=state][data-state=running]");
    Walked { passphrase, totp_secret: secret, sp, idp }
}

/// The test login of the draft, in a browser of its own, as the window asks for it.
fn test_login(page: &Session, site: &Site) {
    page.click("[data-testid=test-start]");
    let address = wait_for("the test's link is there", || {
        let value = page.script("return document.querySelector('[data-testid=test-link]')?.value ?? ''");
        value.as_str().filter(|text| text.starts_with("https://")).map(str::to_owned)
    });
    let browser = Browser::start(&site.home.join("tester"));
    browser.page.go(&address);
    browser.log_in("alice");
    page.wait("[data-testid=test-report][data-passed=true]");
}
