//! The agent: a process of the administrator's that holds the session between commands, like ssh-agent. It answers its
//! own account alone, and ends by itself.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use sekisho_admin::Desk;
use sekisho_admin_api::message::Outcome;
use sekisho_admin_api::{Client, Endpoint, Hello, Reply, Request, frame};
use sekisho_fault::Result;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Mutex, Notify};
use tokio::time::timeout;

use crate::administrator::memory;
use crate::secrets::file_fault;

/// Without a command for this long, the agent forgets everything.
const IDLE: Duration = Duration::from_mins(30);

/// Where the agent listens.
fn socket() -> PathBuf {
    if let Some(named) = std::env::var_os("SEKISHO_AGENT") {
        return PathBuf::from(named);
    }
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(
        || memory().parent().map(Path::to_path_buf).unwrap_or_default(),
        |folder| PathBuf::from(folder).join("sekisho"),
    );
    folder.join("agent.sock")
}

/// The agent, if one answers.
pub(crate) async fn connect() -> Option<Client> {
    Client::connect(&Endpoint::at(socket())).await.ok()
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
    // A session of its own: it does not end with the terminal's Ctrl-C.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
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
        Err(_) => Client::connect(&Endpoint::at(socket())).await,
    }
}

/// The agent's own process.
///
/// Code: `FILE`.
pub(crate) async fn run() -> Result<()> {
    let path = socket();
    let failed = |error: std::io::Error| file_fault(&path, &error);
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    }
    if UnixStream::connect(&path).await.is_ok() {
        return Ok(());
    }
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path).map_err(failed)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let own = fs::metadata(&path).map_err(failed)?.uid();
    let desk = Arc::new(Mutex::new(Desk::new(&memory())));
    let ended = Arc::new(Notify::new());
    loop {
        let accepted = tokio::select! {
            accepted = timeout(IDLE, listener.accept()) => accepted,
            () = ended.notified() => break,
        };
        let Ok(Ok((stream, _))) = accepted else { break };
        // The mode keeps other accounts away; whoever gets past it is not served either.
        if stream.peer_cred().is_ok_and(|peer| peer.uid() == own) {
            tokio::spawn(serve(stream, desk.clone(), ended.clone()));
        }
    }
    let _ = fs::remove_file(&path);
    Ok(())
}

/// Serves one command.
async fn serve(stream: UnixStream, desk: Arc<Mutex<Desk>>, ended: Arc<Notify>) {
    let (mut reader, mut writer) = stream.into_split();
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
