//! The store in an SQLite file, for one hub node.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use sekisho_fault::{Fault, Result as Faulty};
use sqlx::error::DatabaseError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, Sqlite, SqliteConnection};

use super::batch::is_claimable;
use super::schema::{self, Opening, SCHEMA};
use super::sql::{self, Failure, Taking};
use super::{
    Batch, Change, Claim, Done, Item, Later, Mark, Marked, PAGE, Read, Refused, Row, Store, is_name, statements,
};
use crate::codes;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS schema_version
        (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS heads (scope TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS entries (
        scope TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
        rev INTEGER NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (scope, kind, id), UNIQUE (scope, seq)) STRICT;
    CREATE TABLE IF NOT EXISTS claims (name TEXT PRIMARY KEY, holder TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS sessions (key BLOB PRIMARY KEY, body BLOB NOT NULL, ends INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (ends);
    CREATE TABLE IF NOT EXISTS marks (scope TEXT NOT NULL, id TEXT NOT NULL, ends INTEGER NOT NULL,
        PRIMARY KEY (scope, id)) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS marks_by_end ON marks (ends);
";

/// Another process may hold the file for a moment: a backup, or a hub that is just stopping.
const BUSY: Duration = Duration::from_secs(10);

/// Readers that may read at the same time.
const READERS: u32 = 4;

/// `SQLITE_NOTADB`.
const NOT_A_DATABASE: &str = "26";

/// A store in an SQLite file. What it acknowledged survives a power cut.
#[derive(Clone)]
pub struct SqliteStore {
    readers: SqlitePool,
    /// One connection: SQLite has one writer at a time, and waiting here is fair.
    writers: SqlitePool,
}

impl SqliteStore {
    /// Opens a database file, or makes it. A file that is something else is left as it is.
    ///
    /// Codes: `DATABASE`, `NOT_A_HUB_DATABASE`, `DATABASE_NEWER`.
    pub async fn open(path: &Path) -> Faulty<Self> {
        let place = path.display().to_string();
        let failed = |error: sqlx::Error| fault(&place, &error);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(BUSY)
            .synchronous(SqliteSynchronous::Full);
        // Looked at before anything is written, even the journal mode.
        let mut first = SqliteConnection::connect_with(&options).await.map_err(failed)?;
        let found = look(&mut first).await.map_err(failed)?;
        first.close().await.map_err(failed)?;
        let found = match found {
            Found::Foreign => return Err(Fault::new(codes::NOT_A_HUB_DATABASE).with("place", place)),
            Found::Schema(version) => Some(version),
            Found::Nothing => None,
        };
        let opening = schema::opening(found, SCHEMA);
        if opening == Opening::Newer {
            return Err(newer(&place, found.unwrap_or_default()));
        }
        let options = options.journal_mode(SqliteJournalMode::Wal);
        let writers = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await;
        let writers = writers.map_err(failed)?;
        if opening == Opening::Made {
            make(&writers).await.map_err(failed)?;
        }
        let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await;
        Ok(Self { readers: readers.map_err(failed)?, writers })
    }

    /// That no hub has the file open. One that is not there is open to nobody.
    ///
    /// Codes: `IN_USE`, `DATABASE`.
    pub async fn nobody_uses(path: &Path) -> Faulty<()> {
        if !path.exists() {
            return Ok(());
        }
        let place = path.display().to_string();
        // In WAL mode each who has it open holds a shared lock: only who is alone gets the exclusive one.
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::ZERO);
        let options = options.locking_mode(SqliteLockingMode::Exclusive);
        let mut alone = SqliteConnection::connect_with(&options).await.map_err(|error| fault(&place, &error))?;
        let locked = sqlx::raw_sql("BEGIN EXCLUSIVE; ROLLBACK").execute(&mut alone).await;
        let _ = alone.close().await;
        match locked {
            Err(error) if is_busy(&error) => Err(Fault::new(codes::IN_USE).with("place", place)),
            Err(error) => Err(fault(&place, &error)),
            Ok(_) => Ok(()),
        }
    }

    /// Waits for what is being done and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// What a file holds.
enum Found {
    /// It is new.
    Nothing,
    /// Tables of something else.
    Foreign,
    /// A hub's tables.
    Schema(i64),
}

async fn look(connection: &mut SqliteConnection) -> Result<Found, sqlx::Error> {
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'").fetch_all(&mut *connection).await?;
    if tables.is_empty() {
        return Ok(Found::Nothing);
    }
    if !tables.iter().any(|name| name == "schema_version") || !tables.iter().any(|name| name == "entries") {
        return Ok(Found::Foreign);
    }
    let version = sqlx::query_scalar(statements::FOUND_SCHEMA).fetch_optional(connection).await?;
    Ok(version.map_or(Found::Foreign, Found::Schema))
}

/// Makes what is missing, all or nothing.
async fn make(writers: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut work = writers.begin_with(BEGIN).await?;
    sqlx::raw_sql(TABLES).execute(&mut *work).await?;
    sqlx::query(statements::WRITE_SCHEMA).bind(SCHEMA).execute(&mut *work).await?;
    work.commit().await
}

/// `SQLITE_BUSY`, or one that says more of it.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

fn newer(place: &str, found: i64) -> Fault {
    Fault::new(codes::DATABASE_NEWER).with("place", place).with("found", found).with("known", SCHEMA)
}

fn fault(place: &str, error: &sqlx::Error) -> Fault {
    if error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == NOT_A_DATABASE) {
        return Fault::new(codes::NOT_A_HUB_DATABASE).with("place", place);
    }
    Fault::new(codes::DATABASE).with("place", place).with("detail", error.to_string())
}

/// Takes the write lock at once: a transaction that reads first could not write after another has.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// Sees what was committed when it first reads, and keeps no writer waiting.
const SNAPSHOT: &str = "BEGIN DEFERRED";

const EMPTY: &str = "DELETE FROM entries; DELETE FROM heads; DELETE FROM claims; DELETE FROM sessions";

sql::sql_store!(
    SqliteStore, Sqlite, begin: BEGIN, snapshot: SNAPSHOT, empty: EMPTY,
    retry: |_: &sqlx::Error| false
);
