//! Administrators: invited, admitted, and recovered with the kit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, Site};
use sekisho_tests::totp;

const SECOND: &str = "nine-copper-kettles-beneath-a-winter-moon";

#[test]
fn a_second_administrator_is_invited_admitted_and_signs_in() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let invitation = site.founder.run(&["administrators", "invite", "suzuki"])["text"].as_str().unwrap().to_owned();
    assert_eq!(site.founder.code(&["administrators", "admit", "suzuki"]), "admin.not_accepted");

    let second = Cli::new(&home.path().join("second"), &site.service.socket);
    let (hub, passphrase) = (second.write("invitation", &invitation), second.write("passphrase", SECOND));
    let secret = second.file("totp");
    let mut accept = vec!["administrators", "accept", "--hub-file", &hub, "--login", "suzuki"];
    accept.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret]);
    second.run(&accept);
    let address = site.founder.run(&["whoami"])["last_hub"].as_str().unwrap().to_owned();
    // The code of the next half minute: each counts once, and the one of this half minute was used to accept.
    let code = second.write("code", &totp::next(&secret));
    let mut sign_in = vec!["sign-in", "--hub", &address, "--login", "suzuki", "--passphrase-file", &passphrase];
    sign_in.extend(["--code-file", &code]);
    assert_eq!(second.code(&sign_in), "hub.forbidden", "not admitted yet");

    site.founder.run(&["administrators", "admit", "suzuki"]);
    assert_eq!(second.code(&accept), "admin.invitation_closed", "an invitation is used once");
    let session = sekisho_tests::wait::wait_for("the second administrator signs in with a fresh code", || {
        let code = second.write("code", &totp::next(&secret));
        let mut sign_in = vec!["sign-in", "--hub", &address, "--login", "suzuki", "--passphrase-file", &passphrase];
        sign_in.extend(["--code-file", &code]);
        let output = second.command(&sign_in).output().unwrap();
        output.status.success().then(|| serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap())
    });
    assert_eq!(session["signed_in"]["organisation"], "Example Inc.");
    assert_eq!(session["signed_in"]["administrators"], serde_json::json!(["suzuki", "tanaka"]));
}

#[test]
fn an_invitation_that_was_accepted_by_the_wrong_one_is_withdrawn_and_its_name_is_free_again() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let accept = |name: &str| {
        let invitation = site.founder.run(&["administrators", "invite", "suzuki"])["text"].as_str().unwrap().to_owned();
        let second = Cli::new(&home.path().join(name), &site.service.socket);
        let (hub, passphrase) = (second.write("invitation", &invitation), second.write("passphrase", SECOND));
        let secret = second.file("totp");
        let mut accept = vec!["administrators", "accept", "--hub-file", &hub, "--login", "suzuki"];
        accept.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret]);
        let output = second.command(&accept).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(accept("wrong").0);
    let (accepted, said) = accept("right");
    assert!(!accepted && said.contains("hub.taken"), "somebody has the name: {said}");
    site.founder.run(&["administrators", "withdraw", "suzuki"]);
    site.founder.run(&["administrators", "withdraw", "suzuki"]);
    assert_eq!(site.founder.code(&["administrators", "withdraw", "suzuki"]), "cli.no_invitation");
    assert_eq!(site.founder.code(&["administrators", "admit", "suzuki"]), "admin.not_accepted");
    assert!(accept("again").0);
    site.founder.run(&["administrators", "admit", "suzuki"]);
    let administrators = site.founder.run(&["whoami"])["signed_in"]["administrators"].clone();
    assert_eq!(administrators, serde_json::json!(["suzuki", "tanaka"]));
}

#[test]
fn a_wrong_passphrase_or_code_is_refused_without_saying_which_and_costs_more_time_each() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::empty(home.path());
    site.found_organisation();
    let address = site.founder.run(&["whoami"])["last_hub"].as_str().unwrap().to_owned();
    let stranger = Cli::new(&home.path().join("stranger"), &site.service.socket);
    let wrong = stranger.write("wrong", "another-long-passphrase-that-is-wrong");
    let right = site.founder.file("passphrase");
    let attempt = |login: &str, passphrase: &str, code: &str| {
        let mut sign_in = vec!["sign-in", "--hub", &address, "--login", login, "--passphrase-file", passphrase];
        let code = stranger.write("code", code);
        sign_in.extend(["--code-file", &code]);
        stranger.code(&sign_in)
    };
    assert_eq!(attempt("nobody", &wrong, "123456"), "hub.sign_in");
    assert_eq!(attempt("tanaka", &wrong, "123456"), "hub.sign_in");
    assert_eq!(attempt("tanaka", &right, "000000"), "hub.sign_in");
    let codes: Vec<String> = (0..20).map(|_| attempt("tanaka", &wrong, "123456")).collect();
    assert!(codes.iter().any(|code| code == "hub.too_many_tries"), "{codes:?}");
    assert!(codes.iter().all(|code| code == "hub.too_many_tries" || code == "hub.sign_in"), "{codes:?}");
    // Nobody is locked out for good: other accounts are not concerned, and this one after the wait.
    assert_eq!(attempt("someone-else", &wrong, "123456"), "hub.sign_in");
}

#[test]
fn a_setup_code_counts_once() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::empty(home.path());
    site.found_organisation();
    let other = Cli::new(&home.path().join("other"), &site.service.socket);
    let (code, passphrase) = (site.founder.file("setup-code"), site.founder.file("passphrase"));
    let secret = other.file("totp");
    let mut found = vec!["found", "--hub-file", &code, "--name", "Another", "--login", "mallory"];
    found.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret]);
    assert_eq!(other.code(&found), "hub.setup_token");
    let text = std::fs::read_to_string(&code).unwrap();
    assert_eq!(other.code(&["sign-in", "--hub", &text]), "cli.secret_in_arguments");
    let weak = other.write("weak", "password1234");
    let mut found = vec!["found", "--hub-file", &code, "--name", "Another", "--login", "mallory"];
    found.extend(["--passphrase-file", &weak, "--totp-secret-file", &secret]);
    assert_eq!(other.code(&found), "admin.weak_passphrase");
}

#[test]
fn the_recovery_kit_makes_one_new_administrator_and_the_next_kit() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let kit = std::fs::read_to_string(site.founder.file("kit")).unwrap();
    let lines: Vec<&str> = kit.lines().filter(|line| line.len() == 19).collect();
    let hub = kit.lines().find_map(|line| line.strip_prefix("Hub ")).unwrap().trim().to_owned();

    let rescuer = Cli::new(&home.path().join("rescuer"), &site.service.socket);
    let (paper, passphrase) = (rescuer.write("kit", &lines.join("\n")), rescuer.write("passphrase", SECOND));
    let (secret, next) = (rescuer.file("totp"), rescuer.file("next-kit"));
    let fingerprint = kit.lines().find_map(|line| line.strip_prefix("Fingerprint ")).unwrap().trim().to_owned();
    let mut recover = vec!["recover", "--hub", &hub, "--kit", &paper, "--login", "rescuer"];
    recover.extend(["--fingerprint", &fingerprint]);
    recover.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret, "--kit-file", &next]);
    rescuer.run(&recover);
    let code = rescuer.write("code", &totp::next(&secret));
    let mut sign_in = vec!["sign-in", "--hub", &hub, "--login", "rescuer", "--passphrase-file", &passphrase];
    sign_in.extend(["--code-file", &code]);
    let session = rescuer.run(&sign_in);
    assert_eq!(session["signed_in"]["organisation"], "Example Inc.");
    assert_eq!(session["signed_in"]["connections"][0]["name"], "Tokyo office", "every name is readable again");

    // One kit is not written over another.
    recover[6] = "another";
    assert_eq!(rescuer.code(&recover), "cli.file");
    let other = rescuer.file("other-kit");
    recover[14] = &other;
    // A kit is used once.
    assert_eq!(rescuer.code(&recover), "admin.kit_spent");
    let mistyped = rescuer.write("mistyped", &lines.join("\n").replace(&lines[2][..4], "AAAA"));
    recover[4] = &mistyped;
    assert_eq!(rescuer.code(&recover), "keys.kit_line");
}

/// The second administrator, admitted and signed in.
fn admitted(site: &Site) -> Cli {
    let invitation = site.founder.run(&["administrators", "invite", "suzuki"])["text"].as_str().unwrap().to_owned();
    let second = Cli::new(&site.home.join("second"), &site.service.socket);
    let (hub, passphrase) = (second.write("invitation", &invitation), second.write("passphrase", SECOND));
    let secret = second.file("totp");
    let mut accept = vec!["administrators", "accept", "--hub-file", &hub, "--login", "suzuki"];
    accept.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret]);
    second.run(&accept);
    site.founder.run(&["administrators", "admit", "suzuki"]);
    let address = site.founder.run(&["whoami"])["last_hub"].as_str().unwrap().to_owned();
    let code = second.write("code", &totp::next(&secret));
    let mut sign_in = vec!["sign-in", "--hub", &address, "--login", "suzuki", "--passphrase-file", &passphrase];
    sign_in.extend(["--code-file", &code]);
    second.run(&sign_in);
    second
}

/// Recovers with a kit that was written to a file, as `name`; the code of the refusal, if it is refused.
fn recover(site: &Site, kit: &str, name: &str) -> Option<String> {
    let kit = std::fs::read_to_string(kit).unwrap();
    let lines: Vec<&str> = kit.lines().filter(|line| line.len() == 19).collect();
    let after = |start: &str| kit.lines().find_map(|line| line.strip_prefix(start)).unwrap().trim().to_owned();
    let (hub, fingerprint) = (after("Hub "), after("Fingerprint "));
    let rescuer = Cli::new(&site.home.join(name), &site.service.socket);
    let (paper, passphrase) = (rescuer.write("kit", &lines.join("\n")), rescuer.write("passphrase", SECOND));
    let (secret, next) = (rescuer.file("totp"), rescuer.file("next-kit"));
    let mut recover = vec!["recover", "--hub", &hub, "--kit", &paper, "--login", name, "--fingerprint", &fingerprint];
    recover.extend(["--passphrase-file", &passphrase, "--totp-secret-file", &secret, "--kit-file", &next]);
    let output = rescuer.command(&recover).output().unwrap();
    if output.status.success() {
        let code = rescuer.write("code", &totp::next(&secret));
        let mut sign_in = vec!["sign-in", "--hub", &hub, "--login", name, "--passphrase-file", &passphrase];
        sign_in.extend(["--code-file", &code]);
        let session = rescuer.run(&sign_in);
        assert_eq!(session["signed_in"]["organisation"], "Example Inc.");
        assert_eq!(session["signed_in"]["connections"][0]["name"], "Tokyo office", "every name is readable again");
        return None;
    }
    let fault: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    Some(fault["code"].as_str().unwrap().to_owned())
}

#[test]
fn a_removed_administrator_saves_nothing_more_and_what_they_saved_counts() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let second = admitted(&site);
    second.run(&["draft", "set", "skew_seconds", "90"]);
    second.run(&["save", "--yes", "--reason", "theirs"]);
    second.run(&["administrators", "invite", "accomplice"]);
    assert_eq!(site.founder.code(&["administrators", "remove", "nobody", "--yes"]), "admin.no_administrator");
    assert_eq!(site.founder.code(&["administrators", "remove", "tanaka", "--yes"]), "admin.removes_itself");
    assert_eq!(site.founder.code(&["administrators", "remove", "suzuki"]), "cli.nobody_there", "it is asked for");

    let (first_kit, kit) = (site.founder.file("kit"), site.founder.file("second-kit"));
    site.founder.run(&["administrators", "remove", "suzuki", "--yes", "--kit-file", &kit]);
    second.run(&["draft", "set", "skew_seconds", "10"]);
    assert_eq!(second.code(&["save", "--yes", "--reason", "once more"]), "hub.session");
    assert_eq!(second.code(&["users", "invite", "mallory@example.com"]), "hub.session");
    assert_eq!(site.founder.code(&["administrators", "admit", "accomplice"]), "admin.not_accepted");
    site.founder.run(&["draft", "discard"]);

    // What they saved is served, here after a restart and at a server that comes later; names can be read.
    site.service.kill();
    site.service.start_again();
    let status = site.status("theirs is served", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 2);
    let (_two, two) = site.second();
    let status = site::status(&two, "it runs", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 2);
    let session = site.founder.run(&["whoami"]);
    assert_eq!(session["signed_in"]["administrators"], serde_json::json!(["tanaka"]));
    assert_eq!(session["signed_in"]["connections"][0]["name"], "Tokyo office");
    assert_eq!(session["signed_in"]["organisation"], "Example Inc.");
    site.founder.run(&["draft", "set", "skew_seconds", "30"]);
    site.founder.run(&["save", "--yes", "--reason", "under the new keys"]);
    site::status(&two, "it is applied at both", |status| status["revision"] == 3);
    for cli in [&site.founder, &two] {
        assert_eq!(cli.run(&["sync", "--full"])["faults"], serde_json::json!([]));
        assert_eq!(cli.run(&["history"]).as_array().unwrap().len(), 3);
    }

    // Done again, it only finishes; the kit that they may have seen opens nothing, the next one recovers.
    assert_eq!(site.founder.run(&["administrators", "remove", "suzuki", "--yes"])["kit"], serde_json::Value::Null);
    assert_eq!(recover(&site, &first_kit, "with-the-first").as_deref(), Some("admin.kit_spent"));
    assert_eq!(recover(&site, &kit, "with-the-second"), None);
}

#[test]
fn a_new_kit_takes_the_place_of_the_one_before() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let (first, second) = (site.founder.file("kit"), site.founder.file("another-kit"));
    site.founder.run(&["new-kit", "--kit-file", &second]);
    assert_eq!(recover(&site, &first, "with-the-first").as_deref(), Some("admin.kit_spent"));
    assert_eq!(recover(&site, &second, "with-the-second"), None);
    // The sheet comes to scripts, too.
    let sheet = site.founder.run(&["new-kit"]);
    assert_eq!(sheet["lines"].as_array().unwrap().len(), 4);
}
