//! The admin API's server side.

mod calls;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sekisho_admin_api::message::Outcome;
use sekisho_admin_api::{Hello, Reply, Request, codes, frame};
use sekisho_fault::{Fault, Result};
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, broadcast, mpsc};
use tokio::time::timeout;

use crate::lifecycle::House;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::start;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::start;

/// Clients at once.
const CLIENTS: usize = 64;
/// Calls of one client at once: who does not read the answers is not asked for more.
const CALLS: usize = 64;
/// How long a client may take for its greeting, and to read what is written to it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Writes to a client, which has to read. The connection of one that does not ends.
async fn write<T: Serialize>(writer: &mut (impl AsyncWrite + Unpin), message: &T) -> Result<()> {
    in_time(frame::write(writer, message)).await
}

async fn in_time<T>(doing: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(PATIENCE, doing).await.unwrap_or_else(|_| Err(Fault::new(codes::CLOSED)))
}

/// Speaks with one client until it goes. A frame that is no message ends the connection: the two sides no longer
/// agree where frames begin.
async fn speak(stream: impl AsyncRead + AsyncWrite + Send + 'static, house: Arc<House>) -> Result<()> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let Some(theirs) = in_time(frame::read::<Hello>(&mut reader)).await? else { return Ok(()) };
    if let Err(fault) = Hello::ours().agree(&theirs) {
        return write(&mut writer, &fault).await;
    }
    write(&mut writer, &Hello::ours()).await?;
    let (replies, mut outgoing) = mpsc::channel::<Reply>(64);
    let mut events = house.board.events();
    let writing = tokio::spawn(async move {
        loop {
            let written = tokio::select! {
                reply = outgoing.recv() => match reply {
                    Some(reply) => in_time(frame::answer(&mut writer, &reply)).await,
                    None => return,
                },
                event = events.recv() => match event {
                    Ok(event) => write(&mut writer, &event).await,
                    // A slow reader misses events; it reads the state again at the next.
                    Err(broadcast::error::RecvError::Lagged(_)) => Ok(()),
                    Err(broadcast::error::RecvError::Closed) => return,
                },
            };
            if written.is_err() {
                return;
            }
        }
    });
    let room = Arc::new(Semaphore::new(CALLS));
    while let Some(request) = frame::read::<Request>(&mut reader).await? {
        let (house, replies) = (house.clone(), replies.clone());
        // Nobody reads the answers any more: nothing is left to do here.
        let taken = tokio::select! {
            taken = room.clone().acquire_owned() => taken,
            () = replies.closed() => break,
        };
        // One slow call must not hold up the others.
        tokio::spawn(async move {
            let _taken = taken;
            let outcome = match calls::call(&house, &request).await {
                Ok(value) => Outcome::Result(value),
                Err(fault) => Outcome::Fault(fault),
            };
            let _ = replies.send(Reply { id: request.id, outcome }).await;
        });
    }
    drop(replies);
    let _ = writing.await;
    Ok(())
}
