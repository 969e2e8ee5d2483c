//! What may happen once in a connection.

use sekisho_hub_api::wire::{Append, Claimed, Feed, LONGEST_CLAIM, NewClaim, Role, write_statement};

use crate::world::{Holder, World, credential, now};
use crate::{append, connected};

async fn claim(world: &World, who: &Holder, connection: &str, name: &str, ends: i64) -> Result<bool, String> {
    let (path, body) = (format!("connections/{connection}/claims/{name}"), NewClaim { ends });
    let signed = write_statement(now(), &who.token, "PUT", &path, &serde_json::to_vec(&body).unwrap());
    let claimed: Claimed = world.ask("PUT", &path, Some((who, &signed)), &body).await?;
    Ok(claimed.first)
}

#[tokio::test]
async fn of_all_servers_of_a_connection_one_is_the_first() {
    let (world, _, connection) = connected().await;
    let (one, other) = (world.by_key(5).await.unwrap(), world.by_key(6).await.unwrap());
    let (name, soon) = ("1".repeat(64), now() + 300);
    assert_eq!(claim(&world, &one, &connection, &name, soon).await, Ok(true));
    assert_eq!(claim(&world, &other, &connection, &name, soon).await, Ok(false));
    assert_eq!(claim(&world, &one, &connection, &name, soon).await, Ok(false));
    assert_eq!(claim(&world, &other, &connection, &"2".repeat(64), soon).await, Ok(true));
    // Those who follow the connection hear nothing of it.
    let feed = format!("feed?connection={connection}&log=2&after=0&wait=0");
    let feed: Feed = world.ask("GET", &feed, Some((&other, b"")), &()).await.unwrap();
    assert_eq!((feed.connection.len(), feed.head), (0, 0));
}

#[tokio::test]
async fn a_claim_has_a_name_and_an_end_within_a_day() {
    let (world, _, connection) = connected().await;
    let server = world.by_key(5).await.unwrap();
    let name = "1".repeat(64);
    let wrong = Err("hub.request".to_owned());
    for ends in [i64::MIN, 0, now(), now() + LONGEST_CLAIM + 60, i64::MAX] {
        assert_eq!(claim(&world, &server, &connection, &name, ends).await, wrong, "{ends}");
    }
    for name in ["1".repeat(63), "A".repeat(64), format!("{}%2f", "1".repeat(61))] {
        assert_eq!(claim(&world, &server, &connection, &name, now() + 9).await, wrong, "{name}");
    }
    assert_eq!(claim(&world, &server, &connection, &name, now() + LONGEST_CLAIM - 60).await, Ok(true));
}

#[tokio::test]
async fn only_a_live_server_of_the_connection_claims() {
    let (world, founder, connection) = connected().await;
    let (server, name, soon) = (world.by_key(5).await.unwrap(), "1".repeat(64), now() + 300);
    let forbidden = Err("hub.forbidden".to_owned());
    assert_eq!(claim(&world, &founder, &connection, &name, soon).await, forbidden, "no administrator");
    assert_eq!(claim(&world, &server, &"f".repeat(32), &name, soon).await, forbidden, "no other connection's");
    let retire = Append { retire: vec![credential(5, Role::Kit).keys], ..append(2) };
    assert_eq!(world.write("POST", "log", &founder, &retire).await, Ok(()));
    assert_eq!(claim(&world, &server, &connection, &name, soon).await, Err("hub.session".to_owned()));
    let again = world.by_key(5).await.unwrap();
    assert_eq!(claim(&world, &again, &connection, &name, soon).await, Err("hub.retired".to_owned()));
    let stays = world.by_key(6).await.unwrap();
    assert_eq!(claim(&world, &stays, &connection, &name, soon).await, Ok(true), "nothing of it was claimed");
}
