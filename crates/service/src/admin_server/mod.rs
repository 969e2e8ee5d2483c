//! The admin API's server side.

mod calls;

use std::sync::Arc;

use sekisho_admin_api::message::Outcome;
use sekisho_admin_api::{Hello, Reply, Request, frame};
use sekisho_fault::Result;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{broadcast, mpsc};

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

/// Speaks with one client until it goes. A frame that is no message ends the connection: the two sides no longer
/// agree where frames begin.
async fn speak(stream: impl AsyncRead + AsyncWrite + Send + 'static, house: Arc<House>) -> Result<()> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let Some(theirs) = frame::read::<Hello>(&mut reader).await? else { return Ok(()) };
    if let Err(fault) = Hello::ours().agree(&theirs) {
        return frame::write(&mut writer, &fault).await;
    }
    frame::write(&mut writer, &Hello::ours()).await?;
    let (replies, mut outgoing) = mpsc::channel::<Reply>(64);
    let mut events = house.board.events();
    let writing = tokio::spawn(async move {
        loop {
            let written = tokio::select! {
                reply = outgoing.recv() => match reply {
                    Some(reply) => frame::answer(&mut writer, &reply).await,
                    None => return,
                },
                event = events.recv() => match event {
                    Ok(event) => frame::write(&mut writer, &event).await,
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
    while let Some(request) = frame::read::<Request>(&mut reader).await? {
        let (house, replies) = (house.clone(), replies.clone());
        // One slow call must not hold up the others.
        tokio::spawn(async move {
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
