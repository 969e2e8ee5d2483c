//! A hub that lies about a domain, a role, a lock or an absence: each lie is refused by its code, and changes nothing here.

use std::sync::Arc;

use sekisho_fault::Code;
use sekisho_hub_api::wire::{Feed, Row};
use sekisho_keys::derive::Secret;
use sekisho_keys::fact::{Decision, Fact, Placing, Said, Word};
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AccountId, Hash, SaveId, UserId};
use sekisho_keys::log::{Act, Body, Entry, FORMAT};
use sekisho_keys::revision::{self, Draft, Revision};
use sekisho_keys::user::Counted;
use sekisho_keys::witness::Seen;

use super::member_without_a_second_administrator;
use crate::codes;
use crate::enrolment::Papers;
use crate::enrolment::example::{PLACE, TWO, follow, identity, keyring, member, record, row, user, user_row};
use crate::replication::verify::Verifier;
use crate::replication::{Follower, HubLink, Replica};

async fn follower(folder: &std::path::Path) -> Follower {
    Follower {
        member: Arc::new(member()),
        replica: Replica::open(folder).await.unwrap(),
        link: Arc::new(HubLink::default()),
        papers: Papers::new(folder, &Secret::new([1; 32])),
    }
}

/// The next entry of the log as somebody signs it who is no administrator; `previous`: what it says to stand behind.
fn entry(follower: &Follower, act: Act, author: &Identity, previous: Option<Hash>) -> Feed {
    let head = follower.member.organisation().head();
    let body = Body {
        format: FORMAT,
        organisation: PLACE.organisation,
        sequence: head.sequence + 1,
        previous: previous.unwrap_or(head.hash),
        time: 1_800_000_000,
        author: author.id(),
        act,
    };
    let row = row("log", &(head.sequence + 1).to_string(), Entry::sign(body, author).to_bytes());
    Feed { log: vec![row], connection: Vec::new(), head: 1 }
}

async fn refused(follower: &Follower, feed: Feed) -> Code {
    follower.take(feed, 0).await.unwrap_err().code
}

/// A domain and a lock stand in the organisation's log: nothing is added to it, left out of it or turned round.
#[tokio::test]
async fn a_domain_that_nobody_reserved_and_a_lock_that_nobody_took_back_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let follower = follower(folder.path()).await;
    let (founder, server, connection) = (identity(10), identity(13), PLACE.connection);
    let reserve = || Act::ReserveDomain { connection, domain: "evil.example".into(), proven: Some(true) };
    let lock = |locked| Act::LockUser { connection, about: UserId([1; 32]), locked };
    follow(&follower.member, lock(true));
    let before = follower.member.organisation().head();
    for act in [reserve(), lock(false)] {
        assert_eq!(refused(&follower, entry(&follower, act.clone(), &server, None)).await.as_str(), "keys.log_author");
        // What an administrator has signed for another place in the log, or has said before, is no news.
        let elsewhere = entry(&follower, act, &founder, Some(Hash::of(b"another log")));
        assert_eq!(refused(&follower, elsewhere).await.as_str(), "keys.log_chain");
    }
    let mut garbled = entry(&follower, lock(false), &founder, None);
    *garbled.log[0].body.0.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&follower, garbled).await.as_str(), "keys.signature");
    assert_eq!(follower.member.organisation().head(), before, "nothing of it counts");
    let organisation = follower.member.organisation();
    let known = &organisation.connections[&connection];
    assert!(known.domains.is_empty() && known.locked.contains(&UserId([1; 32])));
}

fn judged(row: Row) -> Result<(), Code> {
    let member = member();
    Verifier::new(&member, None, None).row(row, None).map(drop).map_err(|fault| fault.code)
}

/// The role of new users, roles and groups stand in a revision, and a user's own in a word: both are administrators'.
#[test]
fn a_role_that_no_administrator_has_given_is_refused() {
    let saved = |author: &Identity| {
        let document = br#"{"roles":[{"id":"lax","name":"Lax","policies":{}}],"default_role":"lax"}"#;
        let context = revision::Context { place: PLACE, revision: 1, epoch: 1, schema: 1, min_reader: 1 };
        let draft = Draft { context, previous: Hash::NONE, time: 0, save: SaveId([1; 16]), plain: document };
        let signed = Revision::sign(&draft, &keyring(), author, [1; 12]).unwrap();
        row("revision", &format!("{:020}", 1), signed.to_bytes())
    };
    assert_eq!(judged(saved(&identity(10))), Ok(()));
    assert_eq!(judged(saved(&identity(13))).unwrap_err().as_str(), "keys.log_author");

    let placed = |author: &Identity| {
        let placing = Placing { role: Some("lax".into()), ..Placing::default() };
        let word = Word {
            email: "bob@example.com",
            said: Said::Restored,
            number: 1,
            placing: Some(placing),
            decisions: vec![],
        };
        let (about, fact) = Fact::sign(PLACE, word, &keyring(), author, 0, [2; 12]).unwrap();
        row("fact", &about.to_string(), fact)
    };
    assert_eq!(judged(placed(&identity(10))), Ok(()));
    assert_eq!(judged(placed(&identity(13))).unwrap_err().as_str(), "keys.log_author");
}

/// Whoever has left gives nobody a role and opens nobody's vault, whatever moment they write into it.
#[test]
fn whoever_has_left_places_nobody_and_approves_nobody_under_an_old_moment() {
    let (member, second) = member_without_a_second_administrator();
    let mut verifier = Verifier::new(&member, None, None);
    let mut judged = |placing: Option<Placing>, decisions: Vec<Decision>, who: &Identity| {
        let word = Word { email: "bob@example.com", said: Said::Invited, number: 1, placing, decisions };
        let (about, fact) = Fact::sign(PLACE, word, &keyring(), who, 0, [2; 12]).unwrap();
        verifier.row(row("fact", &about.to_string(), fact), None).map(drop).map_err(|fault| fault.code)
    };
    let placing = || Some(Placing { role: Some("lax".into()), ..Placing::default() });
    let same = Decision { identity: UserId([1; 32]), account: AccountId([2; 32]), same: true, time: 1 };
    assert_eq!(judged(None, vec![], &second), Ok(()), "who was invited before they left is invited");
    assert_eq!(judged(placing(), vec![], &second), Err(sekisho_keys::codes::LOG_AUTHOR));
    assert_eq!(judged(None, vec![same], &second), Err(sekisho_keys::codes::LOG_AUTHOR));
    assert_eq!(judged(placing(), vec![same], &identity(10)), Ok(()));
}

/// A user whom the hub leaves out is missed by the counter of the server that made them; one whom it has shown stays.
#[tokio::test]
async fn a_user_whom_the_hub_leaves_out_is_missed_and_one_whom_it_has_shown_stays() {
    let folder = tempfile::tempdir().unwrap();
    let follower = follower(folder.path()).await;
    let made = |counter: u64| {
        let record = record(&user(&format!("user{counter}")), &keyring(), None, counter);
        Row { seq: counter, ..user_row(&record) }
    };
    follower.take(Feed { log: vec![], connection: vec![made(1), made(3)], head: 3 }, 0).await.unwrap();
    let mut seen = Seen::default();
    seen.add([1, 3].map(|counter| Counted { server: TWO, counter }));
    assert_eq!(seen.complete(&[]).unwrap_err().code, sekisho_keys::codes::WITHHELD);
    // Set back to a time before everybody: it is told, and nobody is forgotten.
    let news = follower.take(Feed { log: vec![], connection: vec![], head: 0 }, 3).await.unwrap();
    assert_eq!(news.refused.iter().map(|fault| fault.code.clone()).collect::<Vec<_>>(), [codes::ROLLED_BACK]);
    assert_eq!(follower.replica.count("user").await.unwrap(), 2);
}
