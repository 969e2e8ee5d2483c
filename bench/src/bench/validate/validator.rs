//! A process that validates on order: a line with a kind of message and a number, answered by a line.
//!
//! What it uses is measured from outside, in the same way for all. It waits for orders when it does not work.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::super::cores::Cores;
use super::super::process_tree;
use super::Validates;

/// After this long a process that has answered waits again, and the kernel has counted all its time.
const AT_REST: Duration = Duration::from_millis(3);

/// The process; it ends with this value.
pub struct Validator {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Validator {
    /// Starts it, on the core for what is measured, and waits until it is ready; or says why it is not.
    pub fn start(command: &mut Command) -> Result<Self, String> {
        let program = command.get_program().to_string_lossy().into_owned();
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().map_err(|error| format!("{program}: {error}"))?;
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut started = Self { process, orders, answers };
        if let Some(cores) = Cores::find() {
            cores.keep_servers(&[started.process.id()]);
        }
        match started.answer().as_str() {
            "ready" => Ok(started),
            reason => Err(reason.to_owned()),
        }
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(1..) => line.trim_end().to_owned(),
            _ => "it has ended".to_owned(),
        }
    }
}

impl Validates for Validator {
    fn validate(&mut self, what: &str, count: u32) -> Result<f64, String> {
        let pid = self.process.id();
        thread::sleep(AT_REST);
        let before = process_tree::ran_ms(pid);
        let orders = self.orders.as_mut().expect("it is there until the end");
        if writeln!(orders, "{what} {count}").is_err() {
            return Err("it has ended".to_owned());
        }
        match self.answer().as_str() {
            "accepted" => {}
            reason => return Err(reason.to_owned()),
        }
        thread::sleep(AT_REST);
        Ok((process_tree::ran_ms(pid) - before) * 1000.0 / f64::from(count))
    }

    fn mib(&self) -> f64 {
        process_tree::rss_mib(self.process.id())
    }
}

impl Drop for Validator {
    fn drop(&mut self) {
        // Without orders it ends.
        self.orders = None;
        let _ = self.process.wait();
    }
}
