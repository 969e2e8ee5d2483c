//! The local socket.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sekisho_admin_api::{codes, frame};
use sekisho_fault::{Fault, Result};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::{CLIENTS, speak};
use crate::lifecycle::House;
use crate::secret::file_fault;

/// Opens the socket, in a folder that only this account can write to, and serves it.
///
/// Code: `FILE`.
pub fn start(path: &Path, accounts: &Path, house: Arc<House>) -> Result<JoinHandle<()>> {
    let failed = |error: std::io::Error| file_fault(path, &error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    // What a service that was killed left behind; one that still runs answers, and its socket stays.
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(failed(std::io::ErrorKind::AddrInUse.into()));
    }
    let _ = fs::remove_file(path);
    let listener = UnixListener::bind(path).map_err(failed)?;
    // The peer's account decides, below. While no other account is listed, the mode keeps others from even connecting.
    let mode = if listed(accounts).is_empty() { 0o600 } else { 0o666 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(failed)?;
    let own = fs::metadata(path).map_err(failed)?.uid();
    Ok(tokio::spawn(accept(listener, own, accounts.to_owned(), house, path.to_owned())))
}

/// Removes the socket when the server ends.
struct Socket(PathBuf);

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

async fn accept(listener: UnixListener, own: u32, accounts: PathBuf, house: Arc<House>, path: PathBuf) {
    let _socket = Socket(path);
    // Those who are listed never take the place of root and of this account.
    let [room, own_room] = [CLIENTS; 2].map(|places| Arc::new(Semaphore::new(places)));
    loop {
        let Ok((mut stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let is_own = stream.peer_cred().is_ok_and(|peer| peer.uid() == own || peer.uid() == 0);
        let room = if is_own { &own_room } else { &room };
        let Ok(place) = room.clone().try_acquire_owned() else { continue };
        let (house, accounts) = (house.clone(), accounts.clone());
        tokio::spawn(async move {
            let _place = place;
            if !allowed(&stream, own, &accounts) {
                let fault = Fault::new(codes::NOT_ALLOWED).with("user", user(&stream));
                let _ = frame::write(&mut stream, &fault).await;
                return;
            }
            if let Err(fault) = speak(stream, house).await {
                tracing::warn!(%fault, "admin API");
            }
        });
    }
}

/// This account, root, and those that are listed. The list is read each time: a change counts at once.
fn allowed(stream: &UnixStream, own: u32, accounts: &Path) -> bool {
    let Ok(peer) = stream.peer_cred() else { return false };
    peer.uid() == own || peer.uid() == 0 || listed(accounts).contains(&peer.uid())
}

/// The accounts of a file, if only its owner can write to it.
fn listed(accounts: &Path) -> Vec<u32> {
    let safe = fs::metadata(accounts).is_ok_and(|file| file.permissions().mode() & 0o022 == 0);
    let text = if safe { fs::read_to_string(accounts).unwrap_or_default() } else { String::new() };
    text.lines().filter_map(|line| line.trim().parse().ok()).collect()
}

fn user(stream: &UnixStream) -> String {
    stream.peer_cred().map_or_else(|_| "?".to_owned(), |peer| peer.uid().to_string())
}
