//! A desktop that shows notices, on a message bus of its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::process::Process;

/// A desktop that shows programs' notices to a test.
pub struct Noticing {
    /// What `DBUS_SESSION_BUS_ADDRESS` is for programs that are to find it.
    pub bus: String,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    _desktop: Process,
    _bus: Process,
}

impl Noticing {
    /// Starts a bus with a desktop on it.
    pub fn start() -> Self {
        let mut daemon = Process::start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut bus = String::new();
        BufReader::new(daemon.child().stdout.take().unwrap()).read_line(&mut bus).unwrap();
        let bus = bus.trim().to_owned();
        let mut desktop = Process::start(
            Command::new("/usr/bin/python3")
                .args(["-c", include_str!("noticing.py")])
                .env("DBUS_SESSION_BUS_ADDRESS", &bus)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        );
        let child = desktop.child();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut started = Self { bus, to, from, _desktop: desktop, _bus: daemon };
        assert_eq!(started.answer(), "ready");
        started
    }

    /// All that was shown, the oldest first: `app`, `title`, `body`, `actions`.
    pub fn shown(&mut self) -> Vec<Value> {
        self.ask("shown").as_array().unwrap().clone()
    }

    /// Clicks on a notice.
    pub fn click(&mut self, place: usize) {
        self.ask(&format!("click {place}"));
    }

    fn ask(&mut self, line: &str) -> Value {
        writeln!(self.to, "{line}").unwrap();
        self.answer()
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}
