//! What is stored, and what is found again.

use super::*;
use crate::codes;

const ONE: ServerId = ServerId([1; 16]);

fn part(records: &[(u64, &str)]) -> Part {
    let record =
        |(counter, text): &(u64, &str)| (Counted { server: ONE, counter: *counter }, Hash::of(text.as_bytes()));
    Part { records: records.iter().map(record).collect(), ..Part::default() }
}

#[tokio::test]
async fn a_counter_with_two_records_names_the_server_and_the_same_record_again_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::open(folder.path()).await.unwrap();
    replica.take(&part(&[(1, "a"), (2, "b")])).await.unwrap();
    replica.take(&part(&[(1, "a"), (2, "b"), (3, "c")])).await.unwrap();
    assert!(replica.reused().await.unwrap().is_empty());
    replica.take(&part(&[(2, "another")])).await.unwrap();
    assert_eq!(replica.reused().await.unwrap(), BTreeSet::from([ONE]));
    // The first record coming once more takes nothing back.
    replica.take(&part(&[(2, "b")])).await.unwrap();
    assert_eq!(replica.reused().await.unwrap(), BTreeSet::from([ONE]));
}

fn stored(kind: &str, id: &str, rev: u64) -> Stored {
    Stored { kind: kind.into(), id: id.into(), rev, body: vec![7; 8], address: None }
}

fn user(number: u8, rev: u64) -> Stored {
    stored("user", &sekisho_keys::ids::UserId([number; 32]).to_string(), rev)
}

async fn is_found(replica: &Replica, row: &Stored) -> bool {
    replica.row(&row.kind, &row.id).await.unwrap().as_ref() == Some(row)
}

#[tokio::test]
async fn users_who_come_for_the_first_time_are_there_once_whoever_is_written_anew_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::open(folder.path()).await.unwrap();
    let of = |rows: &[Stored]| Part { rows: rows.to_vec(), ..Part::default() };
    replica.begin_arrivals().await.unwrap();
    let revision = |rev| stored("revision", "00000000000000000001", rev);
    replica.take(&of(&[revision(1), user(1, 1), user(2, 1)])).await.unwrap();
    assert_eq!(replica.count("user").await.unwrap(), 2);
    replica.take(&of(&[revision(2), user(3, 1)])).await.unwrap();
    assert!(is_found(&replica, &revision(2)).await && is_found(&replica, &user(3, 1)).await);
    assert_eq!(replica.newest_revision().await.unwrap(), Some(revision(2)));
    // The second is changed before all are there.
    replica.take(&of(&[user(4, 1), user(2, 2)])).await.unwrap();
    replica.take(&of(&[user(5, 1), user(2, 3)])).await.unwrap();
    replica.end_arrivals().await;
    for row in [user(1, 1), user(2, 3), user(3, 1), user(4, 1), user(5, 1), revision(2)] {
        assert!(is_found(&replica, &row).await, "{row:?}");
    }
    assert_eq!((replica.count("user").await.unwrap(), replica.count("revision").await.unwrap()), (5, 1));
    // With users there, nothing is kept out of order any more.
    replica.begin_arrivals().await.unwrap();
    replica.take(&of(&[user(1, 2)])).await.unwrap();
    assert_eq!(replica.count("user").await.unwrap(), 5);
}

#[tokio::test]
async fn what_a_crash_left_out_of_order_is_put_in_order_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::open(folder.path()).await.unwrap();
    replica.begin_arrivals().await.unwrap();
    replica.take(&Part { rows: vec![user(1, 1), user(2, 1)], ..Part::default() }).await.unwrap();
    drop(replica);
    let replica = Replica::open(folder.path()).await.unwrap();
    replica.take(&Part { rows: vec![user(2, 2), user(3, 1)], ..Part::default() }).await.unwrap();
    assert!(is_found(&replica, &user(2, 2)).await);
    assert_eq!(replica.count("user").await.unwrap(), 3);
}

#[tokio::test]
async fn a_replica_of_the_version_before_goes_on_and_takes_many_in_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let before = "CREATE TABLE rows (kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, body BLOB NOT NULL, \
        PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID; INSERT INTO rows VALUES ('fact', 'a', 1, x'0707070707070707')";
    let pool = store::open(&folder.path().join("replica.sqlite"), before).await.unwrap();
    pool.close().await;
    let replica = Replica::open(folder.path()).await.unwrap();
    replica.begin_arrivals().await.unwrap();
    replica.take(&Part { rows: vec![user(1, 1)], ..Part::default() }).await.unwrap();
    replica.end_arrivals().await;
    replica.take(&Part { rows: vec![user(1, 2), stored("fact", "a", 2)], ..Part::default() }).await.unwrap();
    assert!(is_found(&replica, &user(1, 2)).await && is_found(&replica, &stored("fact", "a", 2)).await);
    // And the version before takes it over again.
    let upsert = "INSERT INTO rows (kind, id, rev, body) VALUES ('fact', 'a', 3, x'') ON CONFLICT (kind, id) DO UPDATE \
        SET rev = excluded.rev";
    sqlx::query(upsert).execute(&replica.pool).await.unwrap();
    assert_eq!(replica.count("fact").await.unwrap(), 1);
}

/// Whoever else writes keeps the order from being made, as a full disk would.
async fn busy(replica: &Replica) -> sqlx::pool::PoolConnection<Sqlite> {
    let mut other = replica.pool.acquire().await.unwrap();
    sqlx::raw_sql("PRAGMA busy_timeout = 1; BEGIN IMMEDIATE").execute(&mut *other).await.unwrap();
    let mut rest = Vec::new();
    for _ in 0..3 {
        let mut connection = replica.pool.acquire().await.unwrap();
        sqlx::raw_sql("PRAGMA busy_timeout = 1").execute(&mut *connection).await.unwrap();
        rest.push(connection);
    }
    other
}

async fn free(mut other: sqlx::pool::PoolConnection<Sqlite>) {
    sqlx::raw_sql("ROLLBACK").execute(&mut *other).await.unwrap();
}

#[tokio::test]
async fn users_whose_order_cannot_be_made_go_on_being_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::open(folder.path()).await.unwrap();
    replica.begin_arrivals().await.unwrap();
    replica.take(&Part { rows: vec![user(1, 1), user(2, 1)], ..Part::default() }).await.unwrap();
    let other = busy(&replica).await;
    replica.end_arrivals().await;
    assert_eq!(replica.disorder().map(|why| why.code), Some(codes::DATABASE));
    free(other).await;
    // It is not tried again at once: whoever is written anew is found among all.
    replica.end_arrivals().await;
    assert!(replica.disorder().is_some());
    replica.take(&Part { rows: vec![user(2, 2), user(3, 1)], ..Part::default() }).await.unwrap();
    assert!(is_found(&replica, &user(2, 2)).await);
    assert_eq!(replica.count("user").await.unwrap(), 3);
    *replica.tried() = None;
    replica.end_arrivals().await;
    assert_eq!((replica.disorder(), replica.count("user").await.unwrap()), (None, 3));
}

#[tokio::test]
async fn the_hub_is_asked_for_news_while_users_cannot_be_put_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let connected = crate::enrolment::example::connected(folder.path()).await;
    let replica = &connected.replica;
    replica.begin_arrivals().await.unwrap();
    replica.take(&Part { rows: vec![user(1, 1)], ..Part::default() }).await.unwrap();
    let other = busy(replica).await;
    let refused = connected.step(&connected.follower().unwrap(), 0).await.unwrap_err();
    assert_eq!(refused.code, sekisho_hub_api::codes::UNREACHABLE, "it was asked");
    assert_eq!(replica.disorder().map(|why| why.code), Some(codes::DATABASE));
    free(other).await;
}

#[tokio::test]
async fn a_replica_whose_order_cannot_be_made_at_the_start_is_used_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let before = Replica::open(folder.path()).await.unwrap();
    before.begin_arrivals().await.unwrap();
    before.take(&Part { rows: vec![user(1, 1), user(2, 1), stored("fact", "a", 1)], ..Part::default() }).await.unwrap();
    let other = busy(&before).await;
    let replica = Replica::open(folder.path()).await.unwrap();
    free(other).await;
    assert!(!folder.path().join("replica.damaged").exists());
    assert!(replica.disorder().is_some());
    assert!(is_found(&replica, &user(1, 1)).await && is_found(&replica, &stored("fact", "a", 1)).await);
    replica.take(&Part { rows: vec![user(2, 2), user(3, 1)], ..Part::default() }).await.unwrap();
    *replica.tried() = None;
    replica.end_arrivals().await;
    assert_eq!((replica.disorder(), replica.count("user").await.unwrap()), (None, 3));
    assert!(is_found(&replica, &user(2, 2)).await);
}

#[tokio::test]
async fn a_replica_with_two_rows_of_one_name_is_damaged_and_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::open(folder.path()).await.unwrap();
    replica.begin_arrivals().await.unwrap();
    replica.take(&Part { rows: vec![user(1, 1)], ..Part::default() }).await.unwrap();
    sqlx::query("INSERT INTO rows SELECT * FROM rows").execute(&replica.pool).await.unwrap();
    replica.pool.close().await;
    let replica = Replica::open(folder.path()).await.unwrap();
    assert_eq!((replica.disorder(), replica.count("user").await.unwrap()), (None, 0));
    assert!(folder.path().join("replica.damaged").exists());
}

/// A step that was under way when the first download began.
#[tokio::test]
async fn users_who_come_while_the_first_download_begins_are_known_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::open(folder.path()).await.unwrap();
    let part = |rev| Part { rows: (1..=9).map(|number| user(number, rev)).collect(), ..Part::default() };
    let turn = replica.taking.clone().lock_owned().await;
    let mut beginning = Box::pin(replica.begin_arrivals());
    assert!(tokio::time::timeout(Duration::from_millis(200), &mut beginning).await.is_err(), "it waits for the step");
    replica.store(&mut replica.pool.acquire().await.unwrap(), &part(1)).await.unwrap();
    drop(turn);
    beginning.await.unwrap();
    replica.take(&part(2)).await.unwrap();
    replica.end_arrivals().await;
    assert_eq!((replica.disorder(), replica.count("user").await.unwrap()), (None, 9));
}

#[tokio::test]
async fn every_change_of_what_is_said_of_users_shows_whatever_the_hub_calls_it() {
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::open(folder.path()).await.unwrap();
    let mut before = replica.facts();
    for rev in [1, 1, u64::MAX, u64::MAX] {
        replica.take(&Part { rows: vec![stored("fact", "a", rev)], ..Part::default() }).await.unwrap();
        assert!(replica.facts() > before);
        before = replica.facts();
    }
    replica.take(&Part { rows: vec![user(1, 1)], ..Part::default() }).await.unwrap();
    assert_eq!(replica.facts(), before);
}
