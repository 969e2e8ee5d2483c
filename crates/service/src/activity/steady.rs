//! Whether the machine's clock can be trusted enough to forget by it: a clock that jumps for years must not take the
//! activity with it.

use std::time::Duration;

/// The clock has to go evenly for so long before anything is forgotten by it.
const EVENLY: Duration = Duration::from_hours(6);
/// How far it may be set meanwhile, in seconds.
const TOLERANCE: i64 = 600;

/// The clock, held against the time since the start, which only ever goes forward.
#[derive(Debug)]
pub(super) struct Steady {
    wall: i64,
    uptime: Duration,
    since: Duration,
}

impl Steady {
    /// From now on: `wall` in seconds since 1970, `uptime` since the start.
    pub(super) fn begin(wall: i64, uptime: Duration) -> Self {
        Self { wall, uptime, since: uptime }
    }

    /// Looks again. Whether the clock has gone evenly for long enough.
    pub(super) fn holds(&mut self, wall: i64, uptime: Duration) -> bool {
        let passed = i64::try_from(uptime.saturating_sub(self.uptime).as_secs()).unwrap_or(i64::MAX);
        let apart = wall.saturating_sub(self.wall).saturating_sub(passed).saturating_abs();
        (self.wall, self.uptime) = (wall, uptime);
        if apart > TOLERANCE {
            self.since = uptime;
        }
        uptime.saturating_sub(self.since) >= EVENLY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);
    const FIVE_YEARS: i64 = 5 * 365 * 86_400;

    #[test]
    fn by_a_clock_that_goes_evenly_is_forgotten_after_six_hours() {
        let mut clock = Steady::begin(0, HOUR);
        let looks: Vec<bool> =
            (1..=7).map(|hour| clock.holds(i64::from(hour) * 3600 + 30, HOUR * (hour + 1))).collect();
        assert_eq!(looks, [false, false, false, false, false, true, true]);
    }

    #[test]
    fn a_jump_in_either_direction_begins_the_hours_anew() {
        for jump in [FIVE_YEARS, -FIVE_YEARS, 3600, -3600] {
            let mut clock = Steady::begin(0, Duration::ZERO);
            assert!(clock.holds(7 * 3600, HOUR * 7));
            assert!(!clock.holds(8 * 3600 + jump, HOUR * 8), "{jump}");
            assert!(!clock.holds(13 * 3600 + jump, HOUR * 13), "{jump}");
            // And back again.
            assert!(!clock.holds(14 * 3600, HOUR * 14), "{jump}");
            assert!(clock.holds(20 * 3600, HOUR * 20), "{jump}");
        }
    }
}
