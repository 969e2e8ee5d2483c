//! The admin API's server side.

use sekisho_admin_api::activity::{ListActivity, Page};
use sekisho_admin_api::message::Outcome;
use sekisho_admin_api::status::GetStatus;
use sekisho_admin_api::{Call, Hello, Reply, Request, codes, frame};
use sekisho_fault::{Fault, Result};
use serde_json::Value;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{broadcast, mpsc};

use crate::activity::ActivityLog;
use crate::status::Board;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::start;

/// What the calls work on.
#[derive(Clone)]
struct Rooms {
    board: Arc<Board>,
    activity: ActivityLog,
}

impl Rooms {
    async fn call(&self, request: &Request) -> Result<Value> {
        match request.method.as_str() {
            GetStatus::METHOD => answer::<GetStatus>(self.board.read()),
            ListActivity::METHOD => {
                let page: Page = params::<ListActivity>(request)?;
                answer::<ListActivity>(self.activity.list(page).await?)
            }
            other => Err(Fault::new(codes::UNKNOWN_METHOD).with("method", other.chars().take(80).collect::<String>())),
        }
    }
}

fn params<C: Call>(request: &Request) -> Result<C::Params> {
    serde_json::from_value(request.params.clone())
        .map_err(|error| Fault::new(codes::BAD_PARAMS).with("method", C::METHOD).with("detail", error.to_string()))
}

fn answer<C: Call>(reply: C::Reply) -> Result<Value> {
    serde_json::to_value(reply).map_err(|_| Fault::new(codes::GARBAGE))
}

/// Speaks with one client until it goes. A frame that is no message ends the connection: the two sides no longer
/// agree where frames begin.
async fn speak(stream: impl AsyncRead + AsyncWrite + Send + 'static, rooms: Rooms) -> Result<()> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let Some(theirs) = frame::read::<Hello>(&mut reader).await? else { return Ok(()) };
    if let Err(fault) = Hello::ours().agree(&theirs) {
        return frame::write(&mut writer, &fault).await;
    }
    frame::write(&mut writer, &Hello::ours()).await?;
    let (replies, mut outgoing) = mpsc::channel::<Reply>(64);
    let mut events = rooms.board.events();
    let writing = tokio::spawn(async move {
        loop {
            let written = tokio::select! {
                reply = outgoing.recv() => match reply {
                    Some(reply) => frame::write(&mut writer, &reply).await,
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
        let (rooms, replies) = (rooms.clone(), replies.clone());
        // One slow call must not hold up the others.
        tokio::spawn(async move {
            let outcome = match rooms.call(&request).await {
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
