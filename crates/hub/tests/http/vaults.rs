//! What users keep in their vaults.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::HEXLOWER;
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{
    Append, Feed, LARGEST_VAULT_RECORD, MOST_VAULT_CHANGES, NewVaultChanges, Role, VaultChange, VaultPart,
    vault_statement,
};

use crate::world::{Holder, World, credential, keys, now};
use crate::{append, connected};

/// A user of a connection, whose key is the account.
struct User {
    keys: Ed25519KeyPair,
    connection: String,
}

impl User {
    fn new(seed: u8, connection: &str) -> Self {
        Self { keys: keys(seed), connection: connection.to_owned() }
    }

    fn account(&self) -> String {
        HEXLOWER.encode(self.keys.public_key().as_ref())
    }

    fn path(&self) -> String {
        format!("connections/{}/vaults/{}", self.connection, self.account())
    }

    fn signed(&self, changes: &[VaultChange], time: i64) -> NewVaultChanges {
        let changes = serde_json::to_string(changes).unwrap();
        let statement = vault_statement(time, &self.connection, &self.account(), &changes);
        NewVaultChanges { changes, time, signature: Blob(self.keys.sign(&statement).as_ref().to_vec()) }
    }

    async fn write(&self, world: &World, server: &Holder, changes: &[VaultChange]) -> Result<(), String> {
        world.write("POST", &self.path(), server, &self.signed(changes, now())).await
    }

    async fn read(&self, world: &World, server: &Holder, after: u64) -> VaultPart {
        world.ask("GET", &format!("{}?after={after}", self.path()), Some((server, b"")), &()).await.unwrap()
    }
}

fn change(id: char, after: u64, body: &[u8]) -> VaultChange {
    VaultChange { id: String::from(id).repeat(32), after, body: Blob(body.to_vec()) }
}

fn shown(part: &VaultPart) -> Vec<(u64, char, u64, &[u8])> {
    part.rows.iter().map(|row| (row.seq, row.id.chars().next().unwrap(), row.rev, row.body.as_slice())).collect()
}

#[tokio::test]
async fn a_vault_is_the_same_by_every_server_and_nobody_elses() {
    let (world, _, connection) = connected().await;
    let (one, other) = (world.by_key(5).await.unwrap(), world.by_key(6).await.unwrap());
    let (alice, bob) = (User::new(21, &connection), User::new(22, &connection));
    assert_eq!(alice.write(&world, &one, &[change('a', 0, b"1"), change('b', 0, b"2")]).await, Ok(()));
    assert_eq!(alice.write(&world, &other, &[change('a', 1, b"3")]).await, Ok(()));
    let all = alice.read(&world, &one, 0).await;
    assert_eq!(shown(&all), [(2, 'b', 1, &b"2"[..]), (3, 'a', 2, b"3")]);
    assert_eq!(all.head, 3);
    assert_eq!(shown(&alice.read(&world, &other, 2).await), [(3, 'a', 2, &b"3"[..])]);
    assert_eq!(alice.read(&world, &other, 3).await, VaultPart { rows: Vec::new(), head: 3 });
    assert_eq!(bob.read(&world, &one, 0).await, VaultPart::default());
    // Those who follow the connection hear nothing of it.
    let feed = format!("feed?connection={connection}&log=2&after=0&wait=0");
    let feed: Feed = world.ask("GET", &feed, Some((&other, b"")), &()).await.unwrap();
    assert_eq!((feed.connection.len(), feed.head), (0, 0));
}

#[tokio::test]
async fn of_two_pages_that_change_one_record_the_slower_one_writes_nothing_of_its_change() {
    let (world, _, connection) = connected().await;
    let server = world.by_key(5).await.unwrap();
    let alice = User::new(21, &connection);
    assert_eq!(alice.write(&world, &server, &[change('a', 0, b"1")]).await, Ok(()));
    assert_eq!(alice.write(&world, &server, &[change('a', 1, b"faster")]).await, Ok(()));
    let slower = [change('b', 0, b"new"), change('a', 1, b"slower")];
    assert_eq!(alice.write(&world, &server, &slower).await, Err("hub.stale".to_owned()));
    assert_eq!(shown(&alice.read(&world, &server, 0).await), [(2, 'a', 2, &b"faster"[..])]);
    // The same bytes again are not a second write: an answer may be lost.
    assert_eq!(alice.write(&world, &server, &[change('a', 1, b"faster")]).await, Ok(()));
    assert_eq!(alice.read(&world, &server, 0).await.head, 2);
}

#[tokio::test]
async fn what_the_users_key_has_not_signed_for_this_vault_and_now_is_not_written() {
    let (world, founder, connection) = connected().await;
    let server = world.by_key(5).await.unwrap();
    let (alice, bob) = (User::new(21, &connection), User::new(22, &connection));
    let changes = [change('a', 0, b"1")];
    let write =
        async |who: &Holder, vault: &User, body: &NewVaultChanges| world.write("POST", &vault.path(), who, body).await;
    let good = alice.signed(&changes, now());
    let other = User::new(21, &"f".repeat(32)).signed(&changes, now());
    let swapped = NewVaultChanges { changes: good.changes.replace("MQ", "Mg"), ..good.clone() };
    let later = NewVaultChanges { time: good.time + 1, ..good.clone() };
    for wrong in [&bob.signed(&changes, now()), &other, &swapped, &later] {
        assert_eq!(write(&server, &alice, wrong).await, Err("hub.not_signed".to_owned()));
    }
    assert_eq!(write(&server, &bob, &good).await, Err("hub.not_signed".to_owned()), "another vault");
    let old = alice.signed(&changes, now() - 400);
    assert_eq!(write(&server, &alice, &old).await, Err("hub.clock".to_owned()));
    assert_eq!(write(&founder, &alice, &good).await, Err("hub.forbidden".to_owned()), "no administrator");
    let read: Result<VaultPart, String> =
        world.ask("GET", &format!("{}?after=0", alice.path()), Some((&founder, b"")), &()).await;
    assert_eq!(read, Err("hub.forbidden".to_owned()), "no administrator");
    let retire = Append { retire: vec![credential(5, Role::Kit).keys], ..append(2) };
    assert_eq!(world.write("POST", "log", &founder, &retire).await, Ok(()));
    assert_eq!(write(&server, &alice, &good).await, Err("hub.session".to_owned()), "no retired server");
    let stays = world.by_key(6).await.unwrap();
    assert_eq!(alice.read(&world, &stays, 0).await, VaultPart::default(), "nothing of it was written");
    assert_eq!(write(&stays, &alice, &good).await, Ok(()));
}

#[tokio::test]
async fn nobody_fills_the_hub_with_one_change() {
    let (world, _, connection) = connected().await;
    let server = world.by_key(5).await.unwrap();
    let alice = User::new(21, &connection);
    let large = vec![7; LARGEST_VAULT_RECORD + 1];
    let many: Vec<VaultChange> = (0..=MOST_VAULT_CHANGES)
        .map(|number| VaultChange { id: format!("{number:032x}"), after: 0, body: Blob(vec![1]) })
        .collect();
    let named = VaultChange { id: "A".repeat(32), ..change('a', 0, b"1") };
    for wrong in [&[change('a', 0, &large)][..], &many, &[], &[named]] {
        assert_eq!(alice.write(&world, &server, wrong).await, Err("hub.request".to_owned()));
    }
    assert_eq!(alice.write(&world, &server, &[change('a', 0, &large[1..])]).await, Ok(()));
    assert_eq!(alice.write(&world, &server, &many[1..]).await, Ok(()));
}
