//! What was heard of the other servers, and when: the newest report of each, as long as this process lives.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::ServerId;
use sekisho_keys::witness::Report;

use crate::codes;

/// After so many seconds without a report, what a server said last may not be true any more: it reports every minute.
pub const PATIENCE: i64 = 180;
/// Clocks that differ by fewer seconds are not worth a word.
const TOLERANCE: i64 = 30;

/// The newest report of a server.
#[derive(Clone, Debug)]
pub struct Known {
    /// The report.
    pub report: Report,
    /// When it came, by this server's clock: seconds since 1970.
    pub heard: i64,
    /// How far the server's clock is ahead of this one's, in seconds, as far as that is certain; negative: behind.
    pub ahead: Option<i64>,
}

impl Known {
    /// Whether the server has not been heard of for so long that its report may not be true any more.
    pub fn is_stale(&self, now: i64) -> bool {
        now - self.heard > PATIENCE
    }
}

/// What was heard.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    known: BTreeMap<ServerId, Known>,
    cloned: BTreeSet<ServerId>,
    refused: Vec<(ServerId, Fault)>,
    read: Option<i64>,
}

impl Heard {
    /// Takes in what the hub shows at `now`.
    pub fn take(&mut self, reports: Vec<(ServerId, Result<Report>)>, now: i64) {
        self.refused.clear();
        let before = self.read.replace(now);
        for (server, report) in reports {
            match report {
                Ok(report) => self.hear(server, report, before, now),
                Err(why) => self.refused.push((server, why)),
            }
        }
    }

    fn hear(&mut self, server: ServerId, report: Report, before: Option<i64>, now: i64) {
        let time = report.time;
        let known = match self.known.get(&server) {
            Some(known) if report.number < known.report.number => {
                // The hub shows an older one than it showed before.
                self.refused.push((server, Fault::new(codes::ROLLED_BACK).with("what", "report")));
                return;
            }
            Some(known) if report.number == known.report.number => {
                if report != known.report {
                    self.cloned.insert(server);
                }
                return;
            }
            // It came since the reports were last read: before that, or after now, another clock has spoken.
            Some(_) => {
                let since = before.unwrap_or(now).min(now);
                let (early, late) = (since - TOLERANCE, now + TOLERANCE);
                let ahead = (time < early).then_some(time - since).or((time > late).then_some(time - now));
                Known { heard: time.clamp(since, now), ahead, report }
            }
            // Nobody knows when it came; by its own clock, and never later than now.
            None => {
                let ahead = (time > now + TOLERANCE).then_some(time - now);
                Known { heard: time.min(now), ahead, report }
            }
        };
        self.known.insert(server, known);
    }

    /// The newest report of a server.
    pub fn of(&self, server: ServerId) -> Option<&Known> {
        self.known.get(&server)
    }

    /// The servers that have signed two reports under one number.
    pub fn cloned(&self) -> &BTreeSet<ServerId> {
        &self.cloned
    }

    /// The reports that were refused when they were last read.
    pub fn refused(&self) -> &[(ServerId, Fault)] {
        &self.refused
    }

    /// When the reports were last read: seconds since 1970.
    pub fn read(&self) -> Option<i64> {
        self.read
    }
}

#[cfg(test)]
pub(super) mod tests {
    use sekisho_keys::ids::{ConnectionId, Hash, OrganisationId};
    use sekisho_keys::keyring::Place;
    use sekisho_keys::log::Head;

    use super::*;

    const ONE: ServerId = ServerId([1; 16]);
    const NOW: i64 = 1_800_000_000;

    pub(crate) fn report(number: u64, time: i64) -> (ServerId, Result<Report>) {
        let report = Report {
            place: Place { organisation: OrganisationId([1; 16]), connection: ConnectionId([2; 16]) },
            server: ONE,
            number,
            time,
            version: "0.1.0".into(),
            schema: 1,
            state: "running".into(),
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
        };
        (ONE, Ok(report))
    }

    fn known(heard: &Heard) -> (i64, Option<i64>) {
        let known = heard.of(ONE).unwrap();
        (known.heard, known.ahead)
    }

    #[test]
    fn a_server_that_stays_silent_is_stale_and_not_before() {
        let mut heard = Heard::default();
        heard.take(vec![report(1, NOW)], NOW);
        heard.take(vec![report(1, NOW)], NOW + PATIENCE);
        assert!(!heard.of(ONE).unwrap().is_stale(NOW + PATIENCE));
        assert!(heard.of(ONE).unwrap().is_stale(NOW + PATIENCE + 1));
        heard.take(vec![report(2, NOW + 300)], NOW + 310);
        assert!(!heard.of(ONE).unwrap().is_stale(NOW + 310));
    }

    #[test]
    fn a_report_that_was_there_at_the_start_is_as_old_as_it_says() {
        let mut heard = Heard::default();
        heard.take(vec![report(1, NOW - 3600)], NOW);
        assert_eq!(known(&heard), (NOW - 3600, None));
        assert!(heard.of(ONE).unwrap().is_stale(NOW));
    }

    #[test]
    fn a_clock_is_said_to_differ_only_when_it_must() {
        for (time, ahead) in [
            (NOW + 60, None),
            (NOW + 60 + TOLERANCE, None),
            (NOW + 60 + TOLERANCE + 1, Some(TOLERANCE + 1)),
            (NOW - TOLERANCE, None),
            (NOW - TOLERANCE - 1, Some(-TOLERANCE - 1)),
            (NOW + 3600, Some(3540)),
            (NOW - 3600, Some(-3600)),
        ] {
            let mut heard = Heard::default();
            heard.take(vec![report(1, NOW)], NOW);
            heard.take(vec![report(2, time)], NOW + 60);
            assert_eq!(heard.of(ONE).unwrap().ahead, ahead, "{}", time - NOW);
            assert!((NOW..=NOW + 60).contains(&heard.of(ONE).unwrap().heard), "heard of just now");
        }
        let mut heard = Heard::default();
        heard.take(vec![report(1, NOW + 3600)], NOW);
        assert_eq!(known(&heard), (NOW, Some(3600)));
    }

    #[test]
    fn an_older_report_and_a_forged_one_are_refused_by_code_and_the_newer_one_stays() {
        let mut heard = Heard::default();
        heard.take(vec![report(2, NOW)], NOW);
        heard.take(vec![report(1, NOW - 60)], NOW + 1);
        assert_eq!(heard.refused()[0].1.code, codes::ROLLED_BACK);
        assert_eq!(heard.of(ONE).unwrap().report.number, 2);
        heard.take(vec![(ONE, Err(Fault::new(sekisho_keys::codes::SIGNATURE)))], NOW + 2);
        assert_eq!(heard.refused()[0].1.code, sekisho_keys::codes::SIGNATURE);
        assert_eq!(heard.of(ONE).unwrap().report.number, 2);
        heard.take(vec![report(2, NOW)], NOW + 3);
        assert!(heard.refused().is_empty());
    }

    #[test]
    fn two_reports_under_one_number_are_a_cloned_server() {
        let mut heard = Heard::default();
        heard.take(vec![report(1, NOW)], NOW);
        heard.take(vec![report(1, NOW)], NOW + 1);
        assert!(heard.cloned().is_empty());
        heard.take(vec![report(1, NOW + 1)], NOW + 2);
        assert!(heard.cloned().contains(&ONE));
    }
}
