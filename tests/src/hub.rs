//! The real hub, with its files in a folder.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Process, built, free_port};
use crate::wait::wait_for;

/// A started hub.
pub struct Hub {
    /// Its address.
    pub url: String,
    /// Its folder.
    pub folder: PathBuf,
    port: u16,
    /// Systemd runs it, from the package.
    installed: bool,
    process: Option<Process>,
}

impl Hub {
    /// Starts one in `folder`.
    pub fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let port = free_port();
        let url = format!("https://127.0.0.1:{port}");
        let mut hub = Self { url, folder: folder.to_owned(), port, installed: false, process: None };
        hub.start_again();
        hub
    }

    /// The one of the package, at its usual port.
    pub fn installed() -> Self {
        let (url, folder) = ("https://127.0.0.1:8444".to_owned(), PathBuf::from("/var/lib/sekisho-hub"));
        Self { url, folder, port: 8444, installed: true, process: None }
    }

    fn command(&self) -> Command {
        if self.installed {
            let mut command = Command::new("sudo");
            command.args(["-u", "sekisho-hub", "sekisho-hub"]);
            return command;
        }
        let mut command = Command::new(built("sekisho-hub"));
        command.arg("--data").arg(&self.folder).args(["--name", "127.0.0.1"]);
        command
    }

    /// Starts it again, at its old address and with its old data.
    pub fn start_again(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("hub.log")).unwrap();
        let mut command = self.command();
        self.process = Some(Process::start(command.args(["serve", "--listen", &listen]).stderr(Stdio::from(log))));
        wait_for("the hub listens", || TcpStream::connect(("127.0.0.1", self.port)).ok());
    }

    /// Kills it (SIGKILL).
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// A set-up code.
    pub fn setup_code(&self) -> String {
        self.code(&[])
    }

    /// A set-up code for a hub whose certificate a trusted authority has signed.
    pub fn setup_code_without_pin(&self) -> String {
        self.code(&["--no-pin"])
    }

    fn code(&self, more: &[&str]) -> String {
        let made = self.command().args(["setup-code", "--url", &self.url]).args(more).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }
}
