//! How sign-ins have ended since the service was started.

use std::collections::BTreeMap;

/// Sign-ins that went well, and those that were refused, by code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Went well.
    pub accepted: u64,
    /// Refused, by a code of this build.
    pub refused: BTreeMap<&'static str, u64>,
}

impl Outcomes {
    /// Counts one more: a refusal, by its code.
    pub(super) fn count(&mut self, refusal: Option<&'static str>) {
        let count = refusal.map_or(&mut self.accepted, |code| self.refused.entry(code).or_default());
        *count = count.saturating_add(1);
    }
}
