//! Whether somebody new is taken in from a mail domain, by what DNS has said of its proof. Moments are seconds since 1970, by this
//! server's clock.

use sekisho_keys::log::Reserved;
use serde::{Deserialize, Serialize};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long a proof that was seen counts while DNS says nothing: as long as a mail server keeps trying.
const GRACE: i64 = 7 * DAY;
/// How far an administrator's clock may be ahead.
const SKEW: i64 = 5 * MINUTE;
/// After what went wrong, the next look that nobody waits for.
const PAUSE: i64 = 10 * MINUTE;
/// After what went wrong, the next look for somebody who signs in.
const BREATH: i64 = 30;

/// What a look has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The proof is there.
    Proven,
    /// It is not.
    Missing,
    /// DNS has not answered.
    Nothing,
}

/// What is known of a domain's proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// When this server looked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    looked: Option<i64>,
    /// When it last saw the proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<i64>,
    /// When DNS last said that there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    missed: Option<i64>,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Somebody new is taken in.
    Admitted,
    /// The proof is not there.
    NotProven,
    /// DNS has said nothing for too long, since this moment if it has said something before.
    NotTold(Option<i64>),
}

impl Known {
    /// Remembers a look: the newest word of DNS, whatever the clock says later.
    pub(super) fn look(&mut self, said: Said, now: i64) {
        self.looked = Some(now);
        match said {
            Said::Proven => (self.seen, self.missed) = (Some(now), None),
            Said::Missing => (self.seen, self.missed) = (None, Some(now)),
            Said::Nothing => {}
        }
    }

    /// What follows for somebody new. This server's own sight counts; before it has had any, the administrator's program's does, which
    /// has had one when it signed.
    pub(super) fn verdict(&self, reserved: Reserved, now: i64) -> Verdict {
        if self.missed.is_some() {
            return Verdict::NotProven;
        }
        let seen = self.seen.or(signed(reserved, now));
        match seen {
            Some(seen) if now.saturating_sub(seen) <= GRACE => Verdict::Admitted,
            seen => Verdict::NotTold(seen),
        }
    }

    /// Whether the administrator's program has seen it since this server looked.
    fn has_news(&self, reserved: Reserved, now: i64) -> bool {
        signed(reserved, now).is_some_and(|at| self.looked.is_some_and(|looked| looked < at))
    }

    fn is_good(&self) -> bool {
        self.looked.is_some() && self.looked == self.seen
    }

    /// When to look again though nobody waits: each day, and sooner after what went wrong.
    pub(super) fn next(&self, reserved: Reserved, now: i64) -> i64 {
        if !self.is_good() && self.has_news(reserved, now) {
            return now;
        }
        let pause = if self.is_good() { DAY } else { PAUSE };
        // A look ahead of now was made by a wrong clock.
        self.looked.filter(|looked| *looked <= now).map_or(i64::MIN, |looked| looked.saturating_add(pause))
    }

    /// Looks that were made do not count any more: another DNS server is asked.
    pub(super) fn anew(&mut self) {
        self.looked = None;
    }

    /// Whether to look for somebody who signs in now: nobody waits for a look that changes nothing. A look ahead of now was made by a
    /// wrong clock.
    pub(super) fn is_due(&self, reserved: Reserved, now: i64) -> bool {
        let pause = match self.verdict(reserved, now) {
            Verdict::Admitted => DAY,
            _ if self.has_news(reserved, now) => 0,
            _ => BREATH,
        };
        self.looked.is_none_or(|looked| looked > now || now.saturating_sub(looked) >= pause)
    }
}

/// When the administrator's program has seen the proof. A moment ahead is nobody's.
fn signed(reserved: Reserved, now: i64) -> Option<i64> {
    reserved.proven.then_some(reserved.time).filter(|at| *at <= now.saturating_add(SKEW))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_800_000_000;
    const UNSEEN: Reserved = Reserved { time: NOW, proven: false };

    fn after(looks: &[(Said, i64)]) -> Known {
        let mut known = Known::default();
        for (said, at) in looks {
            known.look(*said, *at);
        }
        known
    }

    #[test]
    fn somebody_new_is_taken_in_where_this_server_has_seen_the_proof_and_it_was_not_taken_away() {
        let verdict = |looks: &[(Said, i64)]| after(looks).verdict(UNSEEN, NOW);
        assert_eq!(verdict(&[(Said::Proven, NOW)]), Verdict::Admitted);
        assert_eq!(verdict(&[(Said::Missing, NOW)]), Verdict::NotProven);
        assert_eq!(verdict(&[(Said::Proven, NOW - DAY), (Said::Missing, NOW)]), Verdict::NotProven);
        assert_eq!(verdict(&[(Said::Missing, NOW - DAY), (Said::Proven, NOW)]), Verdict::Admitted);
        assert_eq!(verdict(&[]), Verdict::NotTold(None));
        assert_eq!(verdict(&[(Said::Nothing, NOW)]), Verdict::NotTold(None));
    }

    #[test]
    fn while_dns_says_nothing_what_was_seen_counts_for_a_week_here_or_by_the_administrator() {
        let silent = |seen: i64| after(&[(Said::Proven, seen), (Said::Nothing, NOW)]).verdict(UNSEEN, NOW);
        assert_eq!(silent(NOW - 7 * DAY), Verdict::Admitted);
        assert_eq!(silent(NOW - 7 * DAY - 1), Verdict::NotTold(Some(NOW - 7 * DAY - 1)));
        let signed = |time, looks: &[(Said, i64)]| after(looks).verdict(Reserved { time, proven: true }, NOW);
        assert_eq!(signed(NOW - 7 * DAY, &[(Said::Nothing, NOW)]), Verdict::Admitted);
        assert_eq!(signed(NOW - 8 * DAY, &[(Said::Nothing, NOW)]), Verdict::NotTold(Some(NOW - 8 * DAY)));
        assert_eq!(signed(NOW, &[(Said::Missing, NOW - DAY)]), Verdict::NotProven, "this server sees for itself");
        assert_eq!(signed(NOW, &[(Said::Missing, NOW - DAY), (Said::Nothing, NOW)]), Verdict::NotProven);
        assert_eq!(signed(NOW + DAY, &[(Said::Nothing, NOW)]), Verdict::NotTold(None), "nobody signs ahead");
        let unseen = after(&[(Said::Nothing, NOW)]).verdict(Reserved { time: NOW, proven: false }, NOW);
        assert_eq!(unseen, Verdict::NotTold(None));
    }

    #[test]
    fn it_is_looked_at_daily_and_soon_again_after_what_went_wrong() {
        let good = after(&[(Said::Proven, NOW)]);
        let due = |known: &Known, now| known.is_due(UNSEEN, now);
        assert_eq!(
            (good.next(UNSEEN, NOW), due(&good, NOW + DAY - 1), due(&good, NOW + DAY)),
            (NOW + DAY, false, true)
        );
        let missing = after(&[(Said::Proven, NOW - DAY), (Said::Missing, NOW)]);
        assert_eq!(
            (missing.next(UNSEEN, NOW), due(&missing, NOW + 29), due(&missing, NOW + 30)),
            (NOW + 10 * MINUTE, false, true)
        );
        // While DNS says nothing of what was seen, nobody waits for it.
        let silent = after(&[(Said::Proven, NOW - DAY), (Said::Nothing, NOW)]);
        assert_eq!((silent.next(UNSEEN, NOW), due(&silent, NOW + 30)), (NOW + 10 * MINUTE, false));
        assert!(due(&Known::default(), NOW) && Known::default().next(UNSEEN, NOW) <= NOW);
        assert!(due(&good, NOW - 1) && good.next(UNSEEN, NOW - 1) < NOW, "the clock was set back");
        // The administrator has just seen it: so does this server, at once.
        let news = Reserved { time: NOW + 5, proven: true };
        assert_eq!((missing.next(news, NOW + 6), missing.is_due(news, NOW + 6)), (NOW + 6, true));
        assert_eq!(missing.verdict(news, NOW + 6), Verdict::NotProven, "and not before it has");
        let ahead = after(&[(Said::Missing, NOW + DAY), (Said::Proven, NOW)]);
        assert_eq!(ahead.verdict(UNSEEN, NOW), Verdict::Admitted, "what was missed by a wrong clock is over");
        let mut elsewhere = good;
        elsewhere.anew();
        assert!(
            due(&elsewhere, NOW)
                && elsewhere.next(UNSEEN, NOW) <= NOW
                && elsewhere.verdict(UNSEEN, NOW) == Verdict::Admitted
        );
    }

    proptest! {
        #[test]
        fn any_moments_are_borne(looked: Option<i64>, seen: Option<i64>, missed: Option<i64>, time: i64, now: i64, proven: bool) {
            let known = Known { looked, seen, missed };
            let reserved = Reserved { time, proven };
            let _ = (known.verdict(reserved, now), known.next(reserved, now), known.is_due(reserved, now));
        }
    }
}
