//! A server whose connection is deleted: it signs known users in from what it has, and changes nothing.

use sekisho_fault::Result;

use crate::lifecycle::House;

impl House {
    /// Refuses what would change a connection that is deleted.
    ///
    /// Code: `DETACHED`.
    pub(crate) fn not_detached(&self) -> Result<()> {
        let reason = self.connected.member().ok().and_then(|member| member.detachment());
        reason.map_or(Ok(()), Err)
    }
}
