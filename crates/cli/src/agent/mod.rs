//! The agent: a process of the administrator's that holds the session between commands, like ssh-agent. It answers its
//! own account alone, and ends by itself.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use sekisho_admin::Desk;
use sekisho_admin_api::message::Outcome;
use sekisho_admin_api::{Client, Endpoint, Hello, Reply, Request, frame};
use sekisho_fault::Result;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Mutex, Notify};
use tokio::time::timeout;
#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

use crate::administrator::memory;
use crate::secrets::file_fault;

/// Without a command for this long, the agent forgets everything.
const IDLE: Duration = Duration::from_mins(30);

/// Where the agent listens.
fn place() -> Result<PathBuf> {
    match std::env::var_os("SEKISHO_AGENT") {
        Some(named) => Ok(PathBuf::from(named)),
        None => platform::place().map_err(|error| file_fault(Path::new("sekisho"), &error)),
    }
}

async fn reach() -> Result<Client> {
    Client::connect(&Endpoint::own(place()?)).await
}

/// The agent, if one answers.
pub(crate) async fn connect() -> Option<Client> {
    reach().await.ok()
}

/// Starts an agent of its own, and waits until it answers.
///
/// Codes: `FILE`, `UNREACHABLE` of the admin API.
pub(crate) async fn start() -> Result<Client> {
    if let Some(running) = connect().await {
        return Ok(running);
    }
    let path = std::env::current_exe().map_err(|error| file_fault(Path::new("sekisho"), &error))?;
    let mut command = std::process::Command::new(&path);
    command.arg("agent").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    platform::outlasting(&mut command);
    command.spawn().map_err(|error| file_fault(&path, &error))?;
    let started = timeout(Duration::from_secs(10), async {
        loop {
            if let Some(client) = connect().await {
                return client;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    match started.await {
        Ok(client) => Ok(client),
        Err(_) => reach().await,
    }
}

/// The agent's own process.
///
/// Code: `FILE`.
pub(crate) async fn run() -> Result<()> {
    let path = place()?;
    if connect().await.is_some() {
        return Ok(());
    }
    let mut listener = platform::Listener::open(path.clone()).map_err(|error| file_fault(&path, &error))?;
    let desk = Arc::new(Mutex::new(Desk::new(&memory())));
    let ended = Arc::new(Notify::new());
    loop {
        let accepted = tokio::select! {
            accepted = timeout(IDLE, listener.accept()) => accepted,
            () = ended.notified() => break,
        };
        let Ok(Ok(stream)) = accepted else { break };
        tokio::spawn(serve(stream, desk.clone(), ended.clone()));
    }
    Ok(())
}

/// Serves one command.
async fn serve(stream: impl AsyncRead + AsyncWrite, desk: Arc<Mutex<Desk>>, ended: Arc<Notify>) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let Ok(Some(theirs)) = frame::read::<Hello>(&mut reader).await else { return };
    if Hello::ours().agree(&theirs).is_err() || frame::write(&mut writer, &Hello::ours()).await.is_err() {
        return;
    }
    while let Ok(Ok(Some(request))) = timeout(IDLE, frame::read::<Request>(&mut reader)).await {
        let last = request.method == "admin.sign_out";
        let outcome = match desk.lock().await.call(&request.method, request.params).await {
            Ok(value) => Outcome::Result(value),
            Err(fault) => Outcome::Fault(fault),
        };
        let written = frame::answer(&mut writer, &Reply { id: request.id, outcome }).await;
        if last {
            ended.notify_one();
        }
        if written.is_err() {
            return;
        }
    }
}
