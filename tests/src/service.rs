//! The real service, with its files in a folder.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::dns;
use crate::process::{Process, built};
use crate::wait::wait_for;

/// Debian's libfaketime; the time that only ever goes forward, for pauses and patience, stays as it is.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// A started service.
pub struct Service {
    /// The admin API's socket.
    pub socket: PathBuf,
    /// Its folder.
    pub folder: PathBuf,
    process: Option<Process>,
}

impl Service {
    /// Starts one in `folder`, and waits for its admin API.
    pub fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let socket = folder.join("admin.sock");
        let mut service = Self { socket, folder: folder.to_owned(), process: None };
        let settings = folder.join("data/server.json");
        if !settings.exists() {
            fs::create_dir_all(folder.join("data")).unwrap();
            fs::write(settings, format!("{{\"resolver\": \"{}\"}}", dns::ours().address)).unwrap();
        }
        service.start_again();
        service
    }

    /// The one of the package, which systemd runs.
    pub fn installed() -> Self {
        let (socket, folder) = (PathBuf::from("/run/sekisho/admin.sock"), PathBuf::from("/var/lib/sekisho"));
        Self { socket, folder, process: None }
    }

    /// Starts it again with its old data.
    pub fn start_again(&mut self) {
        self.start_where(|_| {});
    }

    /// Starts it again on a machine whose clock is wrong by so many seconds.
    pub fn start_with_clock(&mut self, ahead: i64) {
        self.start_where(|command| {
            command
                .env("LD_PRELOAD", FAKETIME)
                .env("FAKETIME", format!("{ahead:+}"))
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        });
    }

    /// Starts it again on a machine whose clock goes as a file says, which can be written anew: `+5d`.
    pub fn start_with_clock_of(&mut self, file: &Path) {
        self.start_where(|command| {
            command
                .env("LD_PRELOAD", FAKETIME)
                .env("FAKETIME_TIMESTAMP_FILE", file)
                .env("FAKETIME_NO_CACHE", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        });
    }

    /// Starts it again with more arguments.
    pub fn start_with(&mut self, arguments: &[&str]) {
        self.start_where(|command| {
            command.args(arguments);
        });
    }

    /// Starts it again as systemd does, whose journal it then writes for.
    pub fn start_for_journal(&mut self) {
        self.start_where(|command| {
            command.env("JOURNAL_STREAM", "8:1");
        });
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("sekishod.log")).unwrap()
    }

    fn start_where(&mut self, changed: impl FnOnce(&mut Command)) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("sekishod.log")).unwrap();
        let mut command = Command::new(built("sekishod"));
        command.arg("--data").arg(self.folder.join("data")).arg("--admin-socket").arg(&self.socket);
        command.arg("--admin-accounts").arg(self.folder.join("admin-accounts"));
        changed(&mut command);
        self.process = Some(Process::start(command.stderr(Stdio::from(log))));
        wait_for("the admin API answers", || UnixStream::connect(&self.socket).ok());
    }

    /// Kills it (SIGKILL).
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.as_ref().map_or(0, Process::id)
    }

    /// Asks the service to end, as systemd does, and gives its exit code.
    pub fn end(mut self) -> Option<i32> {
        self.stop()
    }

    /// The same for a service that is to be started again.
    pub fn stop(&mut self) -> Option<i32> {
        let mut process = self.process.take().expect("it runs");
        assert!(Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap().success());
        process.child().wait().unwrap().code()
    }
}

/// Makes NAME.key and NAME.crt for a host.
pub fn self_signed(folder: &Path, name: &str, host: &str) {
    self_signed_before(folder, name, host, 0);
}

/// The same, made so many days ago, and for 90 days as all of them.
pub fn self_signed_before(folder: &Path, name: &str, host: &str, days: u32) {
    let made = Command::new("openssl")
        .env("LD_PRELOAD", FAKETIME)
        // And a little: the days that are left do not turn while a test looks.
        .env("FAKETIME", format!("-{}s", days * 86_400 + if days > 0 { 3600 } else { 0 }))
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", &format!("/CN={host}")])
        .args(["-addext", &format!("subjectAltName=DNS:{host}")])
        .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
