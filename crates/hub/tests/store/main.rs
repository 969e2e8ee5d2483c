//! One contract for the three stores: the model, SQLite, and a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod backup;
mod batches;
mod contract;
mod kill;
mod opening;
#[cfg(target_os = "linux")]
mod postgresql;
mod races;
mod support;

use std::path::Path;
use std::sync::Arc;

use sekisho_hub::store::{MemoryStore, SqliteStore, Store};

async fn sqlite(folder: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(&folder.join("hub.sqlite")).await.unwrap())
}

#[tokio::test]
async fn the_model_keeps_the_contract() {
    contract::check(&MemoryStore::new()).await;
}

#[tokio::test]
async fn sqlite_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    contract::check(&*sqlite(folder.path()).await).await;
}

#[test]
fn sqlite_does_what_the_model_does() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(sqlite(folder.path()));
    batches::compare(&runtime, &*store, 96);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_model_stands_races() {
    races::run(&[Arc::new(MemoryStore::new())]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_stands_races() {
    let folder = tempfile::tempdir().unwrap();
    races::run(&[sqlite(folder.path()).await]).await;
}

/// A backup tool, or a hub that is just being replaced, has the same file open.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_programs_on_one_sqlite_file_stand_races() {
    let folder = tempfile::tempdir().unwrap();
    races::run(&[sqlite(folder.path()).await, sqlite(folder.path()).await]).await;
}
