//! When to look. Times are seconds since 1970.

use sekisho_keys::ids::ServerId;
use sekisho_saml::UnixTime;

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// The servers of a connection learn of a save at the same moment: they look within so many seconds.
const FIRST: i64 = 60;

/// A server's own part of every wait, so that many servers do not ask at once: 0 is none of it, `u32::MAX` nearly all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share(pub(crate) u32);

impl Share {
    /// A server's: its name is random.
    pub(crate) fn of(server: ServerId) -> Self {
        let [a, b, c, d, ..] = server.0;
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    fn part_of(self, seconds: i64) -> i64 {
        seconds.saturating_mul(i64::from(self.0)) >> 32
    }

    /// The first look at what was never looked at.
    pub(crate) fn first(self, now: UnixTime) -> UnixTime {
        now.plus(self.part_of(FIRST))
    }

    /// The look after a good one that wants the next at `next`: up to a tenth of the wait sooner.
    pub(crate) fn again(self, now: UnixTime, next: UnixTime) -> UnixTime {
        let wait = next.0.saturating_sub(now.0);
        now.plus(wait - self.part_of(wait / 10))
    }

    /// The look after so many failures in a row: after an hour, two, four, at last a day, up to a tenth of it sooner.
    pub(crate) fn after_failures(self, failures: u32, now: UnixTime) -> UnixTime {
        let wait = HOUR.checked_shl(failures.saturating_sub(1).min(5)).unwrap_or(DAY).min(DAY);
        self.again(now, now.plus(wait))
    }
}

/// No look is farther away than a day, even where a clock was set back.
pub(crate) fn at_the_latest(next: UnixTime, now: UnixTime) -> UnixTime {
    next.min(now.plus(DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_795_513_267);

    fn hours(share: Share, failures: u32) -> i64 {
        (share.after_failures(failures, NOW).0 - NOW.0) / HOUR
    }

    #[test]
    fn failures_wait_longer_each_time_up_to_a_day() {
        let waits: Vec<i64> = [1, 2, 3, 4, 5, 6, 7, u32::MAX].map(|failures| hours(Share(0), failures)).to_vec();
        assert_eq!(waits, [1, 2, 4, 8, 16, 24, 24, 24]);
    }

    #[test]
    fn each_server_has_its_own_moment_and_none_is_late_or_hasty() {
        for share in [0, 1, u32::MAX / 2, u32::MAX].map(Share) {
            let first = share.first(NOW).0 - NOW.0;
            assert!((0..FIRST).contains(&first), "{first}");
            let again = share.again(NOW, NOW.plus(DAY)).0 - NOW.0;
            assert!((DAY - DAY / 10..=DAY).contains(&again), "{again}");
        }
        assert!(Share(u32::MAX).first(NOW) > Share(0).first(NOW));
        assert!(Share(u32::MAX).again(NOW, NOW.plus(DAY)) < Share(0).again(NOW, NOW.plus(DAY)));
    }

    #[test]
    fn a_clock_that_was_set_back_puts_off_no_look_for_long() {
        assert_eq!(at_the_latest(NOW.plus(400 * DAY), NOW), NOW.plus(DAY));
        assert_eq!(at_the_latest(NOW.plus(HOUR), NOW), NOW.plus(HOUR));
    }
}
