//! What the hub can give again, as it was verified: the organisation log, and the newest of each row of the connection.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sekisho_admin_api::servers::ServerSync;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire;
use sekisho_keys::ids::{Hash, ServerId};
use sekisho_keys::user::Counted;
use sqlx::sqlite::SqlitePool;
use sqlx::{Connection as _, QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::addresses;
use super::arriving::{self, Arriving};
use super::recent::Recent;
use crate::store;

const TABLES: &str = "\
    CREATE TABLE IF NOT EXISTS log (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;\
    CREATE TABLE IF NOT EXISTS counters (server TEXT PRIMARY KEY, counter INTEGER NOT NULL) STRICT, WITHOUT ROWID;\
    CREATE TABLE IF NOT EXISTS records (server TEXT NOT NULL, counter INTEGER NOT NULL, hash TEXT NOT NULL, \
        reused INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (server, counter)) STRICT, WITHOUT ROWID;\
    CREATE INDEX IF NOT EXISTS reused ON records (server) WHERE reused = 1;\
    CREATE TABLE IF NOT EXISTS granted (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL) STRICT;\
    CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), feed INTEGER NOT NULL, \
        synced INTEGER NOT NULL, refused INTEGER NOT NULL) STRICT;";

/// Rows of one statement: each is bound with up to five values, of which SQLite takes 32,766.
const TOGETHER: usize = 500;

/// An order that could not be made is tried again after this time: each try writes as much as there is room for.
const ANOTHER_TRY: Duration = Duration::from_mins(5);

/// A row as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// `revision`, `object`, `user`, `fact`, `acme`, `sync`.
    pub kind: String,
    /// Its name.
    pub id: String,
    /// How often it was written at the hub.
    pub rev: u64,
    /// What was written.
    pub body: Vec<u8>,
    /// Of a user that was opened: the blinded address.
    pub address: Option<String>,
}

impl Stored {
    /// As the hub's feed has it.
    pub(super) fn of(row: wire::Row) -> Self {
        Self { kind: row.kind, id: row.id, rev: row.rev, body: row.body.0, address: None }
    }
}

/// What came from the hub and was verified, to be stored as one.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// New entries of the organisation log, with their places.
    pub log: Vec<(u64, Vec<u8>)>,
    /// Rows.
    pub rows: Vec<Stored>,
    /// How far servers' records go, by what was verified.
    pub counters: Vec<Counted>,
    /// Records by the counters that their servers gave them, with their hashes.
    pub records: Vec<(Counted, Hash)>,
    /// The place in the feed.
    pub feed: u64,
    /// When: seconds since 1970.
    pub time: i64,
    /// Whether a row was refused: it is looked at again when the log has grown.
    pub refused: bool,
}

/// The replica in a data folder.
#[derive(Clone)]
pub struct Replica {
    pool: SqlitePool,
    path: PathBuf,
    recent: Arc<Recent>,
    /// The names of users, while they come for the first time.
    arriving: Arc<Mutex<Option<Arriving>>>,
    /// Why their order could not be made, and when that was tried.
    disorder: Arc<Mutex<Option<(Instant, Fault)>>>,
    /// One part at a time.
    taking: Arc<tokio::sync::Mutex<()>>,
    /// Grows with every change of what is said of users.
    facts: Arc<AtomicU64>,
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn positive(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

impl Replica {
    /// Opens the replica of a data folder. One that is damaged is set aside: the hub gives it again.
    ///
    /// Code: `DATABASE`.
    pub async fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("replica.sqlite");
        let failed = |error: sqlx::Error| store::fault(&path, &error);
        let (pool, disorder) = match Self::pool(&path).await {
            Err(error) if store::is_damage(&error) => {
                tracing::error!(%error, "the replica is damaged: it is set aside and filled again");
                store::set_aside(&path);
                Self::pool(&path).await.map_err(failed)?
            }
            opened => opened.map_err(failed)?,
        };
        let (arriving, disorder) = match disorder {
            None => (None, None),
            Some((names, error)) => {
                tracing::warn!(%error, "the replica's users are not in order");
                (Some(names), Some((Instant::now(), failed(error))))
            }
        };
        Ok(Self {
            pool,
            path,
            recent: Arc::default(),
            arriving: Arc::new(Mutex::new(arriving)),
            disorder: Arc::new(Mutex::new(disorder)),
            taking: Arc::default(),
            facts: Arc::default(),
        })
    }

    /// The database; with the names of its users, and the reason, where these cannot be put in order now.
    async fn pool(path: &Path) -> sqlx::Result<(SqlitePool, Option<(Arriving, sqlx::Error)>)> {
        let pool = store::connect(path, TABLES).await?;
        match Self::put_in_order(&pool).await {
            Ok(()) => Ok((pool, None)),
            Err(error) if store::is_damage(&error) => {
                pool.close().await;
                Err(error)
            }
            // A full disk, or another program: what is there is kept, and used as it is.
            Err(error) => match arriving::names(&mut *pool.acquire().await?).await {
                Ok(names) => Ok((pool, Some((names, error)))),
                Err(_) => Err(error),
            },
        }
    }

    async fn put_in_order(pool: &SqlitePool) -> sqlx::Result<()> {
        let mut connection = pool.acquire().await?;
        let done = match arriving::make(&mut connection).await {
            Ok(()) => arriving::end(&mut connection).await,
            Err(error) => Err(error),
        };
        if done.is_err() {
            // As after a part that could not be stored.
            connection.close_on_drop();
        }
        done
    }

    /// From here on many users come, whose order is made when they are there ([`Replica::end_arrivals`]). Nothing, where
    /// there are users already.
    ///
    /// Code: `DATABASE`.
    pub(crate) async fn begin_arrivals(&self) -> Result<()> {
        // Nobody comes between the look and the change.
        let _alone = self.taking.lock().await;
        if self.count("user").await? > 0 {
            return Ok(());
        }
        let mut connection = self.pool.acquire().await.map_err(self.failed())?;
        arriving::begin(&mut connection).await.map_err(self.failed())?;
        *self.arriving() = Some(Arriving::default());
        Ok(())
    }

    /// Makes the order of those who have come. Where it cannot be made, they go on being kept as they come, and it is tried
    /// again a while later: [`Replica::disorder`] says why.
    pub(crate) async fn end_arrivals(&self) {
        let _alone = self.taking.lock().await;
        self.order_arrivals().await;
    }

    async fn order_arrivals(&self) {
        let is_tried = self.tried().as_ref().is_some_and(|(when, _)| when.elapsed() < ANOTHER_TRY);
        if self.arriving().is_none() || is_tried {
            return;
        }
        let failed = Self::put_in_order(&self.pool).await.err();
        *self.tried() = failed.map(|error| {
            tracing::warn!(%error, "the replica's users cannot be put in order");
            (Instant::now(), store::fault(&self.path, &error))
        });
        if self.disorder().is_none() {
            *self.arriving() = None;
        }
    }

    /// Why the users who have come are not in order: each of them is looked for among all.
    pub(crate) fn disorder(&self) -> Option<Fault> {
        self.tried().as_ref().map(|(_, why)| why.clone())
    }

    fn tried(&self) -> MutexGuard<'_, Option<(Instant, Fault)>> {
        // The value is replaced as a whole.
        self.disorder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arriving(&self) -> MutexGuard<'_, Option<Arriving>> {
        // A name is put in or not.
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self) -> impl Fn(sqlx::Error) -> Fault + '_ {
        |error| store::fault(&self.path, &error)
    }

    /// The entries of the organisation log.
    ///
    /// Code: `DATABASE`.
    pub async fn log(&self) -> Result<Vec<Vec<u8>>> {
        let rows = sqlx::query("SELECT body FROM log ORDER BY sequence").fetch_all(&self.pool).await;
        Ok(rows.map_err(self.failed())?.iter().map(|row| row.get(0)).collect())
    }

    /// Begins anew, with a log.
    ///
    /// Code: `DATABASE`.
    pub async fn begin(&self, log: &[Vec<u8>]) -> Result<()> {
        let mut transaction = self.pool.begin().await.map_err(self.failed())?;
        let clear = "DELETE FROM log; DELETE FROM rows; DELETE FROM counters; DELETE FROM records; \
            DELETE FROM granted; DELETE FROM place;";
        sqlx::raw_sql(clear).execute(&mut *transaction).await.map_err(self.failed())?;
        transaction.commit().await.map_err(self.failed())?;
        self.recent.forget();
        self.facts.fetch_add(1, Ordering::SeqCst);
        self.arriving().iter_mut().for_each(|arriving| *arriving = Arriving::default());
        self.take(&Part { log: (0..).zip(log.iter().cloned()).collect(), ..Part::default() }).await
    }

    /// Forgets the place in the feed: everything is asked for again, and compared with what is here.
    ///
    /// Code: `DATABASE`.
    pub async fn rewind(&self) -> Result<()> {
        let done = sqlx::query("UPDATE place SET feed = 0, refused = 0").execute(&self.pool).await;
        done.map(drop).map_err(self.failed())
    }

    /// The same, if a row was refused since the last time.
    ///
    /// Code: `DATABASE`.
    pub async fn rewind_if_refused(&self) -> Result<()> {
        let done = sqlx::query("UPDATE place SET feed = 0, refused = 0 WHERE refused = 1").execute(&self.pool).await;
        done.map(drop).map_err(self.failed())
    }

    /// Stores another log instead of the one here, which is damaged or too short.
    ///
    /// Code: `DATABASE`.
    pub async fn replace_log(&self, log: &[Vec<u8>]) -> Result<()> {
        let mut transaction = self.pool.begin().await.map_err(self.failed())?;
        sqlx::query("DELETE FROM log").execute(&mut *transaction).await.map_err(self.failed())?;
        for (sequence, entry) in (0..).zip(log) {
            let insert = "INSERT INTO log (sequence, body) VALUES (?, ?)";
            let query = sqlx::query(insert).bind(number(sequence)).bind(entry);
            query.execute(&mut *transaction).await.map_err(self.failed())?;
        }
        transaction.commit().await.map_err(self.failed())
    }

    /// Stores a part, or nothing of it.
    ///
    /// Code: `DATABASE`.
    pub async fn take(&self, part: &Part) -> Result<()> {
        let _alone = self.taking.lock().await;
        let users = part.rows.iter().filter(|stored| stored.kind == "user").map(|stored| stored.id.as_str());
        if self.are_new(users) == Some(false) {
            // Somebody was written anew while the others came.
            self.order_arrivals().await;
        }
        let mut connection = self.pool.acquire().await.map_err(self.failed())?;
        let stored = self.store(&mut connection, part).await;
        if stored.is_err() {
            // After a full disk it may be left in the middle of what it could not write, and read that for ever.
            connection.close_on_drop();
        }
        // Whatever the commit said: what is stored now is read anew.
        if !part.rows.is_empty() {
            self.recent.forget();
        }
        if part.rows.iter().any(|row| row.kind == "fact") {
            self.facts.fetch_add(1, Ordering::SeqCst);
        }
        stored
    }

    async fn store(&self, connection: &mut SqliteConnection, part: &Part) -> Result<()> {
        let mut transaction = connection.begin().await.map_err(self.failed())?;
        for (sequence, entry) in &part.log {
            let insert = "INSERT INTO log (sequence, body) VALUES (?, ?) ON CONFLICT DO NOTHING";
            let query = sqlx::query(insert).bind(number(*sequence)).bind(entry);
            query.execute(&mut *transaction).await.map_err(self.failed())?;
        }
        // Many at once: a server that joins takes in a connection's users, of whom there may be a million.
        if self.arriving().is_some() {
            // Nothing keeps their names to one now.
            for stored in part.rows.iter().filter(|stored| stored.kind != "user") {
                let before = "DELETE FROM rows WHERE kind = ? AND id = ? AND kind <> 'user'";
                let query = sqlx::query(before).bind(&stored.kind).bind(&stored.id);
                query.execute(&mut *transaction).await.map_err(self.failed())?;
            }
            for ids in self.have_come(part).chunks(TOGETHER) {
                let mut before = QueryBuilder::<Sqlite>::new("DELETE FROM rows WHERE kind = 'user' AND id IN (");
                let mut names = before.separated(", ");
                for id in ids {
                    names.push_bind(id);
                }
                before.push(")");
                before.build().execute(&mut *transaction).await.map_err(self.failed())?;
            }
        }
        for rows in part.rows.chunks(TOGETHER) {
            // Names no index: a connection that has not heard of the newest would not find it.
            let mut upsert = QueryBuilder::<Sqlite>::new("INSERT OR REPLACE INTO rows (kind, id, rev, body, address) ");
            upsert.push_values(rows, |mut row, stored| {
                row.push_bind(&stored.kind).push_bind(&stored.id);
                row.push_bind(number(stored.rev)).push_bind(&stored.body).push_bind(&stored.address);
            });
            upsert.build().execute(&mut *transaction).await.map_err(self.failed())?;
        }
        let mut furthest: BTreeMap<ServerId, u64> = BTreeMap::new();
        for Counted { server, counter } in &part.counters {
            let known = furthest.entry(*server).or_default();
            *known = (*known).max(*counter);
        }
        for (server, counter) in furthest {
            let upsert = "INSERT INTO counters (server, counter) VALUES (?, ?) \
                ON CONFLICT (server) DO UPDATE SET counter = max(counter, excluded.counter)";
            let query = sqlx::query(upsert).bind(server.to_string()).bind(number(counter));
            query.execute(&mut *transaction).await.map_err(self.failed())?;
        }
        for records in part.records.chunks(TOGETHER) {
            let mut upsert = QueryBuilder::<Sqlite>::new("INSERT INTO records (server, counter, hash) ");
            upsert.push_values(records, |mut row, (counted, hash)| {
                row.push_bind(counted.server.to_string())
                    .push_bind(number(counted.counter))
                    .push_bind(hash.to_string());
            });
            // One counter and two records: two machines have the server's keys (R12). It is kept, whatever comes later.
            upsert.push(" ON CONFLICT (server, counter) DO UPDATE SET reused = 1 WHERE hash <> excluded.hash");
            upsert.build().execute(&mut *transaction).await.map_err(self.failed())?;
        }
        let place = "INSERT INTO place (one, feed, synced, refused) VALUES (1, ?, ?, ?) ON CONFLICT (one) DO UPDATE \
            SET feed = excluded.feed, synced = excluded.synced, refused = max(refused, excluded.refused)";
        let query = sqlx::query(place).bind(number(part.feed)).bind(part.time).bind(i64::from(part.refused));
        query.execute(&mut *transaction).await.map_err(self.failed())?;
        transaction.commit().await.map_err(self.failed())?;
        if let Some(arriving) = &mut *self.arriving() {
            part.rows.iter().filter(|stored| stored.kind == "user").for_each(|stored| arriving.came(&stored.id));
        }
        Ok(())
    }

    /// The place in the feed, and when the last news was taken in (seconds since 1970).
    ///
    /// Code: `DATABASE`.
    pub async fn place(&self) -> Result<(u64, i64)> {
        let row = sqlx::query("SELECT feed, synced FROM place").fetch_optional(&self.pool).await;
        Ok(row.map_err(self.failed())?.map_or((0, 0), |row| (positive(row.get(0)), row.get(1))))
    }

    /// A row.
    ///
    /// Code: `DATABASE`.
    pub async fn row(&self, kind: &str, id: &str) -> Result<Option<Stored>> {
        let begun = match self.recent.get(kind, id) {
            Ok(row) => return Ok(Some(row)),
            Err(begun) => begun,
        };
        let of_users = "SELECT rev, body, address FROM rows WHERE kind = ? AND id = ?";
        let of_few = "SELECT rev, body, address FROM rows WHERE kind = ? AND id = ? AND kind <> 'user'";
        let query = sqlx::query(if kind == "user" { of_users } else { of_few }).bind(kind).bind(id);
        let row = query.fetch_optional(&self.pool).await.map_err(self.failed())?;
        let row = row.map(|row| Stored {
            kind: kind.to_owned(),
            id: id.to_owned(),
            rev: positive(row.get(0)),
            body: row.get(1),
            address: row.get(2),
        });
        if let Some(row) = &row {
            self.recent.keep(row, begun);
        }
        Ok(row)
    }

    /// Those of the rows of a feed that are stored here under the same names, by kind and name.
    ///
    /// Code: `DATABASE`.
    pub(super) async fn stored_of(&self, feed: &[wire::Row]) -> Result<HashMap<(String, String), Stored>> {
        let mut found = HashMap::new();
        let users = feed.iter().filter(|row| row.kind == "user").map(|row| row.id.as_str());
        let few = self.are_new(users) == Some(true);
        for rows in feed.chunks(TOGETHER).filter(|_| !few) {
            let select = "SELECT kind, id, rev, body, address FROM rows WHERE (kind, id) IN ";
            let mut query = QueryBuilder::<Sqlite>::new(select);
            query.push_tuples(rows, |mut name, row| {
                name.push_bind(&row.kind).push_bind(&row.id);
            });
            for row in query.build().fetch_all(&self.pool).await.map_err(self.failed())? {
                let (kind, id): (String, String) = (row.get(0), row.get(1));
                let stored = Stored {
                    kind: kind.clone(),
                    id: id.clone(),
                    rev: positive(row.get(2)),
                    body: row.get(3),
                    address: row.get(4),
                };
                found.insert((kind, id), stored);
            }
        }
        for row in feed.iter().filter(|row| few && row.kind != "user") {
            if let Some(stored) = self.row(&row.kind, &row.id).await? {
                found.insert((row.kind.clone(), row.id.clone()), stored);
            }
        }
        Ok(found)
    }

    /// While users come for the first time: whether all of these do.
    fn are_new<'a>(&self, mut users: impl Iterator<Item = &'a str>) -> Option<bool> {
        let arriving = self.arriving();
        let arriving = arriving.as_ref()?;
        Some(!users.any(|id| arriving.has(id)))
    }

    /// While users come for the first time: those of a part who have come before.
    fn have_come<'a>(&self, part: &'a Part) -> Vec<&'a str> {
        let arriving = self.arriving();
        let users = part.rows.iter().filter(|stored| stored.kind == "user").map(|stored| stored.id.as_str());
        users.filter(|id| arriving.as_ref().is_some_and(|arriving| arriving.has(id))).collect()
    }

    /// The newest revision's row; revisions are named by numbers of twenty digits.
    ///
    /// Code: `DATABASE`.
    pub async fn newest_revision(&self) -> Result<Option<Stored>> {
        let query = "SELECT id, rev, body FROM rows WHERE kind = 'revision' AND kind <> 'user' \
            ORDER BY id DESC LIMIT 1";
        let row = sqlx::query(query).fetch_optional(&self.pool).await.map_err(self.failed())?;
        Ok(row.map(|row| Stored {
            kind: "revision".to_owned(),
            id: row.get(0),
            rev: positive(row.get(1)),
            body: row.get(2),
            address: None,
        }))
    }

    /// Rows of a kind in the order of their names, after one, at most `limit`.
    ///
    /// Code: `DATABASE`.
    pub async fn rows_after(&self, kind: &str, after: &str, limit: u32) -> Result<Vec<Stored>> {
        let of_users = "SELECT id, rev, body, address FROM rows WHERE kind = ? AND id > ? ORDER BY id LIMIT ?";
        let of_few =
            "SELECT id, rev, body, address FROM rows WHERE kind = ? AND id > ? AND kind <> 'user' ORDER BY id LIMIT ?";
        let rows = sqlx::query(if kind == "user" { of_users } else { of_few })
            .bind(kind)
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await;
        let stored = |row: &sqlx::sqlite::SqliteRow| Stored {
            kind: kind.to_owned(),
            id: row.get(0),
            rev: positive(row.get(1)),
            body: row.get(2),
            address: row.get(3),
        };
        Ok(rows.map_err(self.failed())?.iter().map(stored).collect())
    }

    /// The records of the users with a blinded address; those that came before it was kept are missing until
    /// [`Replica::without_address`] finds none any more.
    ///
    /// Code: `DATABASE`.
    pub(crate) async fn users_at(&self, address: &str) -> Result<Vec<Stored>> {
        addresses::users_at(&self.pool, address).await.map_err(self.failed())
    }

    /// Users whose address is not kept yet, at most `limit`.
    ///
    /// Code: `DATABASE`.
    pub(crate) async fn without_address(&self, limit: u32) -> Result<Vec<Stored>> {
        addresses::missing(&self.pool, limit).await.map_err(self.failed())
    }

    /// Keeps the address of a user as it was opened, unless the record has changed meanwhile.
    ///
    /// Code: `DATABASE`.
    pub(crate) async fn keep_address(&self, opened: &Stored, address: &str) -> Result<()> {
        let _alone = self.taking.lock().await;
        addresses::keep(&self.pool, opened, address).await.map_err(self.failed())
    }

    /// How many rows of a kind there are.
    ///
    /// Code: `DATABASE`.
    pub async fn count(&self, kind: &str) -> Result<u64> {
        if let Some(arriving) = self.arriving().as_ref().filter(|_| kind == "user") {
            return Ok(arriving.count() as u64);
        }
        let of_users = "SELECT COUNT(*) FROM rows WHERE kind = ?";
        let of_few = "SELECT COUNT(*) FROM rows WHERE kind = ? AND kind <> 'user'";
        let query = sqlx::query(if kind == "user" { of_users } else { of_few }).bind(kind);
        let row = query.fetch_one(&self.pool).await;
        Ok(positive(row.map_err(self.failed())?.get(0)))
    }

    /// Grows whenever something else is said of users here, whatever the hub calls it.
    pub(crate) fn facts(&self) -> u64 {
        self.facts.load(Ordering::SeqCst)
    }

    /// The servers of which two records have one counter.
    ///
    /// Code: `DATABASE`.
    pub async fn reused(&self) -> Result<BTreeSet<ServerId>> {
        let query = "SELECT DISTINCT server FROM records WHERE reused = 1";
        let rows = sqlx::query(query).fetch_all(&self.pool).await.map_err(self.failed())?;
        Ok(rows.iter().filter_map(|row| row.get::<String, _>(0).parse().ok()).collect())
    }

    /// What came of the last Full Sync that an administrator asked all servers for.
    ///
    /// Code: `DATABASE`.
    pub async fn granted(&self) -> Result<Option<ServerSync>> {
        let row = sqlx::query("SELECT body FROM granted").fetch_optional(&self.pool).await.map_err(self.failed())?;
        Ok(row.and_then(|row| serde_json::from_str(&row.get::<String, _>(0)).ok()))
    }

    /// Keeps it.
    ///
    /// Code: `DATABASE`.
    pub async fn grant(&self, sync: &ServerSync) -> Result<()> {
        let upsert =
            "INSERT INTO granted (one, body) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET body = excluded.body";
        // Numbers and texts always have a JSON form.
        let body = serde_json::to_string(sync).unwrap_or_default();
        let done = sqlx::query(upsert).bind(body).execute(&self.pool).await;
        done.map(drop).map_err(self.failed())
    }

    /// How far servers' records go, by what was verified here.
    ///
    /// Code: `DATABASE`.
    pub async fn counters(&self) -> Result<Vec<Counted>> {
        let rows = sqlx::query("SELECT server, counter FROM counters").fetch_all(&self.pool).await;
        let counted = |row: &sqlx::sqlite::SqliteRow| {
            let server = row.get::<String, _>(0).parse().ok()?;
            Some(Counted { server, counter: positive(row.get(1)) })
        };
        Ok(rows.map_err(self.failed())?.iter().filter_map(counted).collect())
    }
}

#[cfg(test)]
mod tests;
