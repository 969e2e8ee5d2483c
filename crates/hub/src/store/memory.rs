//! The model: what a store does, as plainly as it can be said. Forgets everything when it is dropped.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Batch, Change, Claim, Done, Item, Later, Mark, Marked, PAGE, Read, Refused, Row, Store, is_name};

/// Scope, kind, id.
type Key = (String, String, String);

#[derive(Clone, Default)]
struct State {
    rows: BTreeMap<Key, Row>,
    heads: BTreeMap<String, u64>,
    holders: BTreeMap<String, String>,
    sessions: HashMap<[u8; 32], (Vec<u8>, i64)>,
    /// By scope and id: the end.
    marks: BTreeMap<(String, String), i64>,
}

/// A store in memory: the model that the databases are compared with, and the store of tests.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A batch is applied to a copy, so a thread that panicked left whole state behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn row(&self, [scope, kind, id]: [&str; 3]) -> Option<&Row> {
        self.rows.get(&(scope.to_owned(), kind.to_owned(), id.to_owned()))
    }

    fn apply(&mut self, batch: Batch) -> Result<Done, Refused> {
        batch.check()?;
        for unmoved in &batch.unmoved {
            unmoved.check(self.heads.get(&unmoved.scope).copied().unwrap_or_default())?;
        }
        for required in &batch.requires {
            required.check(self.row([&required.scope, &required.kind, &required.id]))?;
        }
        let mut done = Done::default();
        for change in &batch.changes {
            let head = self.change(change)?;
            done.heads.insert(change.row()[0].to_owned(), head);
        }
        for release in batch.releases {
            if self.holders.get(&release.name) == Some(&release.holder) {
                self.holders.remove(&release.name);
            }
        }
        let mut claims = batch.claims;
        claims.sort_by(|one, other| one.name.cmp(&other.name));
        for claim in claims {
            let holder = self.holders.entry(claim.name.clone()).or_insert_with(|| claim.holder.clone());
            if *holder != claim.holder {
                return Err(Refused::Taken { name: claim.name });
            }
        }
        Ok(done)
    }

    /// Makes a change and returns the scope's head after it.
    fn change(&mut self, change: &Change) -> Result<u64, Refused> {
        let now = self.row(change.row());
        change.check(now)?;
        let rev = now.map_or(0, |row| row.rev) + 1;
        let [scope, kind, id] = change.row().map(str::to_owned);
        let head = self.heads.entry(scope.clone()).or_default();
        let key = (scope.clone(), kind.clone(), id.clone());
        match change {
            Change::Put { body, .. } => {
                *head += 1;
                self.rows.insert(key, Row { scope, kind, id, rev, seq: *head, body: body.clone() });
            }
            Change::Remove { .. } => {
                self.rows.remove(&key);
            }
        }
        Ok(*head)
    }
}

fn at_most<'a>(limit: u32, rows: impl Iterator<Item = &'a Row>) -> Vec<Row> {
    rows.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect()
}

impl Store for MemoryStore {
    fn commit(&self, batch: Batch) -> Later<'_, Result<Done, Refused>> {
        Box::pin(async move {
            let mut state = self.state();
            let mut next = state.clone();
            let done = next.apply(batch)?;
            *state = next;
            Ok(done)
        })
    }

    fn get<'a>(&'a self, scope: &'a str, kind: &'a str, id: &'a str) -> Later<'a, Read<Option<Row>>> {
        Box::pin(async move { Ok(self.state().row([scope, kind, id]).cloned()) })
    }

    fn list<'a>(
        &'a self,
        scope: &'a str,
        kind: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> Later<'a, Read<Vec<Row>>> {
        Box::pin(async move {
            if !after.is_none_or(is_name) {
                return Ok(Vec::new());
            }
            let state = self.state();
            let rows = state.rows.values().filter(|row| row.scope == scope && row.kind == kind);
            Ok(at_most(limit, rows.filter(|row| after.is_none_or(|after| *row.id > *after))))
        })
    }

    fn feed<'a>(&'a self, scope: &'a str, after: u64, limit: u32) -> Later<'a, Read<Vec<Row>>> {
        Box::pin(async move {
            let state = self.state();
            let mut rows: Vec<&Row> = state.rows.values().filter(|row| row.scope == scope && row.seq > after).collect();
            rows.sort_by_key(|row| row.seq);
            let mut before = 0;
            let begins_in_page = |row: &&Row| {
                let begins = before < PAGE;
                before += row.body.len();
                begins
            };
            Ok(at_most(limit, rows.into_iter().take_while(begins_in_page)))
        })
    }

    fn head<'a>(&'a self, scope: &'a str) -> Later<'a, Read<u64>> {
        Box::pin(async move { Ok(self.state().heads.get(scope).copied().unwrap_or_default()) })
    }

    fn holder<'a>(&'a self, name: &'a str) -> Later<'a, Read<Option<String>>> {
        Box::pin(async move { Ok(self.state().holders.get(name).cloned()) })
    }

    fn mark(&self, mark: Mark, now: i64, most: u32) -> Later<'_, Read<Marked>> {
        Box::pin(async move {
            if ![&mark.scope, &mark.id].into_iter().all(|name| is_name(name)) {
                return Ok(Marked::Full);
            }
            let mut state = self.state();
            let living = state.marks.iter().filter(|((scope, _), ends)| *scope == mark.scope && **ends > now).count();
            let key = (mark.scope, mark.id);
            Ok(match state.marks.get(&key) {
                Some(ends) if *ends > now => Marked::Again,
                _ if living >= usize::try_from(most).unwrap_or(usize::MAX) => Marked::Full,
                _ => {
                    state.marks.insert(key, mark.ends);
                    Marked::First
                }
            })
        })
    }

    fn put_session(&self, key: [u8; 32], body: Vec<u8>, ends: i64) -> Later<'_, Read<()>> {
        Box::pin(async move {
            self.state().sessions.insert(key, (body, ends));
            Ok(())
        })
    }

    fn session<'a>(&'a self, key: &'a [u8; 32], now: i64) -> Later<'a, Read<Option<Vec<u8>>>> {
        Box::pin(async move {
            let state = self.state();
            let living = state.sessions.get(key).filter(|(_, ends)| *ends > now);
            Ok(living.map(|(body, _)| body.clone()))
        })
    }

    fn swap_session<'a>(
        &'a self,
        key: &'a [u8; 32],
        before: Option<&'a [u8]>,
        after: Vec<u8>,
        ends: i64,
        now: i64,
    ) -> Later<'a, Read<bool>> {
        Box::pin(async move {
            let mut state = self.state();
            let held = state.sessions.get(key).filter(|(_, ends)| *ends > now).map(|(body, _)| body.as_slice());
            let is_met = held == before;
            if is_met {
                state.sessions.insert(*key, (after, ends));
            }
            Ok(is_met)
        })
    }

    fn end_session<'a>(&'a self, key: &'a [u8; 32]) -> Later<'a, Read<bool>> {
        Box::pin(async move { Ok(self.state().sessions.remove(key).is_some()) })
    }

    fn read_all<'a>(&'a self, take: &'a mut (dyn FnMut(Item) -> ControlFlow<()> + Send)) -> Later<'a, Read<()>> {
        Box::pin(async move {
            let State { rows, heads, holders, .. } = self.state().clone();
            let mut rows: Vec<Row> = rows.into_values().collect();
            rows.sort_by(|one, other| (&one.scope, one.seq).cmp(&(&other.scope, other.seq)));
            let heads = heads.into_iter().filter(|(_, seq)| *seq > 0).map(|(scope, seq)| Item::Head { scope, seq });
            let names = holders.into_iter().map(|(name, holder)| Item::Name(Claim { name, holder }));
            let _ = heads.chain(rows.into_iter().map(Item::Row)).chain(names).try_for_each(take);
            Ok(())
        })
    }

    fn replace_all<'a>(&'a self, items: &'a mut (dyn Iterator<Item = io::Result<Item>> + Send)) -> Later<'a, Read<()>> {
        Box::pin(async move {
            let mut next = State::default();
            for item in items {
                match item? {
                    Item::Head { scope, seq } => drop(next.heads.insert(scope, seq)),
                    Item::Row(row) => {
                        drop(next.rows.insert((row.scope.clone(), row.kind.clone(), row.id.clone()), row));
                    }
                    Item::Name(Claim { name, holder }) => drop(next.holders.insert(name, holder)),
                }
            }
            let mut state = self.state();
            next.marks = std::mem::take(&mut state.marks);
            *state = next;
            Ok(())
        })
    }

    fn sweep(&self, now: i64) -> Later<'_, Read<()>> {
        Box::pin(async move {
            let mut state = self.state();
            state.sessions.retain(|_, (_, ends)| *ends > now);
            state.marks.retain(|_, ends| *ends > now);
            Ok(())
        })
    }
}
