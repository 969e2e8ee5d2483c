//! The real hub, with its files in a folder.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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

    /// Starts one in `folder` that keeps what it has in this PostgreSQL database.
    pub fn on(folder: &Path, database: &str) -> Self {
        let port = free_port();
        let mut hub = Self::node(folder, port, &format!("https://127.0.0.1:{port}"), database);
        hub.start_again();
        hub
    }

    /// A node, not started yet, of a hub that is reached at `url`.
    pub fn node(folder: &Path, port: u16, url: &str, database: &str) -> Self {
        fs::create_dir_all(folder).unwrap();
        let (url, folder, database) = (url.to_owned(), folder.to_owned(), Some(database.to_owned()));
        Self { url, folder, port, installed: false, database, process: None }
    }

    /// Where it listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
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
        if !self.url.ends_with(&format!(":{}", self.port)) {
            command.args(["--balancer", "127.0.0.1"]);
        }
        self.process = Some(Process::start(command.stderr(Stdio::from(log))));
        wait_for("the hub listens", || TcpStream::connect(("127.0.0.1", self.port)).ok());
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.as_ref().map_or(0, Process::id)
    }

    /// Kills it (SIGKILL).
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Puts the store of one hub's folder in the place of another's. Neither hub may run.
    pub fn copy_store(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for file in ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm"] {
            let _ = fs::remove_file(to.join(file));
            if from.join(file).exists() {
                fs::copy(from.join(file), to.join(file)).unwrap();
            }
        }
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
        self.run(&[&["setup-code", "--url", &self.url], more].concat())
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).env("LANG", "C.UTF-8").output().unwrap()
    }

    /// Runs a command of its program that has to succeed, and gives what it prints.
    pub fn run(&self, arguments: &[&str]) -> String {
        let done = self.output(arguments);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// Runs a command of its program that has to be refused, and gives the reason in English.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let done = self.output(arguments);
        assert!(!done.status.success(), "sekisho-hub {} was not refused", arguments.join(" "));
        String::from_utf8(done.stderr).unwrap()
    }
}
