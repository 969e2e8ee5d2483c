//! A network, or file systems, of a test's own: addresses that this machine does not have can be given to it, and disks that
//! are full.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::thread;

/// Set in the process that runs inside.
const INSIDE: &str = "SEKISHO_NAMESPACE";

/// Whether this process has a network of its own already; if not, this test is run again in one, and its outcome is this one's.
///
/// Panics where the machine permits no namespace: such a test is not passed over in silence.
#[must_use]
pub fn entered() -> bool {
    entered_own("--net")
}

/// The same for file systems that are mounted for this test alone.
///
/// Panics as [`entered`] does.
#[must_use]
pub fn entered_own_disks() -> bool {
    entered_own("--mount")
}

fn entered_own(what: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let test = thread::current().name().expect("the runner names a test's thread").to_owned();
    let root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    // Everyone is root in a user namespace of their own.
    let own: &[&str] = if root { &[what] } else { &["--map-root-user", what] };
    let tried = Command::new("unshare").args(own).arg("true").output().unwrap();
    assert!(
        tried.status.success(),
        "this test needs a namespace of its own ({what}), and this machine permits none: {}",
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

/// Puts a disk of so many MiB in the place of a folder.
pub fn small_disk(folder: &Path, mebibytes: u32) {
    std::fs::create_dir_all(folder).unwrap();
    mount(folder, &["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"]);
}

/// Makes a folder one that can only be read from now on, until [`writable`]: what is open already is written on.
pub fn read_only(folder: &Path) {
    mount(folder, &["--bind", &folder.display().to_string()]);
    mount(folder, &["-o", "remount,bind,ro"]);
}

/// Takes [`read_only`] back. Not by an unmount, which is refused while any program is just reading there.
pub fn writable(folder: &Path) {
    mount(folder, &["-o", "remount,bind,rw"]);
}

fn mount(folder: &Path, words: &[&str]) {
    let done = Command::new("mount").args(words).arg(folder).output().unwrap();
    assert!(done.status.success(), "mount: {}", String::from_utf8_lossy(&done.stderr));
}
