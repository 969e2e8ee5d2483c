//! The command line alone: unattended from a file, and asked in turn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::Stdio;

use sekisho_tests::service::self_signed;
use sekisho_tests::site::Site;
use sekisho_tests::unattended;

#[test]
fn a_server_is_set_up_unattended_from_a_file_and_the_same_file_again_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::empty(home.path());
    site.found_organisation();
    let idp = unattended::idp(&site);
    let text = unattended::file(&site, &idp);
    let file = site.founder.write("initialize.toml", &text);
    assert_eq!(site.founder.run(&["initialize", &file])["revision"], 1);
    let status = site.status("it runs", |status| status["state"]["state"] == "running");
    assert_eq!(status["domains"], serde_json::json!(["example.com"]));
    assert_eq!(site.founder.run(&["history"])[0]["change_number"], "CHG-7");
    assert_eq!(site.founder.code(&["initialize", &file]), "service.no_changes", "it can be repeated");
    let wrong = site.founder.write("wrong.toml", &text.replace("advertised_host", "advertized_host"));
    assert_eq!(site.founder.code(&["initialize", &wrong]), "config.no_such_field");
    let wrong = site.founder.write("wrong.toml", &text.replace("[save]", "[safe]"));
    assert_eq!(site.founder.code(&["initialize", &wrong]), "cli.initialize_file");
}

#[test]
fn every_setting_is_asked_in_turn_and_a_wrong_answer_is_asked_again() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let idp = unattended::idp(&site);
    self_signed(home.path(), "tls", "localhost");
    let file = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let answers = [
        "https://localhost".to_owned(),
        "localhost".to_owned(),
        site.port.to_string(),
        "127.0.0.1".to_owned(),
        String::new(),
        "none".to_owned(),
        "givenName".to_owned(),
        "sn".to_owned(),
        "mail".to_owned(),
        String::new(),
        String::new(),
        format!("{},{}", file("tls.crt"), file("tls.key")),
        file("nothing.xml"),
        idp.metadata.to_string_lossy().into_owned(),
        "asked in turn".to_owned(),
        "y".to_owned(),
    ];
    let mut config = site.founder.command(&["config"]);
    config.env("SEKISHO_ANSWERS", "stdin").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut config = config.spawn().unwrap();
    config.stdin.take().unwrap().write_all((answers.join("\n") + "\n").as_bytes()).unwrap();
    let output = config.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("https://localhost") && said.contains("nothing.xml"), "both were explained: {said}");
    site.status("it runs", |status| status["state"]["state"] == "running");
    assert_eq!(site.founder.run(&["history"])[0]["reason"], "asked in turn");
}
