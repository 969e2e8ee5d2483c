//! What was told already.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::trouble::{Trouble, What};

/// A trouble that comes back after so many seconds is news.
const AWAY: i64 = 60 * 60;
/// An end that has passed this long ago is none that comes back, in seconds.
const PAST: i64 = 90 * 24 * 60 * 60;
/// The most that is remembered; beyond it, what was seen longest ago is forgotten.
const MOST: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    /// When it was there last: seconds since 1970.
    last: i64,
    /// What it tells of ends then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<i64>,
}

/// The troubles that were told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told(BTreeMap<String, Seen>);

impl Told {
    /// The same after a while in which nobody looked: that nothing was seen then says nothing.
    #[must_use]
    pub fn reopened(mut self, now: i64) -> Self {
        self.0.values_mut().for_each(|seen| seen.last = now);
        self
    }

    /// Looks at the troubles there are. Those that have been away are forgotten; whether there were such.
    pub fn look(&mut self, troubles: &[Trouble], now: i64) -> bool {
        for trouble in troubles {
            if let Some(seen) = self.0.get_mut(&trouble.name) {
                seen.last = now;
            }
        }
        let before = self.0.len();
        self.0.retain(|_, seen| now - seen.last < AWAY || seen.end.is_some_and(|end| now - end < PAST));
        self.0.len() != before
    }

    /// Those of the troubles that were not told.
    pub fn news(&self, troubles: &[Trouble]) -> Vec<Trouble> {
        troubles.iter().filter(|trouble| !self.0.contains_key(&trouble.name)).cloned().collect()
    }

    /// These were told.
    pub fn tell(&mut self, troubles: &[Trouble], now: i64) {
        for trouble in troubles {
            let end = if let What::Ends(end) = trouble.what { Some(end) } else { None };
            self.0.insert(trouble.name.clone(), Seen { last: now, end });
        }
        while self.0.len() > MOST {
            let Some(oldest) = self.0.iter().min_by_key(|(_, seen)| seen.last).map(|(name, _)| name.clone()) else {
                break;
            };
            self.0.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use sekisho_fault::{Code, Fault};

    use super::*;
    use crate::trouble::tests::{NOW, ends, status};
    use crate::trouble::troubles;

    fn of(warnings: Vec<Fault>, now: i64) -> Vec<Trouble> {
        troubles(&status(|it| it.warnings = warnings), now)
    }

    /// Looks and tells, as the service and the console do; how many were told.
    fn tell(told: &mut Told, there: &[Trouble], now: i64) -> usize {
        told.look(there, now);
        let news = told.news(there);
        told.tell(&news, now);
        news.len()
    }

    #[test]
    fn an_end_is_told_once_for_each_stage_over_restarts_and_years_of_silence() {
        let (mut told, end) = (Told::default(), NOW + 20 * 86_400);
        let mut count = 0;
        for day in 0..25 {
            let now = NOW + day * 86_400;
            count += tell(&mut told, &of(vec![ends("tls", end)], now), now);
            // Started anew, and before anything is known the status says nothing.
            let kept = serde_json::to_string(&told).unwrap();
            told = serde_json::from_str::<Told>(&kept).unwrap().reopened(now);
            count += tell(&mut told, &[], now);
        }
        assert_eq!(count, 4, "soon, 7 days, 1 day, ended");
    }

    #[test]
    fn a_renewed_certificate_is_never_told_of_and_the_next_ones_end_is() {
        let (mut told, end) = (Told::default(), NOW + 86_400 * 20);
        assert_eq!(tell(&mut told, &of(vec![ends("tls", end)], NOW), NOW), 1);
        let days = |days: i64| NOW + days * 86_400;
        assert_eq!((15..25).map(|day| tell(&mut told, &of(vec![], days(day)), days(day))).sum::<usize>(), 0);
        assert_eq!(tell(&mut told, &of(vec![ends("tls", end)], days(16)), days(16)), 1, "an end that comes nearer");
        assert_eq!(tell(&mut told, &of(vec![ends("tls", days(90))], days(70)), days(70)), 1);
    }

    #[test]
    fn a_trouble_that_flickers_is_told_once_and_one_that_comes_back_later_again() {
        let mut told = Told::default();
        let there = of(vec![Fault::new(Code::new("service.forked"))], NOW);
        assert_eq!(tell(&mut told, &there, NOW), 1);
        for at in 1..20 {
            tell(&mut told, if at % 2 == 0 { &there } else { &[] }, NOW + at * 60);
        }
        assert_eq!(tell(&mut told, &there, NOW + 20 * 60), 0);
        assert!(told.look(&[], NOW + 20 * 60 + AWAY));
        assert_eq!(tell(&mut told, &there, NOW + 21 * 60 + AWAY), 1);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_newest_stays() {
        let mut told = Told::default();
        let most = i64::try_from(MOST).unwrap();
        for at in 0..most + 5 {
            tell(&mut told, &of(vec![ends("tls", NOW + 86_400 + at)], NOW + at), NOW + at);
        }
        assert_eq!(told.0.len(), MOST);
        let last = NOW + most + 4;
        assert_eq!(tell(&mut told, &of(vec![ends("tls", last + 86_400)], last), last), 0);
    }
}
