//! A connection that is deleted can be taken back for thirty days. From then on its names are free.

use sekisho_fault::Result;

use super::organisation::{Connection, Organisation};
use super::rules::rule;
use crate::ids::ConnectionId;

/// How long a deletion can be taken back, in seconds.
pub const UNDO: i64 = 30 * 24 * 60 * 60;

impl Connection {
    /// Until when the deletion can be taken back, if it is deleted: seconds since 1970.
    pub fn undo_until(&self) -> Option<i64> {
        self.deleted.map(|deleted| deleted.saturating_add(UNDO))
    }

    /// Whether it is deleted for good at this time.
    pub fn is_gone(&self, time: i64) -> bool {
        self.undo_until().is_some_and(|until| time > until)
    }
}

/// Takes a deletion back.
pub(super) fn undo(organisation: &mut Organisation, connection: ConnectionId, time: i64) -> Result<()> {
    let found = organisation.connections.get(&connection).ok_or_else(|| rule("no such connection"))?;
    let until = found.undo_until().ok_or_else(|| rule("the connection is not deleted"))?;
    if time > until {
        return Err(rule("the deletion cannot be taken back any more"));
    }
    // Administrators' clocks differ: one may have taken the names for free already.
    let takes = |other: &Connection| {
        other.enterprise_domain == found.enterprise_domain
            || other.domains.keys().any(|domain| found.domains.contains_key(domain))
    };
    let mut others =
        organisation.connections.iter().filter(|(id, other)| **id != connection && other.deleted.is_none());
    if others.any(|(_, other)| takes(other)) {
        return Err(rule("another connection has its names"));
    }
    if let Some(found) = organisation.connections.get_mut(&connection) {
        found.deleted = None;
    }
    Ok(())
}
