//! How many refusals of strangers are written down one by one (R22): a flood of forged answers must not push out what
//! administrators want to read. All are counted.

/// So many at once.
const BURST: u32 = 500;
/// After that one in so many seconds.
const PAUSE: i64 = 10;

/// What is left to write down, and what was not.
#[derive(Debug)]
pub(super) struct Quota {
    left: u32,
    /// Since when `left` has not been filled up: seconds since 1970.
    since: i64,
    left_out: u64,
}

impl Quota {
    pub(super) fn new(now: i64) -> Self {
        Self { left: BURST, since: now, left_out: 0 }
    }

    /// Whether the next refusal is written down, and then how many before it were not since the last one that was.
    pub(super) fn next(&mut self, now: i64) -> Option<u64> {
        // A clock that was set back fills nothing up, and starts anew.
        let earned = now.saturating_sub(self.since).max(0) / PAUSE;
        self.since = if now < self.since { now } else { self.since + earned * PAUSE };
        self.left = self.left.saturating_add(u32::try_from(earned).unwrap_or(u32::MAX)).min(BURST);
        if self.left == 0 {
            self.left_out += 1;
            return None;
        }
        self.left -= 1;
        Some(std::mem::take(&mut self.left_out))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn after_a_burst_one_in_ten_seconds_is_written_and_says_how_many_were_not() {
        let mut quota = Quota::new(1000);
        assert!((0..BURST).all(|_| quota.next(1000) == Some(0)));
        assert!((0..70).all(|_| quota.next(1009).is_none()));
        assert_eq!(quota.next(1010), Some(70));
        assert_eq!(quota.next(1010), None);
        assert_eq!(quota.next(1000 + 10 * i64::from(BURST) * 2), Some(1));
    }

    proptest! {
        #[test]
        fn every_refusal_is_written_or_counted_and_no_flood_is_written(steps in prop::collection::vec((0..30_i64, 0..400_u64), 1..60)) {
            let (mut quota, mut now, mut written, mut counted, mut all) = (Quota::new(0), 0, 0, 0, 0);
            for (seconds, refusals) in steps {
                now += seconds;
                for _ in 0..refusals {
                    all += 1;
                    if let Some(before) = quota.next(now) {
                        written += 1;
                        counted += before;
                    }
                }
            }
            prop_assert_eq!(written + counted + quota.left_out, all);
            prop_assert!(written <= u64::from(BURST) + u64::try_from(now / PAUSE).unwrap());
        }
    }
}
