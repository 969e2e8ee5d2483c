//! Which removed users' secrets are to be shredded.

use std::collections::BTreeMap;

use sekisho_keys::removal::{GRACE, KEPT};
use serde::{Deserialize, Serialize};

use super::removals::{Removals, Signed};

/// Since when this server knows of each removal in force, by the blinded address: seconds since 1970. A removal that was
/// signed with a wrong moment, or by somebody who lies about it, shreds nothing sooner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Observed(BTreeMap<String, i64>);

impl Observed {
    /// With what is in force now, and nothing else: what was taken back, or waits, begins anew.
    fn with(&self, removals: &Removals, now: i64) -> Self {
        let known = |one: &Signed| {
            let name = one.about.to_string();
            let since = self.0.get(&name).copied().unwrap_or(now);
            (name, since.min(now))
        };
        Self(removals.in_force().map(known).collect())
    }

    fn since(&self, one: &Signed) -> Option<i64> {
        self.0.get(&one.about.to_string()).copied()
    }
}

/// What is known now, and the addresses of the users whose time is over, by their signed moment and by what this server
/// has seen.
pub(crate) fn due<'a>(removals: &'a Removals, before: &Observed, now: i64) -> (Observed, Vec<&'a str>) {
    let observed = before.with(removals, now);
    let grace = i64::try_from(GRACE).unwrap_or(i64::MAX);
    let kept = i64::try_from(KEPT).unwrap_or(i64::MAX);
    let is_due = |one: &&Signed| {
        let known = observed.since(one).is_some_and(|since| now.saturating_sub(since) > kept.saturating_add(grace));
        known && one.removal.is_over(now.saturating_sub(grace))
    };
    let due = removals.in_force().filter(is_due).map(|one| one.email.as_str()).collect();
    (observed, due)
}

#[cfg(test)]
mod tests {
    use sekisho_keys::ids::{KeyId, UserId};
    use sekisho_keys::removal::Removal;

    use super::*;

    const NOW: i64 = 1_800_000_000;
    const DAY: i64 = 86_400;

    fn removed(days_ago: i64) -> Removals {
        let at = u64::try_from(NOW - days_ago * DAY).unwrap();
        let removal = Removal { at, users: 100, approved: None, invited: false };
        Removals::of(vec![Signed {
            about: UserId([1; 32]),
            email: "bob@example.com".to_owned(),
            removal,
            author: KeyId([2; 32]),
        }])
    }

    fn observed(days_ago: i64) -> Observed {
        due(&removed(0), &Observed::default(), NOW - days_ago * DAY).0
    }

    fn is_due(removals: &Removals, before: &Observed) -> bool {
        !due(removals, before, NOW).1.is_empty()
    }

    #[test]
    fn a_secret_is_shredded_a_month_and_a_day_after_the_removal_was_signed_and_seen() {
        assert!(!is_due(&removed(31), &observed(31)));
        assert!(is_due(&removed(32), &observed(32)));
        assert!(!is_due(&removed(10), &observed(32)), "seen earlier than it was signed");
    }

    #[test]
    fn a_removal_that_claims_to_be_old_shreds_nothing_before_it_was_seen_for_as_long() {
        assert!(!is_due(&removed(400), &Observed::default()));
        assert!(!is_due(&removed(400), &observed(31)));
    }

    #[test]
    fn what_was_taken_back_or_waits_begins_anew() {
        let (after, _) = due(&Removals::default(), &observed(40), NOW - DAY);
        assert_eq!(after, Observed::default());
        assert!(!is_due(&removed(40), &after));
    }

    #[test]
    fn a_clock_that_was_wrong_once_puts_off_nothing_for_good() {
        let (ahead, _) = due(&removed(40), &Observed::default(), NOW + 4000 * DAY);
        let (after, _) = due(&removed(40), &ahead, NOW - 32 * DAY);
        assert!(is_due(&removed(40), &after));
    }
}
