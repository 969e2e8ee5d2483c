//! `sekisho admin-stdio`: passes the service's stream on to whoever called from another machine. Who may manage the service is
//! asked here as ever: the account that `ssh` has let in must be on its list.

use sekisho_fault::Result;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::{Endpoint, endpoint, frame};

/// Copies in both directions until one of them ends. When the service cannot be reached, the other side is told why.
///
/// Codes: `UNREACHABLE`, `WRONG_PEER`, `NOT_ALLOWED`.
pub async fn relay(
    endpoint: &Endpoint,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) -> Result<()> {
    let stream = match endpoint::open(endpoint).await {
        Ok(stream) => stream,
        Err(fault) => {
            let _ = frame::write(&mut to, &fault).await;
            let _ = to.flush().await;
            return Err(fault);
        }
    };
    let (mut answers, mut requests) = tokio::io::split(stream);
    // Whichever ends first: the service has gone, or nobody asks any more.
    tokio::select! {
        _ = tokio::io::copy(&mut from, &mut requests) => {}
        _ = tokio::io::copy(&mut answers, &mut to) => {}
    }
    let _ = to.flush().await;
    Ok(())
}
