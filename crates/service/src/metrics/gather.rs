//! What there is to tell now. Nothing is asked over the network for it.

use sekisho_admin_api::metrics::Metrics;
use sekisho_admin_api::status::HubState;
use sekisho_fault::Result;

use super::{Facts, text};
use crate::clock;
use crate::lifecycle::House;

impl House {
    /// The metrics.
    ///
    /// Code: `DATABASE`.
    pub(crate) async fn metrics(&self) -> Result<Metrics> {
        let (status, now) = (self.board.read(), clock::now());
        let newest = self.connected.replica.newest_revision().await?;
        let newest = newest.and_then(|row| row.id.parse::<u64>().ok()).unwrap_or(0);
        let facts = Facts {
            version: status.version,
            state: status.state.name(),
            revision: status.revision.map(|applied| (applied, newest.saturating_sub(applied))),
            hub: match status.hub {
                HubState::Unknown => None,
                HubState::Reachable { .. } => Some(true),
                HubState::Unreachable { .. } => Some(false),
            },
            since_sync: self.synced().await?.map(|synced| now.saturating_sub(synced).max(0)),
            hub_clock: self.connected.link.clock(),
            users: status.users,
            left: self.runtime.ends().iter().map(|(what, end)| (what, end.saturating_sub(now))).collect(),
            sign_ins: self.activity.outcomes(),
            warnings: status.warnings.into_iter().map(|warning| warning.code).collect(),
        };
        Ok(Metrics { text: text(&facts) })
    }

    /// When the hub's news were last taken in: the status has it as of the last step that brought some.
    async fn synced(&self) -> Result<Option<i64>> {
        Ok(Some(self.connected.replica.place().await?.1).filter(|synced| *synced > 0))
    }
}
