//! What comes to its end is written to the administrators, by a real mail server inside the company that one of them has signed
//! (R26): once, in their language, and not when it is mended.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use sekisho_tests::clock;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::mail_server::{MailServer, PASSWORD, USER};
use sekisho_tests::namespace;
use sekisho_tests::service::{self_signed, self_signed_before};
use sekisho_tests::site::{Site, search, status};
use sekisho_tests::wait::wait_or_say;
use serde_json::Value;

const INSIDE: [u8; 4] = [10, 78, 0, 1];

fn subjects(server: &MailServer) -> Vec<String> {
    server.mails().iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect()
}

/// The newest of the mails that are no tests, as soon as there are so many.
fn told(server: &MailServer, site: &Site, count: usize) -> Value {
    let news = || {
        let is_test =
            |mail: &Value| [": a test", ": テスト"].iter().any(|end| mail["subject"].as_str().unwrap().ends_with(end));
        server.mails().into_iter().filter(|mail| !is_test(mail)).collect::<Vec<_>>()
    };
    let mails = wait_or_say(
        &format!("{count} mails have arrived"),
        || Some(news()).filter(|mails| mails.len() >= count),
        || format!("{:?} {} {}", subjects(server), site.founder.run(&["status"]), server.log()),
    );
    assert_eq!(mails.len(), count, "{:?}", subjects(server));
    mails.last().unwrap().clone()
}

/// Waits until the service has looked at its troubles since now, which it does some seconds after each change.
fn looked(condition: &str) {
    let begun = SystemTime::now();
    wait_or_say(condition, || begun.elapsed().ok().filter(|gone| *gone > Duration::from_secs(8)), String::new);
}

fn warns(status: &Value, code: &str) -> bool {
    status["warnings"].to_string().contains(code)
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story, from its first page to its last")]
fn an_end_is_written_to_the_administrators_once_at_each_stage_in_their_language_and_not_once_it_is_mended() {
    if !namespace::entered() {
        return;
    }
    namespace::address("10.78.0.1/32");
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    let mut server = MailServer::start(&home.path().join("mail"), IpAddr::from(INSIDE));
    let at = |port: u16| format!("{}:{port}", server.address);
    let (starttls, tls, plain) = (at(server.port), at(server.tls_port), at(server.plain_port));
    let [right, wrong] = [PASSWORD, "wrong"].map(|text| site.founder.write(&format!("password-{}", text.len()), text));

    // Nothing is set; and nobody reaches into the company, or to this machine, by a draft that no administrator has signed.
    assert_eq!(site.founder.code(&["mail", "test"]), "service.mail_none");
    assert_eq!(site.founder.code(&["mail", "invitation", "bob@example.com"]), "service.mail_not_applied");
    // An authority of this server's own settings is none for mails: who may set no more than those gets no password by it.
    site.founder.run(&["draft", "set", "authorities", &server.authority]);
    let authority = site.founder.write("mail-authority.pem", &server.authority);
    let set = |words: &[&str]| site.founder.run(&[&["draft", "mail", "set"], words].concat());
    set(&["--server", &starttls, "--user", USER, "--from", "sekisho@example.com", "--to", "admins@example.com"]);
    let checks = site.founder.run(&["draft", "show"])["checks"].to_string();
    assert!(checks.contains("mail_password"), "{checks}");
    let shown = set(&["--password-file", &right]);
    assert_eq!(shown["mail_password"], true);
    assert!(!shown.to_string().contains(PASSWORD));
    assert_eq!(site.founder.code(&["mail", "test"]), "service.mail_address");
    site.save(&idp.metadata);
    status(&site.founder, "it runs", |status| status["state"]["state"] == "running");

    // The test says what the mail server says, and nothing goes out in plain text.
    assert_eq!(site.founder.code(&["mail", "test"]), "service.mail_tls");
    let shown = set(&["--authorities-file", &authority]);
    assert_eq!(shown["mail_password"], false, "nobody else gets it");
    set(&["--password-file", &right]);
    let tested = site.founder.run(&["mail", "test"]);
    assert!(tested["answer"].as_str().unwrap().starts_with("250 OK id="), "{tested}");
    assert_eq!(tested["to"], serde_json::json!(["admins@example.com"]));
    let refused = |words: &[&str]| {
        set(words);
        let fault = site.founder.refused(&["mail", "test"]);
        (fault["code"].as_str().unwrap().to_owned(), fault["args"]["answer"]["value"].as_str().unwrap_or("").to_owned())
    };
    let said = |code: &str, answer: &str| (format!("service.{code}"), answer.to_owned());
    let denied = "535 Incorrect authentication data";
    assert_eq!(refused(&["--password-file", &wrong]), said("mail_sign_in", denied));
    assert_eq!(refused(&["--server", &plain, "--password-file", &right]), said("mail_no_tls", ""));
    assert_eq!(refused(&["--server", &starttls, "--to", "later@example.com"]).0, "service.mail_later");
    assert_eq!(refused(&["--to", "nobody@example.com"]), said("mail_refused", "550 unknown user"));
    assert_eq!(refused(&["--to", "a@example.com", "--user", ""]), said("mail_refused", "550 relay not permitted"));
    assert_eq!(refused(&["--server", "127.0.0.1"]).0, "service.mail_address");
    set(&["--server", &tls, "--security", "tls", "--user", USER, "--password-file", &right]);
    set(&["--to", "nobody@example.com", "--to", "boss@example.com"]);
    let some = site.founder.run(&["mail", "test"]);
    assert_eq!(
        (&some["to"], &some["refused"][0]["code"]),
        (&serde_json::json!(["boss@example.com"]), &"service.mail_refused".into())
    );
    site.founder.run(&["draft", "discard"]);
    set(&["--authorities-file", &authority, "--password-file", &right]);
    site.founder.run(&["save", "--yes", "--reason", "the mail server's authority"]);
    // What could not be written until now is tried again at once.
    site.founder.run(&["mail", "test"]);

    // A certificate that nobody has signed is worth a mail.
    let mail = told(&server, &site, 1);
    assert!(
        mail["subject"].as_str().unwrap().ends_with(": The certificate “localhost” is signed by itself."),
        "{mail}"
    );

    // The certificate comes near its end: one mail, which says what, when, and what to do.
    self_signed_before(home.path(), "near", "localhost", 80);
    let file = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    site.founder.run(&["draft", "certificate", &file("near.crt"), &file("near.key")]);
    site.founder.run(&["save", "--yes", "--reason", "near its end"]);
    let mail = told(&server, &site, 2);
    let subject = mail["subject"].as_str().unwrap();
    assert!(subject.starts_with("[Sekisho] ") && subject.contains(": SSL certificate ends in 9 days ("), "{subject}");
    assert_eq!((&mail["from"], &mail["to"]), (&"Sekisho <sekisho@example.com>".into(), &"admins@example.com".into()));
    let body = mail["body"].as_str().unwrap();
    assert!(body.contains("To do: Renew the certificate.") && body.contains("In the console: Certificates"), "{body}");

    // Not again after a restart; and in Japanese, once it comes nearer. The hour of the clock makes the service look again.
    set(&["--language", "ja"]);
    site.founder.run(&["save", "--yes", "--reason", "in Japanese"]);
    let clock = home.path().join("clock");
    clock::set(&clock, "+0d");
    site.service.stop();
    site.service.start_with_clock_of(&clock);
    status(&site.founder, "it runs again", |status| warns(status, "certs.ends_soon"));
    looked("the service has looked since the restart");
    told(&server, &site, 2);
    clock::set(&clock, "+3d");
    let mail = told(&server, &site, 3);
    assert!(mail["subject"].as_str().unwrap().contains("SSL証明書の有効期限まであと6日 ("), "{mail}");
    let body = mail["body"].as_str().unwrap();
    assert!(body.contains("対処: 証明書を更新してください。") && body.contains("コンソールの画面: 証明書"), "{body}");

    // The mail server goes: that is a warning, and nothing else. When it is back, what was missed is told.
    server.stop();
    clock::set(&clock, "+9d");
    let away = status(&site.founder, "it is said that mails do not arrive", |it| warns(it, "service.mail_connection"));
    assert_eq!(away["state"]["state"], "running");
    server.start_again();
    site.founder.run(&["mail", "test"]);
    let mail = told(&server, &site, 4);
    assert!(mail["subject"].as_str().unwrap().contains("有効期限"), "{mail}");
    status(&site.founder, "the warning goes", |status| !warns(status, "service.mail_"));

    // Once it is renewed, nobody hears of it any more.
    self_signed(home.path(), "renewed", "localhost");
    site.founder.run(&["draft", "certificate", &file("renewed.crt"), &file("renewed.key")]);
    site.founder.run(&["save", "--yes", "--reason", "renewed"]);
    status(&site.founder, "the end is far", |status| !warns(status, "certs.ends_soon"));
    clock::set(&clock, "+15d");
    looked("the service has looked since the renewal");
    told(&server, &site, 4);

    // A user is told the way to the vault, by what is applied and not by the draft, as often as it is asked for.
    set(&["--from", "draft@example.com", "--password-file", &right]);
    for (language, subject) in [("en", "Your password vault"), ("ja", "パスワードボルトのご案内")] {
        let before = server.mails().len();
        site.founder.run(&["mail", "invitation", "bob@example.com", "--language", language]);
        let mails = wait_or_say(
            "the invitation arrives",
            || Some(server.mails()).filter(|mails| mails.len() > before),
            || server.log(),
        );
        let mail = mails.last().unwrap();
        assert_eq!((&mail["subject"], &mail["to"]), (&subject.into(), &"bob@example.com".into()));
        assert_eq!(mail["from"], "Sekisho <sekisho@example.com>");
        let body = mail["body"].as_str().unwrap();
        assert!(body.contains(&format!("{}/vault/", sp.origin)) && body.contains(&site.hub.url), "{body}");
    }
    assert_eq!(site.founder.code(&["mail", "invitation", "nobody@example.com"]), "service.mail_refused");
    assert_eq!(site.founder.code(&["mail", "invitation", "nobody"]), "config.email");
    site.founder.run(&["draft", "discard"]);

    // The password is nowhere in plain text, and nothing shows it.
    let everything = ["status", "history"].map(|command| site.founder.run(&[command]).to_string()).concat();
    let redacted = site.founder.run(&["export", "--redacted"]).to_string();
    assert!(!everything.contains(PASSWORD) && !redacted.contains(PASSWORD));
    assert!(!redacted.contains("admins@example.com") && !redacted.contains(USER), "{redacted}");
    assert_eq!(search(&site.service.folder, &[PASSWORD]), None);
}
