//! When a certificate is ordered, and by whom. Moments are seconds since 1970, by this server's clock; how long somebody else has
//! been silent is measured here, so that no clock of theirs is believed.

use std::time::Duration;

use sekisho_keys::acme::{Phase, Work};
use sekisho_keys::ids::{Hash, ServerId};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Whoever orders says so anew this often.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// After so long without a sign of life another server takes over.
pub(super) const SILENCE: Duration = Duration::from_mins(1);

/// What is served by ACME now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// The setting that it was ordered under.
    pub(super) setting: Hash,
    /// From when it holds.
    pub(super) from: i64,
    /// Until when.
    pub(super) until: i64,
    /// Its key is in wrong hands.
    pub(super) stolen: bool,
}

/// The work as it is known here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) work: &'a Work,
    pub(super) by: ServerId,
    /// How long nothing has been heard of it.
    pub(super) silent: Duration,
}

/// All there is to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) setting: Hash,
    pub(super) held: Option<Held>,
    pub(super) work: Option<Seen<'a>>,
    pub(super) own: ServerId,
    pub(super) now: i64,
    /// An administrator has asked for it now.
    pub(super) wished: bool,
    /// The connection's own part of every wait.
    pub(super) share: u32,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing before this moment.
    Rest(i64),
    /// Another server is at it.
    Watch,
    /// To be ordered; going on with this order, where one was begun. So many tries have failed before.
    Order {
        /// The order's address.
        resume: Option<String>,
        /// Tries that failed, one after the other.
        failures: u32,
    },
}

fn part(share: u32, seconds: i64) -> i64 {
    seconds.saturating_mul(i64::from(share)) >> 32
}

/// When a certificate is renewed: after two thirds of its life, and up to a sixtieth of it later, so that not all of an
/// authority's clients come at once.
pub(super) fn renewal(from: i64, until: i64, share: u32) -> i64 {
    let life = until.saturating_sub(from).max(0);
    from.saturating_add(life / 3 * 2 + life % 3 * 2 / 3).saturating_add(part(share, life / 60))
}

/// The moment from which on a certificate is wanted.
pub(super) fn due(held: Option<Held>, setting: Hash, share: u32) -> i64 {
    match held {
        Some(held) if held.setting == setting && !held.stolen => renewal(held.from, held.until, share),
        _ => i64::MIN,
    }
}

/// The next try after so many that failed in a row. One that has made an order at the authority waits for an hour, two, four, up
/// to a day: authorities count them. One that did not come so far begins with five minutes.
pub(super) fn again(failures: u32, ordered: bool, now: i64, share: u32) -> i64 {
    let first = if ordered { HOUR } else { 5 * MINUTE };
    let longest = if ordered { DAY } else { HOUR };
    let factor = 1_i64.checked_shl(failures.saturating_sub(1).min(16)).unwrap_or(1);
    let wait = first.saturating_mul(factor).min(longest);
    now.saturating_add(wait).saturating_add(part(share, wait / 10))
}

/// What is to be done now.
pub(super) fn step(known: &Known<'_>) -> Step {
    let due = due(known.held, known.setting, known.share);
    if known.now < due && !known.wished {
        return Step::Rest(due);
    }
    let afresh = |failures| Step::Order { resume: None, failures };
    let Some(Seen { work, by, silent }) = known.work else { return afresh(0) };
    let same = work.setting == known.setting;
    match &work.phase {
        // This server's own, from before it was started: it is not at it any more.
        Phase::Ordering(_) if by != known.own && silent < SILENCE => Step::Watch,
        Phase::Ordering(order) => Step::Order { resume: order.clone().filter(|_| same), failures: 0 },
        Phase::Failed(failure) if same && !known.wished => {
            // No clock that is wrong puts it off for long.
            let next = failure.next.min(known.now.saturating_add(DAY + DAY / 10));
            if known.now < next { Step::Rest(next) } else { afresh(failure.times) }
        }
        Phase::Failed(failure) if same => afresh(failure.times),
        Phase::Failed(_) | Phase::Done(_) => afresh(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sekisho_keys::acme::Failure;

    const OWN: ServerId = ServerId([1; 16]);
    const OTHER: ServerId = ServerId([2; 16]);
    const NOW: i64 = 1_795_513_267;

    fn setting() -> Hash {
        Hash::of(b"setting")
    }

    fn known(held: Option<Held>, work: Option<Seen<'_>>) -> Known<'_> {
        Known { setting: setting(), held, work, own: OWN, now: NOW, wished: false, share: 0 }
    }

    fn held(from: i64, until: i64) -> Held {
        Held { setting: setting(), from, until, stolen: false }
    }

    fn work(phase: Phase) -> Work {
        Work { setting: setting(), phase }
    }

    #[test]
    fn the_first_is_ordered_at_once_and_the_next_when_two_thirds_are_over() {
        assert_eq!(step(&known(None, None)), Step::Order { resume: None, failures: 0 });
        let fresh = held(NOW - 10 * DAY, NOW + 80 * DAY);
        assert_eq!(step(&known(Some(fresh), None)), Step::Rest(NOW + 50 * DAY));
        let old = held(NOW - 61 * DAY, NOW + 29 * DAY);
        assert_eq!(step(&known(Some(old), None)), Step::Order { resume: None, failures: 0 });
        for due in [Held { stolen: true, ..fresh }, Held { setting: Hash::of(b"other"), ..fresh }] {
            assert!(matches!(step(&known(Some(due), None)), Step::Order { .. }));
        }
        let wished = Known { wished: true, ..known(Some(fresh), None) };
        assert!(matches!(step(&wished), Step::Order { .. }));
    }

    #[test]
    fn who_is_at_it_is_left_alone_until_nothing_is_heard_of_them_and_their_order_is_gone_on_with() {
        let ordering = work(Phase::Ordering(Some("https://a.example/order".into())));
        let seen = |by, silent| Some(Seen { work: &ordering, by, silent });
        assert_eq!(step(&known(None, seen(OTHER, Duration::ZERO))), Step::Watch);
        let wished = Known { wished: true, ..known(None, seen(OTHER, Duration::ZERO)) };
        assert_eq!(step(&wished), Step::Watch, "not even a wish makes two orders");
        let goes_on = Step::Order { resume: Some("https://a.example/order".into()), failures: 0 };
        assert_eq!(step(&known(None, seen(OTHER, SILENCE))), goes_on);
        assert_eq!(step(&known(None, seen(OWN, Duration::ZERO))), goes_on, "after a restart");
        let elsewhere = Work { setting: Hash::of(b"before"), ..ordering.clone() };
        let seen = Some(Seen { work: &elsewhere, by: OTHER, silent: SILENCE });
        assert_eq!(step(&known(None, seen)), Step::Order { resume: None, failures: 0 });
    }

    #[test]
    fn after_a_failure_every_server_waits_and_a_wish_or_another_setting_does_not() {
        let failed = work(Phase::Failed(Failure { times: 3, next: NOW + HOUR, reason: "{}".into() }));
        let seen = Some(Seen { work: &failed, by: OTHER, silent: Duration::ZERO });
        assert_eq!(step(&known(None, seen)), Step::Rest(NOW + HOUR));
        let later = Known { now: NOW + HOUR, ..known(None, seen) };
        assert_eq!(step(&later), Step::Order { resume: None, failures: 3 });
        let wished = Known { wished: true, ..known(None, seen) };
        assert_eq!(step(&wished), Step::Order { resume: None, failures: 3 });
        let other = Known { setting: Hash::of(b"other"), ..known(None, seen) };
        assert_eq!(step(&other), Step::Order { resume: None, failures: 0 });
        let far = work(Phase::Failed(Failure { times: 1, next: i64::MAX, reason: "{}".into() }));
        let seen = Some(Seen { work: &far, by: OTHER, silent: Duration::ZERO });
        assert!(matches!(step(&known(None, seen)), Step::Rest(next) if next <= NOW + 2 * DAY));
    }

    proptest! {
        #[test]
        fn a_renewal_is_never_before_two_thirds_and_leaves_nearly_a_third(
            from in 0..NOW, life in 60..400 * DAY, share: u32,
        ) {
            let at = renewal(from, from + life, share);
            prop_assert!(at - from >= life * 2 / 3 - 1, "{}", at - from);
            prop_assert!(from + life - at >= life * 3 / 10 - 1, "{}", from + life - at);
        }

        #[test]
        fn no_more_than_one_order_an_hour_is_made_after_failures_and_one_a_day_at_least(
            failures in 1..u32::MAX, share: u32,
        ) {
            let wait = again(failures, true, NOW, share) - NOW;
            prop_assert!((HOUR..=DAY + DAY / 10).contains(&wait), "{wait}");
            prop_assert!(again(failures.saturating_add(1), true, NOW, share) >= again(failures, true, NOW, share));
            let sooner = again(failures, false, NOW, share) - NOW;
            prop_assert!((5 * MINUTE..=HOUR + HOUR / 10).contains(&sooner), "{sooner}");
        }

        #[test]
        fn any_moment_is_borne(from: i64, until: i64, share: u32, now: i64, times: u32) {
            let held = Some(held(from, until));
            let _ = step(&Known { now, share, ..known(held, None) });
            let _ = again(times, true, now, share);
        }
    }
}
