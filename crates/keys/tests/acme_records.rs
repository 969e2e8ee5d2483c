//! What servers come to by ACME: who can say it, where it holds, and what the hub reads of it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use sekisho_keys::acme::{self, Author, Failure, Issued, LARGEST, Phase, Said, Which, Work};
use sekisho_keys::codes;
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{ConnectionId, Hash, ServerId};
use sekisho_keys::keyring::Place;
use sekisho_keys::log::{Act, Epoch};
use support::{CONNECTION, PLACE, SERVER, World, identity};

fn issued(certificates: &str) -> Said {
    Said::Certificate(Issued {
        setting: Hash::of(b"setting"),
        certificates: certificates.to_owned(),
        key: b"the private key".to_vec(),
    })
}

fn failed() -> Said {
    let failure = Failure { times: 2, next: 99, reason: "{}".into() };
    Said::Work(Work { setting: Hash::of(b"setting"), phase: Phase::Failed(failure) })
}

fn sign(world: &World, said: &Said, identity: &Identity, server: ServerId) -> Vec<u8> {
    acme::sign(PLACE, 7, said, &world.keyring, Author { identity, server, time: 5 }, [2; 12]).unwrap()
}

#[test]
fn a_record_is_made_by_a_server_of_the_connection_and_by_nobody_else() {
    let world = World::new();
    for (said, which) in [(issued("PEM"), Which::Certificate), (failed(), Which::Work)] {
        let bytes = sign(&world, &said, &world.server, SERVER);
        let open = |bytes: &[u8], place| acme::open(bytes, &world.organisation, place, &world.keyring);
        let (row, record) = open(&bytes, PLACE).unwrap();
        assert_eq!((row, record.number, record.epoch, record.server, record.time), (which, 7, 1, SERVER, 5));
        assert_eq!(record.said, said);
        assert_eq!(acme::order(&bytes).unwrap(), (1, 7));
        for (stranger, server, code) in [
            (&identity(99), SERVER, codes::SIGNATURE),
            (&world.founder, SERVER, codes::SIGNATURE),
            (&world.server, ServerId([77; 16]), codes::NO_SUCH_SERVER),
        ] {
            assert_eq!(open(&sign(&world, &said, stranger, server), PLACE).unwrap_err().code, code);
        }
        let elsewhere = Place { connection: ConnectionId([9; 16]), ..PLACE };
        assert_eq!(open(&bytes, elsewhere).unwrap_err().code, codes::NO_SUCH_SERVER);
        let next = world.keyring.next(Secret::new([1; 32]));
        let refused = acme::open(&bytes, &world.organisation, PLACE, &next).unwrap_err();
        assert_eq!(refused.code, codes::WRONG_EPOCH);
    }
}

#[test]
fn what_a_retired_server_has_signed_is_taken_in_by_nobody_and_goes_on_where_it_was() {
    let mut world = World::new();
    let bytes = sign(&world, &issued("PEM"), &world.server, SERVER);
    let organisation = world.keyring.seal_under(&world.key, PLACE, [0; 12]).unwrap();
    world.add(Act::RetireServer { connection: CONNECTION, server: SERVER, compromised: false, records: 0 });
    world.add(Act::NewEpoch { connection: CONNECTION, epoch: Epoch { number: 2, organisation, servers: vec![] } });
    let refused = acme::open(&bytes, &world.organisation, PLACE, &world.keyring).unwrap_err();
    assert_eq!(refused.code, codes::NO_SUCH_SERVER);
    assert!(acme::open_kept(&bytes, &world.organisation, PLACE, &world.keyring).is_ok());
    // Whoever comes later goes on after it.
    assert_eq!(acme::left(&bytes, &world.organisation, PLACE), Some((1, 7)));
    let forged = sign(&world, &issued("PEM"), &identity(99), SERVER);
    assert_eq!(acme::left(&forged, &world.organisation, PLACE), None);
}

#[test]
fn there_is_always_a_next_word_after_a_key_epoch_whatever_was_written_before_it() {
    let world = World::new();
    let author = Author { identity: &world.server, server: SERVER, time: 5 };
    let at = |number| {
        let bytes = acme::sign(PLACE, number, &failed(), &world.keyring, author, [2; 12]).unwrap();
        acme::open(&bytes, &world.organisation, PLACE, &world.keyring).map(|(_, record)| record.order())
    };
    let last = u64::from(u32::MAX);
    assert_eq!(at(last).unwrap(), (1, last));
    for number in [last + 1, u64::MAX] {
        let signed = acme::sign(PLACE, number, &failed(), &world.keyring, author, [2; 12]);
        assert_eq!(signed.unwrap_err().code, codes::FORMAT, "{number}");
    }
    assert_eq!((acme::next(None, 1), acme::next(Some((1, 7)), 1), acme::next(Some((1, u64::MAX)), 2)), (1, 8, 1));
    assert!((2, 1) > (1, u64::MAX), "and it is the one that counts");
    assert_eq!(acme::left(&sign(&world, &failed(), &world.server, SERVER), &world.organisation, PLACE), None);
}

#[test]
fn the_hub_reads_neither_names_nor_keys_and_what_is_too_large_is_not_made() {
    let world = World::new();
    let bytes = sign(&world, &issued("sso.example.com"), &world.server, SERVER);
    for text in ["sso.example.com", "the private key"] {
        assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
    }
    let author = Author { identity: &world.server, server: SERVER, time: 5 };
    let large = issued(&"x".repeat(LARGEST));
    assert_eq!(acme::fits(&large).unwrap_err().code, codes::TOO_LARGE);
    // Whatever fits is made.
    for size in (LARGEST - 4096..LARGEST).step_by(64) {
        let said = issued(&"x".repeat(size));
        let made = acme::sign(PLACE, u64::from(u32::MAX), &said, &world.keyring, author, [2; 12]);
        assert!(acme::fits(&said).is_err() || made.is_ok(), "{size}");
    }
    assert!(acme::fits(&issued(&"x".repeat(LARGEST - 4096))).is_ok());
    let refused = acme::sign(PLACE, 7, &large, &world.keyring, author, [2; 12]).unwrap_err();
    assert_eq!(refused.code, codes::TOO_LARGE);
    assert_eq!(format!("{:?}", issued("x")), "Certificate(Issued)");
}
