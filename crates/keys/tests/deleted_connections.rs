//! What the organisation log says of a connection that is deleted, and lets nobody say.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use sekisho_keys::codes;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, NodeId};
use sekisho_keys::keyring::Place;
use sekisho_keys::log::{Act, Body, Entry, Epoch, Head, Kept, UNDO};
use support::{CONNECTION, ORGANISATION, SERVER, World, identity};

const DELETE: Act = Act::DeleteConnection { connection: CONNECTION };
const UNDELETE: Act = Act::UndeleteConnection { connection: CONNECTION };

/// An act at a time: followed, or the rule that refuses it.
fn at(world: &mut World, time: i64, act: Act) -> Result<(), String> {
    let Head { sequence, hash } = world.organisation.head();
    let author = world.founder.id();
    let body =
        Body { format: 1, organisation: ORGANISATION, sequence: sequence + 1, previous: hash, time, author, act };
    world.organisation.apply(&Entry::sign(body, &world.founder)).map_err(|fault| {
        assert_eq!(fault.code, codes::LOG_RULE);
        let sekisho_fault::Arg::Text(detail) = &fault.args["detail"] else { unreachable!("a text") };
        detail.clone()
    })
}

fn deleted() -> World {
    let mut world = World::new();
    at(&mut world, 0, Act::ReserveDomain { connection: CONNECTION, domain: "example.com".into(), proven: None })
        .unwrap();
    at(&mut world, 1000, DELETE).unwrap();
    world
}

/// Another connection, with the alias or the mail domain of the deleted one.
fn another(world: &World, byte: u8, alias: &str) -> [Act; 2] {
    let (node, connection) = (NodeId([byte; 16]), ConnectionId([byte; 16]));
    let place = Place { organisation: ORGANISATION, connection };
    let organisation = world.keyring.seal_under(&world.key, place, [0; 12]).unwrap();
    let epoch = Epoch { number: 1, organisation, servers: vec![] };
    [
        Act::AddNode { node, parent: None, name: vec![] },
        Act::AddConnection { connection, node, enterprise_domain: alias.into(), name: vec![], epoch },
    ]
}

#[test]
fn nothing_but_the_undo_is_said_of_a_deleted_connection() {
    let mut world = deleted();
    for act in [
        DELETE,
        Act::ReserveDomain { connection: CONNECTION, domain: "more.example.com".into(), proven: None },
        Act::ReleaseDomain { connection: CONNECTION, domain: "example.com".into() },
        Act::MinimumSchema { connection: CONNECTION, schema: 2 },
        Act::RetireServer { connection: CONNECTION, server: SERVER, compromised: false, records: 0 },
    ] {
        assert_eq!(at(&mut world, 1001, act).unwrap_err(), "the connection is deleted");
    }
    let found = &world.organisation.connections[&CONNECTION];
    assert_eq!((found.deleted, found.undo_until()), (Some(1000), Some(1000 + UNDO)));
    // What its servers have written, and write on top of it, still verifies.
    world.organisation.server(CONNECTION, SERVER).unwrap();
    at(&mut world, 1002, UNDELETE).unwrap();
    assert_eq!(world.organisation.connections[&CONNECTION].deleted, None);
    at(&mut world, 1003, Act::ReleaseDomain { connection: CONNECTION, domain: "example.com".into() }).unwrap();
}

#[test]
fn a_deletion_is_taken_back_for_thirty_days_and_not_a_second_longer() {
    assert!(at(&mut deleted(), 1000 + UNDO, UNDELETE).is_ok());
    let late = at(&mut deleted(), 1000 + UNDO + 1, UNDELETE).unwrap_err();
    assert_eq!(late, "the deletion cannot be taken back any more");
    let mut world = World::new();
    assert_eq!(at(&mut world, 0, UNDELETE).unwrap_err(), "the connection is not deleted");
}

#[test]
fn the_names_stay_taken_as_long_as_the_deletion_can_be_taken_back() {
    let mut world = deleted();
    let [node, connection] = another(&world, 8, "example");
    at(&mut world, 1000, node).unwrap();
    assert!(at(&mut world, 1000 + UNDO, connection.clone()).is_err());
    at(&mut world, 1000 + UNDO + 1, connection).unwrap();
    let domain = Act::ReserveDomain { connection: ConnectionId([8; 16]), domain: "example.com".into(), proven: None };
    assert!(at(&mut world, 1000 + UNDO, domain.clone()).is_err());
    at(&mut world, 1000 + UNDO + 1, domain).unwrap();
    // Somebody whose clock is behind comes too late all the same.
    assert_eq!(at(&mut world, 2000, UNDELETE).unwrap_err(), "another connection has its names");
}

#[test]
fn an_administrator_is_removed_while_a_connection_is_deleted_and_its_next_epoch_is_due_after_the_undo() {
    let mut world = World::new();
    let second = identity(20);
    world.add(world.admit(2, "second", &second));
    at(&mut world, 1000, DELETE).unwrap();
    let kept = Kept { connection: CONNECTION, revision: 3, hash: Hash([7; 32]) };
    let remove = world.remove(AdministratorId([2; 16]), vec![kept]);
    at(&mut world, 1001, remove).unwrap();
    at(&mut world, 1002, UNDELETE).unwrap();
    let found = &world.organisation.connections[&CONNECTION];
    assert_eq!((found.epoch_due, found.kept, found.epoch()), (true, Some((3, Hash([7; 32]))), 1));
}
