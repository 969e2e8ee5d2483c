//! A hub that lies: what it does to its rows is found out, and what was verified before goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::service::Service;
use sekisho_tests::site::{self, Site, Sp};
use sekisho_tests::wait::wait_for;
use serde_json::Value;

struct Lied {
    site: Site,
    sp: Sp,
    _idp: SimpleSaml,
    home: tempfile::TempDir,
}

impl Lied {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let site = Site::found(home.path());
        let sp = site.draft(&[]);
        let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
        site.save(&idp.metadata);
        Self { site, sp, _idp: idp, home }
    }

    fn sign_in(&self, name: &str) -> String {
        let browser = Browser::start(&self.home.path().join(name));
        browser.sign_in(&self.sp.origin, "alice");
        browser.key_check()
    }

    fn files(&self) -> Vec<PathBuf> {
        ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm"].iter().map(|name| self.site.hub.folder.join(name)).collect()
    }

    /// Changes the hub's rows while it is down, as whoever owns its machine can.
    fn change(&mut self, sql: &str) {
        self.site.hub.kill();
        let database = self.site.hub.folder.join("hub.sqlite");
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); \
            c.create_function('flip', 1, lambda b: b[:-1] + bytes([b[-1] ^ 1])); \
            c.executescript(sys.argv[2]); c.commit()";
        let done = Command::new("/usr/bin/python3").args(["-c", script]).arg(&database).arg(sql).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        self.site.hub.start_again();
    }

    /// The size of the report that the first server has left, as soon as there is one.
    fn report_size(&self) -> usize {
        let database = self.site.hub.folder.join("hub.sqlite");
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); \
            print(c.execute(\"SELECT MAX(length(body)) FROM entries WHERE kind = 'report'\").fetchone()[0])";
        wait_for("there is a report", || {
            let read = Command::new("/usr/bin/python3").args(["-c", script]).arg(&database).output().unwrap();
            String::from_utf8_lossy(&read.stdout).trim().parse().ok()
        })
    }

    fn warned(&self, code: &str) -> Value {
        self.site.status(&format!("{code} is told"), |status| {
            status["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == code)
        })
    }
}

fn copy(files: &[PathBuf], to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in files.iter().filter(|file| file.exists()) {
        fs::copy(file, to.join(file.file_name().unwrap())).unwrap();
    }
}

#[test]
fn a_hub_that_is_set_back_is_told_and_the_newer_configuration_goes_on() {
    let mut lied = Lied::new();
    let old = lied.home.path().join("old");
    lied.site.hub.kill();
    copy(&lied.files(), &old);
    lied.site.hub.start_again();
    lied.site.founder.run(&["draft", "set", "skew_seconds", "77"]);
    lied.site.founder.run(&["save", "--yes", "--reason", "newer"]);
    let key = lied.sign_in("before");

    lied.site.hub.kill();
    for file in lied.files() {
        let _ = fs::remove_file(&file);
        let saved = old.join(file.file_name().unwrap());
        if saved.exists() {
            fs::copy(saved, file).unwrap();
        }
    }
    lied.site.hub.start_again();
    let status = lied.warned("service.rolled_back");
    assert_eq!((&status["state"]["state"], &status["revision"]), (&"running".into(), &2.into()));
    assert_eq!(lied.sign_in("after"), key, "the user who is not at the hub any more still signs in");
    // Over a restart, too: nothing lower than what was seen is served.
    lied.site.service.kill();
    lied.site.service.start_again();
    let status = lied.site.status("it runs again", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 2);
    let refused = lied.site.founder.code(&["sync", "--full"]);
    assert_eq!(refused, "cli.sync_faults");
}

#[test]
fn a_hub_that_says_a_server_was_retired_is_not_believed() {
    let mut lied = Lied::new();
    let key = lied.sign_in("before");
    lied.change(
        "UPDATE entries SET body = CAST(json_set(CAST(body AS TEXT), '$.credential.role.role', 'retired', \
        '$.credential.role.until', 2) AS BLOB) WHERE kind = 'credential' AND CAST(body AS TEXT) LIKE '%\"server\"%';",
    );
    let status = lied.warned("service.not_retired");
    assert_eq!(status["state"]["state"], "running");
    assert_eq!(lied.sign_in("after"), key);
}

#[test]
fn a_user_record_that_the_hub_has_garbled_is_refused_and_the_user_still_signs_in() {
    let mut lied = Lied::new();
    let key = lied.sign_in("before");
    lied.change(
        "UPDATE entries SET body = X'00112233', rev = rev + 1, seq = seq + 100 WHERE kind = 'user'; \
        UPDATE heads SET seq = seq + 100;",
    );
    lied.warned("keys.format");
    assert_eq!(lied.sign_in("after"), key);
}

#[test]
fn a_withheld_user_is_missed_by_full_sync() {
    let mut lied = Lied::new();
    let key = lied.sign_in("before");
    lied.change("DELETE FROM entries WHERE kind = 'user';");
    let output = lied.site.founder.command(&["sync", "--full"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<&str> =
        report["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["keys.withheld"], "{report}");
    assert_eq!(lied.sign_in("after"), key, "what is here stays");
}

#[test]
fn a_server_that_never_saw_a_withheld_user_hears_of_it_from_the_others() {
    let mut lied = Lied::new();
    let before = lied.report_size();
    lied.sign_in("before");
    // The first server's report says how far its records go: it comes with the news that the user has made.
    wait_for("the report counts the new user", || (lied.report_size() > before).then_some(()));
    lied.change("DELETE FROM entries WHERE kind = 'user';");
    // Cut off at the end, the feed does not reach the place that the ticket names.
    let second = Service::start(&lied.home.path().join("cut"));
    let cut = lied.site.founder.at(&second.socket);
    cut.run(&["draft", "set", "private_ip", "127.0.0.3"]);
    assert_eq!(cut.code(&["enrol"]), "service.rolled_back");
    site::status(&cut, "nobody signs in there", |status| status["state"]["reason"]["code"] == "service.filling");
    // With something behind the gap it does, and the others' reports tell.
    lied.site.founder.run(&["draft", "set", "skew_seconds", "33"]);
    lied.site.founder.run(&["save", "--yes", "--reason", "behind the gap"]);
    site::status(&cut, "it serves by itself", |status| status["state"]["state"] == "running");
    let (_second, two) = lied.site.second();
    let output = two.command(&["sync", "--full"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<&str> =
        report["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["keys.withheld"], "{report}");
}

#[test]
fn a_cut_organisation_log_ends_the_administrators_sign_in() {
    let mut lied = Lied::new();
    lied.change("DELETE FROM entries WHERE kind = 'log' AND id > '00000000000000000002';");
    let refused = lied.site.founder.refused(&["connection", "reserve-domain", "example.org"]);
    let codes = ["keys.log_chain", "hub.stale", "hub.session", "hub.not_found", "admin.fork"];
    assert!(codes.contains(&refused["code"].as_str().unwrap()), "{refused}");
    // A new sign-in on the same computer sees that the log has become shorter.
    lied.site.founder.run(&["sign-out"]);
    let (passphrase, totp) = (lied.site.founder.file("passphrase"), lied.site.founder.file("totp"));
    let code = lied.site.founder.write("code", &sekisho_tests::totp::next(&totp));
    let sign_in = ["sign-in", "--passphrase-file", &passphrase, "--code-file", &code];
    assert_eq!(lied.site.founder.code(&sign_in), "admin.fork");
    // So does whoever recovers on it: no account is made in such an organisation, and the kit is not used up.
    let paper = std::fs::read_to_string(lied.site.founder.file("kit")).unwrap();
    let after = |start: &str| paper.lines().find_map(|line| line.strip_prefix(start)).unwrap().trim().to_owned();
    let lines: Vec<&str> = paper.lines().filter(|line| line.len() == 19).collect();
    let lines = lied.site.founder.write("lines", &lines.join("\n"));
    let (hub, fingerprint, secret) = (after("Hub "), after("Fingerprint "), lied.site.founder.file("rescuer-totp"));
    let mut recover = vec!["recover", "--hub", &hub, "--kit", &lines, "--fingerprint", &fingerprint];
    recover.extend(["--login", "rescuer", "--passphrase-file", &passphrase, "--totp-secret-file", &secret]);
    assert_eq!(lied.site.founder.code(&recover), "admin.fork");
}

#[test]
fn records_under_each_others_names_are_refused_and_both_users_still_sign_in() {
    let mut lied = Lied::new();
    let key = lied.sign_in("alice");
    let bob = Browser::start(&lied.home.path().join("bob"));
    bob.sign_in(&lied.sp.origin, "bob");
    let other = bob.key_check();
    lied.change(
        "CREATE TEMP TABLE swapped AS SELECT a.id, b.body FROM entries a JOIN entries b \
            ON a.kind = 'user' AND b.kind = 'user' AND a.id <> b.id; \
        UPDATE entries SET body = (SELECT body FROM swapped WHERE swapped.id = entries.id), rev = rev + 1, \
            seq = seq + 100 WHERE kind = 'user'; \
        UPDATE heads SET seq = seq + 200;",
    );
    lied.warned("service.wrong_row");
    assert_eq!(lied.sign_in("again"), key);
    let again = Browser::start(&lied.home.path().join("bob-again"));
    again.sign_in(&lied.sp.origin, "bob");
    assert_eq!(again.key_check(), other);
}

#[test]
fn an_old_revision_under_a_new_number_is_not_served() {
    let mut lied = Lied::new();
    lied.site.founder.run(&["draft", "set", "skew_seconds", "77"]);
    lied.site.founder.run(&["save", "--yes", "--reason", "newer"]);
    lied.change(
        "INSERT INTO entries (scope, kind, id, rev, seq, body) \
            SELECT scope, kind, '00000000000000000003', 1, 1000, body FROM entries \
            WHERE kind = 'revision' AND id = '00000000000000000001'; \
        UPDATE entries SET body = CAST('3' AS BLOB), rev = rev + 1, seq = 1001 WHERE kind = 'newest'; \
        UPDATE heads SET seq = 1001 WHERE scope LIKE 'c/%';",
    );
    let status = lied.warned("service.wrong_row");
    assert_eq!((&status["state"]["state"], &status["revision"]), (&"running".into(), &2.into()));
}

#[test]
fn a_forged_report_is_refused_by_code_and_what_the_server_said_before_stays() {
    let mut lied = Lied::new();
    let (mut second, two) = lied.site.second();
    let servers = |lied: &Lied| lied.site.founder.run(&["servers"]);
    let other = |servers: &Value| {
        servers["servers"].as_array().unwrap().iter().find(|server| server["own"] == false).unwrap().clone()
    };
    wait_for("the second is seen", || (other(&servers(&lied))["revision"] == 1).then_some(()));
    let name = other(&servers(&lied))["server"].as_str().unwrap().to_owned();
    // It reports no more by itself; whatever comes of it now is the hub's.
    second.kill();
    drop(two);
    let own = "(SELECT body FROM entries WHERE kind = 'report' AND id <> ";
    for (forged, code) in [
        ("flip(body)".to_owned(), "keys.signature"),
        (format!("{own}'{name}')"), "service.wrong_row"),
        ("X'00'".to_owned(), "keys.format"),
    ] {
        lied.change(&format!(
            "CREATE TABLE IF NOT EXISTS kept AS SELECT id, body FROM entries WHERE kind = 'report'; \
            UPDATE entries SET body = (SELECT body FROM kept WHERE kept.id = entries.id) WHERE id = '{name}'; \
            UPDATE entries SET body = {forged}, rev = rev + 1 WHERE kind = 'report' AND id = '{name}';"
        ));
        let seen = wait_for(&format!("{code} is told"), || {
            let seen = servers(&lied);
            let told =
                |fault: &Value| fault["code"] == "service.report_refused" && fault["args"]["cause"]["value"] == code;
            seen["faults"].as_array().unwrap().iter().any(told).then_some(seen)
        });
        let other = other(&seen);
        assert_eq!((&other["state"], &other["revision"]), (&"running".into(), &1.into()), "{other}");
    }
    lied.warned("service.report_refused");
    let output = lied.site.founder.command(&["sync", "--full"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["faults"][0]["code"], "service.report_refused", "{report}");
}
