//! A connection that is deleted: nothing is written of it, it is read on, and it comes back whole or goes whole.

use sekisho_hub::app::{App, system_clock};
use sekisho_hub::store::{Batch, Change, Expect, Item, Store};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{Append, BegunEpoch, EnterpriseDomain, Feed, FeedHead, NewRevision, Role};

use crate::world::{World, credential};
use crate::{append, connected, record};

const DAY: i64 = 24 * 60 * 60;

/// The hub's clock, on the last day of the undo and after it.
fn before_the_end() -> i64 {
    system_clock() + 30 * DAY - 60
}

fn after_the_end() -> i64 {
    system_clock() + 30 * DAY + 60
}

fn when_it_is_purged() -> i64 {
    system_clock() + 31 * DAY + 60
}

async fn at(world: &World, clock: fn() -> i64) -> App {
    App::open(world.store.clone(), clock).await.unwrap()
}

fn delete(after: u64, connection: &str) -> Append {
    Append { delete: Some(connection.to_owned()), ..append(after) }
}

fn undelete(after: u64, connection: &str) -> Append {
    Append { undelete: Some(connection.to_owned()), ..append(after) }
}

/// How many rows and names of a connection there are.
async fn left(store: &dyn Store, connection: &str) -> usize {
    let mut found = 0;
    let mut take = |item| {
        let text = match item {
            Item::Row(row) => format!("{} {} {} {}", row.scope, row.kind, row.id, String::from_utf8_lossy(&row.body)),
            Item::Name(name) => format!("{} {}", name.name, name.holder),
            Item::Head { .. } => String::new(),
        };
        found += usize::from(text.contains(connection));
        std::ops::ControlFlow::Continue(())
    };
    store.read_all(&mut take).await.unwrap();
    found
}

#[tokio::test]
async fn nothing_is_written_of_a_deleted_connection_and_its_servers_see_the_undo() {
    let (world, founder, connection) = connected().await;
    let server = world.by_key(5).await.unwrap();
    let path = |rest: &str| format!("connections/{connection}/{rest}");
    let user = path(&format!("users/{}", "1".repeat(64)));
    assert_eq!(world.write("PUT", &user, &server, &record(1, 0, 1)).await, Ok(()));
    let elsewhere = delete(2, &"f".repeat(32));
    assert_eq!(world.write("POST", "log", &founder, &elsewhere).await, Err("hub.stale".to_owned()), "not theirs");
    let moved =
        Append { unmoved: vec![FeedHead { connection: connection.clone(), head: 0 }], ..delete(2, &connection) };
    assert_eq!(
        world.write("POST", "log", &founder, &moved).await,
        Err("hub.stale".to_owned()),
        "a user has come since"
    );
    assert_eq!(world.write("POST", "log", &founder, &delete(2, &connection)).await, Ok(()));
    assert_eq!(world.write("POST", "log", &founder, &delete(2, &connection)).await, Ok(()), "the same once more");

    let refused = Err("hub.deleted".to_owned());
    assert_eq!(world.write("PUT", &user, &server, &record(2, 1, 1)).await, refused);
    assert_eq!(world.write("PUT", &user, &server, &record(1, 0, 1)).await, Ok(()), "what was written stays so");
    let revision = NewRevision { epoch: 1, revision: Blob(vec![1]), objects: vec![], signpost: None, domains: vec![] };
    assert_eq!(world.write("PUT", &path("revisions/1"), &founder, &revision).await, refused);
    assert_eq!(world.write("PUT", &path("sync"), &founder, &Blob(vec![1])).await, refused);
    let checklist = path(&format!("checklists/{}", "d".repeat(32)));
    assert_eq!(world.write("PUT", &checklist, &founder, &Blob(vec![1])).await, refused);
    let epochs = vec![BegunEpoch { connection: connection.clone(), number: 2 }];
    let epoch = Append { epochs: epochs.clone(), ..append(3) };
    assert_eq!(world.write("POST", "log", &founder, &epoch).await, refused);
    let role = Role::Server { connection: connection.clone(), server: "9".repeat(32) };
    let admit = Append { admit: vec![credential(7, role)], ..append(3) };
    assert_eq!(world.write("POST", "log", &founder, &admit).await, refused);
    assert_eq!(world.write("POST", "log", &founder, &delete(3, &connection)).await, refused, "it is so already");

    // It reads on, tells how it is, and comes anew.
    let again = world.by_key(5).await.unwrap();
    let feed = format!("feed?connection={connection}&log=2&after=0&wait=0");
    let read: Feed = world.ask("GET", &feed, Some((&again, b"")), &()).await.unwrap();
    assert_eq!((read.log.len(), read.connection.len()), (1, 1));
    let report = path(&format!("reports/{}", "d".repeat(32)));
    assert_eq!(world.write("PUT", &report, &again, &Blob(vec![1])).await, Ok(()));

    // Taken back together with the epoch that was due meanwhile.
    let back = Append { epochs, ..undelete(3, &connection) };
    assert_eq!(world.write("POST", "log", &founder, &back).await, Ok(()));
    assert_eq!(world.write("PUT", &user, &again, &record(2, 1, 2)).await, Ok(()));
    assert_eq!(world.write("POST", "log", &founder, &undelete(4, &connection)).await, Err("hub.not_found".to_owned()));
}

#[tokio::test]
async fn a_deletion_is_taken_back_until_its_last_day_and_purged_a_day_after() {
    let (world, founder, connection) = connected().await;
    let server = world.by_key(5).await.unwrap();
    let user = format!("connections/{connection}/users/{}", "1".repeat(64));
    assert_eq!(world.write("PUT", &user, &server, &record(1, 0, 1)).await, Ok(()));
    assert_eq!(world.write("POST", "log", &founder, &delete(2, &connection)).await, Ok(()));
    for clock in [before_the_end as fn() -> i64, after_the_end] {
        assert_eq!(at(&world, clock).await.purge().await, Ok(0), "nothing goes before its time");
    }
    let other = "b".repeat(32);
    let domain = || Some(EnterpriseDomain { name: "example".to_owned(), connection: other.clone() });
    let same_name = Append { enterprise_domain: domain(), ..append(3) };
    assert_eq!(world.write("POST", "log", &founder, &same_name).await, Err("hub.taken".to_owned()));
    assert!(left(&*world.store, &connection).await > 6);

    assert_eq!(at(&world, when_it_is_purged).await.purge().await, Ok(1));
    assert_eq!(left(&*world.store, &connection).await, 0);
    assert_eq!(world.by_key(5).await.err().as_deref(), Some("hub.session"), "its servers' keys are gone");
    assert_eq!(world.write("POST", "log", &founder, &undelete(3, &connection)).await, Err("hub.not_found".to_owned()));
    assert_eq!(world.write("POST", "log", &founder, &same_name).await, Ok(()), "the name is free");
    assert_eq!(at(&world, when_it_is_purged).await.purge().await, Ok(0));
    assert!(left(&*world.store, &other).await > 0, "and only the deleted one has gone");
}

#[tokio::test]
async fn a_deletion_whose_time_is_over_is_not_taken_back() {
    let (world, founder, connection) = connected().await;
    assert_eq!(world.write("POST", "log", &founder, &delete(2, &connection)).await, Ok(()));
    // As if it had been deleted that long ago.
    let row = world.store.get("hub", "deleted", &connection).await.unwrap().unwrap();
    let mut body: serde_json::Value = serde_json::from_slice(&row.body).unwrap();
    body["ends"] = (system_clock() - 1).into();
    let (scope, kind, id) = (row.scope, row.kind, row.id);
    let put = Change::Put { scope, kind, id, expect: Expect::Any, body: serde_json::to_vec(&body).unwrap() };
    world.store.commit(Batch { changes: vec![put], ..Batch::default() }).await.unwrap();
    let late = undelete(3, &connection);
    assert_eq!(world.write("POST", "log", &founder, &late).await, Err("hub.deleted".to_owned()));
}
