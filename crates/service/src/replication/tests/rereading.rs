//! What a Full Sync takes: nothing that the feed would not have brought.

use std::path::Path;

use sekisho_fault::Code;
use sekisho_hub_api::wire::{Feed, Row};
use sekisho_keys::user::Record;

use super::member_of_the_next_epoch;
use crate::codes;
use crate::enrolment::Member;
use crate::enrolment::example::{keyring, member, record, row, user, user_row};
use crate::replication::Replica;
use crate::replication::replica::Part;
use crate::replication::rereading::Rereading;
use crate::replication::verify::Verifier;

async fn holding(folder: &Path, records: &[&Record]) -> Replica {
    let replica = Replica::open(folder).await.unwrap();
    let rows = records.iter().map(|record| super::stored(user_row(record))).collect();
    replica.take(&Part { rows, ..Part::default() }).await.unwrap();
    replica
}

/// What is refused of these rows, which come one on a page, and what is to be stored of them.
async fn read(member: &Member, replica: &Replica, rows: Vec<Row>) -> (Vec<Code>, Part) {
    let mut reading = Rereading::new(replica, Verifier::new(member, None, None));
    let head = rows.len() as u64;
    for (seq, row) in (1..).zip(rows) {
        let feed = Feed { log: Vec::new(), connection: vec![Row { seq, ..row }], head };
        reading.take(feed).await.unwrap();
    }
    (reading.faults.iter().map(|fault| fault.code.clone()).collect(), reading.part(false, 0))
}

fn bodies(part: &Part) -> Vec<Vec<u8>> {
    part.rows.iter().map(|row| row.body.clone()).collect()
}

#[tokio::test]
async fn a_record_of_an_ended_epoch_does_not_replace_the_one_that_was_sealed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (member, next) = member_of_the_next_epoch();
    let alice = user("alice");
    let first = record(&alice, &keyring(), None, 1);
    let resealed = record(&alice, &next, Some(&first), 2);
    let replica = holding(folder.path(), &[&resealed]).await;
    // Of whoever has the keys of the epoch before, with a secret that they have chosen.
    let forged = record(&sekisho_keys::user::User { secret: [66; 32], ..alice }, &keyring(), Some(&resealed), 3);
    let (refused, part) = read(&member, &replica, vec![user_row(&forged)]).await;
    assert_eq!((refused, bodies(&part)), (vec![codes::RETIRED_EPOCH], vec![]));
    assert!(part.refused && part.counters.is_empty() && part.records.is_empty());
}

#[tokio::test]
async fn an_older_record_after_the_newer_one_changes_nothing_and_what_was_written_meanwhile_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (member, replica) = (member(), holding(folder.path(), &[]).await);
    let first = record(&user("alice"), &keyring(), None, 1);
    let second = record(&user("alice"), &keyring(), Some(&first), 2);
    let rows = |records: &[&Record]| records.iter().map(|record| user_row(record)).collect::<Vec<_>>();
    let (refused, part) = read(&member, &replica, rows(&[&second, &first])).await;
    assert_eq!((refused, bodies(&part)), (vec![codes::ROLLED_BACK], vec![second.to_bytes()]));
    let (refused, part) = read(&member, &replica, rows(&[&first, &first, &second, &second, &second])).await;
    assert_eq!((refused, bodies(&part)), (vec![], vec![second.to_bytes()]));
    assert_eq!((part.records.len(), part.counters.len()), (2, 1), "nothing is kept twice");
}

#[tokio::test]
async fn a_record_accounts_for_those_that_it_replaces_and_for_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let member = member();
    let first = record(&user("alice"), &keyring(), None, 1);
    let replica = holding(folder.path(), &[&first]).await;
    let withheld = record(&user("alice"), &keyring(), None, 2);
    let explains = record(&user("alice"), &keyring(), Some(&withheld), 3);
    let (refused, part) = read(&member, &replica, vec![user_row(&explains)]).await;
    assert_eq!((refused, bodies(&part)), (vec![codes::WRONG_ROW], vec![]));
    let follows = record(&user("alice"), &keyring(), Some(&first), 3);
    let (refused, part) = read(&member, &replica, vec![user_row(&first), user_row(&follows)]).await;
    assert_eq!((refused, bodies(&part)), (vec![], vec![follows.to_bytes()]));
}

#[tokio::test]
async fn what_is_stored_already_and_what_is_refused_take_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let member = member();
    let first = record(&user("alice"), &keyring(), None, 1);
    let replica = holding(folder.path(), &[&first]).await;
    let garbage = (0..1000).map(|number: u32| row("user", &number.to_string(), vec![0]));
    let (refused, part) = read(&member, &replica, [user_row(&first)].into_iter().chain(garbage).collect()).await;
    assert!(refused.len() <= 100 && part.refused && part.rows.is_empty(), "{}", refused.len());
}

#[tokio::test]
async fn a_record_that_a_disk_has_garbled_gives_way_to_the_one_at_the_hub() {
    let folder = tempfile::tempdir().unwrap();
    let member = member();
    let first = record(&user("alice"), &keyring(), None, 1);
    let replica = holding(folder.path(), &[&first]).await;
    let garbled = super::Stored { body: vec![0], ..super::stored(user_row(&first)) };
    replica.take(&Part { rows: vec![garbled], ..Part::default() }).await.unwrap();
    let (refused, part) = read(&member, &replica, vec![user_row(&first)]).await;
    assert_eq!((refused, bodies(&part)), (vec![], vec![first.to_bytes()]));
}
