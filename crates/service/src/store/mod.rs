//! The service's databases. No rules live here.

mod replace;
mod sealed_file;

use std::path::Path;

pub(crate) use replace::rename;
pub use sealed_file::SealedFile;

use sekisho_fault::{Fault, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::codes;

/// Opens a database file and makes its tables if they are not there.
///
/// Code: `DATABASE`.
pub async fn open(path: &Path, tables: &'static str) -> Result<SqlitePool> {
    let failed = |error: sqlx::Error| fault(path, &error);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full);
    // A file does not go away as a server may: no connection is tried before it is used.
    let pool = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false);
    let pool = pool.connect_with(options).await.map_err(failed)?;
    sqlx::raw_sql(tables).execute(&pool).await.map_err(failed)?;
    Ok(pool)
}

/// Sets a damaged database aside, for whoever wants to look at it; only the last one is kept.
pub fn set_aside(path: &Path) {
    let _ = std::fs::rename(path, path.with_extension("damaged"));
    for end in ["sqlite-wal", "sqlite-shm"] {
        let _ = std::fs::remove_file(path.with_extension(end));
    }
}

/// A fault that names a database.
pub fn fault(path: &Path, error: &sqlx::Error) -> Fault {
    Fault::new(codes::DATABASE).with("path", path.display().to_string()).with("detail", error.to_string())
}
