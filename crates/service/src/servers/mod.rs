//! The servers of the connection: each one's newest report, and what follows from it.

mod heard;
mod list;

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::ServerId;
use sekisho_keys::witness::Report;

use crate::clock;
use crate::replication::{Follower, read_reports, refused_report};

pub use heard::Heard;
pub use list::{Facts, Listed, list};

/// Reports are read anew at most so often, whoever asks.
const BREATH: Duration = Duration::from_secs(1);

/// What this process knows of the servers.
#[derive(Default)]
pub struct Servers {
    heard: Mutex<Heard>,
    /// When the hub was last asked for the reports, and why it did not answer. One question at a time.
    asked: tokio::sync::Mutex<Option<(Instant, Option<Fault>)>>,
    /// The highest number of this server's reports; 0 before the reports were read for the first time.
    sent: Mutex<u64>,
    /// The report that this process left last.
    left: Mutex<Option<Report>>,
    /// Whether somebody else reports as this server.
    cloned: Mutex<bool>,
    /// What was last warned of.
    warned: Mutex<Vec<Fault>>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every value is whole at every moment.
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Servers {
    /// Reads the reports from the hub, unless that was done a moment ago.
    ///
    /// Codes: the hub's.
    pub async fn read(&self, follower: &Follower) -> Result<()> {
        let mut asked = self.asked.lock().await;
        if let Some((when, outcome)) = asked.as_ref()
            && when.elapsed() < BREATH
        {
            return outcome.clone().map_or(Ok(()), Err);
        }
        let reports = read_reports(follower).await;
        *asked = Some((Instant::now(), reports.as_ref().err().cloned()));
        let mut others = reports?;
        let own = follower.member.server;
        if let Some((_, Ok(report))) = others.iter().find(|(server, _)| *server == own) {
            self.meets_itself(report);
        }
        others.retain(|(server, _)| *server != own);
        lock(&self.heard).take(others, clock::now());
        Ok(())
    }

    /// A report of this server that lies at the hub. One with a higher number than was ever given here is somebody else's,
    /// and so is another one under the last number.
    fn meets_itself(&self, report: &Report) {
        let mut sent = lock(&self.sent);
        let is_another = lock(&self.left).as_ref().is_some_and(|left| left.number == report.number && left != report);
        if is_another || (*sent > 0 && report.number > *sent) {
            *lock(&self.cloned) = true;
        }
        *sent = (*sent).max(report.number);
    }

    /// Notes the report that is about to be left.
    pub fn leaves(&self, report: &Report) {
        *lock(&self.left) = Some(report.clone());
    }

    /// The number of this server's next report: it grows, over restarts too, whatever the clock does.
    pub fn next_number(&self) -> u64 {
        let mut sent = lock(&self.sent);
        *sent = u64::try_from(clock::now()).unwrap_or_default().max(*sent + 1);
        *sent
    }

    /// Whether somebody else reports as this server.
    pub fn is_cloned(&self) -> bool {
        *lock(&self.cloned)
    }

    /// Whether these warnings are others than the last ones.
    pub fn are_news(&self, warnings: &[Fault]) -> bool {
        let mut warned = lock(&self.warned);
        let news = *warned != warnings;
        warnings.clone_into(&mut warned);
        news
    }

    /// What was heard of the others.
    pub fn heard(&self) -> Heard {
        lock(&self.heard).clone()
    }

    /// The reports that were refused when they were last read.
    pub fn refused(&self, follower: &Follower) -> Vec<Fault> {
        let heard = lock(&self.heard);
        heard.refused().iter().map(|(server, why)| refused_report(&follower.member, *server, why)).collect()
    }

    /// The servers of which is known that another machine has their keys.
    ///
    /// Code: `DATABASE`.
    pub async fn cloned(&self, follower: &Follower) -> Result<BTreeSet<ServerId>> {
        let mut cloned = follower.replica.reused().await?;
        cloned.extend(self.is_cloned().then_some(follower.member.server));
        let heard = lock(&self.heard);
        cloned.extend(heard.cloned());
        Ok(cloned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_this_server_that_it_did_not_make_is_a_clones() {
        let servers = Servers::default();
        // What lay at the hub before this process began is its own; its numbers go on from there.
        let far = u64::try_from(clock::now()).unwrap() + 1000;
        let report = |number| heard::tests::report(number, 0).1.unwrap();
        servers.meets_itself(&report(far));
        assert_eq!(servers.next_number(), far + 1);
        servers.leaves(&report(far + 1));
        servers.meets_itself(&report(far));
        servers.meets_itself(&report(far + 1));
        assert!(!servers.is_cloned());
        let another = Servers::default();
        another.meets_itself(&report(far));
        another.leaves(&report(another.next_number()));
        another.meets_itself(&Report { time: 1, ..report(far + 1) });
        assert!(another.is_cloned(), "another report under the same number");
        servers.meets_itself(&report(far + 2));
        assert!(servers.is_cloned());
    }
}
