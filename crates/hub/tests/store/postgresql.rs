//! The contract on a real PostgreSQL, with two hub nodes, a crash of the server, and TLS.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use sekisho_hub::codes;
use sekisho_hub::store::{Expect, MemoryStore, PostgresStore, SCHEMA, Store};
use sekisho_tests::postgres::Cluster;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::runtime::Runtime;

use crate::kill::{ENOUGH, assert_sound, write_on};
use crate::opening::NEXT;
use crate::support::{changes, feed, get, put, row};
use crate::{backup, batches, contract, races};

/// One test, because one cluster serves it all.
#[test]
fn postgresql_keeps_the_contract_and_stands_two_nodes_and_a_crash() {
    let mut cluster = Cluster::start();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(two_nodes_open_a_new_database_at_once(&cluster));
    runtime.block_on(a_database_of_a_newer_hub_is_refused(&cluster));
    runtime.block_on(a_database_of_the_next_version_is_used_as_it_is_and_one_after_that_is_refused(&cluster));
    runtime.block_on(a_database_that_is_not_there_is_said(&cluster));
    runtime.block_on(only_the_right_server_is_spoken_to_over_tls(&cluster));
    let url = cluster.url("postgres");
    let (one, other) = runtime.block_on(async { tokio::join!(node(&url), node(&url)) });
    runtime.block_on(contract::check(&*one));
    batches::compare(&runtime, &*one, 24);
    runtime.block_on(races::run(&[one, other]));
    runtime.block_on(a_hub_moves_to_postgresql_and_back(&cluster));
    what_was_acknowledged_survives_the_crash_of_the_server(&runtime, &mut cluster);
}

async fn node(url: &str) -> Arc<dyn Store> {
    Arc::new(PostgresStore::open(url).await.unwrap())
}

async fn make(cluster: &Cluster, database: &str) -> String {
    let mut server = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {database}"))).execute(&mut server).await.unwrap();
    cluster.url(database)
}

async fn two_nodes_open_a_new_database_at_once(cluster: &Cluster) {
    let url = make(cluster, "fresh").await;
    let (one, other) = tokio::join!(PostgresStore::open(&url), PostgresStore::open(&url));
    let (one, other) = (one.unwrap(), other.unwrap());
    one.commit(changes([put("again", "a", Expect::Absent, "x")])).await.unwrap();
    assert_eq!(get(&other, "again", "a").await, Some(row("again", "a", 1, 1, "x")));
    one.close().await;
    other.close().await;
    let again = PostgresStore::open(&url).await.unwrap();
    assert_eq!(get(&again, "again", "a").await, Some(row("again", "a", 1, 1, "x")));
}

async fn a_database_of_a_newer_hub_is_refused(cluster: &Cluster) {
    let url = make(cluster, "newer").await;
    PostgresStore::open(&url).await.unwrap().close().await;
    let mut newer = PgConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE schema_version SET version = 99").execute(&mut newer).await.unwrap();
    let fault = PostgresStore::open(&url).await.err().unwrap();
    assert_eq!(fault.code, codes::DATABASE_NEWER);
    assert_eq!(fault.args["found"], 99_i64.into());
}

async fn a_database_of_the_next_version_is_used_as_it_is_and_one_after_that_is_refused(cluster: &Cluster) {
    let url = make(cluster, "next").await;
    // One node is upgraded already, and one is not.
    let older = PostgresStore::open(&url).await.unwrap();
    let mut newer = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(NEXT).execute(&mut newer).await.unwrap();
    older.commit(changes([put("upgraded", "a", Expect::Absent, "x")])).await.unwrap();
    let again = PostgresStore::open(&url).await.unwrap();
    assert_eq!(get(&again, "upgraded", "a").await, Some(row("upgraded", "a", 1, 1, "x")));
    contract::check(&again).await;
    let version: i64 = sqlx::query_scalar("SELECT version FROM schema_version").fetch_one(&mut newer).await.unwrap();
    assert_eq!(version, SCHEMA + 1, "it was not set back");
    sqlx::raw_sql("UPDATE schema_version SET version = version + 1").execute(&mut newer).await.unwrap();
    assert_eq!(PostgresStore::open(&url).await.err().unwrap().code, codes::DATABASE_NEWER);
}

async fn a_database_that_is_not_there_is_said(cluster: &Cluster) {
    let fault = PostgresStore::open(&cluster.url("absent")).await.err().unwrap();
    assert_eq!(fault.code, codes::DATABASE);
}

async fn only_the_right_server_is_spoken_to_over_tls(cluster: &Cluster) {
    let open = async |host: &str, authority: &Path| PostgresStore::open(&cluster.tls_url(host, authority)).await;
    open("localhost", &cluster.authority()).await.unwrap().close().await;
    let other_name = open("127.0.0.1", &cluster.authority()).await.err().unwrap();
    assert_eq!(other_name.code, codes::DATABASE);
    let other_authority = open("localhost", &cluster.other_authority()).await.err().unwrap();
    assert_eq!(other_authority.code, codes::DATABASE);
}

async fn a_hub_moves_to_postgresql_and_back(cluster: &Cluster) {
    let url = make(cluster, "moved").await;
    PostgresStore::nobody_uses(&url).await.unwrap();
    let store = node(&url).await;
    assert_eq!(PostgresStore::nobody_uses(&url).await.unwrap_err().code, codes::IN_USE);
    backup::carry(Arc::new(MemoryStore::new()), store).await;
    backup::carry(node(&make(cluster, "back").await).await, Arc::new(MemoryStore::new())).await;
    backup::while_it_runs(node(&make(cluster, "running").await).await).await;
}

/// The server ends inside transactions; the same handle goes on once it is back.
fn what_was_acknowledged_survives_the_crash_of_the_server(runtime: &Runtime, cluster: &mut Cluster) {
    let store = runtime.block_on(node(&cluster.url("postgres")));
    let acknowledged = Arc::new(AtomicU64::new(0));
    let (writer, counter) = (Arc::clone(&store), Arc::clone(&acknowledged));
    let (enough, is_enough) = mpsc::channel();
    let writing = runtime.spawn(async move {
        let acknowledged = |head| {
            counter.store(head, Ordering::SeqCst);
            if head == ENOUGH * 3 {
                enough.send(()).unwrap();
            }
        };
        write_on(&*writer, "crashed", acknowledged).await;
    });
    is_enough.recv().unwrap();
    cluster.crash();
    runtime.block_on(writing).unwrap();
    let rows = runtime.block_on(feed(&*store, "crashed"));
    assert_sound(&rows, acknowledged.load(Ordering::SeqCst));
    let after = store.commit(changes([put("crashed", "after", Expect::Absent, "")]));
    runtime.block_on(after).unwrap();
}
