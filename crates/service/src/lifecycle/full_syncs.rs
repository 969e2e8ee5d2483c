//! Full Syncs: this server's, and those that an administrator asks all servers for.

use std::time::{Duration, Instant};

use sekisho_admin_api::servers::ServerSync;
use sekisho_admin_api::sync::SyncReport;
use sekisho_fault::Result;

use super::{House, LONGEST_PAUSE};
use crate::clock;

/// Wishes are granted at most so often, whatever comes.
const PAUSE: Duration = Duration::from_mins(1);
/// A wish counts for so many seconds: a server that comes back later has read everything since.
const LIFETIME: i64 = 7 * 24 * 3600;

impl House {
    /// Reads and verifies everything again. What it brings is served, as if the feed had brought it.
    ///
    /// Codes: those of the sync.
    pub(crate) async fn full_sync(&self) -> Result<SyncReport> {
        let report = self.connected.full_sync().await?;
        if report.faults.is_empty() {
            let _ = self.apply_newest().await;
        }
        self.tell_membership().await;
        Ok(report)
    }

    /// Grants what administrators wish: a Full Sync of all servers, each wish once.
    pub(super) async fn grant_wishes(&self) {
        let mut granted: Option<Instant> = None;
        loop {
            match self.open_wish().await {
                Ok(Some(request)) => {
                    let rest = granted.map_or(Duration::ZERO, |when| PAUSE.saturating_sub(when.elapsed()));
                    tokio::time::sleep(rest).await;
                    // The hub is away, or the disk is full: it is tried again, as long as the wish counts.
                    if let Err(fault) = self.grant(request).await {
                        tracing::warn!(%fault, "the Full Sync that was asked for");
                        tokio::time::sleep(LONGEST_PAUSE).await;
                    } else {
                        granted = Some(Instant::now());
                    }
                }
                Ok(None) => self.connected.news.notified().await,
                Err(fault) => {
                    tracing::warn!(%fault, "the wish for a Full Sync");
                    self.connected.news.notified().await;
                }
            }
        }
    }

    /// The newest wish, if it counts and has not been granted.
    async fn open_wish(&self) -> Result<Option<u64>> {
        let Some(request) = self.connected.wish().await? else { return Ok(None) };
        let before = self.connected.replica.granted().await?;
        Ok(is_open(request, before.as_ref(), clock::now()).then_some(request))
    }

    async fn grant(&self, request: u64) -> Result<()> {
        let replica = &self.connected.replica;
        let mut sync = ServerSync {
            request,
            ended: None,
            log_entries: 0,
            revision: None,
            users: 0,
            checkpoints: 0,
            faults: Vec::new(),
        };
        replica.grant(&sync).await?;
        // Told at once that it has begun, and at once that it has ended.
        self.tell_membership().await;
        match self.connected.full_sync().await {
            Ok(report) => {
                (sync.log_entries, sync.revision, sync.users) = (report.log_entries, report.revision, report.users);
                sync.checkpoints = report.checkpoints.len() as u64;
                sync.faults = report.faults.iter().map(|fault| fault.code.as_str().to_owned()).collect();
            }
            Err(fault) if fault.code.area() == "hub" => return Err(fault),
            Err(fault) => sync.faults.push(fault.code.as_str().to_owned()),
        }
        // A report has room for so many; each kind is there.
        sync.faults.sort();
        sync.faults.dedup();
        sync.ended = Some(clock::now());
        replica.grant(&sync).await?;
        if sync.faults.is_empty() {
            let _ = self.apply_newest().await;
        }
        self.tell_membership().await;
        Ok(())
    }
}

/// Whether a wish counts at `now` (seconds since 1970), and was not granted to its end before.
fn is_open(request: u64, before: Option<&ServerSync>, now: i64) -> bool {
    let made = i64::try_from(request).unwrap_or(i64::MAX);
    let granted = before.is_some_and(|before| before.request >= request && before.ended.is_some());
    !granted && now.saturating_sub(made) < LIFETIME
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(request: u64, ended: Option<i64>) -> ServerSync {
        let (log_entries, users, checkpoints) = (0, 0, 0);
        ServerSync { request, ended, log_entries, revision: None, users, checkpoints, faults: Vec::new() }
    }

    #[test]
    fn a_wish_is_granted_once_and_again_only_when_it_was_cut_off() {
        assert!(is_open(100, None, 101));
        assert!(is_open(100, Some(&granted(99, Some(99))), 101));
        assert!(!is_open(100, Some(&granted(100, Some(101))), 101));
        assert!(!is_open(99, Some(&granted(100, Some(101))), 101));
        assert!(is_open(100, Some(&granted(100, None)), 101));
    }

    #[test]
    fn a_wish_of_last_week_is_over() {
        assert!(is_open(100, None, 100 + LIFETIME - 1));
        assert!(!is_open(100, None, 100 + LIFETIME));
    }
}
