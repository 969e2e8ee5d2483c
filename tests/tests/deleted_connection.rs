//! A connection is deleted: its servers go on with those whom they know, and everything comes back with the undo.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

use sekisho_admin::Desk;
use sekisho_tests::browser::Browser;
use sekisho_tests::cli::Cli;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{self, PASSPHRASE, Site};
use sekisho_tests::totp;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const NAME: &str = "Tokyo office";

fn is(cli: &Cli, state: &str) -> Value {
    site::status(cli, state, |status| status["state"]["state"] == state)
}

/// What a balancer is told at an address: the status code, and what the configuration is doing.
fn ping(address: &str, port: u16) -> (String, Value) {
    let url = format!("https://{address}:{port}/ping");
    let said = Command::new("curl").args(["-sk", "-w", "\n%{http_code}", &url]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let (body, code) = said.rsplit_once('\n').unwrap();
    (code.to_owned(), serde_json::from_str::<Value>(body).unwrap()["configuration"].clone())
}

#[test]
fn servers_of_a_deleted_connection_sign_known_users_in_and_come_back_with_the_undo() {
    let home = tempfile::tempdir().unwrap();
    let mut site = Site::found(home.path());
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.path().join("idp"), &sp, "");
    site.save(&idp.metadata);
    let (mut second, two) = site.second();
    is(&two, "running");
    let at = |address: &str, user: &str, name: &str| {
        let browser = Browser::start_where(&home.path().join(name), address);
        browser.sign_in(&sp.origin, user);
        browser
    };
    let key = at("127.0.0.1", "alice", "first").key_check();
    site::status(&two, "the second knows the user", |status| status["users"] == 1);

    let delete = ["connection", "delete", "--name", NAME];
    assert_eq!(site.founder.code(&delete), "admin.export_needed");
    let file = site.founder.file("tokyo.export");
    let other = ["connection", "delete", "--export-to", &file, "--name", "Tokyo"];
    assert_eq!(site.founder.code(&other), "admin.other_name");
    let gone = site.founder.run(&delete);
    let (deleted, until) = (gone["deleted"].as_i64().unwrap(), gone["until"].as_i64().unwrap());
    assert_eq!(until - deleted, 30 * 24 * 60 * 60);
    for (cli, address) in [(&site.founder, "127.0.0.1"), (&two, "127.0.0.2")] {
        let status = is(cli, "detached");
        assert_eq!(status["state"]["reason"]["code"], "service.detached");
        assert_eq!(status["state"]["reason"]["args"]["until"]["value"], until);
        assert_eq!(ping(address, site.port), ("503".to_owned(), "Detached".into()));
    }

    // Known users sign in, nobody new does, and nothing is changed.
    assert_eq!(at("127.0.0.2", "alice", "second").key_check(), key);
    assert_eq!(site::refusal(&site.founder, &at("127.0.0.1", "bob", "new").page), "signin.detached");
    assert_eq!(site.founder.code(&["draft", "set", "skew_seconds", "30"]), "service.detached");
    assert_eq!(site.founder.code(&["save", "--yes"]), "service.detached");
    assert_eq!(site.founder.code(&["users", "invite", "bob@example.com"]), "admin.connection_deleted");
    assert_eq!(site.founder.code(&delete), "admin.connection_deleted");
    assert_eq!(site.founder.run(&["connection", "deleted"]), json!([gone]));

    // A restart without the hub changes nothing of that.
    site.hub.kill();
    second.kill();
    second.start_again();
    is(&two, "detached");
    assert_eq!(at("127.0.0.2", "alice", "third").key_check(), key);
    site.hub.start_again();

    site.founder.run(&["connection", "undelete"]);
    is(&site.founder, "running");
    is(&two, "running");
    assert_eq!(ping("127.0.0.2", site.port), ("200".to_owned(), "Running".into()));
    site.founder.run(&["draft", "set", "skew_seconds", "30"]);
    site.founder.run(&["save", "--yes", "--reason", "after the undo"]);
    site::status(&two, "the second has applied it", |status| status["revision"] == 2);
    at("127.0.0.2", "bob", "fourth").key_check();
    assert_eq!(site.founder.code(&["connection", "undelete", "--connection", "example"]), "admin.no_connection");
    assert_eq!(two.run(&["sync", "--full"])["faults"], json!([]));
}

/// The founder's desk in this process, signed in.
async fn desk(site: &Site) -> Desk {
    let mut desk = Desk::new(Path::new(&site.founder.file("administrator.json")));
    let code = totp::next(&site.founder.file("totp"));
    let wish = json!({"way": {"hub": ""}, "login": "tanaka", "passphrase": PASSPHRASE, "totp_code": code});
    desk.call("admin.sign_in", wish).await.unwrap();
    desk
}

#[test]
fn what_is_not_as_it_was_shown_or_exported_is_not_deleted() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let founder = &site.founder;
    Runtime::new().unwrap().block_on(async {
        let mut desk = desk(&site).await;
        let session = desk.call("admin.session", json!(null)).await.unwrap();
        let connection = session["signed_in"]["connections"][0]["id"].clone();
        let which = json!({"connection": connection});
        let to_file = json!({"connection": connection, "folder": home.path()});
        let shown = desk.call("admin.deletion", which.clone()).await.unwrap();
        let going = &shown["going"];
        assert_eq!((&shown["needs_export"], &going["name"]), (&true.into(), &NAME.into()));
        assert_eq!((&going["domains"], &going["users"]), (&json!(["example.com"]), &0.into()));
        assert_eq!(going["servers"].as_array().unwrap().len(), 1);
        let delete = |typed: &str, shown: &Value| json!({"connection": connection, "typed": typed, "shown": shown});
        let mut refused = async |wish| desk.call("admin.delete_connection", wish).await.unwrap_err().code;
        assert_eq!(refused(delete("tokyo office", going)).await.as_str(), "admin.other_name");
        assert_eq!(refused(delete(NAME, going)).await.as_str(), "admin.export_needed");
        let mut fewer = going.clone();
        fewer["servers"] = json!([]);
        assert_eq!(refused(delete(NAME, &fewer)).await.as_str(), "admin.not_as_shown");

        desk.call("admin.export_to_file", to_file.clone()).await.unwrap();
        assert_eq!(desk.call("admin.deletion", which.clone()).await.unwrap()["needs_export"], false);
        // Somebody else writes: the export is not of what would go.
        founder.run(&["users", "invite", "bob@example.com"]);
        let mut refused = async |wish| desk.call("admin.delete_connection", wish).await.unwrap_err().code;
        assert_eq!(refused(delete(NAME, going)).await.as_str(), "admin.export_needed");
        desk.call("admin.export_to_file", to_file.clone()).await.unwrap();
        // Somebody else reserves a domain: the list is not of what would go.
        founder.run(&["connection", "reserve-domain", "example.net"]);
        let mut refused = async |wish| desk.call("admin.delete_connection", wish).await.unwrap_err().code;
        assert_eq!(refused(delete(NAME, going)).await.as_str(), "admin.not_as_shown");
        let shown = desk.call("admin.deletion", which.clone()).await.unwrap();
        // An export of another session does not count.
        assert_eq!(founder.code(&["connection", "delete", "--name", NAME]), "admin.export_needed");
        desk.call("admin.delete_connection", delete(NAME, &shown["going"])).await.unwrap();
        let again = desk.call("admin.undelete_connection", json!({"connection": "no such"})).await;
        assert_eq!(again.unwrap_err().code.as_str(), "admin.no_connection");
        desk.call("admin.undelete_connection", which.clone()).await.unwrap();
        let twice = desk.call("admin.undelete_connection", which).await;
        assert_eq!(twice.unwrap_err().code.as_str(), "admin.not_deleted");
    });
    assert_eq!(founder.run(&["connection", "deleted"]), json!([]));
    founder.run(&["connection", "release-domain", "example.net"]);
}
