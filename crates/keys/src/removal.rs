//! Removals of users: how long one can be taken back, and which ones wait because they are too many at once.
//!
//! All of it follows from what is signed, so that every server and every administrator comes to the same, however late and in
//! whatever order the removals reach it.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use crate::ids::UserId;

/// Up to so many users may be removed within [`WINDOW`] whatever the size of the connection.
pub const MOST: u64 = 10;
/// Of the connection's users, up to so many in a hundred may be removed within [`WINDOW`].
pub const PERCENT: u64 = 5;
/// In seconds: a day.
pub const WINDOW: u64 = 24 * 60 * 60;
/// How long a removal can be taken back, in seconds: thirty days. Then the user's secret is shredded.
pub const KEPT: u64 = 30 * 24 * 60 * 60;
/// In seconds: so much later it is shredded, as clocks differ and news takes time.
pub const GRACE: u64 = 24 * 60 * 60;

/// A removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Removal {
    /// When: seconds since 1970. It stays when the fact is sealed anew.
    #[n(0)]
    pub at: u64,
    /// How many users the connection had then.
    #[n(1)]
    pub users: u64,
    /// When an administrator agreed to it though there were too many at once: seconds since 1970.
    #[n(2)]
    pub approved: Option<u64>,
    /// Whether the user was invited: so it is again when the removal is taken back, and as long as it waits.
    #[n(3)]
    pub invited: bool,
}

impl Removal {
    /// Whether it cannot be taken back any more; `now`: seconds since 1970. What waits is never over.
    pub fn is_over(&self, now: i64) -> bool {
        let since = self.approved.unwrap_or(self.at);
        u64::try_from(now).is_ok_and(|now| now.saturating_sub(since) > KEPT)
    }
}

/// The users whose removals wait for an administrator: with each of them, more than [`MOST`] users and more than [`PERCENT`]
/// in a hundred were to go within [`WINDOW`]. Those that came before it are in force, and so is what was approved.
pub fn held(removals: &[(UserId, Removal)]) -> BTreeSet<UserId> {
    let mut waiting: Vec<&(UserId, Removal)> = removals.iter().filter(|(_, one)| one.approved.is_none()).collect();
    waiting.sort_unstable_by_key(|(_, one)| one.at);
    let count = |upto: u64| waiting.partition_point(|(_, one)| one.at <= upto) as u64;
    let is_held = |one: &Removal| {
        // With all of the same moment: what was signed together waits together.
        let before = one.at.checked_sub(WINDOW).map_or(0, count);
        let within = count(one.at) - before;
        within > MOST && within.saturating_mul(100) > PERCENT.saturating_mul(one.users)
    };
    waiting.iter().filter(|(_, one)| is_held(one)).map(|(user, _)| *user).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn user(number: usize) -> UserId {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&(number as u64).to_be_bytes());
        UserId(id)
    }

    fn removals(moments: &[u64], users: u64) -> Vec<(UserId, Removal)> {
        let one =
            |(number, at): (usize, &u64)| (user(number), Removal { at: *at, users, approved: None, invited: false });
        moments.iter().enumerate().map(one).collect()
    }

    fn count(moments: &[u64], users: u64) -> usize {
        held(&removals(moments, users)).len()
    }

    #[test]
    fn up_to_ten_or_five_in_a_hundred_are_in_force_and_more_wait() {
        assert_eq!(count(&[500; 10], 12), 0);
        assert_eq!(count(&[500; 11], 12), 11, "signed together, they wait together");
        assert_eq!(count(&[500; 50], 1000), 0);
        assert_eq!(count(&[500; 51], 1000), 51);
        assert_eq!(count(&[500; 30], 40), 30);
    }

    #[test]
    fn of_removals_one_after_the_other_those_beyond_wait_and_those_before_stay() {
        let moments: Vec<u64> = (1000..1030).collect();
        let waiting = held(&removals(&moments, 40));
        assert_eq!(waiting, (10..30).map(user).collect());
    }

    #[test]
    fn a_day_later_it_is_counted_anew() {
        let mut moments = vec![1000; 10];
        moments.push(1000 + WINDOW);
        assert_eq!(count(&moments, 40), 0);
        moments[10] -= 1;
        assert_eq!(count(&moments, 40), 1);
    }

    #[test]
    fn what_was_approved_waits_no_more_and_holds_up_no_other() {
        let mut removals = removals(&[1000; 31], 40);
        removals.iter_mut().take(30).for_each(|(_, one)| one.approved = Some(2000));
        assert!(held(&removals).is_empty());
    }

    #[test]
    fn a_removal_is_over_thirty_days_after_it_came_into_force() {
        let removed = Removal { at: 1000, users: 1, approved: None, invited: false };
        let end = i64::try_from(1000 + KEPT).unwrap();
        assert!(!removed.is_over(end) && removed.is_over(end + 1) && !removed.is_over(0) && !removed.is_over(-1));
        let approved = Removal { approved: Some(5000), ..removed };
        assert!(!approved.is_over(end + 4000) && approved.is_over(end + 4001));
    }

    proptest! {
        #[test]
        fn in_whatever_order_they_come_the_same_wait(
            moments in prop::collection::vec(0_u64..3 * WINDOW, 0..80), users in 0_u64..2000, seed in any::<usize>(),
        ) {
            let sorted = removals(&moments, users);
            let mut mixed = sorted.clone();
            if !mixed.is_empty() {
                let by = seed % mixed.len();
                mixed.rotate_left(by);
            }
            prop_assert_eq!(held(&sorted), held(&mixed));
        }

        #[test]
        fn never_are_more_in_force_within_a_day_than_may_be(
            moments in prop::collection::vec(0_u64..3 * WINDOW, 0..80), users in 0_u64..2000, end in 0_u64..3 * WINDOW,
        ) {
            let all = removals(&moments, users);
            let waiting = held(&all);
            let day = end.saturating_sub(WINDOW - 1)..=end;
            let in_force = all.iter().filter(|(id, one)| day.contains(&one.at) && !waiting.contains(id)).count() as u64;
            prop_assert!(in_force <= MOST.max(PERCENT * users / 100), "{in_force} of {users}");
        }

        #[test]
        fn a_removal_that_comes_later_changes_nothing_for_those_before(
            moments in prop::collection::vec(0_u64..WINDOW, 0..40), later in prop::collection::vec(WINDOW..2 * WINDOW, 0..40),
        ) {
            let before = held(&removals(&moments, 100));
            let after = held(&removals(&[moments.clone(), later].concat(), 100));
            let of_before: BTreeSet<UserId> = after.into_iter().filter(|id| (0..moments.len()).any(|at| user(at) == *id)).collect();
            prop_assert_eq!(before, of_before);
        }
    }
}
