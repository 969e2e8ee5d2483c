//! Rows that a Full Sync reads again from the first. Each is verified as if nothing had been, and held against what is known
//! under its name: what is stored, or what came under it before in the same reading.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::{Feed, Row};
use sekisho_keys::ids::{Hash, ServerId};
use sekisho_keys::user::Counted;
use sekisho_keys::witness::Seen;

use super::arriving::Arriving;
use super::replica::{Part, Replica, Stored};
use super::succession::may_replace;
use super::verify::{Counts, Verifier};
use crate::codes;

/// So many rows are named that do not count. A hub that shows more takes no memory with them.
const NAMED: usize = 100;

/// What was read.
pub(super) struct Rereading<'a> {
    replica: &'a Replica,
    pub(super) verifier: Verifier<'a>,
    /// The place of the last row.
    pub(super) place: u64,
    /// What counts, and does not stand like that in the replica, by kind and name.
    news: HashMap<(String, String), Stored>,
    /// The revisions by their numbers.
    pub(super) revisions: BTreeMap<u64, Hash>,
    users: Arriving,
    pub(super) seen: Seen,
    counters: BTreeMap<ServerId, u64>,
    records: BTreeSet<(Counted, Hash)>,
    refused: bool,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Rereading<'a> {
    pub(super) fn new(replica: &'a Replica, verifier: Verifier<'a>) -> Self {
        Self {
            replica,
            verifier,
            place: 0,
            news: HashMap::new(),
            revisions: BTreeMap::new(),
            users: Arriving::default(),
            seen: Seen::default(),
            counters: BTreeMap::new(),
            records: BTreeSet::new(),
            refused: false,
            faults: Vec::new(),
        }
    }

    /// How many users there are.
    pub(super) fn users(&self) -> u64 {
        self.users.count() as u64
    }

    /// Takes the next rows.
    ///
    /// Codes: `WRONG_ROW` for rows in a wrong order, `DATABASE`.
    pub(super) async fn take(&mut self, feed: Feed) -> Result<()> {
        let known = self.replica.stored_of(&feed.connection).await?;
        for row in feed.connection {
            if row.seq <= self.place || row.seq > feed.head {
                return Err(Fault::new(codes::WRONG_ROW).with("what", row.kind));
            }
            self.place = row.seq;
            let stored = known.get(&(row.kind.clone(), row.id.clone()));
            if let Err(fault) = self.row(row, stored) {
                // Looked at again when the log has moved on: its writer may have been admitted meanwhile.
                self.refused = true;
                if self.faults.len() < NAMED {
                    self.faults.push(fault);
                }
            }
        }
        Ok(())
    }

    fn row(&mut self, row: Row, stored: Option<&Stored>) -> Result<()> {
        let Some(Counts { stored: row, counters, record, revision }) = self.verifier.alone(row)? else { return Ok(()) };
        // The hub shows it, whether it counts here or not.
        self.seen.add(counters.iter().copied());
        self.revisions.extend(revision);
        if row.kind == "user" {
            self.users.came(&row.id);
        }
        let name = (row.kind.clone(), row.id.clone());
        // What is written anew while this is read comes twice.
        let before = self.news.get(&name).or(stored);
        if let Some(before) = before.filter(|before| before.body != row.body) {
            may_replace(&row, before)?;
        }
        for Counted { server, counter } in counters {
            let furthest = self.counters.entry(server).or_default();
            *furthest = (*furthest).max(counter);
        }
        self.records.extend(record);
        if stored.is_some_and(|stored| stored.rev == row.rev && stored.body == row.body) {
            self.news.remove(&name);
        } else {
            self.news.insert(name, row);
        }
        Ok(())
    }

    /// What is to be stored of it, without its revisions when the hub shows fewer than it did.
    pub(super) fn part(self, rolled_back: bool, time: i64) -> Part {
        let counters = self.counters.into_iter().map(|(server, counter)| Counted { server, counter });
        Part {
            rows: self.news.into_values().filter(|row| !rolled_back || row.kind != "revision").collect(),
            counters: counters.collect(),
            records: self.records.into_iter().collect(),
            feed: self.place,
            time,
            refused: self.refused,
            ..Part::default()
        }
    }
}
