//! Opening databases: new ones, again, newer ones, and what is none.

use std::fs;

use sekisho_hub::codes;
use sekisho_hub::store::{Expect, Marked, PostgresStore, SCHEMA, SqliteStore, Store};
use sqlx::{Connection, SqliteConnection};

use crate::contract;
use crate::support::{changes, get, mark, put, row};

#[tokio::test]
async fn what_was_written_is_there_when_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    store.commit(changes([put("again", "a", Expect::Absent, "x")])).await.unwrap();
    store.put_session([7; 32], b"session".to_vec(), 9).await.unwrap();
    store.close().await;
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(get(&store, "again", "a").await, Some(row("again", "a", 1, 1, "x")));
    assert_eq!(store.session(&[7; 32], 8).await, Ok(Some(b"session".to_vec())));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "Dear diary, this is not a database. ".repeat(400);
    fs::write(&path, &text).unwrap();
    let fault = SqliteStore::open(&path).await.err().unwrap();
    assert_eq!(fault.code, codes::NOT_A_HUB_DATABASE);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn the_database_of_another_program_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.sqlite");
    let mut other = SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", path.display())).await.unwrap();
    sqlx::raw_sql("CREATE TABLE users (id INTEGER PRIMARY KEY)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!(SqliteStore::open(&path).await.err().unwrap().code, codes::NOT_A_HUB_DATABASE);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

/// What a hub of the next version may add to its database.
pub const NEXT: &str = "UPDATE schema_version SET version = version + 1; \
    ALTER TABLE entries ADD COLUMN added INTEGER NOT NULL DEFAULT 7; \
    ALTER TABLE heads ADD COLUMN added TEXT; \
    CREATE TABLE added (one INTEGER PRIMARY KEY)";

#[tokio::test]
async fn a_file_of_the_next_version_is_used_as_it_is_and_one_after_that_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.sqlite");
    let known = SCHEMA;
    SqliteStore::open(&path).await.unwrap().close().await;
    let change = async |sql: &'static str| {
        let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut other).await.unwrap();
        let version: i64 =
            sqlx::query_scalar("SELECT version FROM schema_version").fetch_one(&mut other).await.unwrap();
        other.close().await.unwrap();
        version
    };
    assert_eq!(change(NEXT).await, known + 1);
    let store = SqliteStore::open(&path).await.unwrap();
    contract::check(&store).await;
    store.close().await;
    assert_eq!(change("UPDATE schema_version SET version = version + 1").await, known + 2, "it was not set back");
    let fault = SqliteStore::open(&path).await.err().unwrap();
    assert_eq!((fault.code, &fault.args["found"]), (codes::DATABASE_NEWER, &(known + 2).into()));
}

#[tokio::test]
async fn a_file_of_a_newer_hub_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.sqlite");
    SqliteStore::open(&path).await.unwrap().close().await;
    let mut newer = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query("UPDATE schema_version SET version = 99").execute(&mut newer).await.unwrap();
    newer.close().await.unwrap();
    let fault = SqliteStore::open(&path).await.err().unwrap();
    assert_eq!(fault.code, codes::DATABASE_NEWER);
    assert_eq!(fault.args["found"], 99_i64.into());
}

#[tokio::test]
async fn a_file_of_an_older_hub_gets_what_it_lacks_and_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    store.commit(changes([put("older", "a", Expect::Absent, "x")])).await.unwrap();
    store.close().await;
    let mut older = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::raw_sql("DROP TABLE marks; UPDATE schema_version SET version = 1").execute(&mut older).await.unwrap();
    older.close().await.unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.mark(mark("older", "a", 9), 0, 1).await, Ok(Marked::First));
    assert_eq!(get(&store, "older", "a").await, Some(row("older", "a", 1, 1, "x")));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let fault = SqliteStore::open(&folder.path().join("nowhere/hub.sqlite")).await.err().unwrap();
    assert_eq!(fault.code, codes::DATABASE);
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_said_without_the_address() {
    for url in ["", "hub.sqlite", "mysql://root:secret@localhost/hub", "postgresql://user:secret@host:port/hub"] {
        let fault = PostgresStore::open(url).await.err().unwrap();
        assert_eq!(fault.code, codes::DATABASE_ADDRESS, "{url}");
        assert!(fault.args.is_empty());
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_without_the_password() {
    // Port 1 of a loopback address that nothing else uses.
    let fault = PostgresStore::open("postgresql://hub:secret@127.77.0.1:1/hub").await.err().unwrap();
    assert_eq!(fault.code, codes::DATABASE);
    assert_eq!(fault.args["place"], "127.77.0.1:1/hub".into());
    assert!(!fault.to_string().contains("secret"));
}
