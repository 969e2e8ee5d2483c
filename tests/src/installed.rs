//! The package as an administrator meets it: apt, systemctl, and what lies on the disk.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use crate::wait::wait_for;

/// Runs a command as root, as this user may.
pub fn try_sudo(words: &[&str]) -> Output {
    Command::new("sudo").args(words).output().expect("sudo is there")
}

/// Runs a command as root that has to succeed, and gives what it prints.
pub fn sudo(words: &[&str]) -> String {
    printed(&words.join(" "), &try_sudo(words))
}

/// What a command has printed, if it has succeeded.
fn printed(line: &str, output: &Output) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{line}: {}\n{stdout}{stderr}", output.status);
    stdout.trim().to_owned()
}

/// Runs apt-get, as this user with sudo.
pub fn apt(words: &[&str]) {
    sudo(&[&APT, words].concat());
}

/// Runs apt-get, as another user with sudo.
pub fn apt_by(account: &str, words: &[&str]) {
    sudo(&[&["-u", account, "sudo"], &APT[..], words].concat());
}

const APT: [&str; 5] = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"];

/// What systemd says of a unit.
pub fn property(unit: &str, name: &str) -> String {
    let output = Command::new("systemctl").args(["show", "--value", "--property", name, unit]).output().unwrap();
    printed("systemctl show", &output)
}

/// The process of a running unit.
pub fn process(unit: &str) -> u32 {
    assert_eq!(property(unit, "ActiveState"), "active", "{unit}\n{}", log(unit));
    property(unit, "MainPID").parse().unwrap()
}

/// What a unit has written.
pub fn log(unit: &str) -> String {
    sudo(&["journalctl", "--no-pager", "--output=cat", "--unit", unit])
}

/// A line of a running process's status in /proc.
pub fn proc_status(process: u32, name: &str) -> String {
    let text = sudo(&["cat", &format!("/proc/{process}/status")]);
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("{name} in {text}")).trim().to_owned()
}

/// Kills the process of a unit, and waits until systemd has started it again.
pub fn survive_a_kill(unit: &str) {
    let before = process(unit);
    sudo(&["kill", "-KILL", &before.to_string()]);
    wait_for("systemd has started it again", || {
        let now: u32 = property(unit, "MainPID").parse().ok()?;
        (property(unit, "ActiveState") == "active" && now != before).then_some(())
    });
}

/// Every file that a package could have left, but for logs, caches, and what apt, adduser, dpkg, sudo and systemd keep,
/// whatever package came and went.
pub fn files() -> BTreeSet<String> {
    let mut words = vec!["find", "/etc", "/opt", "/run", "/srv", "/usr", "/var", "-xdev", "("];
    for (at, ended) in KEPT.iter().enumerate() {
        words.extend(if at == 0 { &["-path"][..] } else { &["-o", "-path"] });
        words.push(ended);
    }
    words.extend([")", "-prune", "-o", "-print"]);
    // Processes come and go below /run while this looks.
    String::from_utf8_lossy(&try_sudo(&words).stdout).lines().map(str::to_owned).collect()
}

const KEPT: [&str; 13] = [
    "/run/adduser",
    "/run/lock",
    "/run/sudo",
    "/run/systemd",
    "/run/udev",
    "/var/cache",
    "/var/lib/apt",
    "/var/lib/dpkg",
    "/var/lib/PackageKit",
    "/var/lib/sudo",
    "/var/lib/systemd/linger",
    "/var/log",
    "/var/tmp",
];
