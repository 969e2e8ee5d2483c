//! Assertions that were used at this server (R7). Bounded; what is over is forgotten by monotonic time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More assertions than any server judges within their lifetime.
const MOST: usize = 100_000;

pub(crate) struct Replay {
    used: Mutex<HashMap<String, Instant>>,
    /// Since when, in seconds since 1970.
    since: AtomicI64,
}

impl Replay {
    pub(crate) fn since(now: i64) -> Self {
        Self { used: Mutex::default(), since: AtomicI64::new(now) }
    }

    /// Whether an answer to a request of that time would be remembered, had it been used: what was asked before this
    /// server started is not. A clock that was set back takes the start with it, so that new requests count.
    pub(crate) fn reaches(&self, asked: i64, now: i64) -> bool {
        asked >= self.since.fetch_min(now, Ordering::Relaxed).min(now)
    }

    /// Takes an assertion's ID for `seconds`. False when it was taken before, or when there is no room to remember it.
    pub(crate) fn take(&self, assertion_id: &str, seconds: i64, now: Instant) -> bool {
        // Nothing panics while the lock is held, and the map is whole at every moment.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= MOST {
            used.retain(|_, until| *until > now);
        }
        let until = now + Duration::from_secs(u64::try_from(seconds).unwrap_or(0).min(86_400) + 1);
        match used.get(assertion_id) {
            Some(known) if *known > now => false,
            _ if used.len() >= MOST => false,
            _ => {
                used.insert(assertion_id.to_owned(), until);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_is_taken_once_while_it_lives() {
        let (replay, now) = (Replay::since(0), Instant::now());
        assert!(replay.take("_a", 60, now));
        assert!(!replay.take("_a", 60, now + Duration::from_secs(59)));
        assert!(replay.take("_b", 60, now));
    }

    #[test]
    fn what_was_asked_before_the_start_is_out_of_reach_and_a_clock_set_back_changes_nothing_for_new_requests() {
        let replay = Replay::since(1000);
        assert!(!replay.reaches(999, 1001) && replay.reaches(1000, 1001) && replay.reaches(1001, 1001));
        assert!(replay.reaches(400, 400), "the clock was set back by ten minutes");
        assert!(!replay.reaches(399, 401));
    }

    #[test]
    fn a_full_memory_refuses_rather_than_forgets() {
        let (replay, now) = (Replay::since(0), Instant::now());
        for number in 0..MOST {
            assert!(replay.take(&number.to_string(), 60, now));
        }
        assert!(!replay.take("one more", 60, now));
        assert!(replay.take("one more", 60, now + Duration::from_mins(2)));
    }
}
