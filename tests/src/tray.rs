//! A desktop's tray on a message bus of its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::process::Process;
use crate::wait::wait_for;

/// A tray that shows programs' icons to a test.
pub struct Tray {
    /// What `DBUS_SESSION_BUS_ADDRESS` is for programs that are to find it.
    pub bus: String,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    _watcher: Process,
    _bus: Process,
}

impl Tray {
    /// Starts a bus with a tray on it.
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
        let mut watcher = Process::start(
            Command::new("/usr/bin/python3")
                .args(["-c", include_str!("tray.py")])
                .env("DBUS_SESSION_BUS_ADDRESS", &bus)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped()),
        );
        let child = watcher.child();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut started = Self { bus, to, from, _watcher: watcher, _bus: daemon };
        assert_eq!(started.answer(), "ready");
        started
    }

    /// The texts of the icon's menu, as soon as they are as asked.
    pub fn menu(&mut self, condition: &str, is: impl Fn(&[String]) -> bool) -> Vec<String> {
        wait_for(condition, || {
            let menu: Vec<String> = serde_json::from_value(self.ask("menu")).ok()?;
            is(&menu).then_some(menu)
        })
    }

    /// Chooses what has this text.
    pub fn choose(&mut self, text: &str) {
        let answer = self.ask(&format!("choose {text}"));
        assert!(answer.is_array(), "{answer}");
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
