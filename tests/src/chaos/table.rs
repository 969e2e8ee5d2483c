//! What came of all rounds.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::act::Act;

/// When a kill came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Before,
    During,
    After,
}

#[derive(Default)]
struct Row {
    rounds: u32,
    kills: [u32; 3],
    /// Rounds after which, before anything was done again, it was as before, and as after the act.
    outcomes: [u32; 2],
    seconds: f64,
}

/// The table.
#[derive(Default)]
pub(super) struct Table(BTreeMap<Act, Row>);

impl Table {
    /// A round is over; `new`: the act had taken effect before anything was done again.
    pub(super) fn add(&mut self, act: Act, kills: &[Moment], new: bool, seconds: f64) {
        let row = self.0.entry(act).or_default();
        row.rounds += 1;
        row.outcomes[usize::from(new)] += 1;
        row.seconds += seconds;
        for kill in kills {
            row.kills[*kill as usize] += 1;
        }
    }

    /// As it is printed.
    pub(super) fn text(&self) -> String {
        let mut text = "act      rounds  killed: before  during   after   outcome: old     new   seconds\n".to_owned();
        let mut all = Row::default();
        let line = |text: &mut String, name: &str, row: &Row| {
            let ([before, during, after], [old, new]) = (row.kills, row.outcomes);
            let (rounds, seconds) = (row.rounds, row.seconds);
            writeln!(text, "{name:8} {rounds:6} {before:15} {during:7} {after:7} {old:14} {new:7} {seconds:9.1}")
                .unwrap();
        };
        for (act, row) in &self.0 {
            line(&mut text, act.name(), row);
            all.rounds += row.rounds;
            all.seconds += row.seconds;
            for (sum, part) in all.kills.iter_mut().zip(row.kills) {
                *sum += part;
            }
            for (sum, part) in all.outcomes.iter_mut().zip(row.outcomes) {
                *sum += part;
            }
        }
        line(&mut text, "all", &all);
        text
    }
}
