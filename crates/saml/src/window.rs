//! From when and until when something counts, with clocks that may differ.

use sekisho_fault::{Fault, Result};

use crate::{UnixTime, codes};

/// `now` is before `until`, as far as clocks go that differ by `skew` seconds at most.
///
/// Code: `EXPIRED`.
pub(crate) fn not_after(until: UnixTime, now: UnixTime, skew: i64) -> Result<()> {
    let late = now.0.saturating_sub(until.0);
    if late < skew {
        return Ok(());
    }
    Err(Fault::new(codes::EXPIRED).at("until", until.0).at("now", now.0).with("seconds", late))
}

/// `now` is not before `from`, as far as clocks go that differ by `skew` seconds at most.
///
/// Code: `NOT_YET_VALID`.
pub(crate) fn not_before(from: UnixTime, now: UnixTime, skew: i64) -> Result<()> {
    let early = from.0.saturating_sub(now.0);
    if early <= skew {
        return Ok(());
    }
    Err(Fault::new(codes::NOT_YET_VALID).at("from", from.0).at("now", now.0).with("seconds", early))
}
