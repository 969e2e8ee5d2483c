//! Another server's report beside what is stored here.

use sekisho_fault::Result;
use sekisho_keys::log::{Entry, Head};
use sekisho_keys::revision::Revision;
use sekisho_keys::witness::Report;

use crate::replication::Replica;

/// How another server's report stands to what is stored here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All that it names is here, too.
    Agrees,
    /// It names more.
    Behind,
    /// It names something else at a place that is filled here.
    Forked(&'static str),
}

/// Compares a verified report with what is stored.
///
/// Codes: `DATABASE`, and those of log and revisions.
pub async fn compare(report: &Report, replica: &Replica) -> Result<Standing> {
    let log = replica.log().await?;
    let log_is_behind = match usize::try_from(report.log.sequence).ok().and_then(|at| log.get(at)) {
        Some(entry) if is_head(entry, report.log)? => false,
        Some(_) => return Ok(Standing::Forked("log")),
        None => true,
    };
    let mut revision_is_behind = false;
    if let Some((number, hash)) = report.revision {
        let newest = replica.newest_revision().await?.and_then(|row| row.id.parse::<u64>().ok()).unwrap_or(0);
        match replica.row("revision", &format!("{number:020}")).await? {
            Some(row) if Revision::read(&row.body)?.hash() == hash => {}
            Some(_) => return Ok(Standing::Forked("revision")),
            None => revision_is_behind = number > newest,
        }
    }
    let own = replica.counters().await?;
    let seen = |of| own.iter().find(|counted| counted.server == of).map_or(0, |counted| counted.counter);
    let records_are_behind = report.counters.iter().any(|counted| counted.counter > seen(counted.server));
    let behind = log_is_behind || revision_is_behind || records_are_behind;
    Ok(if behind { Standing::Behind } else { Standing::Agrees })
}

fn is_head(entry: &[u8], head: Head) -> Result<bool> {
    Ok(Entry::read(entry)?.head() == head)
}
