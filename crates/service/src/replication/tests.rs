//! What of the hub's rows counts, judged by an organisation of the test's own.

mod lies;
mod pages;
mod rereading;

use std::sync::Arc;

use sekisho_hub_api::HubAddress;
use sekisho_hub_api::wire::Row;
use sekisho_keys::derive::Secret;
use sekisho_keys::fact::{Fact, Said};
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, Hash, InvitationId, SaveId, ServerId};
use sekisho_keys::keyring::{Keyring, OrganisationKey, seal_organisation_key};
use sekisho_keys::log::{Act, Administrator, Epoch, Head, Scope};
use sekisho_keys::object;
use sekisho_keys::removal::Removal;
use sekisho_keys::revision::{self, Draft, Revision};
use sekisho_keys::sync::Request;
use sekisho_keys::witness::Report;

use super::replica::Stored;
use super::report::judge;
use super::verify::{Sound, Verifier};
use crate::codes;
use crate::enrolment::Member;
use crate::enrolment::example::{
    ONE, PLACE, TWO, fact_row, follow, identity, keyring, member, organisation, record, row, user, user_row,
};

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
        by_name: None,
        held: None,
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

/// The member after the next key epoch, and the keyring of it.
fn member_of_the_next_epoch() -> (Member, Keyring) {
    let (member, next) = (member(), keyring().next(Secret::new([23; 32])));
    let servers = [12, 13].map(|byte| next.seal_to(PLACE, identity(byte).public()).unwrap()).into();
    let epoch = Epoch { number: 2, organisation: vec![], servers };
    follow(&member, Act::NewEpoch { connection: PLACE.connection, epoch });
    (member, next)
}

fn stored(row: Row) -> Stored {
    Stored::of(row)
}

#[test]
fn what_an_epoch_has_sealed_is_not_replaced_by_what_one_before_it_seals() {
    let (member, next) = member_of_the_next_epoch();
    let mut verifier = Verifier::new(&member, None, None);
    let mut judged =
        |row: Row, before: Option<&Stored>| verifier.row(row, before).map(drop).map_err(|fault| fault.code);
    let ended = Err(codes::RETIRED_EPOCH);

    let alice = user("alice");
    let first = record(&alice, &keyring(), None, 1);
    assert_eq!(judged(user_row(&first), None), Ok(()), "what was sealed before is read until it is sealed anew");
    let resealed = record(&alice, &next, Some(&first), 2);
    assert_eq!(judged(user_row(&resealed), Some(&stored(user_row(&first)))), Ok(()));
    let back = record(&alice, &keyring(), Some(&resealed), 3);
    assert_eq!(judged(user_row(&back), Some(&stored(user_row(&resealed)))), ended);

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

/// A second administrator, of the one connection, who came and was removed again.
fn member_without_a_second_administrator() -> (Member, Identity) {
    let (member, second, id) = (member(), identity(30), AdministratorId([2; 16]));
    let scope = Scope::Connection(PLACE.connection);
    let administrator = Administrator { id, login: "second".to_owned(), keys: *second.public(), scope };
    follow(&member, Act::AdmitAdministrator { administrator, invitation: InvitationId([2; 16]), key: None });
    let (kit, next) = (identity(31), OrganisationKey::first(Secret::new([20; 32])).next(Secret::new([32; 32])));
    let sealed = |to: &Identity| seal_organisation_key(&next, PLACE.organisation, to.public()).unwrap();
    let keys = vec![sealed(&identity(10)), sealed(&kit)];
    let remove = Act::RemoveAdministrator { administrator: id, number: 2, keys, kit: *kit.public(), kept: vec![] };
    follow(&member, remove);
    (member, second)
}

#[test]
fn whoever_has_left_signs_no_removal_under_an_old_moment() {
    let (member, second) = member_without_a_second_administrator();
    let mut verifier = Verifier::new(&member, None, None);
    let mut judged = |said, who| {
        let row = fact_row("bob@example.com", said, 1, who);
        verifier.row(row, None).map(drop).map_err(|fault| fault.code)
    };
    let removed = Said::Removed(Removal { at: 1, users: 100, approved: None, invited: false });
    assert_eq!(judged(Said::Invited, &second), Ok(()), "what they have said before they left counts");
    assert_eq!(judged(removed, &second), Err(sekisho_keys::codes::LOG_AUTHOR));
    assert_eq!(judged(removed, &identity(10)), Ok(()));
}

#[test]
fn a_record_that_was_looked_at_ahead_vouches_for_no_other_signature_under_its_head() {
    let member = member();
    let rows: Vec<Row> =
        (1..=40).map(|number| user_row(&record(&user(&format!("user{number}")), &keyring(), None, number))).collect();
    let mut verifier = Verifier::new(&member, None, None).counting_on(Sound::among(&member, &rows));
    assert!(verifier.counts_on() == 40 || std::thread::available_parallelism().is_ok_and(|cores| cores.get() < 2));
    let mut forged = rows[0].clone();
    // The signature is what a record ends with: its head stays as it was.
    *forged.body.0.last_mut().unwrap() ^= 1;
    let refused = verifier.row(forged, None).map(drop).unwrap_err();
    assert_eq!(refused.code, sekisho_keys::codes::SIGNATURE);
    assert!(verifier.row(rows[0].clone(), None).is_ok());
}

#[test]
fn what_was_found_sound_before_the_log_moved_on_is_looked_at_again() {
    let member = member();
    let rows: Vec<Row> =
        (1..=40).map(|number| user_row(&record(&user(&format!("user{number}")), &keyring(), None, number))).collect();
    let sound = Sound::among(&member, &rows);
    // The server that has written them is retired: what of it counts is another question now.
    let retire = Act::RetireServer { connection: PLACE.connection, server: ONE, compromised: false, records: 0 };
    follow(&member, retire);
    assert_eq!(Verifier::new(&member, None, None).counting_on(sound).counts_on(), 0);
}
