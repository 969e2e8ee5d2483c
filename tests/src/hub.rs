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
    process: Option<Process>,
}

impl Hub {
    /// Starts one in `folder`.
    pub fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let port = free_port();
        let url = format!("https://127.0.0.1:{port}");
        let mut hub = Self { url, folder: folder.to_owned(), port, process: None };
        hub.start_again();
        hub
    }

    fn command(&self) -> Command {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("hub.log")).unwrap();
        let mut command = Command::new(built("sekisho-hub"));
        command.arg("--data").arg(&self.folder).args(["--name", "127.0.0.1"]).stderr(Stdio::from(log));
        command
    }

    /// Starts it again, at its old address and with its old data.
    pub fn start_again(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        self.process = Some(Process::start(self.command().args(["serve", "--listen", &listen])));
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
