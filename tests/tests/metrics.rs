//! What monitoring sees of a running service.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::Command;

use sekisho_tests::browser::Browser;
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::process::free_port;
use sekisho_tests::site::{Site, Sp};
use sekisho_tests::wait::{wait_for, wait_or_say};

/// A site whose first server runs.
fn running(home: &std::path::Path) -> (Site, Sp, SimpleSaml) {
    let site = Site::found(home);
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
    site.save(&idp.metadata);
    site.status("it runs", |status| status["state"]["state"] == "running");
    (site, sp, idp)
}

/// The values of metrics, by name and labels. Each line has to be one, or a comment of the format.
fn values(text: &str) -> BTreeMap<String, i64> {
    let lines = text.lines().filter(|line| !line.starts_with("# HELP ") && !line.starts_with("# TYPE "));
    let value = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap_or_else(|error| panic!("{error}: {line}")))
    };
    lines.map(value).collect()
}

fn get(url: &str) -> (String, String) {
    let done = Command::new("curl").args(["-s", "-w", "\n%{http_code} %{content_type}", url]).output().unwrap();
    let all = String::from_utf8(done.stdout).unwrap();
    let (body, about) = all.rsplit_once('\n').unwrap();
    (about.to_owned(), body.to_owned())
}

#[test]
fn prometheus_scrapes_what_the_command_line_prints_and_no_name_is_in_it() {
    let home = tempfile::tempdir().unwrap();
    let (mut site, sp, idp) = running(home.path());
    let port = free_port();
    site.service.kill();
    site.service.start_with(&["--metrics-listen", &format!("127.0.0.1:{port}")]);
    site.status("it runs again", |status| status["state"]["state"] == "running" && status["hub"]["hub"] == "reachable");
    let browser = Browser::start(&home.path().join("browser"));
    browser.sign_in(&sp.origin, "alice");
    browser.key_check();
    let forged = ["-sk", "-o", "/dev/null", "-d", "SAMLResponse=bm9uZQ==", &sp.acs];
    assert!(Command::new("curl").args(forged).status().unwrap().success());

    let url = format!("http://127.0.0.1:{port}/metrics");
    let is_told = |text: &str| {
        let all = ["outcome=\"refused\"", "clock_offset", "sekisho_known_users 1\n"];
        all.iter().all(|part| text.contains(part))
    };
    let text = wait_or_say(
        "the sign-ins and the user are counted, and the clocks compared",
        || Some(get(&url).1).filter(|text| is_told(text)),
        || get(&url).1,
    );
    assert_eq!(get(&url).0, "200 text/plain; version=0.0.4; charset=utf-8");
    let told = values(&text);
    let is = |name: &str| told.get(name).copied().unwrap_or_else(|| panic!("{name} in {text}"));
    assert_eq!(is("sekisho_state{state=\"running\"}"), 1);
    assert_eq!(is("sekisho_state{state=\"stopped\"}"), 0);
    assert_eq!((is("sekisho_revision"), is("sekisho_revisions_behind")), (1, 0));
    assert_eq!((is("sekisho_hub_reachable"), is("sekisho_known_users")), (1, 1));
    assert!((0..60).contains(&is("sekisho_since_sync_seconds")), "{text}");
    assert!((-10..=10).contains(&is("sekisho_hub_clock_offset_seconds")), "{text}");
    let days = is("sekisho_left_seconds{what=\"tls_certificate\"}") / 86_400;
    assert!((88..=90).contains(&days), "{text}");
    assert!(is("sekisho_left_seconds{what=\"saml_certificate\"}") > 0);
    assert_eq!(is("sekisho_sign_ins_total{outcome=\"accepted\"}"), 1);
    let refused = told.keys().filter(|name| name.contains("outcome=\"refused\"")).count();
    assert_eq!(refused, 1, "{text}");
    assert_eq!(is(&format!("sekisho_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))), 1);
    for hidden in ["alice", "example.com", "localhost", &idp.origin] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    // Nothing else is at the port, and whoever writes there is refused.
    assert_eq!(get(&format!("http://127.0.0.1:{port}/")).0, "404 ");
    let posted = Command::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-d", "", &url]).output();
    assert_eq!(posted.unwrap().stdout, b"405");

    // The command line says the same of the same things, as text for a collector's file.
    let printed = site.founder.command(&["metrics"]);
    let arguments: Vec<_> = printed.get_args().filter(|argument| *argument != "--json").collect();
    let environment = printed.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let done = Command::new(printed.get_program()).args(arguments).envs(environment).output().unwrap();
    let printed = values(std::str::from_utf8(&done.stdout).unwrap());
    assert_eq!(printed.keys().collect::<Vec<_>>(), told.keys().collect::<Vec<_>>());

    // The hub goes, and it shows.
    site.hub.kill();
    wait_for("the metrics say that the hub is away", || {
        (values(&get(&url).1)["sekisho_hub_reachable"] == 0).then_some(())
    });
    site.founder.run(&["stop"]);
    assert_eq!(values(&get(&url).1)["sekisho_state{state=\"stopped\"}"], 1);
    // Without the service there is nothing to collect.
    site.service.kill();
    let refused = site.founder.command(&["metrics"]).output().unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty());
}

#[test]
fn a_port_for_metrics_that_is_taken_keeps_no_user_out_and_others_are_told_only_if_it_was_said() {
    let home = tempfile::tempdir().unwrap();
    let (mut site, ..) = running(home.path());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    site.service.kill();
    site.service.start_with(&["--metrics-listen", &taken.local_addr().unwrap().to_string()]);
    let status = site.status("it runs, and warns", |status| {
        status["state"]["state"] == "running" && status["warnings"].to_string().contains("service.metrics_port")
    });
    assert_eq!(status["revision"], 1);
    let refused = Command::new(sekisho_tests::process::built("sekishod"))
        .args(["--metrics-listen", "0.0.0.0:9464", "--data"])
        .arg(home.path().join("never"))
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--metrics-to-others"));
}
