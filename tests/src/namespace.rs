//! A network of a test's own, where addresses that this machine does not have can be given to it.

use std::os::unix::fs::MetadataExt;
use std::process::Command;
use std::thread;

/// Set in the process that runs inside.
const INSIDE: &str = "SEKISHO_NAMESPACE";

/// Whether this process is inside already; if not, this test is run again inside, and its outcome is this one's.
///
/// Panics where the machine permits no network namespace: such a test is not passed over in silence.
#[must_use]
pub fn entered() -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let test = thread::current().name().expect("the runner names a test's thread").to_owned();
    let root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    // Everyone is root in a user namespace of their own.
    let own: &[&str] = if root { &["--net"] } else { &["--map-root-user", "--net"] };
    let tried = Command::new("unshare").args(own).arg("true").output().unwrap();
    assert!(
        tried.status.success(),
        "this test needs a network namespace, and this machine permits none: {}",
        String::from_utf8_lossy(&tried.stderr)
    );
    let mut again = Command::new("unshare");
    again.args(own).arg(std::env::current_exe().unwrap()).args(["--exact", &test, "--nocapture"]).env(INSIDE, "1");
    let outcome = again.status().unwrap();
    assert!(outcome.success(), "in the namespace: {outcome}");
    false
}

/// Gives this namespace an address, beside those of the loopback.
pub fn address(address: &str) {
    for words in [&["link", "set", "lo", "up"][..], &["address", "add", address, "dev", "lo"]] {
        let done = Command::new("ip").args(words).output().unwrap();
        assert!(done.status.success(), "ip {}: {}", words.join(" "), String::from_utf8_lossy(&done.stderr));
    }
}
