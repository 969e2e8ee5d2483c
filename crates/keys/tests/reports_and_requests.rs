//! What servers say of themselves, and what administrators ask of all of them: who can say it, and where it holds.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use sekisho_keys::codes;
use sekisho_keys::given_out::{GivenOut, LIFETIME};
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, ServerId};
use sekisho_keys::keyring::{Place, open_server_name, seal_server_name};
use sekisho_keys::log::Act;
use sekisho_keys::sync::Request;
use sekisho_keys::witness::{Report, SignIns, Synced};
use support::{CONNECTION, PLACE, SERVER, World, identity};

fn report(world: &World) -> Report {
    Report {
        place: PLACE,
        server: SERVER,
        number: 7,
        time: 7,
        version: "0.1.0".into(),
        schema: 1,
        state: "running".into(),
        revision: Some((3, Hash::of(b"3"))),
        log: world.organisation.head(),
        feed: 9,
        counters: vec![],
        certificate: None,
        reason: None,
        synced: Some(6),
        sign_ins: Some(SignIns { first: 1, last: 5, count: Some(3) }),
        sync: Some(Synced {
            request: 4,
            ended: Some(5),
            log_entries: 4,
            revision: Some(3),
            users: 2,
            checkpoints: 1,
            faults: vec!["keys.withheld".into()],
        }),
        cloned: None,
        by_name: None,
        held: None,
    }
}

#[test]
fn a_report_is_made_by_the_server_that_it_names() {
    let world = World::new();
    let report = report(&world);
    let verify = |bytes: &[u8]| Report::verify(bytes, &world.organisation, PLACE);
    assert_eq!(verify(&report.sign(&world.server)).unwrap(), report);
    // Neither another server, nor an administrator, nor whoever keeps it, can make one.
    assert_eq!(verify(&report.sign(&identity(99))).unwrap_err().code, codes::SIGNATURE);
    assert_eq!(verify(&report.sign(&world.founder)).unwrap_err().code, codes::SIGNATURE);
    let mut changed = report.sign(&world.server);
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(verify(&changed).unwrap_err().code, codes::SIGNATURE);
    assert_eq!(verify(b"no report").unwrap_err().code, codes::FORMAT);
    let stranger = Report { server: ServerId([77; 16]), ..report.clone() };
    assert_eq!(verify(&stranger.sign(&world.server)).unwrap_err().code, codes::NO_SUCH_SERVER);
    let elsewhere = Report { place: Place { connection: ConnectionId([9; 16]), ..PLACE }, ..report };
    assert_eq!(verify(&elsewhere.sign(&world.server)).unwrap_err().code, codes::WRONG_PLACE);
}

#[test]
fn the_report_of_a_retired_server_counts_no_more() {
    let mut world = World::new();
    let signed = report(&world).sign(&world.server);
    let epoch = sekisho_keys::log::Epoch {
        number: 2,
        organisation: world.keyring.seal_under(&world.key, PLACE, [0; 12]).unwrap(),
        servers: vec![],
    };
    world.add(Act::RetireServer { connection: CONNECTION, server: SERVER, compromised: false, records: 0 });
    world.add(Act::NewEpoch { connection: CONNECTION, epoch });
    let refused = Report::verify(&signed, &world.organisation, PLACE).unwrap_err();
    assert_eq!(refused.code, codes::NO_SUCH_SERVER);
}

#[test]
fn a_wish_for_a_full_sync_is_an_administrators() {
    let mut world = World::new();
    let verify = |world: &World, bytes: &[u8]| Request::verify(bytes, &world.organisation, PLACE);
    let signed = Request::sign(PLACE, 5, &world.founder);
    assert_eq!(verify(&world, &signed).unwrap().number, 5);
    assert_eq!(Request::number(&signed).unwrap(), 5);
    let by_server = Request::sign(PLACE, 5, &world.server);
    assert_eq!(verify(&world, &by_server).unwrap_err().code, codes::LOG_AUTHOR);
    let elsewhere = Request::sign(Place { connection: ConnectionId([9; 16]), ..PLACE }, 5, &world.founder);
    assert_eq!(verify(&world, &elsewhere).unwrap_err().code, codes::WRONG_PLACE);
    let mut changed = signed;
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(verify(&world, &changed).unwrap_err().code, codes::SIGNATURE);
    // Whoever was removed asks for nothing any more.
    let second = identity(20);
    world.add(world.admit(2, "second", &second));
    verify(&world, &Request::sign(PLACE, 0, &second)).unwrap();
    world.add(world.remove(AdministratorId([2; 16]), vec![]));
    let late = Request::sign(PLACE, 5, &second);
    assert_eq!(verify(&world, &late).unwrap_err().code, codes::LOG_AUTHOR);
}

#[test]
fn a_word_that_a_key_was_taken_out_is_an_administrators_and_counts_for_an_hour() {
    let mut world = World::new();
    let (certificate, now) = (Hash([7; 32]), 1_800_000_000);
    let code = |world: &World, bytes: &[u8], now| {
        GivenOut::verify(bytes, &world.organisation, PLACE, now).map(drop).map_err(|fault| fault.code)
    };
    let signed = GivenOut::sign(PLACE, certificate, now, &world.founder);
    let (said, author) = GivenOut::verify(&signed, &world.organisation, PLACE, now + LIFETIME).unwrap();
    assert_eq!((said.certificate, said.time, author.login.as_str()), (certificate, now, "founder"));
    // Kept for later, or from a clock that is far ahead.
    assert_eq!(code(&world, &signed, now + LIFETIME + 1), Err(codes::GIVEN_OUT_ENDED));
    assert_eq!(code(&world, &signed, now - LIFETIME - 1), Err(codes::GIVEN_OUT_ENDED));
    let by_server = GivenOut::sign(PLACE, certificate, now, &world.server);
    assert_eq!(code(&world, &by_server, now), Err(codes::LOG_AUTHOR));
    let elsewhere = Place { connection: ConnectionId([9; 16]), ..PLACE };
    let elsewhere = GivenOut::sign(elsewhere, certificate, now, &world.founder);
    assert_eq!(code(&world, &elsewhere, now), Err(codes::WRONG_PLACE));
    let mut changed = signed;
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(code(&world, &changed, now), Err(codes::SIGNATURE));
    let second = identity(20);
    world.add(world.admit(2, "second", &second));
    let theirs = GivenOut::sign(PLACE, certificate, now, &second);
    assert_eq!(code(&world, &theirs, now), Ok(()));
    world.add(world.remove(AdministratorId([2; 16]), vec![]));
    assert_eq!(code(&world, &theirs, now), Err(codes::LOG_AUTHOR));
}

#[test]
fn a_servers_name_is_read_with_its_connections_key() {
    let world = World::new();
    let sealed = seal_server_name(&world.keyring, SERVER, [0; 12], "tokyo-1").unwrap();
    assert_eq!(open_server_name(&world.keyring, SERVER, &sealed).unwrap(), "tokyo-1");
    let other = open_server_name(&world.keyring, ServerId([5; 16]), &sealed).unwrap_err();
    assert_eq!(other.code, codes::NOT_AUTHENTIC);
}
