//! The real command line, as an administrator uses it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::process::built;

/// The command line of one administrator, with a home of their own.
pub struct Cli {
    home: PathBuf,
    socket: PathBuf,
    /// Whether the session ends with this value.
    owner: bool,
}

impl Cli {
    /// For the service at `socket`, with everything of the administrator's in `home`.
    pub fn new(home: &Path, socket: &Path) -> Self {
        fs::create_dir_all(home).unwrap();
        Self { home: home.to_owned(), socket: socket.to_owned(), owner: true }
    }

    /// The same administrator at another server.
    #[must_use]
    pub fn at(&self, socket: &Path) -> Self {
        Self { home: self.home.clone(), socket: socket.to_owned(), owner: false }
    }

    /// A command, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(built("sekisho"));
        command
            .args(arguments)
            .arg("--json")
            .env("SEKISHO_MEMORY", self.home.join("administrator.json"))
            .env("SEKISHO_AGENT", self.home.join("agent.sock"))
            .env("SEKISHO_ADMIN_SOCKET", &self.socket)
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command, whatever comes of it.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that has to succeed, and gives what it prints.
    pub fn run(&self, arguments: &[&str]) -> Value {
        let output = self.output(arguments);
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "sekisho {}: {stderr}{stdout}", arguments.join(" "));
        serde_json::from_str(&stdout).unwrap_or(Value::Null)
    }

    /// Runs a command that has to be refused, and gives the fault.
    pub fn refused(&self, arguments: &[&str]) -> Value {
        let output = self.output(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "sekisho {} was not refused", arguments.join(" "));
        serde_json::from_str(&stderr).unwrap_or_else(|error| panic!("{error}: {stderr}"))
    }

    /// The code of a refused command.
    pub fn code(&self, arguments: &[&str]) -> String {
        self.refused(arguments)["code"].as_str().unwrap().to_owned()
    }

    /// A file in the administrator's home.
    pub fn file(&self, name: &str) -> String {
        self.home.join(name).to_string_lossy().into_owned()
    }

    /// Writes a file into the administrator's home.
    pub fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.home.join(name), text).unwrap();
        self.file(name)
    }
}

impl Drop for Cli {
    fn drop(&mut self) {
        // The agent ends with the session.
        if self.owner {
            let _ = self.output(&["sign-out"]);
        }
    }
}
