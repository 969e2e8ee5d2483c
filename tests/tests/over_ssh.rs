//! A server on another machine, managed over ssh (R27).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::process::Output;

use sekisho_tests::cli::Cli;
use sekisho_tests::service::Service;
use sekisho_tests::site::{self, Site};
use sekisho_tests::ssh::Sshd;
use sekisho_tests::window::Window;
use serde_json::Value;

/// Runs a command for the service behind `sshd`.
fn over(cli: &Cli, sshd: &Sshd, address: &str, arguments: &[&str]) -> Output {
    let mut all = vec!["--host", address];
    all.extend(arguments);
    let mut command = cli.command(&all);
    // The socket of this machine is not meant.
    command.env("PATH", &sshd.path).env("SEKISHO_ADMIN_SOCKET", "/nowhere").output().unwrap()
}

fn reply(output: &Output) -> Value {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}{stdout}");
    serde_json::from_str(&stdout).unwrap_or(Value::Null)
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    let fault: Value = serde_json::from_slice(&output.stderr).unwrap();
    fault["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_server_is_enrolled_changed_and_watched_over_ssh_and_a_host_that_is_not_known_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let site = Site::found(home.path());
    let mut two = Service::start(&home.path().join("two"));
    let sshd = Sshd::start(&home.path().join("ssh"), &two.socket);
    let far = |arguments: &[&str]| reply(&over(&site.founder, &sshd, &sshd.address, arguments));

    assert_eq!(far(&["status"])["state"]["state"], "not_configured");
    far(&["draft", "set", "private_ip", "127.0.0.2"]);
    far(&["enrol"]);
    let sp = site.draft(&[]);
    assert!(sp.entity_id.starts_with("https://localhost"));
    assert_eq!(far(&["servers"])["servers"].as_array().unwrap().len(), 2);
    far(&["pool", "drain"]);
    let status = site::status(&site.founder.at(&two.socket), "it is drained there", |status| {
        status["warnings"].to_string().contains("service.drained")
    });
    assert!(status["membership"].is_object());

    let try_it = |address: &str| refused(&over(&site.founder, &sshd, address, &["status"]));
    assert_eq!(try_it("ssh://-oProxyCommand=id"), "admin-api.ssh_host");
    assert_eq!(try_it("ssh://127.0.0.1:1"), "admin-api.ssh");
    two.kill();
    assert_eq!(try_it(&sshd.address), "admin-api.unreachable", "what is wrong is wrong there, and said so");
    two.start_again();
    sshd.knows("");
    assert_eq!(try_it(&sshd.address), "admin-api.ssh");
}

#[test]
fn the_window_turns_to_a_server_over_ssh_and_back() {
    let home = tempfile::tempdir().unwrap();
    let (here, there) = (Service::start(&home.path().join("here")), Site::found(&home.path().join("there")));
    let sshd = Sshd::start(&home.path().join("ssh"), &there.service.socket);
    let window = Window::open_where(&home.path().join("console"), &here.socket, &[("PATH", &sshd.path)]);
    let page = &window.page;
    page.wait("[data-testid=join-connection]");
    page.click("[data-testid=nav-settings]");
    page.fill("[data-testid=field-host]", "ssh://127.0.0.1:1");
    page.click("[data-testid=manage]");
    page.wait("[data-code='admin-api.ssh']");
    page.fill("[data-testid=field-host]", &sshd.address);
    page.click("[data-testid=manage]");
    page.wait(&format!("[data-testid=managed][data-host='{}']", sshd.address));
    page.click("[data-testid=nav-overview]");
    // That server is enrolled: it goes on with its set-up.
    page.wait("[data-testid=full-sync]");
    there.founder.run(&["pool", "drain"]);
    page.wait("[data-testid=undrain]");
    page.click("[data-testid=nav-settings]");
    page.click("[data-testid=manage-here]");
    page.click("[data-testid=nav-overview]");
    page.wait("[data-testid=join-connection]");
}
