//! The proof of the package: installed with apt, set up in the console's window and by file, upgraded, removed, purged.
//!
//! `sekisho-installed PACKAGE NEXT-PACKAGE`, as a user who may become root, on a machine that is thrown away afterwards:
//! `cargo xtask package --prove` starts it in a copy of this one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a proof that cannot go on has failed")]

#[cfg(target_os = "linux")]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, next] = &arguments[..] else { panic!("usage: sekisho-installed PACKAGE NEXT-PACKAGE") };
    proof::walk(first, next);
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The package is for Linux.");
}

#[cfg(target_os = "linux")]
mod proof {
    use std::fs;
    use std::net::TcpStream;
    use std::path::PathBuf;
    use std::process::Command;
    use std::time::Instant;

    use sekisho_tests::browser::Browser;
    use sekisho_tests::first_server::{ENGLISH, walk as set_up};
    use sekisho_tests::installed::{
        apt, apt_by, files, proc_status, process, property, sudo, survive_a_kill, try_sudo,
    };
    use sekisho_tests::site::Site;
    use sekisho_tests::unattended;
    use sekisho_tests::wait::wait_for;
    use sekisho_tests::window::Window;
    use serde_json::Value;

    const SERVICE: &str = "sekisho.service";
    const HUB: &str = "sekisho-hub.service";
    const ACCOUNTS: &str = "/etc/sekisho/admin-accounts";
    /// Below 1024: the service may open it, and is not root.
    const PORT: u16 = 444;

    /// All of it, with the seconds of each step.
    pub fn walk(first: &str, next: &str) {
        let start = Instant::now();
        let step = |name: &str| println!("{:5.0} s  {name}", start.elapsed().as_secs_f64());

        let before = files();
        apt(&["install", first]);
        freshly_installed();
        step("installed: the service runs shut in, whoever installed it may manage it, and the hub is disabled");

        let (site, origin) = (Site::installed(&folder("wizard"), PORT), format!("https://localhost:{PORT}"));
        let status = site.status("it answers", |_| true);
        assert_eq!(status["state"]["state"], "not_configured");
        assert_eq!(refused("sato"), "admin-api.not_allowed");
        start_hub();
        let window = Window::open(&site.home.join("console"), &site.service.socket);
        let walked = set_up(&window.page, &site, &ENGLISH, |_, _| {});
        let key = signed_in(&site, &origin, "first");
        window.page.click("[data-testid=nav-activity]");
        window.page.wait("[data-testid=entry][data-kind=provisioned]");
        let known = kept(&site);
        assert_eq!((&known["revision"], &known["users"]), (&1.into(), &1.into()));
        drop(window);
        step("set up in the installed console's window, to a user who signs in");

        survive_a_kill(SERVICE);
        assert_eq!(ping(&origin), "200", "ready means that it serves");
        step("killed, and started again by systemd");

        let (accounts, service, hub) = (fs::read(ACCOUNTS).unwrap(), process(SERVICE), process(HUB));
        apt_by("sato", &["install", next]);
        assert_eq!(ping(&origin), "200", "apt comes back when the new version serves");
        assert_ne!((process(SERVICE), process(HUB)), (service, hub), "both are the new ones");
        assert_eq!(fs::read(ACCOUNTS).unwrap(), accounts, "an upgrade lists nobody");
        assert_eq!(refused("sato"), "admin-api.not_allowed");
        assert_eq!(kept(&site), known);
        assert_eq!(signed_in(&site, &origin, "upgraded"), key, "the same key for the same user");
        step("upgraded: configuration, history, users and their keys are the same");

        apt(&["remove", "sekisho"]);
        assert!(TcpStream::connect(("127.0.0.1", PORT)).is_err(), "nothing listens any more");
        assert_eq!(property(SERVICE, "LoadState"), "not-found");
        assert!(!Command::new("pgrep").args(["-u", "sekisho,sekisho-hub"]).status().unwrap().success());
        sudo(&["test", "-s", "/var/lib/sekisho/server.key", "-a", "-s", "/var/lib/sekisho-hub/hub.sqlite"]);
        apt(&["install", next]);
        assert_eq!(ping(&origin), "200");
        process(HUB);
        assert_eq!(kept(&site), known);
        assert_eq!(signed_in(&site, &origin, "again"), key);
        step("removed and installed again: as if it had never been away");

        drop((site, walked));
        purged(&before);
        step("purged: nothing is left");

        apt(&["install", first]);
        freshly_installed();
        start_hub();
        let site = Site::installed(&folder("unattended"), PORT);
        site.found_organisation();
        let idp = unattended::idp(&site);
        let file = site.founder.write("initialize.toml", &unattended::file(&site, &idp));
        assert_eq!(site.founder.run(&["initialize", &file])["revision"], 1);
        // What proves the domain is known once the connection is.
        site.reserve("example.com");
        site.status("it runs", |status| status["state"]["state"] == "running");
        assert_ne!(signed_in(&site, &origin, "unattended"), key, "another organisation, another key");
        step("set up from a file by the installed command line, to a user who signs in");

        drop((site, idp));
        purged(&before);
        step("purged: nothing is left");
        println!("proved");
    }

    fn freshly_installed() {
        let service = process(SERVICE);
        assert_eq!(property(SERVICE, "Type"), "notify");
        assert_eq!(
            (property(SERVICE, "UnitFileState"), property(HUB, "UnitFileState")),
            ("enabled".into(), "disabled".into())
        );
        assert_eq!(property(HUB, "ActiveState"), "inactive");
        shut_in(service, "0000000000000400");
        let accounts = fs::read_to_string(ACCOUNTS).unwrap();
        let listed: Vec<&str> = accounts.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(listed, [own_number()], "whoever installed it, and nobody else");
        assert_eq!(sudo(&["stat", "-c", "%U %a", ACCOUNTS]), "root 644");
        assert_eq!(sudo(&["stat", "-c", "%U %a", "/var/lib/sekisho"]), "sekisho 700");
        assert_eq!(sudo(&["stat", "-c", "%U %a", "/run/sekisho"]), "sekisho 755");
        // debsums in small: every file is as it was packed.
        assert_eq!(sudo(&["dpkg", "--verify", "sekisho"]), "");
    }

    /// No capability but these, none to be had, and a filter on system calls.
    fn shut_in(process: u32, capabilities: &str) {
        assert_ne!(proc_status(process, "Uid").split_whitespace().next(), Some("0"));
        assert_eq!(
            (proc_status(process, "CapEff"), proc_status(process, "CapBnd")),
            (capabilities.into(), capabilities.into())
        );
        assert_eq!((proc_status(process, "NoNewPrivs"), proc_status(process, "Seccomp")), ("1".into(), "2".into()));
    }

    fn start_hub() {
        sudo(&["systemctl", "enable", "--now", HUB]);
        wait_for("the hub listens", || TcpStream::connect(("127.0.0.1", 8444)).ok());
        shut_in(process(HUB), "0000000000000000");
    }

    fn own_number() -> String {
        String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim().to_owned()
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::home_dir().expect("a user has a home").join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// The code with which the service refuses another account.
    fn refused(account: &str) -> String {
        let output = try_sudo(&["-u", account, "--set-home", "sekisho", "--json", "status"]);
        assert!(!output.status.success(), "{account} is refused");
        let fault: Value = serde_json::from_slice(&output.stderr).unwrap();
        fault["code"].as_str().unwrap().to_owned()
    }

    /// What the vault opens for alice: the check number of her key.
    fn signed_in(site: &Site, origin: &str, profile: &str) -> String {
        let browser = Browser::start(&site.home.join(profile));
        browser.sign_in(origin, "alice");
        browser.key_check()
    }

    /// What must be the same afterwards.
    fn kept(site: &Site) -> Value {
        let status = site.status("it runs", |status| status["state"]["state"] == "running");
        let history = site.founder.run(&["history"]);
        serde_json::json!({
            "revision": status["revision"], "users": status["users"], "domains": status["domains"],
            "membership": status["membership"], "login": status["login_url"], "history": history,
        })
    }

    /// The HTTP status of the balancer's question, asked once.
    fn ping(origin: &str) -> String {
        let url = format!("{origin}/ping");
        let words = ["--silent", "--insecure", "--output", "/dev/null", "--write-out", "%{http_code}", &url];
        String::from_utf8(Command::new("curl").args(words).output().unwrap().stdout).unwrap()
    }

    /// Purges, and compares what is on the disk with what was there before the first installation.
    fn purged(before: &std::collections::BTreeSet<String>) {
        apt(&["purge", "sekisho"]);
        let after = files();
        let left: Vec<&String> = after.difference(before).collect();
        assert!(left.is_empty(), "these are left: {left:#?}");
        let gone: Vec<&String> = before.difference(&after).filter(|path| !path.starts_with("/run/")).collect();
        assert!(gone.is_empty(), "these went with it: {gone:#?}");
        // The accounts stay, as Debian has it: their numbers must not become another's.
        sudo(&["getent", "passwd", "sekisho", "sekisho-hub"]);
    }
}
