//! The store in PostgreSQL, for several hub nodes at once.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::str::FromStr;
use std::time::Duration;

use sekisho_fault::{Fault, Result as Faulty};
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, Postgres};

use super::batch::is_claimable;
use super::schema::{self, Opening, SCHEMA};
use super::sql::{self, Failure, Taking};
use super::{
    Batch, Change, Claim, Done, Item, Later, Mark, Marked, PAGE, Read, Refused, Row, Store, is_name, statements,
};
use crate::codes;

// Names compare by bytes, whatever the database's language is.
const TABLES: &str = r#"
    CREATE TABLE IF NOT EXISTS schema_version (one BIGINT PRIMARY KEY CHECK (one = 1), version BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS heads (scope TEXT COLLATE "C" PRIMARY KEY, seq BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS entries (
        scope TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL,
        rev BIGINT NOT NULL, seq BIGINT NOT NULL, body BYTEA NOT NULL,
        PRIMARY KEY (scope, kind, id), UNIQUE (scope, seq));
    CREATE TABLE IF NOT EXISTS claims (name TEXT COLLATE "C" PRIMARY KEY, holder TEXT COLLATE "C" NOT NULL);
    CREATE TABLE IF NOT EXISTS sessions (key BYTEA PRIMARY KEY, body BYTEA NOT NULL, ends BIGINT NOT NULL);
    CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (ends);
    CREATE TABLE IF NOT EXISTS marks (
        scope TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, ends BIGINT NOT NULL, PRIMARY KEY (scope, id));
    CREATE INDEX IF NOT EXISTS marks_by_end ON marks (ends);
"#;

/// A node that vanishes inside a transaction must not keep a scope locked until TCP notices.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '10s'; SET lock_timeout = '10s'; \
    SET client_min_messages = warning";

/// By this name PostgreSQL knows a hub's connections.
const NAME: &str = "sekisho-hub";
const NODES: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()";

/// Connections of one hub node that read.
const READERS: u32 = 4;

/// Connections of one hub node that write: as many writers may wait for each other's locks.
const WRITERS: u32 = 8;

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Only one node at a time makes tables: the key of an advisory lock, `sekisho` in ASCII.
const MAKING: i64 = 0x0073_656b_6973_686f;

/// `serialization_failure` and `deadlock_detected`: the transaction is undone, and may be tried again.
const UNDONE: [&str; 2] = ["40001", "40P01"];

/// A store in PostgreSQL 15 or newer, for several hub nodes at once.
#[derive(Clone)]
pub struct PostgresStore {
    readers: PgPool,
    writers: PgPool,
}

impl PostgresStore {
    /// Opens a database by its address, `postgresql://user:password@host:port/database?sslmode=verify-full`,
    /// and makes its tables when they are not there.
    ///
    /// Codes: `DATABASE_ADDRESS`, `DATABASE`, `DATABASE_NEWER`.
    pub async fn open(url: &str) -> Faulty<Self> {
        let options = options(url)?;
        let place = place(&options);
        let failed = |error: sqlx::Error| {
            Fault::new(codes::DATABASE).with("place", place.as_str()).with("detail", error.to_string())
        };
        // The pool would try again for as long as a caller may wait; a wrong address is to be told at once.
        let first = PgConnection::connect_with(&options).await.map_err(failed)?;
        first.close().await.map_err(failed)?;
        let pool = async |connections| {
            let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE);
            let pool = pool.after_connect(|connection, _| {
                Box::pin(async move { sqlx::raw_sql(SESSION).execute(connection).await.map(drop) })
            });
            pool.connect_with(options.clone()).await.map_err(failed)
        };
        // Two pools: writers that wait for one busy scope keep nobody from reading.
        let (readers, writers) = (pool(READERS).await?, pool(WRITERS).await?);
        let version = make(&writers).await.map_err(failed)?;
        if schema::opening(Some(version), SCHEMA) == Opening::Newer {
            let fault = Fault::new(codes::DATABASE_NEWER).with("place", place.as_str());
            return Err(fault.with("found", version).with("known", SCHEMA));
        }
        Ok(Self { readers, writers })
    }

    /// That no node of a hub is connected to the database.
    ///
    /// Codes: `IN_USE`, `DATABASE_ADDRESS`, `DATABASE`.
    pub async fn nobody_uses(url: &str) -> Faulty<()> {
        let options = options(url)?;
        let place = place(&options);
        let failed = |error: sqlx::Error| {
            Fault::new(codes::DATABASE).with("place", place.as_str()).with("detail", error.to_string())
        };
        let mut first = PgConnection::connect_with(&options).await.map_err(failed)?;
        let nodes = sqlx::query_scalar(NODES).bind(NAME).fetch_one(&mut first).await;
        let nodes: i64 = nodes.map_err(failed)?;
        first.close().await.map_err(failed)?;
        if nodes == 0 { Ok(()) } else { Err(Fault::new(codes::IN_USE).with("place", place)) }
    }

    /// Waits for what is being done and closes the connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

fn options(url: &str) -> Faulty<PgConnectOptions> {
    let unreadable = || Fault::new(codes::DATABASE_ADDRESS);
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(unreadable());
    }
    Ok(PgConnectOptions::from_str(url).map_err(|_| unreadable())?.application_name(NAME))
}

/// Where the database is, without its user and password.
fn place(options: &PgConnectOptions) -> String {
    let host = options.get_socket().map_or_else(|| options.get_host().into(), |socket| socket.to_string_lossy());
    format!("{host}:{}/{}", options.get_port(), options.get_database().unwrap_or_default())
}

/// Makes what is missing, and returns the version of the schema. A schema of this version or newer is not
/// written to, so that the hub's everyday account needs no right to make tables.
async fn make(pool: &PgPool) -> Result<i64, sqlx::Error> {
    let mut work = pool.begin_with(BEGIN).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MAKING).execute(&mut *work).await?;
    let found = found(&mut work).await?;
    if let Some(version) = found.filter(|_| schema::opening(found, SCHEMA) != Opening::Made) {
        return Ok(version);
    }
    sqlx::raw_sql(TABLES).execute(&mut *work).await?;
    sqlx::query(statements::WRITE_SCHEMA).bind(SCHEMA).execute(&mut *work).await?;
    work.commit().await?;
    Ok(SCHEMA)
}

async fn found(work: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    let is_there: bool =
        sqlx::query_scalar("SELECT to_regclass('schema_version') IS NOT NULL").fetch_one(&mut *work).await?;
    if is_there { sqlx::query_scalar(statements::FOUND_SCHEMA).fetch_optional(work).await } else { Ok(None) }
}

fn is_undone(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| UNDONE.contains(&&*code))
}

/// Each statement sees what was committed before it, so what is read under a scope's lock is what is there.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Sees what was committed when it first reads, and keeps no writer waiting.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Nobody reads or writes until it is filled anew.
const EMPTY: &str = "LOCK TABLE entries, heads, claims, sessions IN ACCESS EXCLUSIVE MODE; \
    DELETE FROM entries; DELETE FROM heads; DELETE FROM claims; DELETE FROM sessions";

sql::sql_store!(PostgresStore, Postgres, begin: BEGIN, snapshot: SNAPSHOT, empty: EMPTY, retry: is_undone);
