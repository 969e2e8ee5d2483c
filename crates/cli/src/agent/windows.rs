//! The agent's pipe.

use std::io::Result;
use std::os::windows::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use sekisho_windows::{Account, pipe::Pipe};
use tokio::net::windows::named_pipe::NamedPipeServer;

/// Without a console, so that the console's end is not the agent's; in a group of its own, so that Ctrl-C is not either.
const DETACHED: u32 = 0x0000_0008 | 0x0000_0200;

/// Where the agent listens, if nothing else is named.
pub(super) fn place() -> Result<PathBuf> {
    Ok(PathBuf::from(format!(r"\\.\pipe\sekisho-agent-{}", Account::own()?)))
}

/// Lets the program outlast this one.
pub(super) fn outlasting(command: &mut Command) {
    command.creation_flags(DETACHED);
}

/// The open pipe. Its list is empty: this account alone may open it.
pub(super) struct Listener(Pipe);

impl Listener {
    /// Makes the pipe.
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        Pipe::new(path, Vec::new()).map(Self)
    }

    /// The next command of this account.
    pub(super) async fn accept(&mut self) -> Result<NamedPipeServer> {
        self.0.accept().await
    }
}
