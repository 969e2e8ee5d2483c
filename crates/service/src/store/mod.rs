//! The service's databases. No rules live here.

use std::path::Path;

use sekisho_fault::{Fault, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::codes;

/// Opens a database file and makes its table if it is not there.
///
/// Code: `DATABASE`.
pub async fn open(path: &Path, table: &'static str) -> Result<SqlitePool> {
    let failed = |error: sqlx::Error| fault(path, &error);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await.map_err(failed)?;
    sqlx::query(table).execute(&pool).await.map_err(failed)?;
    Ok(pool)
}

/// A fault that names a database.
pub fn fault(path: &Path, error: &sqlx::Error) -> Fault {
    Fault::new(codes::DATABASE).with("path", path.display().to_string()).with("detail", error.to_string())
}
