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
    connect(path, tables).await.map_err(|error| fault(path, &error))
}

/// The same, for who has to know what is wrong.
pub(crate) async fn connect(path: &Path, tables: &'static str) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full);
    // A file does not go away as a server may: no connection is tried before it is used.
    let pool = SqlitePoolOptions::new().max_connections(4).test_before_acquire(false);
    let pool = pool.connect_with(options).await?;
    sqlx::raw_sql(tables).execute(&pool).await?;
    Ok(pool)
}

/// Whether a database is to blame, and not the disk or whoever else uses it: SQLite's primary codes for what is not as it was
/// written (11, 26), for two rows where one may be (19), and for tables that are not ours (1); and of the others those for
/// what cannot be read any more.
pub(crate) fn is_damage(error: &sqlx::Error) -> bool {
    const DAMAGE: [u32; 4] = [1, 11, 19, 26];
    /// `SQLITE_IOERR_READ`, `_SHORT_READ`, `_DATA`, `_CORRUPTFS`.
    const UNREADABLE: [u32; 4] = [266, 522, 8202, 8458];
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| DAMAGE.contains(&(code & 0xff)) || UNREADABLE.contains(&code))
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
