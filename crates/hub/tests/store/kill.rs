//! What was acknowledged survives the sudden end of the writer.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use sekisho_hub::store::{Expect, Row, SqliteStore, Store};

use crate::support::{changes, feed, put};

/// Tells the process below which file to write to.
const FILE: &str = "SEKISHO_TEST_HUB_FILE";

/// How many acknowledged batches are waited for before the end comes.
pub const ENOUGH: u64 = 40;

/// Batches of three rows until something fails; `acknowledged` hears each head.
pub async fn write_on(store: &dyn Store, scope: &str, acknowledged: impl Fn(u64)) {
    for turn in 0.. {
        let batch = ["a", "b", "c"].map(|id| put(scope, &format!("{turn}-{id}"), Expect::Absent, id));
        match store.commit(changes(batch)).await {
            Ok(done) => acknowledged(done.heads[scope]),
            Err(_) => return,
        }
    }
}

/// All that was acknowledged is there, the last batch is whole, and no number is missing.
pub fn assert_sound(rows: &[Row], acknowledged: u64) {
    assert!(rows.len() as u64 >= acknowledged, "{acknowledged} rows were acknowledged, {} are there", rows.len());
    assert!(rows.len().is_multiple_of(3), "half a batch is there");
    for (at, row) in rows.iter().enumerate() {
        assert_eq!((row.seq, row.rev), (at as u64 + 1, 1));
        assert_eq!(row.id, format!("{}-{}", at / 3, ["a", "b", "c"][at % 3]));
    }
}

/// Not a test: the process that the next test kills.
#[tokio::test]
#[ignore = "it is run by the next test"]
async fn a_process_that_writes_until_it_is_killed() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let store = SqliteStore::open(Path::new(&file)).await.unwrap();
    write_on(&store, "killed", |head| println!("acknowledged {head}")).await;
}

#[tokio::test]
async fn what_sqlite_acknowledged_survives_the_kill_of_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.sqlite");
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "kill::a_process_that_writes_until_it_is_killed"])
        .env(FILE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = 0;
    for line in BufReader::new(writer.stdout.take().unwrap()).lines() {
        let Some(head) = line.unwrap().strip_prefix("acknowledged ").map(|head| head.parse::<u64>().unwrap()) else {
            continue;
        };
        acknowledged = head;
        if acknowledged == ENOUGH * 3 {
            writer.kill().unwrap();
        }
    }
    writer.wait().unwrap();
    assert!(acknowledged >= ENOUGH * 3);
    let store = SqliteStore::open(&path).await.unwrap();
    assert_sound(&feed(&store, "killed").await, acknowledged);
    store.commit(changes([put("killed", "after", Expect::Absent, "")])).await.unwrap();
}
