//! Which verified row may take the place of which other one: one rule for what the feed brings and for what a Full Sync
//! reads again.

use sekisho_fault::{Fault, Result};
use sekisho_keys::revision::Revision;
use sekisho_keys::sync::Request;
use sekisho_keys::user::Record;
use sekisho_keys::{acme, fact, object};

use super::replica::Stored;
use crate::codes;

/// Whether a verified row may take the place of the one that is known under its name and says something else. One that
/// is damaged gives way to any.
///
/// Codes: `ROLLED_BACK`, `RETIRED_EPOCH`, `WRONG_ROW`; those of a row that was not verified.
pub(super) fn may_replace(row: &Stored, before: &Stored) -> Result<()> {
    let (now, then) = (row.body.as_slice(), before.body.as_slice());
    match row.kind.as_str() {
        "user" => Record::read(then).map_or(Ok(()), |then| record(&Record::read(now)?, &then)),
        "fact" => {
            not_before(fact::epoch(now)?, fact::epoch(then), "fact")?;
            later(fact::number(now)?, fact::number(then), "fact")
        }
        "object" => not_before(object::epoch(now)?, object::epoch(then), "object"),
        "acme" => {
            let now = acme::order(now)?;
            let Ok(then) = acme::order(then) else { return Ok(()) };
            not_before(now.0, Ok(then.0), "acme")?;
            if now > then { Ok(()) } else { Err(Fault::new(codes::ROLLED_BACK).with("what", "acme")) }
        }
        "sync" => later(Request::number(now)?, Request::number(then), "sync"),
        // A revision is written once.
        _ if Revision::read(then).is_err() => Ok(()),
        _ => Err(Fault::new(codes::ROLLED_BACK).with("what", row.id.as_str())),
    }
}

fn record(record: &Record, before: &Record) -> Result<()> {
    let (now, then) = (record.header().context, before.header().context);
    later(now.revision, Ok(then.revision), "user")?;
    not_before(now.epoch, Ok(then.epoch), "user")?;
    // A record accounts for its predecessors and for nothing else: no server can explain another's gap away.
    if now.revision - then.revision == 1 && !before.stands_for().eq(record.header().replaces.iter().copied()) {
        return Err(Fault::new(codes::WRONG_ROW).with("what", "user"));
    }
    Ok(())
}

fn later(now: u64, then: Result<u64>, what: &str) -> Result<()> {
    let is_old = then.is_ok_and(|then| now <= then);
    if is_old { Err(Fault::new(codes::ROLLED_BACK).with("what", what)) } else { Ok(()) }
}

/// What takes the place of something that is sealed under a later key epoch is written by whoever must not read that one.
///
/// Code: `RETIRED_EPOCH`.
pub(super) fn not_before(now: u32, then: Result<u32>, what: &str) -> Result<()> {
    let has_ended = then.is_ok_and(|then| now < then);
    if has_ended { Err(Fault::new(codes::RETIRED_EPOCH).with("what", what)) } else { Ok(()) }
}
