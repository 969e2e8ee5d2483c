//! Assertions that were used at this server (R7). Bounded; what is over is forgotten by monotonic time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More assertions than any server judges within their lifetime.
const MOST: usize = 100_000;

#[derive(Default)]
pub(crate) struct Replay(Mutex<HashMap<String, Instant>>);

impl Replay {
    /// Takes an assertion's ID for `seconds`. False when it was taken before, or when there is no room to remember it.
    pub(crate) fn take(&self, assertion_id: &str, seconds: i64, now: Instant) -> bool {
        // Nothing panics while the lock is held, and the map is whole at every moment.
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
        let (replay, now) = (Replay::default(), Instant::now());
        assert!(replay.take("_a", 60, now));
        assert!(!replay.take("_a", 60, now + Duration::from_secs(59)));
        assert!(replay.take("_b", 60, now));
    }

    #[test]
    fn a_full_memory_refuses_rather_than_forgets() {
        let (replay, now) = (Replay::default(), Instant::now());
        for number in 0..MOST {
            assert!(replay.take(&number.to_string(), 60, now));
        }
        assert!(!replay.take("one more", 60, now));
        assert!(replay.take("one more", 60, now + Duration::from_mins(2)));
    }
}
