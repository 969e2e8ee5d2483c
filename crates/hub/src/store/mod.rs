//! The hub's one narrow store: generic rows in scopes, names that one holder has, marks of what may happen once, and
//! sessions.
//!
//! No rules about what rows mean live here. Three implementations keep one contract (`tests/store`):
//! [`MemoryStore`], the model; [`SqliteStore`], for one hub node; [`PostgresStore`], for several.
//!
//! Every `Put` takes the next number of its scope's sequence inside the transaction, while the scope is
//! locked. So the sequence has no gaps, and who has read a scope up to N has missed nothing before N.

mod batch;
mod memory;
mod postgres;
mod schema;
mod sql;
mod sqlite;
mod statements;
mod whole;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::ops::ControlFlow;
use std::pin::Pin;

pub use batch::{Batch, Change, Claim, Expect, MAX_BODY, MAX_NAME, PAGE, Require, Unmoved, is_name};
pub use memory::MemoryStore;
pub use postgres::PostgresStore;
pub use schema::SCHEMA;
pub use sqlite::SqliteStore;
pub use whole::Item;

/// A future that any thread may run.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A row: opaque bytes under a scope, a kind and an id.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// What is ordered together, for example one connection.
    pub scope: String,
    /// What sort of thing it is.
    pub kind: String,
    /// Which one of its kind.
    pub id: String,
    /// How often it was written: 1 for the first time. A row that was removed starts again at 1.
    pub rev: u64,
    /// Its place in the scope's sequence, which begins at 1.
    pub seq: u64,
    /// What was written.
    pub body: Vec<u8>,
}

impl fmt::Debug for Row {
    /// The body stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scope, kind, id, rev, seq, body } = self;
        write!(f, "{scope} {kind} {id} rev {rev} seq {seq} ({} bytes)", body.len())
    }
}

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// For each scope with a change, the number of its newest row after the batch.
    pub heads: BTreeMap<String, u64>,
}

/// Why a batch was not done. But for [`Refused::Unavailable`], nothing of it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A row is not as the batch expects it.
    Stale {
        /// The row's scope.
        scope: String,
        /// The row's kind.
        kind: String,
        /// The row's id.
        id: String,
        /// What it is now; `None` when it is absent.
        now: Option<Box<Row>>,
    },
    /// A required row is absent or at another revision, or a scope (kind `head`) has moved on.
    Missing {
        /// The row's scope.
        scope: String,
        /// The row's kind.
        kind: String,
        /// The row's id.
        id: String,
    },
    /// Another holder has the name.
    Taken {
        /// The name.
        name: String,
    },
    /// No store can do such a batch: a name that [`is_name`] refuses, a body above [`MAX_BODY`], or two
    /// changes of one row. A mistake of the caller.
    Malformed {
        /// What is wrong, in English, for logs.
        detail: &'static str,
    },
    /// The database cannot be used now. Whether the batch was done is not known: read before trying again.
    Unavailable {
        /// What the database said, for logs.
        detail: String,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale { scope, kind, id, now: Some(now) } => write!(f, "{scope} {kind} {id} is at rev {}", now.rev),
            Self::Stale { scope, kind, id, now: None } => write!(f, "{scope} {kind} {id} is absent"),
            Self::Missing { scope, kind, id } => write!(f, "{scope} {kind} {id} is not there as required"),
            Self::Taken { name } => write!(f, "{name} is taken"),
            Self::Malformed { detail } => f.write_str(detail),
            Self::Unavailable { detail } => write!(f, "database: {detail}"),
        }
    }
}

impl std::error::Error for Refused {}

/// The database cannot be read now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// What the database said, for logs.
    pub detail: String,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database: {}", self.detail)
    }
}

impl std::error::Error for Unavailable {}

impl From<io::Error> for Unavailable {
    fn from(error: io::Error) -> Self {
        Self { detail: error.to_string() }
    }
}

impl From<sqlx::Error> for Unavailable {
    fn from(error: sqlx::Error) -> Self {
        Self { detail: error.to_string() }
    }
}

/// That something has happened which may happen once. It is in no feed, and forgotten at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What is counted together.
    pub scope: String,
    /// What has happened.
    pub id: String,
    /// Until when it is remembered: seconds since 1970.
    pub ends: i64,
}

/// What came of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// It is made: nobody has made it before, or it had ended.
    First,
    /// It was there, and stays as it was.
    Again,
    /// It was not there, and there is no room for more in its scope.
    Full,
}

/// What a read gives.
pub type Read<T> = Result<T, Unavailable>;

/// Where the hub keeps its rows. A read that names what cannot be a name finds nothing.
pub trait Store: Send + Sync + 'static {
    /// Does the whole batch or nothing of it.
    ///
    /// The order in which it is judged: its shape, where scopes must stand, what it requires, its changes, its claims in
    /// the order of their names. The first that does not hold is the answer. Once begun (polled), it is gone through with
    /// though nobody waits any longer.
    fn commit(&self, batch: Batch) -> Later<'_, Result<Done, Refused>>;

    /// One row.
    fn get<'a>(&'a self, scope: &'a str, kind: &'a str, id: &'a str) -> Later<'a, Read<Option<Row>>>;

    /// Rows of a kind in the order of their ids (by bytes), after the id `after`, at most `limit`.
    fn list<'a>(
        &'a self,
        scope: &'a str,
        kind: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> Later<'a, Read<Vec<Row>>>;

    /// Rows with a number above `after`, in the order of their numbers, at most `limit`, and none behind those whose
    /// bodies have [`PAGE`] bytes together. A row that was written again appears once, at its newest place.
    fn feed<'a>(&'a self, scope: &'a str, after: u64, limit: u32) -> Later<'a, Read<Vec<Row>>>;

    /// The number that the scope's newest row got; 0 when none was ever written.
    fn head<'a>(&'a self, scope: &'a str) -> Later<'a, Read<u64>>;

    /// Who holds a name.
    fn holder<'a>(&'a self, name: &'a str) -> Later<'a, Read<Option<String>>>;

    /// Makes a mark if it is not there at `now` (seconds since 1970). A scope holds at most `most` that have not ended, and
    /// as many more as are made at the same moment. A mark that cannot have its names is [`Marked::Full`].
    fn mark(&self, mark: Mark, now: i64, most: u32) -> Later<'_, Read<Marked>>;

    /// Keeps a session, or replaces it. `key` is the SHA-256 of its token; `ends` is in seconds since 1970.
    fn put_session(&self, key: [u8; 32], body: Vec<u8>, ends: i64) -> Later<'_, Read<()>>;

    /// A session that has not ended at `now` (seconds since 1970). At its end it has ended.
    fn session<'a>(&'a self, key: &'a [u8; 32], now: i64) -> Later<'a, Read<Option<Vec<u8>>>>;

    /// Keeps a session in the place of the one that has this body, or, without one, where none lives at `now`. False when
    /// there is another: of two who replace one at once, one hears so.
    fn swap_session<'a>(
        &'a self,
        key: &'a [u8; 32],
        before: Option<&'a [u8]>,
        after: Vec<u8>,
        ends: i64,
        now: i64,
    ) -> Later<'a, Read<bool>>;

    /// Forgets a session. True when it was there: of two who end it at once, one hears so.
    fn end_session<'a>(&'a self, key: &'a [u8; 32]) -> Later<'a, Read<bool>>;

    /// Everything but sessions and marks as it was at one moment, in the order of [`Item`], until `take` breaks off.
    fn read_all<'a>(&'a self, take: &'a mut (dyn FnMut(Item) -> ControlFlow<()> + Send)) -> Later<'a, Read<()>>;

    /// Writes these things in the place of all that is there, sessions too, or does nothing. Marks stay: what
    /// has happened once has happened.
    fn replace_all<'a>(&'a self, items: &'a mut (dyn Iterator<Item = io::Result<Item>> + Send)) -> Later<'a, Read<()>>;

    /// Forgets every session and every mark that has ended at `now` (seconds since 1970).
    fn sweep(&self, now: i64) -> Later<'_, Read<()>>;
}
