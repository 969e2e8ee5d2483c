//! What a user keeps: from the first sign-in through the first steps to a second device at another server, and nothing of it readable
//! anywhere on the way. Real browsers, real servers, real hub, real identity provider.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use sekisho_tests::browser::Browser;
use sekisho_tests::hub::Hub;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{Site, Sp, search};
use sekisho_tests::wait::wait_for;
use sekisho_tests::webdriver::Session;
use sekisho_tests::wiretap::Wiretap;

/// Gives what the page shows.
const BODY: &str = "return document.body ? document.body.innerText : ''";

/// What a test looks for in every file, and in all that goes over the wire.
const SECRET: &str = "Kirschbaum-7731-geheim";

/// An export of Chrome with 1,000 lines below its header: 985 good ones, of which 3 are there twice, and faults of every kind.
fn export() -> String {
    let mut csv = "name,url,username,password,note\r\n".to_owned();
    for line in 0..982 {
        let note = if line == 7 { "\"two\r\nlines\"" } else { "" };
        let _ = write!(csv, "Site {line},https://site{line}.example/,user{line},{SECRET}-{line},{note}\r\n");
    }
    for line in [1, 2, 3] {
        let _ = write!(csv, "Site {line},https://site{line}.example/,user{line},{SECRET}-{line},\r\n");
    }
    for line in 0..10 {
        let _ = write!(csv, "Broken {line},https://broken.example/,nobody\r\n");
    }
    for _ in 0..4 {
        csv += ",,,,\r\n";
    }
    csv += "\"Never closed,https://open.example/,x,y,z\r\n";
    csv
}

fn count(page: &Session) -> String {
    page.wait("[data-testid=count]");
    page.attribute("[data-testid=count]", "data-count").unwrap()
}

/// Waits until the page shows so many records.
fn counts(page: &Session, wanted: &str) {
    page.wait(&format!("[data-testid=count][data-count='{wanted}']"));
}

/// Makes a record of a kind, with these values.
fn make(page: &Session, kind: &str, values: &[(&str, &str)]) {
    page.click(&format!("[data-testid=new-{kind}]"));
    for (name, value) in values {
        page.fill(&format!("[data-testid=record-{name}]"), value);
    }
    page.click("[data-testid=save]");
    wait_for("it is saved", || {
        page.script("return document.querySelector('[data-testid=record-form]') === null").as_bool()?.then_some(())
    });
}

/// Listens to what a page sends from here on, before it is sent.
fn listen(page: &Session) {
    page.script(
        "window.sent = []; const real = window.fetch; \
         window.fetch = (path, how) => { window.sent.push([String(path), String(how && how.body)]); return real(path, how); }",
    );
}

/// All that a page has sent was sealed.
fn has_sent_nothing_of(page: &Session, secrets: &[&str]) {
    let sent = page.script("return JSON.stringify(window.sent)");
    let sent = sent.as_str().unwrap();
    assert!(sent.contains("signature"), "what the page sends was listened to");
    for secret in secrets {
        assert!(!sent.contains(secret), "{secret} left the page");
    }
}

/// How many vaults a browser keeps open.
fn kept(page: &Session) -> i64 {
    let count = page.script(
        "return new Promise((done) => { const open = indexedDB.open('sekisho-session'); open.onsuccess = () => { \
         const count = open.result.transaction('sessions').objectStore('sessions').count(); \
         count.onsuccess = () => { open.result.close(); done(count.result); }; }; })",
    );
    count.as_i64().unwrap()
}

fn make_login(page: &Session, title: &str, password: &str) {
    make(page, "login", &[("title", title), ("username", "alice"), ("password", password)]);
    page.wait("[data-testid=told][data-told=saved]");
}

/// Looks for everything again.
fn search_nothing(page: &Session) {
    // WebDriver clears a field without the event that typing makes.
    page.script(
        "const field = document.querySelector('[data-testid=search]'); field.value = ''; \
         field.dispatchEvent(new Event('input', { bubbles: true }))",
    );
}

/// Opens a record by its title, and gives its password.
fn password_of(page: &Session, title: &str) -> String {
    page.fill("[data-testid=search]", title);
    page.click(&format!("[data-testid=entry][data-title='{title}']"));
    page.click("[data-testid=show-password]");
    page.text("[data-testid=value-password]")
}

/// A site whose users are led through no first steps.
fn unled(home: &Path) -> (Site, Sp, SimpleSaml) {
    let site = Site::found(home);
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
    site.without_first_steps();
    site.save(&idp.metadata);
    (site, sp, idp)
}

/// Lets a page look again until the hub is there.
fn hub_is_back(page: &Session) {
    wait_for("the hub is back", || {
        page.script("document.dispatchEvent(new Event('visibilitychange'))");
        page.script("return document.querySelector('[data-testid=away]') === null").as_bool()?.then_some(())
    });
}

fn arrives(home: &Path, name: &str, address: &str, origin: &str) -> Browser {
    let browser = Browser::start_where(&home.join(name), address);
    browser.sign_in(origin, "alice");
    browser.page.wait("[data-testid=signed-in]");
    browser
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story")]
fn a_user_is_led_through_the_first_steps_and_finds_the_vault_by_another_server_and_nobody_else_can_read_it() {
    let home = tempfile::tempdir().unwrap();
    let mut hub = Hub::start(&home.path().join("hub"));
    let tap = Wiretap::before(&mut hub);
    let site = Site::found_at(home.path(), hub);
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let extension = "https://extension.example/get";
    let founder = &site.founder;
    founder.run(&["draft", "role", "put", "Staff", "--extension", extension, "--session", "30"]);
    founder.run(&["draft", "role", "default", "Staff"]);
    site.save(&idp.metadata);
    let (_second, _) = site.second();

    let browser = arrives(home.path(), "first", "127.0.0.1", &sp.origin);
    let page = &browser.page;
    let file = home.path().join("chrome.csv");
    std::fs::write(&file, export()).unwrap();

    listen(page);
    // The first step: what would come is shown, with every fault by its line, before anything is written.
    page.wait("[data-testid=steps][data-step=import]");
    page.upload("[data-testid=import-file]", &[file.to_str().unwrap()]);
    page.wait("[data-testid=import-vendor][data-vendor=chrome]");
    for (kind, expected) in [("new", "982"), ("duplicate", "3"), ("error", "15")] {
        let total = page.attribute(&format!("[data-testid=total-{kind}]"), "data-count");
        assert_eq!(total.as_deref(), Some(expected), "{kind}");
    }
    // The record of two lines moves those behind it by one.
    for (line, code) in [("988", "cells"), ("998", "empty"), ("1002", "quote")] {
        page.wait(&format!("[data-testid=error-line][data-line='{line}'][data-code={code}]"));
    }
    page.click("[data-testid=bring]");
    page.wait("[data-testid=imported][data-added='982'][data-left='15']");
    page.click("[data-testid=next-step]");

    // A reload goes on where the user was: neither signed out nor led from the start.
    page.wait("[data-testid=steps][data-step=extension]");
    has_sent_nothing_of(page, &[SECRET, "Site 500", "user500", "site500.example"]);
    page.reload();
    page.wait("[data-testid=steps][data-step=extension]");
    assert_eq!(page.attribute("[data-testid=get-extension]", "href").as_deref(), Some(extension));
    page.click("[data-testid=next-step]");
    page.wait("[data-testid=steps][data-step=factor]");
    page.click("[data-testid=next-step]");
    page.wait("[data-testid=steps][data-step=closing]");
    page.click("[data-testid=finish]");
    counts(page, "982");
    assert_eq!(password_of(page, "Site 500"), format!("{SECRET}-500"));
    search_nothing(page);
    make_login(page, "Bank", SECRET);
    counts(page, "983");
    page.click("[data-testid=sign-out]");
    page.wait("#how");
    page.go(&format!("{}/vault/", sp.origin));
    page.wait("[data-testid=sign-in]");
    assert_eq!(kept(page), 0, "no key is left behind");
    page.reload();
    page.wait("[data-testid=sign-in]");

    // A second device, by the other server: the record is there, and nobody is led again.
    let other = arrives(home.path(), "second", "127.0.0.2", &sp.origin);
    counts(&other.page, "983");
    assert_eq!(password_of(&other.page, "Bank"), SECRET);

    listen(&other.page);
    search_nothing(&other.page);
    make_login(&other.page, "Heard", "Another secret");
    make(&other.page, "note", &[("title", "A note"), ("notes", "Notiz-7731"), ("folder", "Ordner-7731")]);
    make(&other.page, "card", &[("title", "A card"), ("holder", "Karteninhaber"), ("number", "4539578763621486")]);
    make(&other.page, "totp", &[("title", "A seed"), ("totp", "JBSWY3DPEHPK3PXP")]);
    other.page.fill("[data-testid=search]", "Bank");
    other.page.click("[data-testid=entry][data-title=Bank]");
    // What either deletes can be taken back, by whichever.
    other.page.click("[data-testid=delete]");
    other.page.wait("[data-testid=told][data-told=binned]");
    search_nothing(&other.page);
    counts(&other.page, "986");
    other.page.click("[data-testid=undo]");
    counts(&other.page, "987");

    let kinds = ["Notiz-7731", "Ordner-7731", "Karteninhaber", "4539578763621486", "JBSWY3DPEHPK3PXP"];
    let plain = [&[SECRET, "Site 500", "user500", "site500.example", "Another secret", "Heard"][..], &kinds].concat();
    has_sent_nothing_of(&other.page, &plain);

    // Neither hub nor servers have anything of it in the clear, and nobody says any of it to another.
    for folder in ["hub", "one", "two"] {
        assert_eq!(search(&home.path().join(folder), &plain), None);
    }
    // A server's own activity names its users, to administrators; the hub does not know them.
    let of_user = ["alice@example.com", "Liddell"];
    assert_eq!(search(&home.path().join("hub"), &of_user), None);
    assert!(tap.has_heard("/vaults/") && tap.has_heard("\"signature\""), "servers and hub were listened to");
    for plain in plain.iter().chain(&of_user) {
        assert!(!tap.has_heard(plain), "{plain} went to the hub");
    }
    let files = std::fs::read_dir(home.path().join("hub")).unwrap().flatten();
    let octets: u64 = files.map(|file| file.metadata().unwrap().len()).sum();
    assert!(octets > 982 * 256, "the records are at the hub: {octets}");
}

#[test]
fn two_pages_that_change_one_record_lose_neither_and_a_vault_is_read_while_the_hub_is_away() {
    let home = tempfile::tempdir().unwrap();
    let (mut site, sp, _idp) = unled(home.path());

    let (one, other) =
        (arrives(home.path(), "one", "127.0.0.1", &sp.origin), arrives(home.path(), "other", "127.0.0.1", &sp.origin));
    assert_eq!(count(&one.page), "0", "nobody is led where the role says so");
    make_login(&one.page, "Shared", "of the first");
    // The other page looks when it is looked at.
    other.page.reload();
    counts(&other.page, "1");
    other.page.click("[data-testid=entry][data-title=Shared]");
    other.page.click("[data-testid=edit]");
    other.page.fill("[data-testid=record-password]", "of the other");
    one.page.click("[data-testid=entry][data-title=Shared]");
    one.page.click("[data-testid=edit]");
    one.page.fill("[data-testid=record-password]", "of the first, later");
    other.page.click("[data-testid=save]");
    other.page.wait("[data-testid=told][data-told=saved]");
    one.page.click("[data-testid=save]");
    one.page.wait("[data-testid=told][data-told=copied]");
    counts(&one.page, "2");

    // While the hub is away the vault is read, after a reload as well, and nothing is written.
    site.hub.kill();
    one.page.reload();
    one.page.wait("[data-testid=away]");
    counts(&one.page, "2");
    one.page.click("[data-testid=entry]");
    one.page.wait("[data-testid=edit][disabled]");
    // Whoever signs in now, on a device that was here before, reads too.
    other.page.click("[data-testid=sign-out]");
    // The way out leads through other pages: whoever goes elsewhere before is overtaken by it.
    other.page.wait("#how");
    other.page.go(&format!("{}/vault/", sp.origin));
    other.page.click("[data-testid=sign-in]");
    other.log_in("alice");
    other.page.wait("[data-testid=away]");
    counts(&other.page, "1");
    site.hub.start_again();
    one.page.script("document.dispatchEvent(new Event('visibilitychange'))");
    hub_is_back(&one.page);
    make_login(&one.page, "After", "the hub was back");

    // Where no server can be reached the page opens as well, and what is kept in this browser is read.
    site.service.kill();
    one.page.reload();
    one.page.wait("[data-testid=away]");
    counts(&one.page, "3");
}

#[test]
fn a_server_says_which_vault_page_it_serves_and_no_other_origin_gets_anything_of_it() {
    let home = tempfile::tempdir().unwrap();
    let (site, sp, _idp) = unled(home.path());
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui");
    let built = std::process::Command::new("node").arg("scripts/fingerprint.mjs").current_dir(ui).output().unwrap();
    let built = String::from_utf8(built.stdout).unwrap();
    assert_eq!(site.status("it says so", |status| status["vault_page"].is_string())["vault_page"], built.trim());

    // Signed in, in this browser; then a page of another origin tries to frame, to read and to post.
    let browser = arrives(home.path(), "one", "127.0.0.1", &sp.origin);
    make_login(&browser.page, "Bank", SECRET);
    let page = &browser.page;
    let session = page.script(
        "return new Promise((done) => { const open = indexedDB.open('sekisho-session'); open.onsuccess = () => { \
         const all = open.result.transaction('sessions').objectStore('sessions').getAll(); \
         all.onsuccess = () => done(all.result[0].user.vault_session); }; })",
    );
    let session = session.as_str().unwrap().to_owned();
    assert!(session.len() > 100, "the page is signed in: {session}");
    let elsewhere = elsewhere();
    page.go(&elsewhere);
    let framed = |address: &str| {
        page.script(&format!(
            "return new Promise((done) => {{ const frame = document.createElement('iframe'); \
             frame.onload = () => {{ try {{ done(frame.contentDocument.body.innerText); }} catch {{ done('closed'); }} }}; \
             frame.src = '{address}'; document.body.append(frame); }})"
        ))
    };
    let asked = |address: &str, how: &str| {
        page.script(&format!("return fetch('{address}', {how}).then((answer) => answer.text(), () => 'nothing')"))
    };
    assert_eq!((framed(&elsewhere), asked(&elsewhere, "{}")), ("evil".into(), "evil".into()), "of its own it may");
    let inside = |address: &str| page.inside(&format!("iframe[src='{address}']"), || page.script(BODY));
    assert_eq!(inside(&elsewhere), "evil", "a frame that may be looked into");
    let vault = format!("{}/vault/", sp.origin);
    assert_eq!(framed(&vault), "closed");
    let shown = inside(&vault);
    assert!(!shown.as_str().unwrap_or_default().contains("vault"), "the page is not shown in a frame: {shown}");
    for path in ["/vault/", "/vault/vault.js"] {
        assert_eq!(asked(&format!("{}{path}", sp.origin), "{}"), "nothing", "{path}");
    }
    // Even with what the page shows its server: another origin's word does not count, and its answer is not read.
    let body = serde_json::json!({"session": session, "after": 0, "used": true}).to_string();
    for kind in ["application/json", "text/plain"] {
        let how =
            format!("{{method: 'POST', headers: {{'content-type': '{kind}'}}, body: {}}}", serde_json::json!(body));
        assert_eq!(asked(&format!("{}/vault/records", sp.origin), &how), "nothing", "{kind}");
    }
    // The service does not leave that to browsers.
    let posted = |origin: &str| {
        let origin = format!("Origin: {origin}");
        let words = ["-sk", "-o", "/dev/null", "-w", "%{http_code}", "-H", &origin, "-H"];
        let mut curl = std::process::Command::new("curl");
        curl.args(words).args(["content-type: application/json", "--data", &body]);
        let answer = curl.arg(format!("{}/vault/records", sp.origin)).output().unwrap();
        String::from_utf8(answer.stdout).unwrap()
    };
    assert_eq!([posted(&sp.origin), posted(elsewhere.trim_end_matches('/'))], ["200", "401"]);
}

/// A page of another origin, with no policy of its own.
fn elsewhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let _ = client.read(&mut head);
            let _ = client.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\nevil",
            );
        }
    });
    address
}

#[test]
fn the_vault_is_used_by_keyboard_alone_and_fits_a_phone() {
    const ENTER: &str = "\u{E007}";
    let home = tempfile::tempdir().unwrap();
    let (_site, sp, _idp) = unled(home.path());
    let browser = Browser::start(&home.path().join("browser"));
    let page = &browser.page;
    let go = |css: &str| {
        page.tab_to(css);
        page.press(ENTER);
    };
    let fits = |place: &str| {
        let wide = page.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(wide, 0, "{place} is wider than the window");
    };
    page.resize(500, 900);
    page.go(&format!("{}/vault/", sp.origin));
    fits("sign in");
    go("[data-testid=sign-in]");
    browser.log_in("alice");
    page.wait("[data-testid=signed-in]");
    go("[data-testid=new-login]");
    page.tab_to("[data-testid=record-title]");
    page.press("Bank");
    fits("the form");
    page.tab_to("[data-testid=record-password]");
    page.press("secret");
    go("[data-testid=save]");
    counts(page, "1");
    go("[data-testid=entry]");
    page.wait("[data-testid=opened-title]:focus");
    fits("a record");
    go("[data-testid=show-password]");
    assert_eq!(page.text("[data-testid=value-password]"), "secret");
    go("[data-testid=delete]");
    page.wait("[data-testid=told][data-told=binned]");
    go("[data-testid=undo]");
    counts(page, "1");
    for place in ["import", "security", "records"] {
        go(&format!("[data-testid=place-{place}]"));
        page.wait(&format!("[data-testid=place-{place}][aria-current=page]"));
        fits(place);
    }
    go("[data-testid=sign-out]");
    wait_for("the user is signed out", || (!page.source().contains("place-records")).then_some(()));
}

#[test]
fn a_hub_that_was_set_back_is_told_and_what_it_has_lost_is_still_there_where_it_was_seen() {
    let home = tempfile::tempdir().unwrap();
    let (mut site, sp, _idp) = unled(home.path());
    let browser = arrives(home.path(), "browser", "127.0.0.1", &sp.origin);
    let page = &browser.page;
    make_login(page, "Before", "before");
    let (hub, backup) = (home.path().join("hub"), home.path().join("backup"));
    site.hub.kill();
    Hub::copy_store(&hub, &backup);
    site.hub.start_again();
    hub_is_back(page);
    make_login(page, "After", SECRET);
    page.reload();
    // Behind what the hub says of itself after the reload.
    make_login(page, "Last", "last");

    site.hub.kill();
    Hub::copy_store(&backup, &hub);
    site.hub.start_again();
    wait_for("the page sees that the hub has less than it had", || {
        page.script("document.dispatchEvent(new Event('visibilitychange'))");
        page.script("return document.querySelector('[data-testid=doubtful]') !== null").as_bool()?.then_some(())
    });
    counts(page, "3");
    page.reload();
    page.wait("[data-testid=doubtful]");
    counts(page, "3");
    assert_eq!(password_of(page, "After"), SECRET);
    // A device that has never seen it cannot know; what is saved anew comes to it.
    page.click("[data-testid=edit]");
    page.fill("[data-testid=record-username]", "alice again");
    page.click("[data-testid=save]");
    page.wait("[data-testid=told][data-told=saved]");
    let other = arrives(home.path(), "other", "127.0.0.1", &sp.origin);
    counts(&other.page, "2");
    assert_eq!(password_of(&other.page, "After"), SECRET);
}

#[test]
fn a_vault_closes_when_its_user_may_not_use_it_any_more() {
    let home = tempfile::tempdir().unwrap();
    let (site, sp, _idp) = unled(home.path());
    let founder = &site.founder;
    let browser = arrives(home.path(), "one", "127.0.0.1", &sp.origin);
    let page = &browser.page;
    make_login(page, "Bank", SECRET);
    // Whoever comes anew signs in, and a reload after that changes nothing.
    page.go("about:blank");
    page.go(&format!("{}/vault/", sp.origin));
    page.wait("[data-testid=sign-in]");
    page.reload();
    page.wait("[data-testid=sign-in]");
    browser.begin();
    counts(page, "1");
    founder.run(&["users", "lock", "alice@example.com"]);
    wait_for("the vault is closed to a locked user", || {
        page.script("document.dispatchEvent(new Event('visibilitychange'))");
        page.script("return document.querySelector('[data-testid=sign-in]') !== null").as_bool()?.then_some(())
    });
    page.reload();
    page.wait("[data-testid=sign-in]");
    assert_eq!(kept(page), 0, "no key is left behind");
}
