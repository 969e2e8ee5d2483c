//! Rows that were read a short while ago. Users come back, and each read goes to SQLite's thread and back again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::replica::Stored;

/// Rows that are kept; when there are more, all are read anew. A user's is under two kilobytes.
const MOST: usize = 2048;

#[derive(Default)]
struct Held {
    /// Grows with every change of what is stored: what was read before it may be old.
    generation: u64,
    rows: HashMap<(String, String), Stored>,
}

/// The rows.
#[derive(Default)]
pub(super) struct Recent(Mutex<Held>);

/// The moment at which a read began.
#[derive(Clone, Copy)]
pub(super) struct Begun(u64);

impl Recent {
    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing panics while the lock is held, and the map is whole at every moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A row, or the moment from which on it is read.
    pub(super) fn get(&self, kind: &str, id: &str) -> Result<Stored, Begun> {
        let held = self.held();
        held.rows.get(&(kind.to_owned(), id.to_owned())).cloned().ok_or(Begun(held.generation))
    }

    /// Keeps a row that was read, unless something was stored meanwhile.
    pub(super) fn keep(&self, row: &Stored, begun: Begun) {
        let mut held = self.held();
        if held.generation != begun.0 {
            return;
        }
        if held.rows.len() >= MOST {
            held.rows.clear();
        }
        held.rows.insert((row.kind.clone(), row.id.clone()), row.clone());
    }

    /// Something else is stored from now on.
    pub(super) fn forget(&self) {
        let mut held = self.held();
        held.generation += 1;
        held.rows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, rev: u64) -> Stored {
        Stored { kind: "user".into(), id: id.into(), rev, body: vec![7], address: None }
    }

    #[test]
    fn a_row_that_was_read_before_a_change_is_not_kept_after_it() {
        let recent = Recent::default();
        let begun = recent.get("user", "a").unwrap_err();
        recent.keep(&row("a", 1), begun);
        assert_eq!(recent.get("user", "a").ok(), Some(row("a", 1)));
        let before = recent.get("user", "b").unwrap_err();
        recent.forget();
        recent.keep(&row("b", 1), before);
        assert!(recent.get("user", "a").is_err() && recent.get("user", "b").is_err());
    }

    #[test]
    fn the_memory_is_bounded() {
        let recent = Recent::default();
        for number in 0..3 * MOST {
            let id = number.to_string();
            let begun = recent.get("user", &id).unwrap_err();
            recent.keep(&row(&id, 1), begun);
        }
        assert!(recent.held().rows.len() <= MOST);
    }
}
