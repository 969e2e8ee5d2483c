//! What the hub lets whom write, over its own routes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod world;

use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{Append, EnterpriseDomain, Feed, Role, write_statement};
use world::{World, credential};

fn append(after: u64) -> Append {
    Append {
        after,
        entries: vec![Blob(vec![u8::try_from(after).unwrap()])],
        admit: Vec::new(),
        revoke: Vec::new(),
        enterprise_domain: None,
        invitation: None,
        account: None,
        end_account: None,
    }
}

#[tokio::test]
async fn a_stolen_session_writes_nothing_anywhere() {
    let (world, founder) = World::founded().await;
    let thief = world::Holder { keys: world::keys(9), token: founder.token.clone() };
    let (connection, id) = ("c".repeat(32), "d".repeat(64));
    for (method, path) in [
        ("POST", "log".to_owned()),
        ("POST", "invitations".to_owned()),
        ("DELETE", format!("invitations/{connection}")),
        ("POST", "acceptances".to_owned()),
        ("PUT", format!("connections/{connection}/revisions/1")),
        ("PUT", format!("connections/{connection}/users/{id}")),
        ("PUT", format!("connections/{connection}/facts/{id}")),
        ("PUT", format!("connections/{connection}/sync")),
        ("PUT", format!("connections/{connection}/reports/{connection}")),
    ] {
        let unsigned: Result<(), String> = world.ask(method, &path, Some((&thief, b"")), &append(1)).await;
        assert_eq!(unsigned, Err("hub.not_signed".to_owned()), "{method} {path}");
        let by_others = world.write(method, &path, &thief, &append(1)).await;
        assert_eq!(by_others, Err("hub.not_signed".to_owned()), "{method} {path}");
    }
    assert_eq!(world.write("POST", "log", &founder, &append(1)).await, Ok(()));
}

#[tokio::test]
async fn a_signature_is_for_one_session_one_moment_one_path_and_one_body() {
    let (world, founder) = World::founded().await;
    let body = serde_json::to_vec(&append(1)).unwrap();
    let other = serde_json::to_vec(&append(2)).unwrap();
    let (now, token) = (world::now(), founder.token.as_str());
    for signed in [
        write_statement(now, token, "PUT", "log", &body),
        write_statement(now, token, "POST", "logs", &body),
        write_statement(now, token, "POST", "log", &other),
        write_statement(now, "another session", "POST", "log", &body),
    ] {
        let asked: Result<(), String> = world.ask("POST", "log", Some((&founder, &signed)), &append(1)).await;
        assert_eq!(asked, Err("hub.not_signed".to_owned()));
    }
    let late = write_statement(now - 600, token, "POST", "log", &body);
    let asked: Result<(), String> = world.ask("POST", "log", Some((&founder, &late)), &append(1)).await;
    assert_eq!(asked, Err("hub.clock".to_owned()), "what was signed before is over");
    assert_eq!(world.write("POST", "log", &founder, &append(1)).await, Ok(()));
    // The same once more changes nothing; another one at its place is refused.
    assert_eq!(world.write("POST", "log", &founder, &append(1)).await, Ok(()));
    let another = Append { entries: vec![Blob(vec![8])], ..append(1) };
    assert_eq!(world.write("POST", "log", &founder, &another).await, Err("hub.stale".to_owned()));
}

#[tokio::test]
async fn a_kit_is_admitted_only_in_the_place_of_the_one_before() {
    let (world, founder) = World::founded().await;
    assert!(world.by_key(2).await.is_ok(), "the kit of the founding");
    let more = Append { admit: vec![credential(3, Role::Kit)], ..append(1) };
    assert_eq!(world.write("POST", "log", &founder, &more).await, Err("hub.forbidden".to_owned()));
    let bare = Append { entries: Vec::new(), revoke: vec![credential(2, Role::Kit).keys], ..more.clone() };
    assert_eq!(world.write("POST", "log", &founder, &bare).await, Err("hub.request".to_owned()));
    let two = Append {
        admit: vec![credential(3, Role::Kit), credential(4, Role::Kit)],
        revoke: vec![credential(2, Role::Kit).keys; 2],
        ..append(1)
    };
    assert_eq!(world.write("POST", "log", &founder, &two).await, Err("hub.forbidden".to_owned()));
    let next = Append { revoke: vec![credential(2, Role::Kit).keys], ..more };
    assert_eq!(world.write("POST", "log", &founder, &next).await, Ok(()));
    assert_eq!(world.by_key(2).await.err().as_deref(), Some("hub.session"), "the kit before opens nothing any more");
    assert!(world.by_key(3).await.is_ok());
}

#[tokio::test]
async fn a_full_sync_of_all_servers_is_an_administrators_wish_and_the_newest_is_in_the_feed_once() {
    let (world, founder) = World::founded().await;
    let connection = "c".repeat(32);
    let server = Role::Server { connection: connection.clone(), server: "d".repeat(32) };
    let domain = EnterpriseDomain { name: "example".to_owned(), connection: connection.clone() };
    let made = Append { admit: vec![credential(5, server)], enterprise_domain: Some(domain), ..append(1) };
    assert_eq!(world.write("POST", "log", &founder, &made).await, Ok(()));
    let path = format!("connections/{connection}/sync");
    let server = world.by_key(5).await.unwrap();
    let by_server = world.write("PUT", &path, &server, &Blob(vec![1])).await;
    assert_eq!(by_server, Err("hub.forbidden".to_owned()));
    for wish in [1, 2] {
        assert_eq!(world.write("PUT", &path, &founder, &Blob(vec![wish])).await, Ok(()));
    }
    let large = world.write("PUT", &path, &founder, &Blob(vec![3; 40 * 1024])).await;
    assert_eq!(large, Err("hub.request".to_owned()));
    let path = format!("feed?connection={connection}&log=2&after=0&wait=0");
    let feed: Feed = world.ask("GET", &path, Some((&server, b"")), &()).await.unwrap();
    let wishes: Vec<_> = feed.connection.iter().map(|row| (row.kind.as_str(), row.body.0.as_slice())).collect();
    assert_eq!(wishes, [("sync", [2].as_slice())]);
}
