//! The named pipe, from the client's side.

use std::io::{Error, ErrorKind};
use std::path::Path;

use sekisho_fault::{Fault, Result};
use sekisho_windows::{Account, pipe};
use tokio::net::windows::named_pipe::NamedPipeClient;

use super::Endpoint;
use crate::codes;

pub(super) const INSTALLED: &str = r"\\.\pipe\sekisho-admin";

/// Opens the pipe, and checks whose it is before a word is said (R27): any account may take a name that is free.
pub(crate) async fn open(endpoint: &Endpoint) -> Result<NamedPipeClient> {
    let path = endpoint.path();
    let named = |code| Fault::new(code).with("endpoint", path.display().to_string());
    if !local(path) {
        return Err(named(codes::UNREACHABLE));
    }
    let (stream, owner) = pipe::open(path).await.map_err(|error: Error| match error.kind() {
        ErrorKind::PermissionDenied => {
            Fault::new(codes::NOT_ALLOWED).with("user", std::env::var("USERNAME").unwrap_or_default())
        }
        _ => named(codes::UNREACHABLE),
    })?;
    let own = Account::own().map_err(|_| named(codes::UNREACHABLE))?;
    if !trusted(&owner, &own, endpoint.own) {
        return Err(Fault::new(codes::WRONG_PEER));
    }
    Ok(stream)
}

/// A pipe of this computer: other names lead to other computers, or to files.
fn local(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.starts_with(r"\\.\pipe\"))
}

/// Windows itself and administrators can be anybody. The service's account and this one are who they say.
fn trusted(owner: &Account, own: &Account, own_alone: bool) -> bool {
    *owner == *own
        || *owner == Account::system()
        || *owner == Account::administrators()
        || (!own_alone && *owner == Account::service())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_of_another_account_is_not_spoken_to() {
        let account = |number| format!("S-1-5-21-1-2-3-{number}").parse::<Account>().unwrap();
        assert!(trusted(&account(1001), &account(1001), true));
        assert!(!trusted(&account(1002), &account(1001), false));
    }

    #[test]
    fn what_is_for_this_account_is_not_said_to_the_service() {
        let own = "S-1-5-21-1-2-3-1001".parse::<Account>().unwrap();
        assert!(trusted(&Account::service(), &own, false));
        assert!(!trusted(&Account::service(), &own, true));
    }

    #[test]
    fn a_pipe_of_another_computer_is_not_opened() {
        assert!(local(Path::new(INSTALLED)));
        assert!(!local(Path::new(r"\\fileserver\pipe\sekisho-admin")));
        assert!(!local(Path::new(r"C:\sekisho-admin")));
    }
}
