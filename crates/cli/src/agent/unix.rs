//! The agent's socket.

use std::fs;
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::net::{UnixListener, UnixStream};

use crate::administrator::memory;

/// Where the agent listens, if nothing else is named.
#[allow(clippy::unnecessary_wraps, reason = "Windows may not tell")]
pub(super) fn place() -> Result<PathBuf> {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(
        || memory().parent().map(Path::to_path_buf).unwrap_or_default(),
        |folder| PathBuf::from(folder).join("sekisho"),
    );
    Ok(folder.join("agent.sock"))
}

/// Lets the program outlast this one: a group of its own does not end with the terminal's Ctrl-C.
pub(super) fn outlasting(command: &mut Command) {
    command.process_group(0);
}

/// The open socket; removed when this is dropped.
pub(super) struct Listener {
    socket: UnixListener,
    path: PathBuf,
    own: u32,
}

impl Listener {
    /// Opens the socket, in a folder for this account alone.
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        if std::os::unix::net::UnixStream::connect(&path).is_ok() {
            return Err(ErrorKind::AddrInUse.into());
        }
        // Left behind by one that was killed.
        let _ = fs::remove_file(&path);
        let socket = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let own = fs::metadata(&path)?.uid();
        Ok(Self { socket, path, own })
    }

    /// The next command of this account.
    pub(super) async fn accept(&mut self) -> Result<UnixStream> {
        loop {
            let (stream, _) = self.socket.accept().await?;
            // The mode keeps other accounts away; whoever gets past it is not served either.
            if stream.peer_cred().is_ok_and(|peer| peer.uid() == self.own) {
                return Ok(stream);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
