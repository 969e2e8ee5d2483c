//! Full Sync: the organisation log and every row are read again from the first, verified, and compared with what is here.

use sekisho_admin_api::sync::{SyncProgress, SyncReport};
use sekisho_fault::{Fault, Result};
use sekisho_keys::fact;
use sekisho_keys::log::{Entry, Organisation};
use sekisho_keys::sync::Request;
use sekisho_keys::user::{Counted, Record};
use sekisho_keys::witness::Seen;

use super::checkpoints;
use super::follow::Follower;
use super::replica::{Part, Stored};
use super::verify::Verifier;
use crate::{clock, codes};

/// Reads and verifies everything again. What holds is stored; what does not is in the report.
///
/// Codes: the hub's, `DATABASE`.
pub async fn full_sync(follower: &Follower, progress: &(dyn Fn(SyncProgress) + Sync)) -> Result<SyncReport> {
    let (member, replica, link) = (&follower.member, &follower.replica, &follower.link);
    let connection = member.place.connection.to_string();
    let mut faults = Vec::new();

    let log = whole_log(follower, progress).await?;
    let heads = follower.papers.heads()?;
    let mut verifier = Verifier::new(member, None, heads.revision);
    let (mut part, mut seen) = (Part::default(), Seen::default());
    let mut come = SyncProgress { log_entries: log.len() as u64, ..SyncProgress::default() };
    loop {
        come.place = part.feed;
        progress(come);
        let (after, entries) = (part.feed, log.len() as u64);
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
        for row in feed.connection {
            come.rows += 1;
            if row.seq <= part.feed {
                return Err(Fault::new(codes::WRONG_ROW).with("what", row.kind));
            }
            part.feed = row.seq;
            match verifier.row(row, None) {
                Ok(Some(counts)) => {
                    seen.add(counts.counters.iter().copied());
                    part.counters.extend(counts.counters);
                    part.records.extend(counts.record);
                    part.rows.push(counts.stored);
                }
                Ok(None) => {}
                // Looked at again when the log has moved on: its writer may have been admitted meanwhile.
                Err(fault) => {
                    part.refused = true;
                    faults.push(fault);
                }
            }
        }
    }
    // What the servers have seen must be there: of the log, of the revisions, and of one another's records.
    let organisation = member.organisation();
    let mut witness = replica.counters().await?;
    witness.push(Counted { server: member.server, counter: heads.records.0 });
    let held = checkpoints::hold(follower, &log, &part).await?;
    witness.extend(held.counters);
    faults.extend(held.faults);
    faults.extend(seen.complete(&witness).err());
    // The revisions that were seen before are among them, or the hub has rolled back.
    let reaches = |(number, hash)| {
        verifier.newest.is_some_and(|(newest, now)| newest > number || (newest == number && now == hash))
    };
    let rolled_back = heads.revision.is_some_and(|seen| !reaches(seen));
    if let Some((number, _)) = heads.revision.filter(|_| rolled_back) {
        faults.push(Fault::new(codes::ROLLED_BACK).with("what", format!("{number:020}")));
    }
    let users = part.rows.iter().filter(|row| row.kind == "user").count() as u64;
    let revision = verifier.newest.map(|(number, _)| number);
    // What was verified before is never given up for something older, or for something else of the same age.
    let mut kept = Vec::new();
    for row in part.rows {
        let stored = replica.row(&row.kind, &row.id).await?.filter(|stored| stored.body != row.body);
        match stored {
            None if row.kind == "revision" && rolled_back => {}
            None => kept.push(row),
            Some(stored) if is_newer(&row, &stored) => kept.push(row),
            Some(_) => faults.push(Fault::new(codes::ROLLED_BACK).with("what", row.kind)),
        }
    }
    part.rows = kept;
    part.time = clock::now();
    let entries = log.len() as u64;
    replica.take(&part).await?;
    let newest = verifier.newest;
    follower.papers.raise(|heads| {
        heads.log = Some(organisation.head());
        if !rolled_back {
            heads.revision = newest.or(heads.revision);
        }
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

/// Whether a verified row may take the place of another that is stored under its name.
fn is_newer(row: &Stored, stored: &Stored) -> bool {
    let age = |body: &[u8]| match row.kind.as_str() {
        "user" => Record::read(body).map(|record| record.header().context.revision).ok(),
        "fact" => fact::number(body).ok(),
        "sync" => Request::number(body).ok(),
        _ => None,
    };
    match row.kind.as_str() {
        // Both open as the same key: which of the two seals it does not matter.
        "object" => true,
        "user" | "fact" | "sync" => age(&row.body) > age(&stored.body),
        _ => false,
    }
}
