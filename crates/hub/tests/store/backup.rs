//! Backups: what is in them, and that it comes back whole into whatever store.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sekisho_hub::app::{App, system_clock};
use sekisho_hub::backup::{self, Backup, Sum};
use sekisho_hub::codes;
use sekisho_hub::setup;
use sekisho_hub::store::{Batch, Expect, Item, MemoryStore, SCHEMA, SqliteStore, Store};
use sekisho_hub_api::HubAddress;

use crate::support::{changes, claim, get, heads, put, remove, row};

async fn all(store: &dyn Store) -> Vec<Item> {
    let mut all = Vec::new();
    let mut take = |item| {
        all.push(item);
        ControlFlow::Continue(())
    };
    store.read_all(&mut take).await.unwrap();
    all
}

/// A hub with something of everything in it.
async fn hub(store: Arc<dyn Store>) -> App {
    let app = App::open(store.clone(), system_clock).await.unwrap();
    // More rows than are read at once, of sizes that differ, and one that was removed.
    for number in 0..70_u64 {
        let body = "x".repeat(usize::try_from(number * number).unwrap());
        store.commit(changes([put("c/many", &format!("{number:03}"), Expect::Absent, &body)])).await.unwrap();
    }
    let batch = changes([put("c/many", "007", Expect::Rev(1), "again"), remove("c/many", "008", Expect::Any)]);
    let claims = vec![claim("login/tanaka", "o"), claim("email/a", "u")];
    store.commit(Batch { claims, ..batch }).await.unwrap();
    store.commit(changes([put("o/log", "0", Expect::Absent, "\u{0}ü\n\"")])).await.unwrap();
    store.put_session([1; 32], b"session".to_vec(), i64::MAX).await.unwrap();
    app
}

async fn save(store: &dyn Store, path: &Path) -> Sum {
    let mut file = fs::File::create(path).unwrap();
    backup::write(store, 1_700_000_000, Some("PEM".to_owned()), &mut file).await.unwrap()
}

/// A backup of one store comes back into another, and both go on as one would.
pub async fn carry(from: Arc<dyn Store>, into: Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup");
    let app = hub(from.clone()).await;
    let saved = save(&*from, &path).await;
    let backup = Backup::open(&path).unwrap();
    assert_eq!(backup.sum, saved);
    assert_eq!((backup.opening.hub.as_str(), backup.opening.time), (app.name(), 1_700_000_000));
    assert_eq!(backup.opening.certificate.as_deref(), Some("PEM"));

    // A hub that has only been started is empty.
    App::open(into.clone(), system_clock).await.unwrap();
    backup.restore(&*into, false).await.unwrap();
    assert_eq!(Sum::of(&*into).await.unwrap(), saved);
    assert_eq!(all(&*into).await, all(&*from).await);
    assert_eq!(App::open(into.clone(), system_clock).await.unwrap().name(), app.name());
    assert_eq!(get(&*into, "o/log", "0").await, Some(row("o/log", "0", 1, 1, "\u{0}ü\n\"")));
    assert_eq!(into.holder("login/tanaka").await, Ok(Some("o".to_owned())));
    let next = changes([put("c/many", "next", Expect::Absent, "")]);
    assert_eq!(into.commit(next.clone()).await, heads([("c/many", 72)]));
    assert_eq!(from.commit(next).await, heads([("c/many", 72)]));

    // Where there is data, it is not lost by mistake; where it is told, sessions end with it.
    into.put_session([2; 32], b"session".to_vec(), i64::MAX).await.unwrap();
    assert_eq!(backup.restore(&*into, false).await.unwrap_err().code, codes::HAS_DATA);
    assert_eq!(into.head("c/many").await, Ok(72));
    backup.restore(&*into, true).await.unwrap();
    assert_eq!(Sum::of(&*into).await.unwrap(), saved);
    for session in [1, 2] {
        assert_eq!(into.session(&[session; 32], 0).await, Ok(None));
    }
}

#[tokio::test]
async fn a_backup_of_one_store_comes_back_into_another() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = async |name: &str| Arc::new(SqliteStore::open(&folder.path().join(name)).await.unwrap());
    carry(Arc::new(MemoryStore::new()), sqlite("one").await).await;
    carry(sqlite("two").await, Arc::new(MemoryStore::new())).await;
}

/// Batches that touch two scopes are in a backup whole or not at all, and no number is missing.
pub async fn while_it_runs(store: Arc<dyn Store>) {
    App::open(store.clone(), system_clock).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (writer, stopped) = (store.clone(), stop.clone());
    let writing = tokio::spawn(async move {
        let mut turn = 0;
        while !stopped.load(Ordering::SeqCst) {
            let batch = ["run/a", "run/b"].map(|scope| put(scope, &turn.to_string(), Expect::Absent, "x"));
            writer.commit(changes(batch)).await.unwrap();
            turn += 1;
        }
        turn
    });
    let folder = tempfile::tempdir().unwrap();
    let mut last = 0;
    let mut grown = 0;
    while grown < 5 {
        let path = folder.path().join("backup");
        save(&*store, &path).await;
        let restored = MemoryStore::new();
        Backup::open(&path).unwrap().restore(&restored, false).await.unwrap();
        let head = restored.head("run/a").await.unwrap();
        assert_eq!(restored.head("run/b").await, Ok(head));
        for scope in ["run/a", "run/b"] {
            let rows = restored.feed(scope, 0, u32::MAX).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), (1..=head).collect::<Vec<_>>());
        }
        grown += u32::from(head > last);
        last = head;
    }
    stop.store(true, Ordering::SeqCst);
    assert!(writing.await.unwrap() >= last);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_of_one_moment_while_the_hub_runs() {
    let folder = tempfile::tempdir().unwrap();
    while_it_runs(Arc::new(SqliteStore::open(&folder.path().join("hub.sqlite")).await.unwrap())).await;
}

#[tokio::test]
async fn setup_codes_and_sessions_are_in_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(MemoryStore::new());
    let app = hub(store.clone()).await;
    let address = HubAddress { url: "https://hub.example/".parse().unwrap(), pin: None };
    setup::new_code(&app, address).await.unwrap();
    let path = folder.path().join("backup");
    save(&*store, &path).await;
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("passphrase-keys") && !text.contains("setup-token") && !text.contains("session"));
}

#[tokio::test]
async fn a_backup_that_was_cut_off_or_changed_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let app = App::open(store.clone(), system_clock).await.unwrap();
    store
        .commit(changes([put("c/a", "1", Expect::Absent, "one"), put("c/a", "2", Expect::Absent, "two")]))
        .await
        .unwrap();
    drop(app);
    let path = folder.path().join("backup");
    save(&*store, &path).await;
    let whole = fs::read(&path).unwrap();
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Backup::open(&path).map(|_| ()).map_err(|fault| fault.code)
    };
    for end in 0..whole.len() - 1 {
        assert_eq!(refused(&whole[..end]), Err(codes::BACKUP_DAMAGED), "cut off at {end}");
    }
    for at in 0..whole.len() - 1 {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        let code = refused(&changed).unwrap_err();
        // A number of a form or schema that is to come may come of it, too.
        assert!(code == codes::BACKUP_DAMAGED || code == codes::BACKUP_NEWER, "changed at {at}: {code}");
    }
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    for left_out in 0..lines.len() {
        let rest: Vec<&[u8]> = (0..lines.len()).filter(|at| *at != left_out).map(|at| lines[at]).collect();
        assert_eq!(refused(&rest.concat()), Err(codes::BACKUP_DAMAGED), "without line {left_out}");
    }
    assert_eq!(refused(b"SQLite format 3\0"), Err(codes::BACKUP_DAMAGED));
    let schema = |number: i64| format!("\"schema\":{number}");
    let newer = String::from_utf8(whole.clone()).unwrap().replacen(&schema(SCHEMA), &schema(SCHEMA + 1), 1);
    assert_eq!(refused(newer.as_bytes()), Err(codes::BACKUP_NEWER));
    assert_eq!(refused(&whole), Ok(()));
    fs::remove_file(&path).unwrap();
    assert_eq!(Backup::open(&path).unwrap_err().code, codes::BACKUP_FILE);
}

#[tokio::test]
async fn what_is_no_hub_is_not_saved() {
    let mut out = Vec::new();
    let fault = backup::write(&MemoryStore::new(), 0, None, &mut out).await.unwrap_err();
    assert_eq!((fault.code, out.len()), (codes::NO_HUB, 0));
}

#[tokio::test]
async fn a_file_that_a_hub_has_open_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.sqlite");
    SqliteStore::nobody_uses(&path).await.unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    store.commit(changes([put("used", "a", Expect::Absent, "x")])).await.unwrap();
    assert_eq!(SqliteStore::nobody_uses(&path).await.unwrap_err().code, codes::IN_USE);
    store.commit(changes([put("used", "b", Expect::Absent, "x")])).await.unwrap();
    store.close().await;
    SqliteStore::nobody_uses(&path).await.unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.head("used").await, Ok(2));
}
