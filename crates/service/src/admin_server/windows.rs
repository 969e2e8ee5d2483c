//! The named pipe. Windows asks its list of accounts before a client is let in.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sekisho_fault::Result;
use sekisho_windows::pipe::Pipe;
use sekisho_windows::{Account, private};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{CLIENTS, speak};
use crate::lifecycle::House;
use crate::secret::file_fault;

/// How soon a change of the list of accounts counts.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Makes the pipe, which must be the first of its name, and serves it.
///
/// Code: `FILE`.
pub fn start(name: &Path, accounts: &Path, house: Arc<House>) -> Result<JoinHandle<()>> {
    let pipe = Pipe::new(name, allowed(accounts)).map_err(|error| file_fault(name, &error))?;
    Ok(tokio::spawn(accept(pipe, accounts.to_owned(), house)))
}

async fn accept(mut pipe: Pipe, accounts: std::path::PathBuf, house: Arc<House>) {
    let room = Arc::new(Semaphore::new(CLIENTS));
    loop {
        let accepted = timeout(LOOK_AGAIN, pipe.accept()).await;
        if let Err(error) = pipe.let_in(allowed(&accounts)) {
            tracing::error!(%error, "the admin pipe keeps its old list of accounts");
        }
        let stream = match accepted {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::warn!(%error, "admin pipe");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            Err(_) => continue,
        };
        let Ok(place) = room.clone().try_acquire_owned() else { continue };
        let house = house.clone();
        tokio::spawn(async move {
            let _place = place;
            if let Err(fault) = speak(stream, house).await {
                tracing::warn!(%fault, "admin API");
            }
        });
    }
}

/// Windows itself, administrators, and those that are listed by their security identifiers. The service's own account
/// need not be listed.
fn allowed(accounts: &Path) -> Vec<Account> {
    let safe = private::is_private(accounts).unwrap_or(false);
    let text = if safe { fs::read_to_string(accounts).unwrap_or_default() } else { String::new() };
    let listed = text.lines().filter_map(|line| line.trim().parse().ok());
    [Account::system(), Account::administrators()].into_iter().chain(listed).collect()
}
