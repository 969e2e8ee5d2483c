//! What goes wrong while nothing is done: a certificate comes near its end although nobody saves anything.

use std::sync::Arc;
use std::time::Duration;

use sekisho_fault::Result;

use super::House;
use crate::clock;

/// Between two glances at the clock. Clocks are set, and machines are suspended: no sleep says how late it is.
const GLANCE: Duration = Duration::from_secs(2);
/// What is served is looked at so often, in seconds.
const LOOK: i64 = 3_600;

impl House {
    /// Looks at what is served once in each hour of the clock. Never ends by itself.
    pub(super) async fn keep_looking(self: Arc<Self>) {
        let mut last = clock::now() / LOOK;
        loop {
            tokio::time::sleep(GLANCE).await;
            let hour = clock::now() / LOOK;
            if hour != last {
                last = hour;
                if let Err(fault) = self.look_again().await {
                    tracing::warn!(%fault, "what is served was not looked at");
                }
            }
        }
    }

    /// The warnings of what is served, as of now.
    async fn look_again(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        let (status, applied) = (self.board.read(), self.applied.read().await.clone());
        let serves = status.state.serves() && status.revision == Some(applied.revision);
        if !serves {
            return Ok(());
        }
        let keys = self.keys(&*self.connected.member()?, &applied.document).await?;
        let ready = self.build(&applied.document, &|name| keys.get(name).cloned())?;
        self.runtime.warn("configuration", ready.warnings);
        Ok(())
    }
}
