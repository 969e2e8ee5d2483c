//! What other servers have seen, carried here by another way than the hub's: over ssh, or by the
//! browsers that sign in. One that has seen something else than the hub
//! shows here stops what comes from the hub, until an administrator has looked; one that has seen more is remembered until
//! the hub shows that here, too (R8).

mod carried;
mod compare;
mod fork;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use sekisho_keys::ids::ServerId;
use sekisho_keys::witness::Report;

pub use carried::{Carried, still_counts};
pub use compare::{Standing, compare};
pub use fork::Fork;

/// A report of a server that has seen more than the hub has shown here; and since when it waits for the hub to be asked, which
/// was not possible when it came.
type Further = (Report, Option<Instant>);

/// The reports of servers that have seen more than the hub has shown here.
#[derive(Default)]
pub struct Ahead(Mutex<BTreeMap<ServerId, Further>>);

impl Ahead {
    /// Remembers a report that the hub, `asked` for it, has not made good; or that it has yet to be asked for.
    pub fn remember(&self, report: Report, asked: bool) {
        let mut held = self.lock();
        match held.get_mut(&report.server) {
            // What waits is what the hub will be asked for, however many come meanwhile.
            Some(_) if !asked => {}
            // An older word, which was on its way for longer.
            Some((newer, waits)) if newer.time > report.time => *waits = None,
            _ => drop(held.insert(report.server, (report, (!asked).then(Instant::now)))),
        }
    }

    /// Forgets what a server has said up to this report.
    pub fn forget(&self, report: &Report) {
        let mut held = self.lock();
        if held.get(&report.server).is_some_and(|(last, _)| last.time <= report.time) {
            held.remove(&report.server);
        }
    }

    /// The reports, and since when each waits.
    pub fn reports(&self) -> Vec<Further> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ServerId, Further>> {
        // Reports are put in and taken out whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use sekisho_keys::ids::Hash;
    use sekisho_keys::log::Head;

    use super::*;
    use crate::enrolment::example::{PLACE, TWO};

    fn report(time: i64) -> Report {
        Report {
            place: PLACE,
            server: TWO,
            number: 0,
            time,
            version: String::new(),
            schema: 1,
            state: String::new(),
            revision: None,
            log: Head { sequence: 0, hash: Hash::NONE },
            feed: 0,
            counters: vec![],
            certificate: None,
            reason: None,
            synced: None,
            sign_ins: None,
            sync: None,
            cloned: None,
            by_name: None,
            held: None,
        }
    }

    #[test]
    fn an_older_word_does_not_take_the_place_of_a_newer_one_and_none_makes_another_wait_for_longer() {
        let ahead = Ahead::default();
        let held = || ahead.reports().into_iter().map(|(report, waits)| (report.time, waits)).collect::<Vec<_>>();
        ahead.remember(report(10), false);
        let [(10, Some(since))] = held()[..] else { panic!("{:?}", held()) };
        ahead.remember(report(20), false);
        assert_eq!(held(), [(10, Some(since))]);
        ahead.remember(report(20), true);
        assert_eq!(held(), [(20, None)]);
        ahead.remember(report(15), true);
        ahead.forget(&report(15));
        ahead.remember(report(30), false);
        assert_eq!(held(), [(20, None)]);
        ahead.forget(&report(20));
        assert!(held().is_empty());
    }
}
