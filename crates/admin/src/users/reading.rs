//! What was read of a connection's users: each row is fetched, verified and opened once. Whether its signer counts is asked at every
//! look: that changes without the row.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::Row;
use sekisho_keys::codes;
use sekisho_keys::fact::{self, Fact};
use sekisho_keys::identity::PublicIdentity;
use sekisho_keys::ids::{Hash, ServerId, UserId};
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Organisation;
use sekisho_keys::user::{Record, User};

use super::directory::Directory;
use super::identity::Identity;

/// The rows of one connection, as far as they were read.
#[derive(Default)]
pub(crate) struct Reading {
    rows: BTreeMap<(Kind, String), Known>,
    anchor: Option<Anchor>,
}

/// The last row that was read: as long as the feed still has it, or what it became, what was read before it stands as well.
struct Anchor {
    seq: u64,
    kind: Kind,
    id: String,
    rev: u64,
    body: Hash,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    User,
    Fact,
}

impl Kind {
    fn of(row: &Row) -> Option<Self> {
        match row.kind.as_str() {
            "user" => Some(Self::User),
            "fact" => Some(Self::Fact),
            _ => None,
        }
    }
}

/// A row that was read.
struct Known {
    /// Its place in the feed.
    seq: u64,
    /// How often it was written.
    rev: u64,
    word: Word,
}

/// Whose word it is.
enum Word {
    Servers(Writer, Arc<Identity>),
    Administrators(Arc<Fact>),
    /// It did not verify, or is about another than it is named by. The entry that admits its signer may be still to come.
    Nobodys(Row),
}

/// The server that has signed a record.
pub(super) struct Writer {
    server: ServerId,
    counter: u64,
    keys: PublicIdentity,
}

impl Writer {
    fn counts(&self, organisation: &Organisation, place: Place) -> bool {
        organisation.server_keys(place.connection, self.server, self.counter) == Some(&self.keys)
    }
}

fn author_counts(fact: &Fact, organisation: &Organisation, place: Place) -> bool {
    let said = i64::try_from(fact.number).unwrap_or(i64::MAX);
    organisation.might_change_at(place.connection, fact.author, said).is_ok()
}

/// Verifies and opens a user's record.
///
/// Codes: those of records.
pub(super) fn open_record(
    row: &Row,
    organisation: &Organisation,
    place: Place,
    keyring: &Keyring,
) -> Result<(Writer, UserId, User)> {
    let record = Record::read(row.body.as_slice())?;
    record.verify(organisation, place)?;
    let (server, counter, context) = (record.header().server, record.header().counter, record.header().context);
    let keys = organisation.server_keys(place.connection, server, counter);
    let keys = *keys.ok_or_else(|| Fault::new(codes::NO_SUCH_SERVER))?;
    named(row, context.user)?;
    Ok((Writer { server, counter, keys }, context.user, record.open(&keyring.of_epoch(context.epoch)?)?))
}

/// The hub names rows: it cannot show one twice by another name.
fn named(row: &Row, about: UserId) -> Result<()> {
    if row.id == about.to_string() { Ok(()) } else { Err(Fault::new(codes::WRONG_PLACE)) }
}

fn open_fact(row: &Row, organisation: &Organisation, place: Place, keyring: &Keyring) -> Result<Fact> {
    let bytes = row.body.as_slice();
    let fact = Fact::open(bytes, organisation, place, &keyring.of_epoch(fact::epoch(bytes)?)?)?;
    named(row, fact.about)?;
    Ok(fact)
}

impl Reading {
    /// Where to read on: at the last row that was read, which is to be seen again.
    pub(super) fn after(&self) -> u64 {
        self.anchor.as_ref().map_or(0, |anchor| anchor.seq.saturating_sub(1))
    }

    /// Whether these rows, from [`Reading::after`] on, are of the feed that was read. A hub that was set back has lost the last row, or has
    /// another one in its place.
    pub(super) fn goes_on(&self, rows: &[Row]) -> bool {
        let is_next = |anchor: &Anchor, row: &Row| {
            let is_it = row.seq == anchor.seq && row.rev == anchor.rev && Hash::of(row.body.as_slice()) == anchor.body;
            Kind::of(row) == Some(anchor.kind) && row.id == anchor.id && (is_it || row.rev > anchor.rev)
        };
        self.anchor.as_ref().is_none_or(|anchor| rows.iter().any(|row| is_next(anchor, row)))
    }

    /// Reads rows, those of before that were nobody's once more, and hands each record that holds to `see`, with its secret.
    pub(super) fn read(
        &mut self,
        rows: &[Row],
        organisation: &Organisation,
        (place, keyring): (Place, &Keyring),
        mut see: impl FnMut(UserId, User),
    ) {
        let anchor = |row: &Row| {
            let (kind, id, body) = (Kind::of(row)?, row.id.clone(), Hash::of(row.body.as_slice()));
            Some(Anchor { seq: row.seq, kind, id, rev: row.rev, body })
        };
        self.anchor = rows.iter().rev().find_map(anchor).or_else(|| self.anchor.take());
        let is_nobodys = |_: &(Kind, String), known: &mut Known| matches!(known.word, Word::Nobodys(_));
        let before = self.rows.extract_if(.., is_nobodys).filter_map(|(_, known)| match known.word {
            Word::Nobodys(row) => Some(row),
            Word::Servers(..) | Word::Administrators(_) => None,
        });
        let before: Vec<Row> = before.collect();
        for row in before.iter().chain(rows) {
            let Some(kind) = Kind::of(row) else { continue };
            let word = match kind {
                Kind::User => open_record(row, organisation, place, keyring).map(|(writer, id, user)| {
                    let identity = Arc::new(Identity::of(id, &user, keyring));
                    see(id, user);
                    Word::Servers(writer, identity)
                }),
                Kind::Fact => {
                    open_fact(row, organisation, place, keyring).map(|fact| Word::Administrators(Arc::new(fact)))
                }
            };
            let word = word.unwrap_or_else(|_| Word::Nobodys(row.clone()));
            self.rows.insert((kind, row.id.clone()), Known { seq: row.seq, rev: row.rev, word });
        }
    }

    /// The users, by the words of those who count now.
    pub(super) fn directory(&self, organisation: &Organisation, place: Place) -> Directory {
        let (mut identities, mut facts, mut written) = (Vec::new(), Vec::new(), BTreeMap::new());
        for ((kind, id), known) in &self.rows {
            if *kind == Kind::Fact {
                written.insert(id.clone(), known.rev);
            }
            match &known.word {
                Word::Servers(writer, identity) if writer.counts(organisation, place) => {
                    identities.push((known.seq, identity.clone()));
                }
                Word::Administrators(fact) if author_counts(fact, organisation, place) => {
                    facts.push((known.seq, fact.clone()));
                }
                Word::Servers(..) | Word::Administrators(_) | Word::Nobodys(_) => {}
            }
        }
        Directory::of(in_order(identities), in_order(facts), written, organisation, place)
    }

    /// How many rows it has.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// In the order of the feed.
fn in_order<T>(mut rows: Vec<(u64, T)>) -> Vec<T> {
    rows.sort_by_key(|(seq, _)| *seq);
    rows.into_iter().map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use sekisho_keys::fact::Said;
    use sekisho_keys::log::Act;

    use super::*;
    use crate::example::{PLACE, SERVER, admit, apply, changed_user_row, fact_row, keyring, organisation, user_row};

    fn read(reading: &mut Reading, rows: &[Row], organisation: &Organisation) -> Vec<String> {
        reading.read(rows, organisation, (PLACE, &keyring()), |_, _| ());
        listed(reading, organisation)
    }

    fn listed(reading: &Reading, organisation: &Organisation) -> Vec<String> {
        let users = reading.directory(organisation, PLACE).list(1_800_000_000);
        users.into_iter().map(|user| format!("{} {:?}", user.email, user.state)).collect()
    }

    #[test]
    fn what_came_since_is_read_on_top_of_what_was_read_as_if_all_were_read_at_once() {
        let mut organisation = organisation();
        admit(&mut organisation);
        let invited = fact_row("b@example.com", Said::Invited, &keyring(), 2);
        let restored = fact_row("b@example.com", Said::Restored, &keyring(), 3);
        let rows = [user_row("a@example.com", 1), invited, restored, user_row("c@example.com", 4)];
        let mut parts = Reading::default();
        assert_eq!(read(&mut parts, &rows[..2], &organisation), ["a@example.com Active", "b@example.com Invited"]);
        let in_parts = read(&mut parts, &rows[2..], &organisation);
        assert_eq!(in_parts, ["a@example.com Active", "c@example.com Active"], "the later word counts");
        assert_eq!(in_parts, read(&mut Reading::default(), &rows, &organisation));
        assert_eq!(in_parts, read(&mut parts, &[], &organisation), "nothing new changes nothing");
        let about = sekisho_keys::fact::about(&keyring(), "b@example.com");
        assert_eq!(parts.directory(&organisation, PLACE).written(about), 3);
    }

    #[test]
    fn a_record_counts_as_soon_as_its_server_is_admitted_and_no_more_once_it_was_signed_after_the_server_left() {
        let mut organisation = organisation();
        let mut reading = Reading::default();
        let rows = [user_row("a@example.com", 1), user_row("b@example.com", 2)];
        assert!(read(&mut reading, &rows, &organisation).is_empty(), "nobody knows the server");
        admit(&mut organisation);
        assert_eq!(read(&mut reading, &[], &organisation).len(), 2, "what was nobody's is looked at again");
        let (connection, server) = (PLACE.connection, SERVER);
        apply(&mut organisation, Act::RetireServer { connection, server, compromised: true, records: 1 });
        assert_eq!(listed(&reading, &organisation), ["a@example.com Active"], "without reading it again");
    }

    #[test]
    fn a_lock_shows_without_any_row() {
        let mut organisation = organisation();
        admit(&mut organisation);
        let mut reading = Reading::default();
        read(&mut reading, &[user_row("a@example.com", 1)], &organisation);
        let about = sekisho_keys::fact::about(&keyring(), "a@example.com");
        apply(&mut organisation, Act::LockUser { connection: PLACE.connection, about, locked: true });
        assert_eq!(listed(&reading, &organisation), ["a@example.com Locked"]);
    }

    #[test]
    fn an_export_has_the_secrets_of_all_who_are_there() {
        let mut organisation = organisation();
        admit(&mut organisation);
        let removed = Said::Removed(sekisho_keys::removal::Removal { at: 9, users: 2, approved: None, invited: false });
        let rows = [
            user_row("a@example.com", 1),
            user_row("b@example.com", 2),
            fact_row("b@example.com", removed, &keyring(), 3),
        ];
        let users = crate::users::living(&rows, &organisation, PLACE, &keyring());
        let found: Vec<_> = users.iter().map(|user| (user.email.as_str(), user.secret)).collect();
        assert_eq!(found, [("a@example.com", [7; 32])]);
    }
    #[test]
    fn a_feed_that_has_lost_the_last_row_or_has_another_one_in_its_place_is_read_from_its_beginning() {
        let mut organisation = organisation();
        admit(&mut organisation);
        let mut reading = Reading::default();
        assert!(reading.goes_on(&[]) && reading.after() == 0, "nothing was read");
        let last = fact_row("b@example.com", Said::Invited, &keyring(), 2);
        read(&mut reading, &[user_row("a@example.com", 1), last.clone()], &organisation);
        assert_eq!(reading.after(), 1, "the last row is asked for once more");
        let later = fact_row("b@example.com", Said::Restored, &keyring(), 3);
        let other = fact_row("b@example.com", Said::Restored, &keyring(), 2);
        assert!(reading.goes_on(&[last.clone(), user_row("c@example.com", 3)]));
        assert!(reading.goes_on(&[user_row("c@example.com", 2), later]), "it was written again, further on");
        assert!(!reading.goes_on(&[]), "it is lost");
        assert!(!reading.goes_on(&[other]), "another word of the same count");
        assert!(!reading.goes_on(&[user_row("b@example.com", 2)]));
    }

    #[test]
    fn a_row_by_another_name_than_its_own_is_nobodys() {
        let mut organisation = organisation();
        admit(&mut organisation);
        let (user, fact) = (user_row("a@example.com", 1), fact_row("b@example.com", Said::Invited, &keyring(), 2));
        let (user_id, fact_id) = (user.id.clone(), fact.id.clone());
        let rows = [Row { id: fact_id, ..user }, Row { id: user_id, ..fact }];
        assert!(read(&mut Reading::default(), &rows, &organisation).is_empty());
    }

    #[test]
    fn whoever_has_the_address_of_somebody_who_is_gone_is_shown_whichever_record_comes_first() {
        let mut organisation = organisation();
        admit(&mut organisation);
        for (gone, living) in [(1, 2), (2, 1)] {
            let gone = changed_user_row("a@example.com", gone, |user| {
                User { subject: "somebody before".to_owned(), ..user }.shred()
            });
            let rows = [user_row("a@example.com", living), gone];
            let listed = read(&mut Reading::default(), &rows, &organisation);
            assert_eq!(listed, ["a@example.com Active"]);
        }
    }
}
