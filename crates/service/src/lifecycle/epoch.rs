//! How long the key epoch before still counts for sign-ins that are under way.

use std::sync::{Mutex, PoisonError};

/// The other servers hear of an epoch within this time, in seconds: until then they could not finish what is begun under it.
const SPREADS: i64 = 10;
/// A sign-in may take so long, in seconds (R14).
const LASTS: i64 = 600;

/// When this server has heard of the epoch that it works under.
#[derive(Debug, Default)]
pub(crate) struct HeardOf(Mutex<Option<Heard>>);

#[derive(Clone, Copy, Debug)]
struct Heard {
    epoch: u32,
    at: i64,
    /// Whether the service was at work under the epoch before: else the others may have heard of this one long ago.
    worked_before: bool,
}

impl HeardOf {
    /// Until when the epoch before this one seals and opens, in seconds since 1970.
    pub(crate) fn until(&self, epoch: u32, now: i64) -> (i64, i64) {
        // The value is replaced as a whole.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = match *held {
            Some(heard) if heard.epoch == epoch => heard,
            before => *held.insert(Heard { epoch, at: now, worked_before: before.is_some() }),
        };
        let seals = if heard.worked_before { heard.at + SPREADS } else { heard.at };
        (seals, heard.at + LASTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_epoch_seals_when_the_others_have_heard_of_it_and_the_one_before_opens_for_ten_minutes() {
        let heard = HeardOf::default();
        assert_eq!(heard.until(3, 1_000), (1_000, 1_600), "after a start nobody waits for the others");
        assert_eq!(heard.until(3, 1_500), (1_000, 1_600), "another revision of the configuration changes nothing");
        assert_eq!(heard.until(4, 2_000), (2_000 + SPREADS, 2_600));
        assert_eq!(heard.until(4, 2_300), (2_000 + SPREADS, 2_600));
    }
}
