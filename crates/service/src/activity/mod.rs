//! The activity: written down in batches off the way of a login, sealed, and bounded.

mod outcomes;
mod quota;
mod steady;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use sekisho_admin_api::activity::{Entry, Kind, Page};
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::sealed;
use sekisho_keys::witness::SignIns;
use sekisho_signin::{Entry as Entrance, SignIn};
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Connection as _, Row};
use tokio::sync::mpsc;

use self::quota::Quota;
use self::steady::Steady;
use crate::status::Board;
use crate::{clock, codes, metrics, store};

pub use outcomes::Outcomes;

const TABLES: &str = "\
    CREATE TABLE IF NOT EXISTS activity (number INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL) STRICT;\
    CREATE TABLE IF NOT EXISTS sign_ins (one INTEGER PRIMARY KEY CHECK (one = 1), first INTEGER NOT NULL, \
        last INTEGER NOT NULL) STRICT;\
    CREATE TABLE IF NOT EXISTS sign_in_count (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL) STRICT;\
    CREATE TABLE IF NOT EXISTS sign_ins_by_host (host TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, \
        count INTEGER NOT NULL) STRICT;";
/// Entries that wait to be written; more are dropped, so that a slow disk cannot slow down logins.
const WAITING: usize = 4096;
/// Entries that are kept.
const KEPT: i64 = 100_000;
/// How long they are kept, in seconds: a year.
const LIFETIME: i64 = 365 * 86_400;
/// How often is looked for what has been kept for so long.
const LOOKS: Duration = Duration::from_hours(1);
/// Entries that are looked at in one go.
const PART: i64 = 500;
/// Entries of a page, at most.
const MOST: u16 = 500;

/// The activity of this server.
#[derive(Clone)]
pub struct ActivityLog {
    pool: SqlitePool,
    key: Secret,
    waiting: mpsc::Sender<Entry>,
    strangers: Arc<Mutex<Quota>>,
    outcomes: Arc<Mutex<Outcomes>>,
}

impl ActivityLog {
    /// Opens the activity of a data folder and starts its writer, which ends with the last handle.
    ///
    /// Code: `DATABASE`.
    pub async fn open(folder: &Path, secret: &Secret, board: Arc<Board>) -> Result<Self> {
        let path = folder.join("activity.sqlite");
        let pool = match store::open(&path, TABLES).await {
            Ok(pool) => pool,
            Err(fault) => {
                // A record of the past must not keep anybody from signing in.
                tracing::error!(%fault, "the activity is damaged: it is set aside");
                store::set_aside(&path);
                store::open(&path, TABLES).await?
            }
        };
        let key = secret.derive(Purpose::Record, b"activity");
        let (waiting, entries) = mpsc::channel(WAITING);
        tokio::spawn(write(pool.clone(), key.clone(), entries, board));
        let strangers = Arc::new(Mutex::new(Quota::new(clock::now())));
        Ok(Self { pool, key, waiting, strangers, outcomes: Arc::default() })
    }

    /// How sign-ins have ended since the start, those too that are not written down one by one.
    pub fn outcomes(&self) -> Outcomes {
        self.counted().clone()
    }

    fn counted(&self) -> MutexGuard<'_, Outcomes> {
        // Counts are whole at every moment.
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes something down.
    pub fn add(&self, entry: Entry) {
        if self.waiting.try_send(entry).is_err() {
            tracing::warn!("activity: too much at once, an entry was dropped");
        }
    }

    /// A user's record has followed the identity provider, or does not.
    pub fn followed(&self, who: &str, refusal: Option<Fault>) {
        let (who, kind) = (Some(who.to_owned()), Kind::Followed);
        let (host, reference, facts) = (None, None, Vec::new());
        self.add(Entry { number: 0, time: clock::now(), kind, who, host, reference, refusal, facts });
    }

    /// An entry of a kind, about nobody.
    pub fn note(&self, kind: Kind, refusal: Option<Fault>) {
        self.add(Entry {
            number: 0,
            time: clock::now(),
            kind,
            who: None,
            host: None,
            reference: None,
            refusal,
            facts: Vec::new(),
        });
    }

    /// A page, the newest first.
    ///
    /// Code: `DATABASE`.
    pub async fn list(&self, page: Page) -> Result<Vec<Entry>> {
        let limit = page.limit.clamp(1, MOST);
        let find = page.find.as_deref().map(str::trim).filter(|find| !find.is_empty());
        let (mut found, mut before) = (Vec::new(), page.before.unwrap_or(i64::MAX));
        loop {
            // What is looked for stands in sealed entries: all of them are opened.
            let part = self.part(before, if find.is_some() { MOST } else { limit }).await?;
            let Some((last, _)) = part.last() else { break };
            before = *last;
            // An entry that cannot be opened any more is left out: the others are worth reading.
            found.extend(part.into_iter().filter_map(|(_, entry)| entry).filter(|entry| is_about(entry, find)));
            if find.is_none() || found.len() >= usize::from(limit) {
                break;
            }
        }
        found.truncate(usize::from(limit));
        Ok(found)
    }

    async fn part(&self, before: i64, limit: u16) -> Result<Vec<(i64, Option<Entry>)>> {
        let select = "SELECT number, sealed FROM activity WHERE number < ? ORDER BY number DESC LIMIT ?";
        let rows = sqlx::query(select).bind(before).bind(i64::from(limit)).fetch_all(&self.pool).await;
        let rows = rows
            .map_err(|error| Fault::new(codes::DATABASE).with("path", "activity").with("detail", error.to_string()))?;
        let opened = |row: &SqliteRow| {
            let number = row.get(0);
            (number, read(&self.key, row.get(1)).map(|entry| Entry { number, ..entry }))
        };
        Ok(rows.iter().map(opened).collect())
    }

    /// When users have signed in through this server: the first and the last time.
    ///
    /// Code: `DATABASE`.
    pub async fn sign_ins(&self) -> Result<Option<SignIns>> {
        let select = "SELECT first, last, (SELECT count FROM sign_in_count) FROM sign_ins";
        let row = sqlx::query(select).fetch_optional(&self.pool).await;
        let failed =
            |error: sqlx::Error| Fault::new(codes::DATABASE).with("path", "activity").with("detail", error.to_string());
        let count = |row: &SqliteRow| row.get::<Option<i64>, _>(2).and_then(|count| u64::try_from(count).ok());
        Ok(row.map_err(failed)?.map(|row| SignIns { first: row.get(0), last: row.get(1), count: count(&row) }))
    }

    /// The same under each name that was opened.
    ///
    /// Code: `DATABASE`.
    pub async fn sign_ins_by_host(&self) -> Result<BTreeMap<String, SignIns>> {
        let rows = sqlx::query("SELECT host, first, last, count FROM sign_ins_by_host").fetch_all(&self.pool).await;
        let failed =
            |error: sqlx::Error| Fault::new(codes::DATABASE).with("path", "activity").with("detail", error.to_string());
        let read = |row: &SqliteRow| {
            let count = u64::try_from(row.get::<i64, _>(3)).ok();
            (row.get(0), SignIns { first: row.get(1), last: row.get(2), count })
        };
        Ok(rows.map_err(failed)?.iter().map(read).collect())
    }
}

/// Whether an entry is about a user, or has a reference number; all are about nobody in particular.
fn is_about(entry: &Entry, find: Option<&str>) -> bool {
    let is = |known: &Option<String>, find: &str| known.as_deref().is_some_and(|one| one.eq_ignore_ascii_case(find));
    find.is_none_or(|find| is(&entry.who, find) || is(&entry.reference, find))
}

/// An entry, if it can be opened.
fn read(key: &Secret, bytes: &[u8]) -> Option<Entry> {
    serde_json::from_slice(&sealed::open(key, b"", bytes).ok()?).ok()
}

impl sekisho_signin::Activity for ActivityLog {
    fn sign_in(&self, mut sign_in: SignIn) {
        self.counted().count(sign_in.refusal.as_ref().map(|refusal| metrics::known(&refusal.code)));
        if sign_in.refusal.is_some() && sign_in.who.is_none() {
            // Nothing panics while the lock is held.
            let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
            match strangers.next(clock::now()) {
                None => return,
                Some(0) => {}
                Some(before) => sign_in.facts.push(("@left_out".to_owned(), before.to_string())),
            }
        }
        self.add(Entry {
            number: 0,
            time: clock::now(),
            kind: kind(sign_in.entry),
            who: sign_in.who,
            host: sign_in.host,
            reference: sign_in.reference,
            refusal: sign_in.refusal,
            facts: sign_in.facts,
        });
    }

    fn sign_out(&self, who: Option<String>, facts: &[(String, String)]) {
        let facts = facts.to_vec();
        self.add(Entry {
            number: 0,
            time: clock::now(),
            kind: Kind::SignOut,
            who,
            host: None,
            reference: None,
            refusal: None,
            facts,
        });
    }
}

async fn write(pool: SqlitePool, key: Secret, mut entries: mpsc::Receiver<Entry>, board: Arc<Board>) {
    let mut batch = Vec::new();
    let mut looks = tokio::time::interval(LOOKS);
    let started = Instant::now();
    let mut steady = Steady::begin(clock::now(), Duration::ZERO);
    loop {
        tokio::select! {
            received = entries.recv_many(&mut batch, 256) => if received == 0 { return },
            _ = looks.tick() => {
                if !steady.holds(clock::now(), started.elapsed()) {
                    continue;
                }
                if let Err(error) = forget(&pool, &key, clock::now()).await {
                    tracing::error!(%error, "activity");
                }
                continue;
            }
        }
        match write_batch(&pool, &key, &batch).await {
            Ok(false) => {}
            // The others hear of it at once: this server is in the pool, or users have come under a new name.
            Ok(true) => board.tell("status.changed"),
            Err(error) => tracing::error!(%error, "activity"),
        }
        batch.clear();
        board.tell("activity.changed");
    }
}

/// Forgets what has been kept for long enough, and what nobody can open any more before it.
async fn forget(pool: &SqlitePool, key: &Secret, now: i64) -> std::result::Result<(), sqlx::Error> {
    loop {
        let select = "SELECT number, sealed FROM activity ORDER BY number LIMIT ?";
        let oldest = sqlx::query(select).bind(PART).fetch_all(pool).await?;
        let is_over = |row: &&SqliteRow| read(key, row.get(1)).is_some_and(|entry| entry.time <= now - LIFETIME);
        let Some(last) = oldest.iter().filter(is_over).map(|row| row.get::<i64, _>(0)).max() else { return Ok(()) };
        sqlx::query("DELETE FROM activity WHERE number <= ?").bind(last).execute(pool).await?;
    }
}

/// Writes down a batch, and says whether the first sign-in of all is in it, or the first under a name.
async fn write_batch(pool: &SqlitePool, key: &Secret, batch: &[Entry]) -> std::result::Result<bool, sqlx::Error> {
    let seal = |entry: &Entry| {
        let mut nonce = [0; sealed::NONCE];
        rand::fill(&mut nonce).ok()?;
        sealed::seal(key, nonce, b"", &serde_json::to_vec(entry).ok()?).ok()
    };
    let sealed: Vec<Vec<u8>> = batch.iter().filter_map(seal).collect();
    if sealed.is_empty() {
        return Ok(false);
    }
    let mut connection = pool.acquire().await?;
    let written = store(&mut connection, batch, &sealed).await;
    if written.is_err() {
        // After a full disk it would begin nothing any more.
        connection.close_on_drop();
    }
    written
}

fn kind(entry: Entrance) -> Kind {
    match entry {
        Entrance::Known => Kind::SignIn,
        Entrance::Made => Kind::Provisioned,
        Entrance::Recognised => Kind::Recognised,
    }
}

async fn store(
    connection: &mut SqliteConnection,
    batch: &[Entry],
    sealed: &[Vec<u8>],
) -> std::result::Result<bool, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    // All in one statement: each one is a way to SQLite's thread and back.
    let mut insert = sqlx::QueryBuilder::<sqlx::Sqlite>::new("INSERT INTO activity (sealed) ");
    insert.push_values(sealed, |mut row, entry| {
        row.push_bind(entry.as_slice());
    });
    // A batch has one of so many sizes that its statement is not worth keeping.
    insert.build().persistent(false).execute(&mut *transaction).await?;
    let mut first = false;
    // Kept for good, when the entries themselves have long gone.
    let signed_in = |entry: &&Entry| {
        matches!(entry.kind, Kind::SignIn | Kind::Provisioned | Kind::Recognised) && entry.refusal.is_none()
    };
    if let Some(last) = batch.iter().filter(signed_in).map(|entry| entry.time).max() {
        let count = i64::try_from(batch.iter().filter(signed_in).count()).unwrap_or(i64::MAX);
        let add =
            "INSERT INTO sign_in_count (one, count) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET count = count + ?1";
        sqlx::query(add).bind(count).execute(&mut *transaction).await?;
        let update = "UPDATE sign_ins SET last = ?";
        if sqlx::query(update).bind(last).execute(&mut *transaction).await?.rows_affected() == 0 {
            let insert = "INSERT INTO sign_ins (one, first, last) VALUES (1, ?, ?)";
            sqlx::query(insert).bind(last).bind(last).execute(&mut *transaction).await?;
            first = true;
        }
    }
    for (host, (begun, last, count)) in by_host(batch.iter().filter(signed_in)) {
        let update = "UPDATE sign_ins_by_host SET last = MAX(last, ?), count = count + ? WHERE host = ?";
        let update = sqlx::query(update).bind(last).bind(count).bind(host);
        if update.execute(&mut *transaction).await?.rows_affected() == 0 {
            let insert = "INSERT INTO sign_ins_by_host (host, first, last, count) VALUES (?, ?, ?, ?)";
            let insert = sqlx::query(insert).bind(host).bind(begun).bind(last).bind(count);
            insert.execute(&mut *transaction).await?;
            first = true;
        }
    }
    let trim = "DELETE FROM activity WHERE number <= (SELECT MAX(number) FROM activity) - ?";
    sqlx::query(trim).bind(KEPT).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(first)
}

/// The first and the last moment, and how many there are, under each name.
fn by_host<'a>(entries: impl Iterator<Item = &'a Entry>) -> BTreeMap<&'a str, (i64, i64, i64)> {
    let mut found: BTreeMap<&str, (i64, i64, i64)> = BTreeMap::new();
    for entry in entries {
        let Some(host) = &entry.host else { continue };
        let (first, last, count) = found.entry(host).or_insert((entry.time, entry.time, 0));
        (*first, *last, *count) = ((*first).min(entry.time), (*last).max(entry.time), *count + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use sekisho_signin::{Activity, Entry as Entrance, SignIn};

    use super::*;

    #[tokio::test]
    async fn what_was_kept_for_a_year_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, board) = (Secret::new([7; 32]), Arc::new(Board::new("one".to_owned())));
        let log = ActivityLog::open(folder.path(), &secret, board).await.unwrap();
        // Young enough for the look that the log itself takes when it is opened.
        let now = clock::now();
        let entry = |time| Entry {
            number: 0,
            time,
            kind: Kind::SignOut,
            who: None,
            host: None,
            reference: None,
            refusal: None,
            facts: Vec::new(),
        };
        let old = vec![entry(now); 700];
        for part in old.chunks(256).chain([&[entry(now + 1), entry(now + 2)][..]]) {
            write_batch(&log.pool, &log.key, part).await.unwrap();
        }
        let left = async || {
            let page = log.list(Page { limit: 500, ..Page::default() }).await.unwrap();
            page.iter().map(|entry| entry.time).collect::<Vec<_>>()
        };
        forget(&log.pool, &log.key, now + LIFETIME).await.unwrap();
        assert_eq!(left().await, [now + 2, now + 1]);
        forget(&log.pool, &log.key, now + 2 + LIFETIME).await.unwrap();
        assert!(left().await.is_empty());
    }

    #[tokio::test]
    async fn a_flood_of_forged_answers_does_not_push_out_what_administrators_read() {
        let folder = tempfile::tempdir().unwrap();
        let board = Arc::new(Board::new("one".to_owned()));
        let mut events = board.events();
        let log = ActivityLog::open(folder.path(), &Secret::new([1; 32]), board).await.unwrap();
        let refused = |who: Option<&str>| SignIn {
            who: who.map(str::to_owned),
            refusal: Some(Fault::new(codes::DATABASE)),
            ..SignIn::default()
        };
        for _ in 0..3_000 {
            log.sign_in(refused(None));
        }
        // Whom the identity provider has named is no stranger.
        log.sign_in(refused(Some("alice@example.com")));
        let page = || Page { limit: 500, ..Page::default() };
        let newest = loop {
            events.recv().await.unwrap();
            let newest = log.list(page()).await.unwrap();
            if newest.first().is_some_and(|entry| entry.who.is_some()) {
                break newest;
            }
        };
        assert!((500..510).contains(&newest[0].number), "{}", newest[0].number);
        let refused = [(codes::DATABASE.as_str().to_owned(), 3_001)];
        let counted = log.outcomes().refused.into_iter().map(|(code, count)| (code.to_owned(), count));
        assert_eq!(counted.collect::<Vec<_>>(), refused, "all of them are counted");
    }

    #[tokio::test]
    async fn sign_ins_are_counted_under_each_name_and_the_first_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let board = Arc::new(Board::new("one".to_owned()));
        let log = ActivityLog::open(folder.path(), &Secret::new([1; 32]), board).await.unwrap();
        let entry = |time, host: &str, refused: bool| Entry {
            number: 0,
            time,
            kind: Kind::SignIn,
            who: None,
            host: Some(host.to_owned()),
            reference: None,
            refusal: refused.then(|| Fault::new(codes::DATABASE)),
            facts: Vec::new(),
        };
        let write = async |entries: &[Entry]| write_batch(&log.pool, &log.key, entries).await.unwrap();
        assert!(write(&[entry(5, "old", false), entry(7, "old", false), entry(9, "new", true)]).await);
        assert!(!write(&[entry(8, "old", false)]).await);
        assert!(
            write(&[entry(6, "old", false), entry(11, "new", false)]).await,
            "somebody has come under the new name"
        );
        let counted: Vec<_> = log.sign_ins_by_host().await.unwrap().into_iter().collect();
        let of = |first, last, count| SignIns { first, last, count: Some(count) };
        assert_eq!(counted, [("new".to_owned(), of(11, 11, 1)), ("old".to_owned(), of(5, 8, 4))]);
    }

    #[tokio::test]
    async fn the_first_sign_in_is_told_at_once_and_a_refused_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let board = Arc::new(Board::new("one".to_owned()));
        let mut events = board.events();
        let secret = Secret::new([1; 32]);
        let log = ActivityLog::open(folder.path(), &secret, board).await.unwrap();
        let mut written = async || {
            let mut told = false;
            loop {
                match events.recv().await.unwrap().event.as_str() {
                    "activity.changed" => return told,
                    event => told |= event == "status.changed",
                }
            }
        };
        log.sign_in(SignIn { refusal: Some(Fault::new(codes::DATABASE)), ..SignIn::default() });
        assert!(!written().await);
        assert_eq!(log.sign_ins().await.unwrap(), None);
        log.sign_in(SignIn::default());
        assert!(written().await);
        let first = log.sign_ins().await.unwrap().unwrap();
        log.sign_in(SignIn { entry: Entrance::Made, ..SignIn::default() });
        assert!(!written().await, "the next ones are told with the next report");
        let then = log.sign_ins().await.unwrap().unwrap();
        assert!(then.first == first.first && then.last >= first.last);
        assert_eq!((first.count, then.count), (Some(1), Some(2)));
    }
}
