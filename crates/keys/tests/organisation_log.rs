//! What the organisation log lets nobody do.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod support;

use proptest::prelude::*;
use sekisho_fault::Code;
use sekisho_keys::codes;
use sekisho_keys::ids::{AdministratorId, Hash, ServerId};
use sekisho_keys::keyring::{self, Keyring};
use sekisho_keys::log::{Act, Entry, Epoch, Organisation, Scope, Server};
use support::{CONNECTION, ORGANISATION, PLACE, SERVER, World, administrator, identity};

fn refused(world: &mut World, entry: &Entry) -> Code {
    let before = world.organisation.head();
    let code = world.organisation.apply(entry).unwrap_err().code;
    assert_eq!(world.organisation.head(), before, "a refused entry changes nothing");
    code
}

fn bytes(world: &World) -> Vec<Vec<u8>> {
    world.log.iter().map(Entry::to_bytes).collect()
}

fn read(log: &[Vec<u8>], genesis: Option<Hash>) -> Result<Organisation, Code> {
    Organisation::read(log.iter().map(Vec::as_slice), genesis).map_err(|fault| fault.code)
}

#[test]
fn a_log_reads_as_it_was_written() {
    let world = World::new();
    let organisation = read(&bytes(&world), Some(world.organisation.genesis())).unwrap();
    assert_eq!(organisation.head(), world.organisation.head());
    organisation.server(CONNECTION, SERVER).unwrap();
}

#[test]
fn a_log_that_begins_otherwise_is_another_organisation() {
    let world = World::new();
    assert_eq!(read(&bytes(&world), Some(Hash([9; 32]))).unwrap_err(), codes::LOG_WRONG_ORGANISATION);
    assert_eq!(read(&[], None).unwrap_err(), codes::LOG_EMPTY);
}

#[test]
fn entries_cannot_be_left_out_swapped_or_repeated() {
    let world = World::new();
    let log = bytes(&world);
    for changed in [
        vec![log[0].clone(), log[2].clone()],
        vec![log[0].clone(), log[2].clone(), log[1].clone(), log[3].clone()],
        vec![log[0].clone(), log[1].clone(), log[1].clone()],
    ] {
        assert_eq!(read(&changed, None).unwrap_err(), codes::LOG_CHAIN);
    }
    assert_eq!(read(&log[1..], None).unwrap_err(), codes::LOG_RULE);
}

#[test]
fn a_stranger_writes_nothing() {
    let mut world = World::new();
    let stranger = identity(99);
    let entry = world.next(world.admit(9, "mallory", &stranger), &stranger);
    assert_eq!(refused(&mut world, &entry), codes::LOG_AUTHOR);
    let entry = world.next(world.remove(AdministratorId([1; 16]), vec![]), &world.server);
    assert_eq!(refused(&mut world, &entry), codes::LOG_AUTHOR);
}

#[test]
fn a_signature_of_another_hand_is_refused() {
    let mut world = World::new();
    let mut body = world.next(world.admit(9, "second", &identity(20)), &world.founder).body().clone();
    body.author = world.founder.id();
    let forged = Entry::sign(body, &identity(99));
    assert_eq!(refused(&mut world, &forged), codes::SIGNATURE);
}

#[test]
fn an_administrator_who_was_removed_writes_nothing_more() {
    let mut world = World::new();
    let second = identity(20);
    world.add(world.admit(2, "second", &second));
    world.add(world.remove(AdministratorId([2; 16]), vec![]));
    let entry = world.next(world.admit(3, "third", &identity(21)), &second);
    assert_eq!(refused(&mut world, &entry), codes::LOG_AUTHOR);
}

#[test]
fn who_is_removed_is_left_without_the_next_key_and_without_the_kit() {
    let mut world = World::new();
    let second = identity(20);
    world.add(world.admit(2, "second", &second));
    let Act::RemoveAdministrator { administrator, number, keys, kit, kept } =
        world.remove(AdministratorId([2; 16]), vec![])
    else {
        panic!()
    };
    let next = world.key.next(sekisho_keys::derive::Secret::new([91; 32]));
    let stolen = keyring::seal_organisation_key(&next, ORGANISATION, second.public()).unwrap();
    let with = |number, keys, kit| Act::RemoveAdministrator { administrator, number, keys, kit, kept: kept.clone() };
    for act in [
        with(number, [keys.clone(), vec![stolen]].concat(), kit),
        with(number, vec![keys[0].clone()], kit),
        with(number, vec![keys[1].clone()], kit),
        with(1, keys.clone(), kit),
        with(number, keys.clone(), *world.kit.public()),
    ] {
        let entry = world.next(act, &world.founder);
        assert_eq!(refused(&mut world, &entry), codes::LOG_RULE);
    }
    world.add(with(number, keys, kit));
    assert_eq!(world.organisation.key_number, 2);
    // The kit that they may have seen recovers nothing any more.
    let recover = Act::Recover { administrator: administrator_of(9), kit: *identity(93).public(), key: vec![] };
    let entry = world.next(recover, &world.kit);
    assert_eq!(refused(&mut world, &entry), codes::LOG_AUTHOR);
}

fn administrator_of(byte: u8) -> sekisho_keys::log::Administrator {
    administrator(byte, "recovered", &identity(byte), Scope::Organisation)
}

#[test]
fn an_act_of_a_newer_version_is_told_from_garbage() {
    let world = World::new();
    let bytes = world.next(world.admit(9, "second", &identity(20)), &world.founder).to_bytes();
    // The number of the act stands behind the author, in an array of its own: [0x82, number, ...].
    let at = bytes.windows(3).rposition(|part| part == [0x82, 0x01, 0x83]).unwrap();
    let mut newer = bytes.clone();
    newer[at + 1] = 0x17;
    assert_eq!(Entry::read(&newer).unwrap_err().code, codes::NEWER_FORMAT);
    assert_eq!(Entry::read(&bytes[..bytes.len() / 2]).unwrap_err().code, codes::FORMAT);
}

#[test]
fn names_have_one_spelling() {
    let mut world = World::new();
    for domain in ["Example.com", "ex ample.com", "", "exämple.com"] {
        let reserve = Act::ReserveDomain { connection: CONNECTION, domain: domain.into(), proven: None };
        let entry = world.next(reserve, &world.founder);
        assert_eq!(refused(&mut world, &entry), codes::LOG_RULE, "{domain}");
    }
}

#[test]
fn a_lock_stands_in_the_log() {
    let mut world = World::new();
    let about = sekisho_keys::fact::about(&world.keyring, "alice@example.com");
    let lock = |locked| Act::LockUser { connection: CONNECTION, about, locked };
    world.add(lock(true));
    assert!(world.organisation.connections[&CONNECTION].locked.contains(&about));
    let entry = world.next(lock(true), &world.founder);
    assert_eq!(refused(&mut world, &entry), codes::LOG_RULE);
    world.add(lock(false));
}

#[test]
fn the_last_administrator_stays() {
    let mut world = World::new();
    let entry = world.next(world.remove(AdministratorId([1; 16]), vec![]), &world.founder);
    assert_eq!(refused(&mut world, &entry), codes::LOG_RULE);
}

#[test]
fn an_administrator_of_one_connection_gets_no_organisation_key_and_writes_no_log() {
    let mut world = World::new();
    let local = identity(30);
    let admit = |key| Act::AdmitAdministrator {
        administrator: administrator(5, "local", &local, Scope::Connection(CONNECTION)),
        invitation: sekisho_keys::ids::InvitationId([5; 16]),
        key,
    };
    let sealed = keyring::seal_organisation_key(&world.key, ORGANISATION, local.public()).unwrap();
    let entry = world.next(admit(Some(sealed)), &world.founder);
    assert_eq!(refused(&mut world, &entry), codes::LOG_RULE);
    world.add(admit(None));
    let entry = world.next(world.admit(6, "more", &identity(31)), &local);
    assert_eq!(refused(&mut world, &entry), codes::LOG_AUTHOR);
    world.organisation.may_change(CONNECTION, local.id()).unwrap();
}

#[test]
fn the_kit_recovers_once() {
    let mut world = World::new();
    let (fresh, next_kit) = (identity(40), identity(41));
    let recover =
        |world: &World, byte, who: &sekisho_keys::identity::Identity, kit: &sekisho_keys::identity::Identity| {
            let sealed = |to| keyring::seal_organisation_key(&world.key, ORGANISATION, to).unwrap();
            Act::Recover {
                administrator: administrator(byte, &format!("recovered{byte}"), who, Scope::Organisation),
                kit: *kit.public(),
                key: vec![sealed(who.public()), sealed(kit.public())],
            }
        };
    let by_founder = world.next(recover(&world, 7, &fresh, &next_kit), &world.founder);
    assert_eq!(refused(&mut world, &by_founder), codes::LOG_AUTHOR);
    let first = world.next(recover(&world, 7, &fresh, &next_kit), &world.kit);
    world.organisation.apply(&first).unwrap();
    let again = world.next(recover(&world, 8, &identity(42), &identity(43)), &world.kit);
    assert_eq!(refused(&mut world, &again), codes::LOG_AUTHOR);
    // What the kit opens is the organisation's key.
    let sealed = world.organisation.kit_key.clone().unwrap();
    assert_eq!(keyring::open_organisation_key(&next_kit, ORGANISATION, &sealed).unwrap(), world.key);
}

#[test]
fn a_server_is_admitted_once_and_opens_its_keyring() {
    let mut world = World::new();
    let connection = &world.organisation.connections[&CONNECTION];
    let sealed = connection.keyring_for(SERVER, 1).unwrap();
    assert_eq!(Keyring::open_as(&world.server, PLACE, sealed).unwrap(), world.keyring);
    let again = Act::AdmitServer {
        connection: CONNECTION,
        server: Server { id: ServerId([44; 16]), keys: *world.server.public(), name: vec![] },
        keyring: world.keyring.seal_to(PLACE, world.server.public()).unwrap(),
    };
    let entry = world.next(again, &world.founder);
    assert_eq!(refused(&mut world, &entry), codes::LOG_RULE);
}

#[test]
fn a_new_epoch_is_sealed_to_each_live_server_and_to_no_other() {
    let mut world = World::new();
    let next = world.keyring.next(sekisho_keys::derive::Secret::new([60; 32]));
    let epoch = |servers| Epoch { number: 2, organisation: vec![], servers };
    let to = |who: &sekisho_keys::identity::Identity| next.seal_to(PLACE, who.public()).unwrap();
    for servers in [vec![], vec![to(&identity(77))], vec![to(&world.server), to(&identity(77))]] {
        let entry = world.next(Act::NewEpoch { connection: CONNECTION, epoch: epoch(servers) }, &world.founder);
        assert_eq!(refused(&mut world, &entry), codes::LOG_RULE);
    }
    world.add(Act::NewEpoch { connection: CONNECTION, epoch: epoch(vec![to(&world.server)]) });
    world.add(Act::RetireServer { connection: CONNECTION, server: SERVER, compromised: false, records: 3 });
    assert_eq!(world.organisation.server(CONNECTION, SERVER).unwrap_err().code, codes::NO_SUCH_SERVER);
}

#[test]
fn a_mail_domain_belongs_to_one_connection() {
    let mut world = World::new();
    let reserve = || Act::ReserveDomain { connection: CONNECTION, domain: "example.com".into(), proven: None };
    world.add(reserve());
    let entry = world.next(reserve(), &world.founder);
    assert_eq!(refused(&mut world, &entry), codes::LOG_RULE);
    world.add(Act::ReleaseDomain { connection: CONNECTION, domain: "example.com".into() });
    world.add(reserve());

    // That it is proved may be said once, later, and is of that moment.
    let proven = || Act::ReserveDomain { connection: CONNECTION, domain: "example.com".into(), proven: Some(true) };
    let reserved = |world: &World| world.organisation.connections[&CONNECTION].domains["example.com"];
    assert!(!reserved(&world).proven);
    world.add(proven());
    assert!(reserved(&world).proven);
    for again in [reserve(), proven()] {
        let entry = world.next(again, &world.founder);
        assert_eq!(refused(&mut world, &entry), codes::LOG_RULE);
    }
}

proptest! {
    #[test]
    fn a_flipped_bit_anywhere_in_the_log_is_found(at: usize, bit in 0u8..8, entry in 0usize..4) {
        let world = World::new();
        let mut log = bytes(&world);
        let place = at % log[entry].len();
        log[entry][place] ^= 1 << bit;
        prop_assert!(read(&log, Some(world.organisation.genesis())).is_err());
    }

    #[test]
    fn any_bytes_give_an_entry_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Entry::read(&bytes);
    }
}

#[test]
fn who_remains_and_who_comes_later_read_what_earlier_keys_sealed_and_who_left_reads_nothing_newer() {
    let world = World::new();
    let late = identity(61);
    let key = world.key.next(sekisho_keys::derive::Secret::new([62; 32]));
    let keyring = world.keyring.next(sekisho_keys::derive::Secret::new([63; 32]));
    let sealed = keyring::seal_organisation_key(&key, ORGANISATION, late.public()).unwrap();
    let opened = keyring::open_organisation_key(&late, ORGANISATION, &sealed).unwrap();
    assert_eq!(opened, key);
    let name = |key| keyring::seal_name(key, b"of", [5; 12], "Tokyo").unwrap();
    assert_eq!(keyring::open_name(&opened, b"of", &name(&world.key)).unwrap(), "Tokyo");
    assert_eq!(keyring::open_name(&world.key, b"of", &name(&key)).unwrap_err().code, codes::WRONG_EPOCH);

    let sealed = keyring.seal_to(PLACE, late.public()).unwrap();
    let opened = Keyring::open_as(&late, PLACE, &sealed).unwrap();
    assert_eq!(opened.of_epoch(1).unwrap(), world.keyring);
    assert_eq!(opened.of_epoch(2).unwrap(), keyring);
    assert_eq!(opened.of_epoch(3).unwrap_err().code, codes::WRONG_EPOCH);
    assert_eq!(world.keyring.of_epoch(2).unwrap_err().code, codes::WRONG_EPOCH);
    let name = keyring::seal_server_name(&world.keyring, SERVER, [6; 12], "one").unwrap();
    assert_eq!(keyring::open_server_name(&opened, SERVER, &name).unwrap(), "one");
}

#[test]
fn an_epoch_is_due_from_when_somebody_leaves_until_the_next_one() {
    let mut world = World::new();
    let due = |world: &World| world.organisation.connections[&CONNECTION].epoch_due;
    world.add(world.admit(2, "second", &identity(20)));
    assert!(!due(&world));
    world.add(world.remove(AdministratorId([2; 16]), vec![]));
    assert!(due(&world));
    let next = world.keyring.next(sekisho_keys::derive::Secret::new([60; 32]));
    let servers = vec![next.seal_to(PLACE, world.server.public()).unwrap()];
    world.add(Act::NewEpoch { connection: CONNECTION, epoch: Epoch { number: 2, organisation: vec![], servers } });
    assert!(!due(&world));
    world.add(Act::RetireServer { connection: CONNECTION, server: SERVER, compromised: true, records: 0 });
    assert!(due(&world));
    let retired = world.organisation.connections[&CONNECTION].servers[&SERVER].retired.unwrap();
    assert!(retired.compromised);
}

#[test]
fn notes_about_a_server_open_for_that_server_alone() {
    let world = World::new();
    let sealed = sekisho_keys::checklist::seal(&world.key, PLACE, SERVER, [7; 12], b"notes").unwrap();
    assert_eq!(sekisho_keys::checklist::open(&world.key, PLACE, SERVER, &sealed).unwrap(), b"notes");
    let other = sekisho_keys::checklist::open(&world.key, PLACE, ServerId([9; 16]), &sealed);
    assert_eq!(other.unwrap_err().code, codes::NOT_AUTHENTIC);
}
