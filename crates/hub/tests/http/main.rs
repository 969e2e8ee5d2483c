//! What the hub lets whom write, over its own routes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod acme;
mod again;
mod behind_a_balancer;
mod claims;
mod deletion;
mod signposts;
mod vaults;
mod versions;
mod world;

use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{
    Append, BegunEpoch, EnterpriseDomain, Feed, FeedHead, NewFact, NewFacts, NewRecord, NewRevision, Resealed, Role,
    Row, write_statement,
};
use world::{World, credential};

fn append(after: u64) -> Append {
    Append {
        after,
        entries: vec![Blob(vec![u8::try_from(after).unwrap()])],
        admit: Vec::new(),
        revoke: Vec::new(),
        enterprise_domain: None,
        mail_domains: Vec::new(),
        invitation: None,
        account: None,
        end_account: None,
        retire: Vec::new(),
        epochs: Vec::new(),
        unmoved: Vec::new(),
        delete: None,
        undelete: None,
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
        ("POST", format!("connections/{connection}/facts")),
        ("PUT", format!("connections/{connection}/claims/{id}")),
        ("POST", format!("connections/{connection}/vaults/{id}")),
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

/// A connection with the servers whose keys are 5 and 6.
async fn connected() -> (World, world::Holder, String) {
    let (world, founder) = World::founded().await;
    let connection = "c".repeat(32);
    let server = |byte: &str| Role::Server { connection: connection.clone(), server: byte.repeat(32) };
    let domain = EnterpriseDomain { name: "example".to_owned(), connection: connection.clone() };
    let admit = vec![credential(5, server("d")), credential(6, server("e"))];
    let made = Append { admit, enterprise_domain: Some(domain), ..append(1) };
    assert_eq!(world.write("POST", "log", &founder, &made).await, Ok(()));
    (world, founder, connection)
}

fn record(byte: u8, after: u64, epoch: u32) -> NewRecord {
    NewRecord { after, epoch, record: Blob(vec![byte]), email: format!("{byte:02x}").repeat(32), former: None }
}

#[tokio::test]
async fn a_retired_server_reads_that_it_is_and_nothing_else_from_the_same_moment_on() {
    let (world, founder, connection) = connected().await;
    let (retired, stays) = (world.by_key(5).await.unwrap(), world.by_key(6).await.unwrap());
    let feed = format!("feed?connection={connection}&log=2&after=0&wait=0");
    let waiting = format!("feed?connection={connection}&log=2&after=0&wait=20");
    let user = format!("connections/{connection}/users/{}", "1".repeat(64));
    assert_eq!(world.write("PUT", &user, &retired, &record(1, 0, 1)).await, Ok(()));
    let after = format!("feed?connection={connection}&log=2&after=1&wait=20");
    let waits = world.ask::<Feed>("GET", &after, Some((&retired, b"")), &());
    let retire = async {
        let unmoved = vec![FeedHead { connection: connection.clone(), head: 1 }];
        let epochs = vec![BegunEpoch { connection: connection.clone(), number: 2 }];
        let retire = vec![credential(5, Role::Kit).keys];
        let said = Append { retire, epochs, unmoved, ..append(2) };
        world.write("POST", "log", &founder, &said).await
    };
    // A feed that it was waiting for gives nothing of what follows.
    let (waited, said) = tokio::join!(waits, retire);
    assert_eq!((waited.err().as_deref(), said), (Some("hub.session"), Ok(())));
    assert_eq!(world.write("POST", "log", &founder, &append(3)).await, Ok(()));

    let old = world.ask::<Feed>("GET", &feed, Some((&retired, b"")), &()).await;
    assert_eq!(old.err().as_deref(), Some("hub.session"), "its session has ended");
    let again = world.by_key(5).await.unwrap();
    for path in [&feed, &waiting] {
        let read = world.ask::<Feed>("GET", path, Some((&again, b"")), &()).await;
        assert_eq!(read.err().as_deref(), Some("hub.retired"));
    }
    for path in ["revisions/newest", "objects/x", "reports", "checklists"] {
        let path = format!("connections/{connection}/{path}");
        let read = world.ask::<serde_json::Value>("GET", &path, Some((&again, b"")), &()).await;
        assert!(matches!(read.err().as_deref(), Some("hub.retired" | "hub.forbidden")), "{path}");
    }
    let written = world.write("PUT", &user, &again, &record(2, 1, 2)).await;
    assert_eq!(written, Err("hub.retired".to_owned()));
    let report = format!("connections/{connection}/reports/{}", "d".repeat(32));
    assert_eq!(world.write("PUT", &report, &again, &Blob(vec![1])).await, Err("hub.retired".to_owned()));
    assert_eq!(world.write("POST", "log", &again, &append(4)).await, Err("hub.forbidden".to_owned()));
    // Of the log it reads up to the entry that retired it.
    let log: Vec<Row> = world.ask("GET", "log?after=0", Some((&again, b"")), &()).await.unwrap();
    assert_eq!(log.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3]);

    // The other one goes on, under the new epoch.
    assert_eq!(world.write("PUT", &user, &stays, &record(2, 1, 2)).await, Ok(()));
    assert!(world.ask::<Feed>("GET", &feed, Some((&stays, b"")), &()).await.is_ok());
}

#[tokio::test]
async fn nothing_is_written_under_an_epoch_that_has_ended() {
    let (world, founder, connection) = connected().await;
    let server = world.by_key(6).await.unwrap();
    let path = |rest: &str| format!("connections/{connection}/{rest}");
    let (user, fact) = (path(&format!("users/{}", "1".repeat(64))), path(&format!("facts/{}", "2".repeat(64))));
    let (object, revision) = (path(&format!("objects/{}", "3".repeat(64))), path("revisions/1"));
    let revisions = |number, epoch| {
        let revision = Blob(vec![number]);
        NewRevision { epoch, revision, objects: vec![("3".repeat(64), Blob(vec![7]))], signpost: None, domains: vec![] }
    };
    assert_eq!(world.write("PUT", &user, &server, &record(1, 0, 1)).await, Ok(()));
    assert_eq!(world.write("PUT", &revision, &founder, &revisions(1, 1)).await, Ok(()));
    let begun = |connection: &str| vec![BegunEpoch { connection: connection.to_owned(), number: 2 }];
    let elsewhere = Append { epochs: begun(&"f".repeat(32)), ..append(2) };
    assert_eq!(world.write("POST", "log", &founder, &elsewhere).await, Err("hub.stale".to_owned()), "not theirs");
    let stale = vec![FeedHead { connection: connection.clone(), head: 1 }];
    let stale = Append { epochs: begun(&connection), unmoved: stale, ..append(2) };
    assert_eq!(world.write("POST", "log", &founder, &stale).await, Err("hub.stale".to_owned()), "somebody has written");
    let next = Append { epochs: begun(&connection), ..append(2) };
    assert_eq!(world.write("POST", "log", &founder, &next).await, Ok(()));

    let ended = Err("hub.retired_epoch".to_owned());
    assert_eq!(world.write("PUT", &user, &server, &record(2, 1, 1)).await, ended);
    assert_eq!(world.write("PUT", &user, &server, &record(1, 0, 1)).await, Ok(()), "what was written stays so");
    assert_eq!(world.write("PUT", &path("revisions/2"), &founder, &revisions(2, 1)).await, ended);
    let said = |epoch| NewFact { after: None, epoch, fact: Blob(vec![1]) };
    assert_eq!(world.write("PUT", &fact, &founder, &said(1)).await, ended);
    let resealed = |epoch| Resealed { after: 1, epoch, object: Blob(vec![8]) };
    assert_eq!(world.write("PUT", &object, &founder, &resealed(1)).await, ended);
    assert_eq!(world.write("PUT", &object, &server, &resealed(2)).await, Err("hub.forbidden".to_owned()));
    assert_eq!(world.write("PUT", &object, &founder, &resealed(2)).await, Ok(()));
    assert_eq!(world.write("PUT", &object, &founder, &resealed(2)).await, Err("hub.stale".to_owned()));
    assert_eq!(world.write("PUT", &fact, &founder, &said(2)).await, Ok(()));
    assert_eq!(world.write("PUT", &user, &server, &record(2, 1, 2)).await, Ok(()));
}

#[tokio::test]
async fn what_is_said_of_several_users_counts_whole_or_not_at_all() {
    let (world, founder, connection) = connected().await;
    let facts = format!("connections/{connection}/facts");
    let name = |number: char| number.to_string().repeat(64);
    let said = |after, word| NewFact { after: Some(after), epoch: 1, fact: Blob(vec![word]) };
    let of = |facts: &[(char, NewFact)]| NewFacts {
        facts: facts.iter().map(|(number, fact)| (name(*number), fact.clone())).collect(),
    };
    let (stale, refused) = (Err("hub.stale".to_owned()), Err("hub.request".to_owned()));
    let both = of(&[('1', said(0, 1)), ('2', said(0, 2))]);
    assert_eq!(world.write("POST", &facts, &founder, &both).await, Ok(()));
    assert_eq!(world.write("POST", &facts, &founder, &both).await, Ok(()), "the same again is no second word");
    let one_is_stale = of(&[('1', said(1, 3)), ('2', said(0, 4)), ('3', said(0, 5))]);
    assert_eq!(world.write("POST", &facts, &founder, &one_is_stale).await, stale);
    let rows = |feed: Feed| -> Vec<_> { feed.connection.into_iter().map(|row| (row.rev, row.body.0[0])).collect() };
    let feed = format!("feed?connection={connection}&log=1&after=0&wait=0");
    let there: Feed = world.ask("GET", &feed, Some((&founder, b"")), &()).await.unwrap();
    assert_eq!(rows(there), [(1, 1), (1, 2)], "nothing of it");
    assert_eq!(world.write("POST", &facts, &founder, &of(&[])).await, refused);
    let server = world.by_key(6).await.unwrap();
    assert_eq!(world.write("POST", &facts, &server, &both).await, Err("hub.forbidden".to_owned()));
}

#[tokio::test]
async fn of_two_administrators_who_say_something_of_one_user_at_once_the_second_is_told() {
    let (world, founder, connection) = connected().await;
    let fact = format!("connections/{connection}/facts/{}", "2".repeat(64));
    let said = |after, word| NewFact { after, epoch: 1, fact: Blob(vec![word]) };
    let stale = Err("hub.stale".to_owned());
    assert_eq!(world.write("PUT", &fact, &founder, &said(Some(1), 1)).await, stale, "there is nothing to be after");
    assert_eq!(world.write("PUT", &fact, &founder, &said(Some(0), 1)).await, Ok(()));
    assert_eq!(world.write("PUT", &fact, &founder, &said(Some(0), 2)).await, stale);
    assert_eq!(
        world.write("PUT", &fact, &founder, &said(Some(0), 1)).await,
        Ok(()),
        "the same again is no second word"
    );
    assert_eq!(world.write("PUT", &fact, &founder, &said(Some(1), 2)).await, Ok(()));
    // Programs of the version before do not say what they have seen.
    assert_eq!(world.write("PUT", &fact, &founder, &said(None, 3)).await, Ok(()));
    assert_eq!(world.write("PUT", &fact, &founder, &said(Some(2), 4)).await, stale);
}
