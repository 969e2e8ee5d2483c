//! Users by their blinded addresses.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};

use super::replica::Stored;

/// A column that the versions before did not have.
const COLUMN: &str = "ALTER TABLE rows ADD COLUMN address TEXT";
/// Finds users by it, and those without it.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS addresses ON rows (address) WHERE kind = 'user'";

/// Makes the column where it is missing.
pub(super) async fn make(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let known = "SELECT COUNT(*) FROM pragma_table_info('rows') WHERE name = 'address'";
    if sqlx::query(known).fetch_one(&mut *connection).await?.get::<i64, _>(0) == 0 {
        sqlx::raw_sql(COLUMN).execute(connection).await?;
    }
    Ok(())
}

/// Puts the users in order by it.
pub(super) async fn order(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::raw_sql(INDEX).execute(connection).await.map(drop)
}

/// While many come, none is kept.
pub(super) async fn disorder(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::raw_sql("DROP INDEX IF EXISTS addresses").execute(connection).await.map(drop)
}

fn stored(row: &SqliteRow) -> Stored {
    Stored {
        kind: "user".to_owned(),
        id: row.get(0),
        rev: u64::try_from(row.get::<i64, _>(1)).unwrap_or(0),
        body: row.get(2),
        address: row.get(3),
    }
}

/// The users with an address.
pub(super) async fn users_at(pool: &SqlitePool, address: &str) -> sqlx::Result<Vec<Stored>> {
    let select = "SELECT id, rev, body, address FROM rows WHERE kind = 'user' AND address = ? ORDER BY id";
    Ok(sqlx::query(select).bind(address).fetch_all(pool).await?.iter().map(stored).collect())
}

/// Users without one.
pub(super) async fn missing(pool: &SqlitePool, limit: u32) -> sqlx::Result<Vec<Stored>> {
    let select = "SELECT id, rev, body, address FROM rows WHERE kind = 'user' AND address IS NULL LIMIT ?";
    Ok(sqlx::query(select).bind(limit).fetch_all(pool).await?.iter().map(stored).collect())
}

/// Keeps the address of a record.
pub(super) async fn keep(pool: &SqlitePool, opened: &Stored, address: &str) -> sqlx::Result<()> {
    let update = "UPDATE rows SET address = ? WHERE kind = 'user' AND id = ? AND body = ?";
    sqlx::query(update).bind(address).bind(&opened.id).bind(&opened.body).execute(pool).await.map(drop)
}
