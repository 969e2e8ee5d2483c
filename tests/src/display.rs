//! A virtual display of one's own.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::process::Process;

/// An X server without a screen.
pub struct Display {
    name: String,
    _server: Process,
}

impl Display {
    /// Starts one on a free display number.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one that keeps its picture in a folder, as the file `Xvfb_screen0` (an X window dump).
    pub fn with_memory(folder: &Path) -> Self {
        Self::start_with(&[OsStr::new("-fbdir"), folder.as_os_str()])
    }

    fn start_with(more: &[&OsStr]) -> Self {
        let mut server = Process::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1160x760x24", "-nolisten", "tcp"])
                .args(more)
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut number = String::new();
        let stdout = server.child().stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut number).expect("Xvfb tells its display number");
        Self { name: format!(":{}", number.trim()), _server: server }
    }

    /// What goes into `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }
}
