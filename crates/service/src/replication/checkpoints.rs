//! The servers' reports as checkpoints: what each of them has seen of the log, of the revisions and of one another's
//! records has to be in what the hub shows here (R12).

use sekisho_admin_api::sync::Checkpoint;
use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::Hash;
use sekisho_keys::log::{Entry, Head};
use sekisho_keys::user::Counted;

use super::follow::Follower;
use super::report;
use super::rereading::Rereading;
use crate::codes;

/// What was held against the reports.
#[derive(Default)]
pub(super) struct Held {
    /// The reports that count.
    pub(super) checkpoints: Vec<Checkpoint>,
    /// How far the servers' records go, by what each has seen.
    pub(super) counters: Vec<Counted>,
    /// What does not hold.
    pub(super) faults: Vec<Fault>,
}

/// Holds the log and the rows, as they were read from the hub now, against the reports.
///
/// Codes: the hub's, and those of log and revisions.
pub(super) async fn hold(follower: &Follower, log: &[Vec<u8>], read: &Rereading<'_>) -> Result<Held> {
    let mut held = Held::default();
    for (server, report) in report::read(follower).await? {
        let report = match report {
            Ok(report) => report,
            Err(why) => {
                held.faults.push(report::refused(&follower.member, server, &why));
                continue;
            }
        };
        let name = follower.member.server_name(server);
        let forked = |what: &str| Fault::new(codes::FORKED).with("server", name.as_str()).with("what", what);
        if !has_log(follower, log, report.log).await? {
            held.faults.push(forked("log"));
        }
        if let Some(revision) = report.revision
            && !has_revision(follower, read, log.len() as u64, revision).await?
        {
            held.faults.push(forked("revision"));
        }
        held.checkpoints.push(Checkpoint {
            server: name,
            time: report.time,
            log_entries: report.log.sequence + 1,
            revision: report.revision.map(|(number, _)| number),
            records: report.counters.iter().map(|counted| counted.counter).sum(),
        });
        held.counters.extend(report.counters);
    }
    Ok(held)
}

/// Whether the log that the hub shows here is the one that a server has seen.
async fn has_log(follower: &Follower, log: &[Vec<u8>], seen: Head) -> Result<bool> {
    if let Some(entry) = usize::try_from(seen.sequence).ok().and_then(|at| log.get(at)) {
        return Ok(Entry::read(entry)?.head() == seen);
    }
    // What was appended meanwhile is there when it is asked for; what is withheld is not.
    let after = log.len() as u64;
    let more = follower.link.ask(&follower.member, move |hub| async move { hub.log(after).await });
    Ok(!more.await?.is_empty())
}

/// Whether the revisions that the hub shows here are those that a server has applied.
async fn has_revision(
    follower: &Follower,
    read: &Rereading<'_>,
    log: u64,
    (number, hash): (u64, Hash),
) -> Result<bool> {
    if let Some(shown) = read.revisions.get(&number) {
        return Ok(*shown == hash);
    }
    let (connection, after) = (follower.member.place.connection.to_string(), read.place);
    let ask = |hub: sekisho_hub_api::Hub| {
        let connection = connection.clone();
        async move { hub.feed(&connection, log, after, 0).await }
    };
    Ok(!follower.link.ask(&follower.member, ask).await?.connection.is_empty())
}
