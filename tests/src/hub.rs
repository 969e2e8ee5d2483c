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
    /// The PostgreSQL database in which it is one of several nodes.
    database: Option<String>,
    process: Option<Process>,
}

impl Hub {
    /// Starts one in `folder`.
    pub fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let port = free_port();
        let url = format!("https://127.0.0.1:{port}");
        let mut hub = Self { url, folder: folder.to_owned(), port, installed: false, database: None, process: None };
        hub.start_again();
        hub
    }

    /// Starts a node of a hub that is reached at `url`.
    pub fn node(folder: &Path, port: u16, url: &str, database: &str) -> Self {
        fs::create_dir_all(folder).unwrap();
        let (url, folder, database) = (url.to_owned(), folder.to_owned(), Some(database.to_owned()));
        let mut node = Self { url, folder, port, installed: false, database, process: None };
        node.start_again();
        node
    }

    /// The hub that this node is one of.
    #[must_use]
    pub fn seen_from_outside(&self) -> Self {
        let (url, folder, database) = (self.url.clone(), self.folder.clone(), self.database.clone());
        Self { url, folder, port: self.port, installed: false, database, process: None }
    }

    /// The one of the package, at its usual port.
    pub fn installed() -> Self {
        let (url, folder) = ("https://127.0.0.1:8444".to_owned(), PathBuf::from("/var/lib/sekisho-hub"));
        Self { url, folder, port: 8444, installed: true, database: None, process: None }
    }

    fn command(&self) -> Command {
        if self.installed {
            let mut command = Command::new("sudo");
            command.args(["-u", "sekisho-hub", "sekisho-hub"]);
            return command;
        }
        let mut command = Command::new(built("sekisho-hub"));
        command.arg("--data").arg(&self.folder).args(["--name", "127.0.0.1"]);
        if let Some(database) = &self.database {
            command.env("HUB_DATABASE", database).args(["--postgres", "HUB_DATABASE"]);
        }
        command
    }

    /// Starts it again, at its old address and with its old data.
    pub fn start_again(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("hub.log")).unwrap();
        let mut command = self.command();
        command.args(["serve", "--listen", &listen]);
        if self.database.is_some() {
            command.args(["--balancer", "127.0.0.1"]);
        }
        self.process = Some(Process::start(command.stderr(Stdio::from(log))));
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
