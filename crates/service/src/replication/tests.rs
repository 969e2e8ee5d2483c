//! What of the hub's rows counts, judged by an organisation of the test's own.

mod pages;

use std::sync::Arc;

use sekisho_hub_api::wire::Row;
use sekisho_hub_api::{Blob, HubAddress};
use sekisho_keys::derive::Secret;
use sekisho_keys::fact::{Fact, Said};
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, NodeId, OrganisationId, SaveId, ServerId};
use sekisho_keys::keyring::{self, Keyring, OrganisationKey, Place, seal_server_name};
use sekisho_keys::log::{Act, Administrator, Body, Entry, Epoch, FORMAT, Head, Organisation, Scope, Server};
use sekisho_keys::object;
use sekisho_keys::revision::{self, Draft, Revision};
use sekisho_keys::sync::Request;
use sekisho_keys::user::{self, Record, State, User, Writer};
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

fn keyring() -> Keyring {
    Keyring::first(Secret::new([21; 32]), Secret::new([22; 32]))
}

/// The founder (10), the recovery kit (11), and two servers (12, 13).
fn organisation() -> Organisation {
    let (founder, kit) = (identity(10), identity(11));
    let key = OrganisationKey::first(Secret::new([20; 32]));
    let keyring = keyring();
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

/// The member follows an entry of the founder's.
fn follow(member: &Member, act: Act) {
    let mut organisation = (*member.organisation()).clone();
    let (Head { sequence, hash }, author) = (organisation.head(), identity(10));
    let (organisation_id, sequence) = (PLACE.organisation, sequence + 1);
    let time = i64::try_from(sequence).unwrap();
    let body = Body {
        format: FORMAT,
        organisation: organisation_id,
        sequence,
        previous: hash,
        time,
        author: author.id(),
        act,
    };
    organisation.apply(&Entry::sign(body, &author)).unwrap();
    member.moved_on(organisation);
}

/// The member after the next key epoch, and the keyring of it.
fn member_of_the_next_epoch() -> (Member, Keyring) {
    let (member, next) = (member(), keyring().next(Secret::new([23; 32])));
    let servers = [12, 13].map(|byte| next.seal_to(PLACE, identity(byte).public()).unwrap()).into();
    let epoch = Epoch { number: 2, organisation: vec![], servers };
    follow(&member, Act::NewEpoch { connection: PLACE.connection, epoch });
    (member, next)
}

fn stored(row: Row) -> Stored {
    Stored { kind: row.kind, id: row.id, rev: row.rev, body: row.body.0 }
}

#[test]
fn what_an_epoch_has_sealed_is_not_replaced_by_what_one_before_it_seals() {
    let (member, next) = member_of_the_next_epoch();
    let mut verifier = Verifier::new(&member, None, None);
    let mut judged =
        |row: Row, before: Option<&Stored>| verifier.row(row, before).map(drop).map_err(|fault| fault.code);
    let ended = Err(codes::RETIRED_EPOCH);

    let user = User {
        email: "alice@example.com".into(),
        first_name: String::new(),
        last_name: String::new(),
        idp: "idp".into(),
        source: "name_id".into(),
        subject: "alice".into(),
        secret: [5; 32],
        state: State::Active,
    };
    let id = user::blinded(&next, &["identity", "idp", "name_id", "alice"]);
    let record = |keyring: &Keyring, revision, before: Option<&Record>, counter| {
        let context = user::Context { place: PLACE, user: id, revision, epoch: keyring.epoch };
        let two = identity(13);
        let writer = Writer { identity: &two, server: TWO, counter, previous: Hash::NONE, time: 0 };
        Record::sign(context, before, &user, keyring, writer, [1; 12]).unwrap()
    };
    let users = |record: &Record| row("user", &id.to_string(), record.to_bytes());
    let first = record(&keyring(), 1, None, 1);
    assert_eq!(judged(users(&first), None), Ok(()), "what was sealed before is read until it is sealed anew");
    let resealed = record(&next, 2, Some(&first), 2);
    assert_eq!(judged(users(&resealed), Some(&stored(users(&first)))), Ok(()));
    let back = record(&keyring(), 3, Some(&resealed), 3);
    assert_eq!(judged(users(&back), Some(&stored(users(&resealed)))), ended);

    let said = |keyring: &Keyring, number| {
        let said = ("bob@example.com", Said::Invited, number);
        let (about, fact) = Fact::sign(PLACE, said, keyring, &identity(10), 0, [2; 12]).unwrap();
        row("fact", &about.to_string(), fact)
    };
    assert_eq!(judged(said(&next, 2), Some(&stored(said(&keyring(), 1)))), Ok(()));
    assert_eq!(judged(said(&next, 1), Some(&stored(said(&keyring(), 2)))), Err(codes::ROLLED_BACK));
    assert_eq!(judged(said(&keyring(), 3), Some(&stored(said(&next, 2)))), ended);

    let pair = sekisho_certs::trial::certificate("localhost", 1_800_000_000).unwrap();
    let name = Hash::of(pair.key().spki());
    let sealed = |keyring: &Keyring| {
        row("object", &name.to_string(), object::seal(keyring, PLACE, name, [3; 12], pair.key().pkcs8()).unwrap())
    };
    assert_eq!(judged(sealed(&next), Some(&stored(sealed(&keyring())))), Ok(()));
    assert_eq!(judged(sealed(&keyring()), Some(&stored(sealed(&next)))), ended);

    let revision = |keyring: &Keyring, number, previous| {
        let context =
            revision::Context { place: PLACE, revision: number, epoch: keyring.epoch, schema: 1, min_reader: 1 };
        let draft = Draft { context, previous, time: 0, save: SaveId([7; 16]), plain: b"{}" };
        Revision::sign(&draft, keyring, &identity(10), [4; 12]).unwrap()
    };
    let revisions = |number: u64, revision: &Revision| row("revision", &format!("{number:020}"), revision.to_bytes());
    let one = revision(&next, 1, Hash::NONE);
    assert_eq!(judged(revisions(1, &one), None), Ok(()));
    assert_eq!(judged(revisions(2, &revision(&keyring(), 2, one.hash())), None), ended);
    assert_eq!(judged(revisions(2, &revision(&next, 2, one.hash())), None), Ok(()));
}

#[test]
fn a_server_says_how_it_left_and_the_others_whether_the_past_can_be_trusted() {
    let retire =
        |server, compromised| Act::RetireServer { connection: PLACE.connection, server, compromised, records: 0 };
    let as_two = || {
        let hub = HubAddress { url: "https://hub.example/".parse().unwrap(), pin: None };
        Member::new(PLACE, TWO, Arc::new(identity(13)), hub, organisation())
    };
    let code = |member: &Member| member.retirement().map(|reason| reason.code);
    for (compromised, reason) in [(false, codes::RETIRED), (true, codes::COMPROMISED)] {
        let (one, two) = (member(), as_two());
        assert_eq!((code(&one), code(&two), one.past_is_stolen()), (None, None, false));
        follow(&one, retire(TWO, compromised));
        follow(&two, retire(TWO, compromised));
        assert_eq!((code(&one), code(&two)), (None, Some(reason)));
        assert_eq!(one.past_is_stolen(), compromised);
    }
}

#[test]
fn a_server_of_the_next_epoch_opens_what_was_sealed_in_the_ones_before() {
    let (member, next) = member_of_the_next_epoch();
    assert_eq!(member.newest_keyring().unwrap(), next);
    assert_eq!(member.keyring(1).unwrap(), keyring());
    assert_eq!(member.keyring(3).unwrap_err().code, sekisho_keys::codes::WRONG_EPOCH);
}
