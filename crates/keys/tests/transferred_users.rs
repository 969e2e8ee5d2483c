//! Users whom an administrator hands over to a server.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use sekisho_fault::Code;
use sekisho_keys::ids::{AdministratorId, ConnectionId};
use sekisho_keys::keyring::Place;
use sekisho_keys::transfer::{LIFETIME, open, sign};
use sekisho_keys::user::{State, User};
use sekisho_keys::{codes, identity::Identity};
use support::{ORGANISATION, PLACE, World, identity};

const NOW: i64 = 1_795_513_267;

fn alice() -> User {
    User {
        email: "alice@example.com".into(),
        first_name: "Alice".into(),
        last_name: String::new(),
        idp: "https://idp.example.com".into(),
        source: "NameID".into(),
        subject: "a1".into(),
        secret: [5; 32],
        state: State::Active,
        linked: None,
        former: None,
        factors: None,
    }
}

fn signed(world: &World, place: Place, author: &Identity) -> Vec<u8> {
    sign(place, &[alice()], &world.keyring, author, NOW, [1; 12]).unwrap()
}

fn opened(world: &World, bytes: &[u8], now: i64) -> Result<Vec<User>, Code> {
    open(bytes, &world.organisation, PLACE, |epoch| world.keyring.of_epoch(epoch), now).map_err(|fault| fault.code)
}

#[test]
fn users_are_handed_over_by_an_administrator_alone_for_an_hour_and_to_their_connection() {
    let mut world = World::new();
    let bytes = signed(&world, PLACE, &world.founder);
    assert!(opened(&world, &bytes, NOW + LIFETIME).unwrap() == [alice()]);
    assert!(!bytes.windows(5).any(|part| part == b"Alice"));
    for late in [NOW + LIFETIME + 1, NOW - 2 * LIFETIME] {
        assert_eq!(opened(&world, &bytes, late).err(), Some(codes::TRANSFER_ENDED));
    }
    for nobody in [&world.server, &identity(99)] {
        assert_eq!(opened(&world, &signed(&world, PLACE, nobody), NOW).err(), Some(codes::LOG_AUTHOR));
    }
    let elsewhere = Place { organisation: ORGANISATION, connection: ConnectionId([9; 16]) };
    assert_eq!(opened(&world, &signed(&world, elsewhere, &world.founder), NOW).err(), Some(codes::WRONG_PLACE));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(opened(&world, &changed, NOW).is_err(), "{at}");
    }
    // Whoever was removed hands over nothing more.
    let second = identity(20);
    world.add(world.admit(2, "second", &second));
    let of_second = signed(&world, PLACE, &second);
    assert!(opened(&world, &of_second, NOW).is_ok());
    world.add(world.remove(AdministratorId([2; 16]), vec![]));
    assert_eq!(opened(&world, &of_second, NOW).err(), Some(codes::LOG_AUTHOR));
}
