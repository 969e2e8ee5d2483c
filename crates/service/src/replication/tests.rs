//! What of the hub's rows counts, judged by an organisation of the test's own.

use std::sync::Arc;

use sekisho_hub_api::wire::Row;
use sekisho_hub_api::{Blob, HubAddress};
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, NodeId, OrganisationId, ServerId};
use sekisho_keys::keyring::{self, Keyring, OrganisationKey, Place, seal_server_name};
use sekisho_keys::log::{Act, Administrator, Body, Entry, Epoch, FORMAT, Head, Organisation, Scope, Server};
use sekisho_keys::sync::Request;
use sekisho_keys::witness::Report;

use super::replica::Stored;
use super::report::judge;
use super::verify::Verifier;
use crate::codes;
use crate::enrolment::Member;

const PLACE: Place = Place { organisation: OrganisationId([1; 16]), connection: ConnectionId([2; 16]) };
const ONE: ServerId = ServerId([4; 16]);
const TWO: ServerId = ServerId([5; 16]);

fn identity(byte: u8) -> Identity {
    Identity::new(Secret::new([byte; 32]))
}

/// The founder (10), the recovery kit (11), and two servers (12, 13).
fn organisation() -> Organisation {
    let (founder, kit) = (identity(10), identity(11));
    let key = OrganisationKey::first(Secret::new([20; 32]));
    let keyring = Keyring::first(Secret::new([21; 32]), Secret::new([22; 32]));
    let sealed = |to: &Identity| keyring::seal_organisation_key(&key, PLACE.organisation, to.public()).unwrap();
    let scope = Scope::Organisation;
    let (id, login, keys) = (AdministratorId([1; 16]), "founder".to_owned(), *founder.public());
    let administrator = Administrator { id, login, keys, scope };
    let entry = |sequence, previous, act| {
        let author = founder.id();
        let body = Body { format: FORMAT, organisation: PLACE.organisation, sequence, previous, time: 0, author, act };
        Entry::sign(body, &founder)
    };
    let key_of_both = vec![sealed(&founder), sealed(&kit)];
    let found = Act::Found { name: vec![], administrator, kit: *kit.public(), key: key_of_both };
    let mut organisation = Organisation::found(&entry(0, Hash::NONE, found), None).unwrap();
    let (connection, node) = (PLACE.connection, NodeId([3; 16]));
    let organisation_has = keyring.seal_under(&key, PLACE, [0; 12]).unwrap();
    let epoch = Epoch { number: 1, organisation: organisation_has, servers: vec![] };
    let enterprise_domain = "example".to_owned();
    let admit = |id, keys: Identity, name| Act::AdmitServer {
        connection,
        server: Server { id, keys: *keys.public(), name: seal_server_name(&keyring, id, [0; 12], name).unwrap() },
        keyring: keyring.seal_to(PLACE, keys.public()).unwrap(),
    };
    for act in [
        Act::AddNode { node, parent: None, name: vec![] },
        Act::AddConnection { connection, node, enterprise_domain, name: vec![], epoch },
        admit(ONE, identity(12), "tokyo"),
        admit(TWO, identity(13), "osaka"),
    ] {
        let head = organisation.head();
        organisation.apply(&entry(head.sequence + 1, head.hash, act)).unwrap();
    }
    organisation
}

fn member() -> Member {
    let hub = HubAddress { url: "https://hub.example/".parse().unwrap(), pin: None };
    Member::new(PLACE, ONE, Arc::new(identity(12)), hub, organisation())
}

fn row(kind: &str, id: &str, body: Vec<u8>) -> Row {
    Row { seq: 1, kind: kind.to_owned(), id: id.to_owned(), rev: 1, body: Blob(body) }
}

fn report(server: ServerId) -> Report {
    Report {
        place: PLACE,
        server,
        number: 1,
        time: 1,
        version: "0.1.0".into(),
        schema: 1,
        state: "running".into(),
        revision: None,
        log: Head { sequence: 3, hash: Hash::NONE },
        feed: 0,
        counters: vec![],
        certificate: None,
        reason: None,
        synced: None,
        sign_ins: None,
        sync: None,
        cloned: None,
    }
}

#[test]
fn a_report_counts_under_its_servers_name_and_with_its_signature_alone() {
    let organisation = organisation();
    let judged = |id: ServerId, body: Vec<u8>| {
        let judged = judge(&[row("report", &id.to_string(), body)], &organisation, PLACE);
        judged.into_iter().next().map(|(_, report)| report.map_err(|fault| fault.code))
    };
    let signed = report(TWO).sign(&identity(13));
    assert_eq!(judged(TWO, signed.clone()), Some(Ok(report(TWO))));
    assert_eq!(judged(ONE, signed.clone()), Some(Err(codes::WRONG_ROW)));
    assert_eq!(judged(TWO, report(TWO).sign(&identity(12))), Some(Err(sekisho_keys::codes::SIGNATURE)));
    assert_eq!(judged(TWO, vec![0]), Some(Err(sekisho_keys::codes::FORMAT)));
    assert_eq!(judged(ServerId([9; 16]), signed), None, "what belongs to no server is nobody's report");
}

#[test]
fn a_wish_for_a_full_sync_counts_once_and_an_older_one_does_not_come_back() {
    let member = member();
    let mut verifier = Verifier::new(&member, None, None);
    let wish = |number, who: &Identity| row("sync", "all", Request::sign(PLACE, number, who));
    let counts = verifier.row(wish(5, &identity(10)), None).unwrap().unwrap();
    let mut judged = |row: Row, before: &Stored| verifier.row(row, Some(before)).map(drop).map_err(|fault| fault.code);
    let stored = counts.stored;
    assert_eq!(judged(wish(6, &identity(10)), &stored), Ok(()));
    assert_eq!(judged(wish(4, &identity(10)), &stored), Err(codes::ROLLED_BACK));
    assert_eq!(judged(wish(6, &identity(13)), &stored), Err(sekisho_keys::codes::LOG_AUTHOR));
    let elsewhere = Row { id: "other".to_owned(), ..wish(6, &identity(10)) };
    assert_eq!(judged(elsewhere, &stored), Err(codes::WRONG_ROW));
}

#[test]
fn servers_are_called_by_their_machines_names() {
    let member = member();
    assert_eq!((member.server_name(ONE), member.server_name(TWO)), ("tokyo".to_owned(), "osaka".to_owned()));
    assert_eq!(member.server_name(ServerId([9; 16])), "09090909");
}
