//! How often an account's second factor may be shown wrong: a few times at once, then once a minute. Whoever tries has signed in at the
//! identity provider as this user, so that nobody else is kept out by it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sekisho_keys::ids::AccountId;

/// Tries at once.
const BURST: u32 = 5;
/// One more after this.
const EVERY: Duration = Duration::from_mins(1);
/// Accounts that are remembered: as many as have tried wrong within the last minutes.
const MOST: usize = 10_000;

/// What is left to whom.
#[derive(Default)]
pub(crate) struct Tries(Mutex<HashMap<AccountId, (u32, Instant)>>);

impl Tries {
    /// Takes a try, before it is judged: of many at once none is judged too often. False where there is none left.
    pub(crate) fn take(&self, account: AccountId, now: Instant) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= MOST {
            tries.retain(|_, (used, since)| left(*used, *since, now) < BURST);
        }
        let (used, since) = tries.get(&account).copied().unwrap_or((0, now));
        let left = left(used, since, now);
        if left > 0 {
            tries.insert(account, (BURST - left + 1, now));
        }
        left > 0
    }

    /// Gives back the tries of whoever was right, or could not be judged.
    pub(crate) fn forget(&self, account: AccountId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }
}

fn left(used: u32, since: Instant, now: Instant) -> u32 {
    let back = now.saturating_duration_since(since).as_secs() / EVERY.as_secs();
    BURST - used.saturating_sub(u32::try_from(back).unwrap_or(u32::MAX)).min(BURST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_wrong_tries_there_is_one_a_minute_and_right_ones_cost_nothing() {
        let (tries, one, other, now) = (Tries::default(), AccountId([1; 32]), AccountId([2; 32]), Instant::now());
        for _ in 0..BURST {
            assert!(tries.take(one, now));
        }
        assert!(!tries.take(one, now + Duration::from_secs(59)) && tries.take(other, now));
        let later = now + EVERY;
        assert!(tries.take(one, later));
        assert!(!tries.take(one, later + Duration::from_secs(59)));
        tries.forget(one);
        assert!(tries.take(one, later));
    }
}
