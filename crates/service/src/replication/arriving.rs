//! The users that a new server takes in, of whom there may be a million. Their names are random: to keep them in order while
//! they come would write most of the database anew with every part. So their order is made once, when all are there.

use std::collections::HashSet;

use sekisho_keys::ids::UserId;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Row as _};

use super::addresses;

/// The rows, in the order in which they came. (Versions before this one kept them by their names.)
const ROWS: &str = "CREATE TABLE IF NOT EXISTS rows (kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, \
    body BLOB NOT NULL, address TEXT) STRICT;";
/// Finds each by its name, and keeps each name to one.
const NAMES: &str = "CREATE UNIQUE INDEX IF NOT EXISTS names ON rows (kind, id)";
/// Finds those that are not users. SQLite uses it where a statement says so in the same words.
const FEW: &str = "CREATE INDEX IF NOT EXISTS few ON rows (kind, id) WHERE kind <> 'user'";

/// Makes the rows.
pub(super) async fn make(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::raw_sql(ROWS).execute(&mut *connection).await?;
    addresses::make(connection).await
}

/// The names of the users who are there, whose order was under way when the database was closed.
pub(super) async fn names(connection: &mut SqliteConnection) -> sqlx::Result<Arriving> {
    let (mut names, mut after) = (Arriving::default(), i64::MIN);
    loop {
        let select = "SELECT rowid, id FROM rows WHERE rowid > ? AND kind = 'user' ORDER BY rowid LIMIT 10000";
        let rows = sqlx::query(select).bind(after).fetch_all(&mut *connection).await?;
        let Some(last) = rows.last() else { return Ok(names) };
        after = last.get(0);
        for row in &rows {
            names.came(&row.get::<String, _>(1));
        }
    }
}

/// Keeps users as they come from now on, and only what else there is in order. There must be no user yet.
pub(super) async fn begin(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let mut work = connection.begin().await?;
    if are_kept_by_name(&mut work).await? {
        sqlx::raw_sql("ALTER TABLE rows RENAME TO before").execute(&mut *work).await?;
        sqlx::raw_sql(ROWS).execute(&mut *work).await?;
        let over = "INSERT INTO rows (kind, id, rev, body, address) SELECT kind, id, rev, body, address FROM before; \
             DROP TABLE before";
        sqlx::raw_sql(over).execute(&mut *work).await?;
    }
    sqlx::raw_sql(FEW).execute(&mut *work).await?;
    sqlx::raw_sql("DROP INDEX IF EXISTS names").execute(&mut *work).await?;
    addresses::disorder(&mut work).await?;
    work.commit().await
}

/// Puts all rows in order.
pub(super) async fn end(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    if !are_kept_by_name(connection).await? {
        sqlx::raw_sql(NAMES).execute(&mut *connection).await?;
        sqlx::raw_sql("DROP INDEX IF EXISTS few").execute(&mut *connection).await?;
    }
    addresses::order(connection).await
}

async fn are_kept_by_name(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let row = sqlx::query("SELECT sql FROM sqlite_schema WHERE name = 'rows'").fetch_one(connection).await?;
    Ok(row.get::<String, _>(0).contains("WITHOUT ROWID"))
}

/// The names that have come.
#[derive(Debug, Default)]
pub(super) struct Arriving(HashSet<u128>);

impl Arriving {
    /// Whether a user of this name has come. One in 2^64 may be taken for another: then the order is made earlier.
    pub(super) fn has(&self, id: &str) -> bool {
        name(id).is_none_or(|name| self.0.contains(&name))
    }

    pub(super) fn came(&mut self, id: &str) {
        self.0.extend(name(id));
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

fn name(id: &str) -> Option<u128> {
    let id: UserId = id.parse().ok()?;
    id.0.first_chunk().map(|first| u128::from_be_bytes(*first))
}
