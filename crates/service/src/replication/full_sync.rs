//! Full Sync: the organisation log and every row are read again from the first, verified, and compared with what is here.

use sekisho_admin_api::sync::{SyncProgress, SyncReport};
use sekisho_fault::{Fault, Result};
use sekisho_keys::log::{Entry, Organisation};
use sekisho_keys::user::Counted;

use super::checkpoints;
use super::follow::Follower;
use super::rereading::Rereading;
use super::verify::Verifier;
use crate::{clock, codes};

/// Reads and verifies everything again. What holds is stored; what does not is in the report.
///
/// Codes: the hub's, `DATABASE`.
pub async fn full_sync(follower: &Follower, progress: &(dyn Fn(SyncProgress) + Sync)) -> Result<SyncReport> {
    let (member, replica, link) = (&follower.member, &follower.replica, &follower.link);
    let connection = member.place.connection.to_string();
    let log = whole_log(follower, progress).await?;
    let heads = follower.papers.heads()?;
    let mut read = Rereading::new(replica, Verifier::new(member, None, heads.revision));
    let mut come = SyncProgress { log_entries: log.len() as u64, ..SyncProgress::default() };
    loop {
        come.place = read.place;
        progress(come);
        let (after, entries) = (read.place, log.len() as u64);
        let name = connection.clone();
        let ask = |hub: sekisho_hub_api::Hub| {
            let name = name.clone();
            async move { hub.feed(&name, entries, after, 0).await }
        };
        let feed = link.ask(member, ask).await?;
        if feed.connection.is_empty() {
            break;
        }
        come.head = feed.head;
        come.rows += feed.connection.len() as u64;
        read.take(feed).await?;
    }
    // What the servers have seen must be there: of the log, of the revisions, and of one another's records.
    let organisation = member.organisation();
    let mut witness = replica.counters().await?;
    witness.push(Counted { server: member.server, counter: heads.records.0 });
    let held = checkpoints::hold(follower, &log, &read).await?;
    witness.extend(held.counters);
    let mut faults = std::mem::take(&mut read.faults);
    faults.extend(held.faults);
    faults.extend(read.seen.complete(&witness).err());
    // The revisions that were seen before are among them, or the hub has rolled back.
    let newest = read.verifier.newest;
    let reaches =
        |(number, hash)| newest.is_some_and(|(newest, now)| newest > number || (newest == number && now == hash));
    let rolled_back = heads.revision.is_some_and(|seen| !reaches(seen));
    if let Some((number, _)) = heads.revision.filter(|_| rolled_back) {
        faults.push(Fault::new(codes::ROLLED_BACK).with("what", format!("{number:020}")));
    }
    let (users, revision, place) = (read.users(), newest.map(|(number, _)| number), read.place);
    let entries = log.len() as u64;
    replica.take(&read.part(rolled_back, clock::now())).await?;
    follower.papers.raise(|heads| {
        heads.log = Some(organisation.head());
        if !rolled_back {
            heads.revision = newest.or(heads.revision);
        }
        // Read to its end.
        heads.floor = heads.floor.filter(|floor| place < *floor);
    })?;
    Ok(SyncReport { log_entries: entries, revision, users, checkpoints: held.checkpoints, faults })
}

/// The organisation log from its first entry, verified, and kept in place of the one that is here.
async fn whole_log(follower: &Follower, progress: &(dyn Fn(SyncProgress) + Sync)) -> Result<Vec<Vec<u8>>> {
    let (member, link) = (&follower.member, &follower.link);
    let ask = |after: u64| link.ask(member, move |hub| async move { hub.log(after).await });
    let mut log: Vec<Vec<u8>> = Vec::new();
    let mut checked: Option<Organisation> = None;
    loop {
        let rows = ask(log.len() as u64).await?;
        if rows.is_empty() {
            break;
        }
        // Verified as it comes: a log that is none ends here, and not when memory does.
        for row in rows {
            let entry = Entry::read(row.body.as_slice())?;
            match &mut checked {
                None => checked = Some(Organisation::found(&entry, Some(member.genesis))?),
                Some(organisation) => organisation.apply(&entry)?,
            }
            log.push(row.body.0);
        }
        progress(SyncProgress { log_entries: log.len() as u64, ..SyncProgress::default() });
    }
    let organisation = checked.ok_or_else(|| Fault::new(sekisho_keys::codes::LOG_EMPTY))?;
    let known = member.organisation().head();
    let passes = log.iter().any(|entry| Entry::read(entry).is_ok_and(|entry| entry.head() == known));
    if !passes {
        return Err(Fault::new(sekisho_keys::codes::LOG_TOO_SHORT));
    }
    follower.replica.replace_log(&log).await?;
    member.moved_on(organisation);
    Ok(log)
}
