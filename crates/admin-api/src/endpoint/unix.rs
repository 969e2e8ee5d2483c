//! The local socket, from the client's side.

use std::os::unix::fs::MetadataExt;

use sekisho_fault::{Fault, Result};
use tokio::net::UnixStream;

use super::Endpoint;
use crate::codes;

pub(super) const INSTALLED: &str = "/run/sekisho/admin.sock";

/// Opens the socket, and checks that whoever answers owns the folder that the socket is in (R27): only the service's
/// account (or root, unless the endpoint is one account's own) can have put it there.
pub(crate) async fn open(endpoint: &Endpoint) -> Result<UnixStream> {
    let path = endpoint.path();
    let named = |code| Fault::new(code).with("endpoint", path.display().to_string());
    let stream = UnixStream::connect(path).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            Fault::new(codes::NOT_ALLOWED).with("user", std::env::var("USER").unwrap_or_default())
        }
        _ => named(codes::UNREACHABLE),
    })?;
    let peer = stream.peer_cred().map_err(|_| named(codes::UNREACHABLE))?.uid();
    let owner = path.parent().and_then(|folder| folder.metadata().ok()).map(|folder| folder.uid());
    if owner == Some(peer) || (peer == 0 && !endpoint.own) {
        return Ok(stream);
    }
    Err(Fault::new(codes::WRONG_PEER))
}
