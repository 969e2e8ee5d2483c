//! Token buckets, one for each network that has lately sent what proves nothing. The memory is fixed: where it is full,
//! the network is forgotten that has most of its tokens back. Who has many networks is not held by buckets at all, but
//! by the rooms for cryptography.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::prefix::Prefix;

/// Networks that share a row.
const WAYS: usize = 4;
/// Rows: in all, 4096 networks are remembered, in less than 256 KiB.
const ROWS: usize = 1024;

/// The pause before it is told again that a network has no tokens left.
const TELLS: Duration = Duration::from_mins(10);

/// How many tokens there are, and how fast they come back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// Tokens of a network that was quiet.
    pub(crate) burst: u32,
    /// The time in which one comes back.
    pub(crate) every: Duration,
}

/// What a network has left. One that is not written down has all its tokens.
#[derive(Clone, Copy)]
struct Bucket {
    prefix: Prefix,
    /// When all its tokens will be back.
    full_at: Instant,
    /// When it was last told that it has none left.
    told_at: Option<Instant>,
}

/// The buckets.
pub(crate) struct Buckets {
    rule: Rule,
    // Keyed, so that nobody can choose networks that fall into one row.
    hash: RandomState,
    rows: Mutex<Box<[[Option<Bucket>; WAYS]]>>,
}

impl Buckets {
    pub(crate) fn new(rule: Rule) -> Self {
        let rows = Mutex::new(vec![[None; WAYS]; ROWS].into_boxed_slice());
        Self { rule, hash: RandomState::new(), rows }
    }

    /// Whether the network has a token left.
    pub(crate) fn has(&self, prefix: Prefix, now: Instant) -> bool {
        self.row(prefix, |row, rule| {
            let bucket = row.iter().flatten().find(|bucket| bucket.prefix == prefix);
            bucket.is_none_or(|bucket| owed(bucket, now) + rule.every <= rule.every * rule.burst)
        })
    }

    /// Takes a token from the network, as far as it has one. True when that was its last, and this is to be told.
    pub(crate) fn spend(&self, prefix: Prefix, now: Instant) -> bool {
        self.row(prefix, |row, rule| {
            let known = row.iter().position(|one| one.is_some_and(|bucket| bucket.prefix == prefix));
            // An empty place, or that of the network which will be the first to have all its tokens.
            let place = known.unwrap_or_else(|| {
                let soonest = row.iter().enumerate().min_by_key(|(_, one)| one.map(|bucket| bucket.full_at));
                soonest.map_or(0, |(place, _)| place)
            });
            let before = row[place].filter(|bucket| bucket.prefix == prefix);
            let whole = rule.every * rule.burst;
            let after = (before.map_or(Duration::ZERO, |one| owed(&one, now)) + rule.every).min(whole);
            let told_at = before.and_then(|bucket| bucket.told_at);
            let tells = after + rule.every > whole && told_at.is_none_or(|at| now.duration_since(at) >= TELLS);
            let told_at = if tells { Some(now) } else { told_at };
            row[place] = Some(Bucket { prefix, full_at: now + after, told_at });
            tells
        })
    }

    fn row<T>(&self, prefix: Prefix, act: impl FnOnce(&mut [Option<Bucket>; WAYS], Rule) -> T) -> T {
        // The remainder of a division by a small number fits into any size.
        let row = usize::try_from(self.hash.hash_one(prefix) % ROWS as u64).unwrap_or(0);
        // Nothing panics while the lock is held, and the rows are whole at every moment.
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut rows[row], self.rule)
    }
}

/// The time until all tokens are back.
fn owed(bucket: &Bucket, now: Instant) -> Duration {
    bucket.full_at.saturating_duration_since(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULE: Rule = Rule { burst: 3, every: Duration::from_secs(10) };

    fn network(number: u32) -> Prefix {
        let [_, a, b, c] = number.to_be_bytes();
        Prefix::V4([a, b, c])
    }

    #[test]
    fn a_network_has_its_tokens_and_gets_one_back_at_a_time() {
        let (buckets, start) = (Buckets::new(RULE), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..3 {
            assert!(buckets.has(network(1), start));
            buckets.spend(network(1), start);
        }
        assert!(!buckets.has(network(1), start));
        assert!(buckets.has(network(2), start), "another network has its own");
        assert!(!buckets.has(network(1), at(9)) && buckets.has(network(1), at(10)));
        buckets.spend(network(1), at(10));
        assert!(!buckets.has(network(1), at(10)));
    }

    #[test]
    fn a_flood_is_told_once_until_it_has_gone_on_for_long() {
        let (buckets, start) = (Buckets::new(RULE), Instant::now());
        assert_eq!([(); 9].map(|()| buckets.spend(network(1), start)).iter().position(|tells| *tells), Some(2));
        assert!(!buckets.spend(network(1), start + RULE.every), "told just now");
        assert!(!buckets.spend(network(2), start), "another network has tokens left");
        assert_eq!([(); 9].map(|()| buckets.spend(network(1), start + TELLS)).iter().position(|tells| *tells), Some(2));
    }

    #[test]
    fn a_flood_is_over_when_it_is_over() {
        let (buckets, start) = (Buckets::new(RULE), Instant::now());
        for _ in 0..1000 {
            buckets.spend(network(1), start);
        }
        assert!(buckets.has(network(1), start + RULE.every), "nobody owes more than the whole bucket");
    }

    #[test]
    fn more_networks_than_are_remembered_cost_no_memory_and_nobody_else_a_token() {
        let (buckets, start) = (Buckets::new(RULE), Instant::now());
        for number in 0..50_000 {
            buckets.spend(network(number), start);
        }
        let rows = buckets.rows.lock().unwrap();
        assert_eq!((rows.len(), rows.iter().flatten().flatten().count() <= ROWS * WAYS), (ROWS, true));
        assert!(size_of_val(&**rows) <= 256 * 1024, "{}", size_of_val(&**rows));
        drop(rows);
        assert!(buckets.has(network(60_000), start));
    }

    proptest! {
        /// Against a list of all that was ever spent: no network spends more than the rule allows, and one that is not
        /// over it is never refused.
        #[test]
        fn a_bucket_is_what_the_rule_says(steps in prop::collection::vec((0_u64..40, 0_u32..3), 1..200)) {
            let (buckets, start) = (Buckets::new(RULE), Instant::now());
            let (mut now, mut tokens) = (0_u64, [30_u64; 3]);
            for (passed, number) in steps {
                now += passed;
                tokens = tokens.map(|tenths| (tenths + passed).min(30));
                let (at, own) = (start + Duration::from_secs(now), &mut tokens[number as usize]);
                let has = buckets.has(network(number), at);
                prop_assert_eq!(has, *own >= 10);
                if has {
                    buckets.spend(network(number), at);
                    *own -= 10;
                }
            }
        }
    }
}
