//! What servers come to by ACME: who writes it, and that nobody writes over what they have not seen.

use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{Append, Feed, NewAcme, Role, Row};

use crate::world::{Holder, World, credential};
use crate::{append, connected};

async fn write(
    world: &World,
    who: &Holder,
    connection: &str,
    row: &str,
    after: u64,
    record: &[u8],
) -> Result<(), String> {
    let body = NewAcme { after, epoch: 1, record: Blob(record.to_vec()) };
    world.write("PUT", &format!("connections/{connection}/acme/{row}"), who, &body).await
}

#[tokio::test]
async fn of_two_servers_that_have_seen_the_same_one_writes_and_the_feed_tells_it() {
    let (world, _, connection) = connected().await;
    let (one, other) = (world.by_key(5).await.unwrap(), world.by_key(6).await.unwrap());
    let stale = Err("hub.stale".to_owned());
    assert_eq!(write(&world, &one, &connection, "work", 0, b"first").await, Ok(()));
    assert_eq!(write(&world, &one, &connection, "work", 0, b"first").await, Ok(()), "the answer was lost");
    assert_eq!(write(&world, &other, &connection, "work", 0, b"other").await, stale);
    assert_eq!(write(&world, &other, &connection, "work", 1, b"second").await, Ok(()));
    assert_eq!(write(&world, &one, &connection, "work", 1, b"late").await, stale);
    assert_eq!(write(&world, &one, &connection, "certificate", 0, b"certificate").await, Ok(()));
    let feed = format!("feed?connection={connection}&log=2&after=0&wait=0");
    let feed: Feed = world.ask("GET", &feed, Some((&other, b"")), &()).await.unwrap();
    let told: Vec<(&str, &str, &[u8])> =
        feed.connection.iter().map(|row| (row.kind.as_str(), row.id.as_str(), row.body.as_slice())).collect();
    assert_eq!(told, [("acme", "work", &b"second"[..]), ("acme", "certificate", &b"certificate"[..])]);
    let rows: Vec<Row> =
        world.ask("GET", &format!("connections/{connection}/acme"), Some((&other, b"")), &()).await.unwrap();
    assert_eq!(rows.len(), 2);
}

#[tokio::test]
async fn only_a_live_server_of_the_connection_writes_one_of_the_two_rows_and_no_more_than_fits() {
    let (world, founder, connection) = connected().await;
    let server = world.by_key(5).await.unwrap();
    let forbidden = Err("hub.forbidden".to_owned());
    assert_eq!(write(&world, &founder, &connection, "work", 0, b"x").await, forbidden, "no administrator");
    assert_eq!(write(&world, &server, &"f".repeat(32), "work", 0, b"x").await, forbidden, "no other connection's");
    let wrong = Err("hub.request".to_owned());
    assert_eq!(write(&world, &server, &connection, "another", 0, b"x").await, wrong);
    assert_eq!(write(&world, &server, &connection, "work", 0, &vec![7; 32 * 1024 + 1]).await, wrong);
    let retire = Append { retire: vec![credential(5, Role::Kit).keys], ..append(2) };
    assert_eq!(world.write("POST", "log", &founder, &retire).await, Ok(()));
    assert_eq!(write(&world, &server, &connection, "work", 0, b"x").await, Err("hub.session".to_owned()));
}
