//! Revisions, user records and tickets: who can make them, and where they hold.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod support;

use proptest::prelude::*;
use sekisho_keys::codes;
use sekisho_keys::derive::Secret;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, SaveId, ServerId};
use sekisho_keys::keyring::Place;
use sekisho_keys::log::{Act, Head, Kept};
use sekisho_keys::revision::{self, Revision};
use sekisho_keys::ticket::{Body, LIFETIME, Ticket};
use sekisho_keys::user::{Context, Record, State, User, Writer, blinded};
use support::{PLACE, SERVER, World, identity};

#[test]
fn a_revision_is_read_by_whoever_has_the_key_and_made_by_administrators_alone() {
    let world = World::new();
    let revision = Revision::read(&world.revision(1, &world.founder).to_bytes()).unwrap();
    revision.verify(&world.organisation, PLACE, None).unwrap();
    assert_eq!(revision.open(&world.keyring).unwrap(), b"{\"host\":\"a\"}");
    // A server has the connection's key, and is no administrator.
    let forged = world.revision(1, &world.server);
    assert_eq!(forged.verify(&world.organisation, PLACE, None).unwrap_err().code, codes::LOG_AUTHOR);
    let forged = world.revision(1, &identity(99));
    assert_eq!(forged.verify(&world.organisation, PLACE, None).unwrap_err().code, codes::LOG_AUTHOR);
}

#[test]
fn what_is_too_large_to_be_read_is_not_signed() {
    let world = World::new();
    let context = revision::Context { place: PLACE, revision: 1, epoch: 1, schema: 1, min_reader: 1 };
    let sign = |size: usize| {
        let plain = vec![b' '; size];
        let draft = revision::Draft { context, previous: Hash::NONE, time: 0, save: SaveId([0; 16]), plain: &plain };
        Revision::sign(&draft, &world.keyring, &world.founder, [1; 12])
    };
    let large = sign(7 << 20).unwrap();
    assert_eq!(Revision::read(&large.to_bytes()).unwrap().open(&world.keyring).unwrap().len(), 7 << 20);
    assert_eq!(sign(8 << 20).unwrap_err().code, codes::TOO_LARGE);
}

#[test]
fn a_revision_holds_in_its_connection_only() {
    let world = World::new();
    let revision = world.revision(1, &world.founder);
    let elsewhere = Place { connection: ConnectionId([9; 16]), ..PLACE };
    assert_eq!(revision.verify(&world.organisation, elsewhere, None).unwrap_err().code, codes::WRONG_PLACE);
}

#[test]
fn what_an_administrator_saved_holds_after_they_left_but_they_save_nothing_new() {
    let mut world = World::new();
    let second = identity(20);
    world.add(world.admit(2, "second", &second));
    let saved = world.revision(1, &second);
    saved.verify(&world.organisation, PLACE, None).unwrap();
    let kept = Kept { connection: PLACE.connection, revision: 1, hash: saved.hash() };
    world.add(world.remove(AdministratorId([2; 16]), vec![kept]));
    saved.verify(&world.organisation, PLACE, None).unwrap();
    saved.verify_past(&world.organisation, PLACE).unwrap();
    let newer = world.revision(2, &second);
    assert_eq!(newer.verify(&world.organisation, PLACE, Some(saved.hash())).unwrap_err().code, codes::LOG_AUTHOR);
}

fn user() -> User {
    User {
        email: "alice@example.com".into(),
        first_name: "Alice".into(),
        last_name: "Liddell".into(),
        idp: "https://idp.example.com".into(),
        source: "name_id".into(),
        subject: "alice".into(),
        secret: [5; 32],
        state: State::Active,
        linked: None,
        former: None,
        factors: None,
    }
}

fn record(world: &World, before: Option<&Record>, counter: u64) -> Record {
    let user = user();
    let user_id = blinded(&world.keyring, &["identity", &user.idp, &user.source, &user.subject]);
    let revision = before.map_or(1, |before| before.header().context.revision + 1);
    let context = Context { place: PLACE, user: user_id, revision, epoch: 1 };
    let writer = Writer { identity: &world.server, server: SERVER, counter, previous: Hash::NONE, time: 0 };
    Record::sign(context, before, &user, &world.keyring, writer, [7; 12]).unwrap()
}

#[test]
fn a_user_record_is_signed_by_a_server_of_the_connection() {
    let world = World::new();
    let made = record(&world, None, 1);
    let read = Record::read(&made.to_bytes()).unwrap();
    read.verify(&world.organisation, PLACE).unwrap();
    assert_eq!(read.open(&world.keyring).unwrap(), user());
    // The founder holds every key, and is no server.
    let writer = Writer { identity: &world.founder, server: SERVER, counter: 1, previous: Hash::NONE, time: 0 };
    let forged = Record::sign(made.header().context, None, &user(), &world.keyring, writer, [8; 12]).unwrap();
    assert_eq!(forged.verify(&world.organisation, PLACE).unwrap_err().code, codes::SIGNATURE);
    let writer = Writer { server: ServerId([9; 16]), ..writer };
    let stranger = Record::sign(made.header().context, None, &user(), &world.keyring, writer, [8; 12]).unwrap();
    assert_eq!(stranger.verify(&world.organisation, PLACE).unwrap_err().code, codes::NO_SUCH_SERVER);
}

#[test]
fn a_fact_about_a_user_is_an_administrators_word_alone() {
    use sekisho_keys::fact::{Fact, Said};
    let world = World::new();
    let signed =
        |author| Fact::sign(PLACE, ("bob@example.com", Said::Invited, 1), &world.keyring, author, 0, [3; 12]).unwrap();
    let (about, bytes) = signed(&world.founder);
    let fact = Fact::open(&bytes, &world.organisation, PLACE, &world.keyring).unwrap();
    assert_eq!((fact.about, fact.email.as_str(), fact.said), (about, "bob@example.com", Said::Invited));
    assert!(!String::from_utf8_lossy(&bytes).contains("bob"));
    let (_, forged) = signed(&world.server);
    let refused = Fact::open(&forged, &world.organisation, PLACE, &world.keyring).err().unwrap();
    assert_eq!(refused.code, codes::LOG_AUTHOR);
}

#[test]
fn a_record_under_another_users_name_does_not_open() {
    let world = World::new();
    let context = Context { place: PLACE, user: sekisho_keys::ids::UserId([1; 32]), revision: 1, epoch: 1 };
    let writer = Writer { identity: &world.server, server: SERVER, counter: 1, previous: Hash::NONE, time: 0 };
    let record = Record::sign(context, None, &user(), &world.keyring, writer, [7; 12]).unwrap();
    record.verify(&world.organisation, PLACE).unwrap();
    assert_eq!(record.open(&world.keyring).unwrap_err().code, codes::SIGNATURE);
}

#[test]
fn what_a_retired_server_signs_afterwards_is_nobodys() {
    let mut world = World::new();
    let (before, after) = (record(&world, None, 3), record(&world, None, 4));
    world.add(Act::RetireServer { connection: PLACE.connection, server: SERVER, compromised: true, records: 3 });
    before.verify(&world.organisation, PLACE).unwrap();
    assert_eq!(after.verify(&world.organisation, PLACE).unwrap_err().code, codes::NO_SUCH_SERVER);
}

#[test]
fn a_record_that_replaces_another_accounts_for_it() {
    let world = World::new();
    let first = record(&world, None, 1);
    let second = record(&world, Some(&first), 4);
    let counters: Vec<u64> = second.stands_for().map(|counted| counted.counter).collect();
    assert_eq!(counters, [1, 4]);
}

#[test]
fn the_bytes_of_a_record_tell_no_name() {
    let world = World::new();
    let bytes = record(&world, None, 1).to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!text.contains("alice") && !text.contains("example.com") && !text.contains("Liddell"));
}

#[test]
fn a_ticket_holds_for_its_server_its_log_and_its_hour() {
    let world = World::new();
    let heads: Vec<Head> = world.log.iter().map(sekisho_keys::log::Entry::head).collect();
    let body = Body {
        format: 1,
        place: PLACE,
        server: SERVER,
        keys: world.server.id(),
        genesis: world.organisation.genesis(),
        log: world.organisation.head(),
        revision: None,
        feed: 0,
        author: world.founder.id(),
        ends: 1000,
    };
    let ticket = Ticket::read(&Ticket::sign(body.clone(), &world.founder).to_bytes()).unwrap();
    ticket.verify(&world.organisation, &heads, world.server.id(), 500).unwrap();
    let code = |ticket: &Ticket, heads: &[Head], keys, now| {
        ticket.verify(&world.organisation, heads, keys, now).unwrap_err().code
    };
    assert_eq!(code(&ticket, &heads, world.server.id(), 1001), codes::TICKET_ENDED);
    assert_eq!(code(&ticket, &heads, world.server.id(), 1000 - LIFETIME - 1), codes::TICKET_ENDED);
    assert_eq!(code(&ticket, &heads, identity(9).id(), 500), codes::TICKET_FOR_ANOTHER);
    assert_eq!(code(&ticket, &heads[..2], world.server.id(), 500), codes::LOG_TOO_SHORT);
    let other = Body { genesis: Hash([8; 32]), ..body.clone() };
    assert_eq!(
        code(&Ticket::sign(other, &world.founder), &heads, world.server.id(), 500),
        codes::LOG_WRONG_ORGANISATION
    );
    let by_server = Ticket::sign(Body { author: world.server.id(), ..body }, &world.server);
    assert_eq!(code(&by_server, &heads, world.server.id(), 500), codes::LOG_AUTHOR);
}

#[test]
fn another_epochs_key_opens_nothing() {
    let world = World::new();
    let other = world.keyring.next(Secret::new([66; 32]));
    assert_eq!(world.revision(1, &world.founder).open(&other).unwrap_err().code, codes::WRONG_EPOCH);
}

proptest! {
    #[test]
    fn a_flipped_bit_anywhere_in_a_revision_is_found(at: usize, bit in 0u8..8) {
        let world = World::new();
        let mut bytes = world.revision(1, &world.founder).to_bytes();
        let place = at % bytes.len();
        bytes[place] ^= 1 << bit;
        let holds = Revision::read(&bytes)
            .and_then(|read| read.verify(&world.organisation, PLACE, None).and_then(|()| read.open(&world.keyring)));
        prop_assert!(holds.is_err());
    }

    #[test]
    fn any_bytes_give_a_value_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Revision::read(&bytes);
        let _ = Record::read(&bytes);
        let _ = Ticket::read(&bytes);
        let _ = sekisho_keys::envelope::open(&bytes, b"");
    }
}
