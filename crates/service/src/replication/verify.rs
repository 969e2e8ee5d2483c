//! Whether a row from the hub counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZero;

use sekisho_config::document::key_name;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::Row;
use sekisho_keys::acme;
use sekisho_keys::fact::{self, Fact};
use sekisho_keys::ids::{Hash, UserId};
use sekisho_keys::keyring::Keyring;
use sekisho_keys::log::Head;
use sekisho_keys::object;
use sekisho_keys::revision::Revision;
use sekisho_keys::sync::Request;
use sekisho_keys::user::{Counted, Record};

use zeroize::Zeroizing;

use super::replica::Stored;
use super::succession::{may_replace, not_before};
use crate::codes;
use crate::enrolment::Member;

/// The name of the row with the wish that all servers read everything again.
pub const ALL_SERVERS: &str = "all";

/// So few users are looked at one after the other.
const FEW: usize = 32;

/// What counts, of one row.
pub(super) struct Counts {
    pub(super) stored: Stored,
    pub(super) counters: Vec<Counted>,
    /// The record's own counter and hash, for a user.
    pub(super) record: Option<(Counted, Hash)>,
    /// Number and hash, for a revision.
    pub(super) revision: Option<(u64, Hash)>,
}

/// Records that were found signed and sealed as they have to be, ahead of their turn.
#[derive(Debug)]
pub struct Sound {
    /// By this head of the organisation log: a later entry may say something else of who signed them.
    under: Head,
    /// By the hashes of all their bytes, with their users' blinded addresses.
    records: HashMap<Hash, UserId>,
}

impl Sound {
    /// Looks at the users of many rows on all cores: their signatures and seals are most of the work. What is not sound is
    /// looked at again, and refused, in its turn.
    pub(super) fn among(member: &Member, rows: &[Row]) -> Self {
        let organisation = member.organisation();
        let (under, place) = (organisation.head(), member.place);
        let read = |row: &Row| Some((Hash::of(row.body.as_slice()), Record::read(row.body.as_slice()).ok()?));
        let users: Vec<(Hash, Record)> = rows.iter().filter(|row| row.kind == "user").filter_map(read).collect();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        if users.len() < FEW || cores < 2 {
            return Self { under, records: HashMap::new() };
        }
        let epochs: BTreeSet<u32> = users.iter().map(|(_, record)| record.header().context.epoch).collect();
        // What has no keyring is refused in its turn.
        let keyrings: BTreeMap<u32, Keyring> =
            epochs.into_iter().filter_map(|epoch| Some((epoch, member.keyring(epoch).ok()?))).collect();
        let sound = |(hash, record): &(Hash, Record)| {
            let keyring = keyrings.get(&record.header().context.epoch)?;
            record.verify(&organisation, place).ok()?;
            Some((*hash, record.open(keyring).ok()?.address(keyring)))
        };
        let records = std::thread::scope(|scope| {
            let parts = users.chunks(users.len().div_ceil(cores));
            let look = |part: &[(Hash, Record)]| part.iter().filter_map(sound).collect::<Vec<_>>();
            let looking: Vec<_> = parts.map(|part| scope.spawn(move || look(part))).collect();
            looking.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
        });
        Self { under, records }
    }
}

/// Verifies rows for a member.
pub(super) struct Verifier<'a> {
    member: &'a Member,
    keyrings: BTreeMap<u32, Keyring>,
    /// The newest revision so far, and its hash.
    pub(super) newest: Option<(u64, Hash)>,
    /// The key epoch of the newest revision.
    epoch: u32,
    /// Records that were found sound, by the hashes of all their bytes, with their users' blinded addresses.
    sound: HashMap<Hash, UserId>,
    /// A revision that is known by its hash: what leads up to it may be by administrators who have left since.
    pin: Option<(u64, Hash)>,
}

impl<'a> Verifier<'a> {
    pub(super) fn new(member: &'a Member, newest: Option<&Revision>, pin: Option<(u64, Hash)>) -> Self {
        let organisation = member.organisation();
        let kept = organisation.connections.get(&member.place.connection).and_then(|connection| connection.kept);
        let pin = pin.into_iter().chain(kept).max_by_key(|(number, _)| *number);
        let epoch = newest.map_or(0, |revision| revision.header().context.epoch);
        let newest = newest.map(|revision| (revision.header().context.revision, revision.hash()));
        Self { member, keyrings: BTreeMap::new(), newest, epoch, sound: HashMap::new(), pin }
    }

    fn keyring(&mut self, epoch: u32) -> Result<&Keyring> {
        if !self.keyrings.contains_key(&epoch) {
            self.keyrings.insert(epoch, self.member.keyring(epoch)?);
        }
        self.keyrings.get(&epoch).ok_or_else(|| Fault::new(sekisho_keys::codes::WRONG_EPOCH))
    }

    /// Counts on what was found sound ahead of time, unless the organisation log has moved on since.
    pub(super) fn counting_on(mut self, sound: Sound) -> Self {
        if sound.under == self.member.organisation().head() {
            self.sound.extend(sound.records);
        }
        self
    }

    /// How many records were found sound ahead.
    #[cfg(test)]
    pub(super) fn counts_on(&self) -> usize {
        self.sound.len()
    }

    /// Verifies a row, against the one that is stored under its name: what was verified before is not verified again.
    ///
    /// Codes: `WRONG_ROW`, `ROLLED_BACK`, `RETIRED_EPOCH`, `SPLICED`, and those of the keys.
    pub(super) fn row(&mut self, row: Row, before: Option<&Stored>) -> Result<Option<Counts>> {
        if let Some(before) = before.filter(|before| before.body == row.body.0) {
            let stored = Stored { address: before.address.clone(), ..Stored::of(row) };
            return Ok(Some(Counts { stored, counters: Vec::new(), record: None, revision: None }));
        }
        if row.kind == "revision" && before.is_some() {
            // A revision is written once, and the chain goes on from the newest that is stored.
            return Err(Fault::new(codes::ROLLED_BACK).with("what", row.id));
        }
        let counts = self.alone(row)?;
        if let (Some(counts), Some(before)) = (&counts, before) {
            may_replace(&counts.stored, before)?;
        }
        Ok(counts)
    }

    /// Verifies a row by itself, and a revision by those that came before it here.
    ///
    /// Codes: `WRONG_ROW`, `RETIRED_EPOCH`, `SPLICED`, and those of the keys.
    pub(super) fn alone(&mut self, row: Row) -> Result<Option<Counts>> {
        match row.kind.as_str() {
            "revision" => self.revision(row),
            "user" => self.user(row),
            "fact" => self.fact(row),
            "object" => self.object(row),
            "acme" => self.acme(row),
            "sync" => self.sync(row),
            // The hub's own pointers, and what newer versions bring.
            _ => Ok(None),
        }
    }

    fn revision(&mut self, row: Row) -> Result<Option<Counts>> {
        let revision = Revision::read(row.body.as_slice())?;
        let number = revision.header().context.revision;
        if format!("{number:020}") != row.id {
            return Err(Fault::new(codes::WRONG_ROW).with("what", row.id));
        }
        let (organisation, place) = (self.member.organisation(), self.member.place);
        match self.pin {
            Some((pinned, hash)) if number == pinned && revision.hash() != hash => {
                return Err(Fault::new(codes::SPLICED).with("what", row.id));
            }
            Some((pinned, _)) if number <= pinned => revision.verify_past(&organisation, place)?,
            _ => revision.verify(&organisation, place, None)?,
        }
        match self.newest {
            Some((newest, hash)) if number == newest + 1 => {
                if revision.header().previous != hash {
                    return Err(Fault::new(codes::SPLICED).with("what", row.id));
                }
            }
            None if number == 1 && revision.header().previous == Hash::NONE => {}
            // The chain is whole from the first on: what does not follow is not taken.
            _ => return Err(Fault::new(codes::SPLICED).with("what", row.id)),
        }
        not_before(revision.header().context.epoch, Ok(self.epoch), "revision")?;
        self.epoch = revision.header().context.epoch;
        self.newest = Some((number, revision.hash()));
        let stored = Stored::of(row);
        Ok(Some(Counts { stored, counters: Vec::new(), record: None, revision: self.newest }))
    }

    fn user(&mut self, row: Row) -> Result<Option<Counts>> {
        let record = Record::read(row.body.as_slice())?;
        let context = record.header().context;
        if context.user.to_string() != row.id {
            return Err(Fault::new(codes::WRONG_ROW).with("what", "user"));
        }
        let sound = self.sound.get(&Hash::of(row.body.as_slice())).copied();
        if sound.is_none() {
            record.verify(&self.member.organisation(), self.member.place)?;
        }
        // The first has no predecessors to account for.
        if context.revision == 1 && !record.header().replaces.is_empty() {
            return Err(Fault::new(codes::WRONG_ROW).with("what", "user"));
        }
        // Opening proves that it is sealed for this user and this connection.
        let address = if let Some(address) = sound {
            address
        } else {
            let keyring = self.keyring(context.epoch)?;
            record.open(keyring)?.address(keyring)
        };
        let header = record.header();
        let own = Counted { server: header.server, counter: header.counter };
        let (counters, record) = (record.stands_for().collect(), Some((own, record.hash())));
        let stored = Stored { address: Some(address.to_string()), ..Stored::of(row) };
        Ok(Some(Counts { stored, counters, record, revision: None }))
    }

    /// A sealed object counts when it opens as the key or password that its name says: garbage never takes the place of a key.
    fn object(&mut self, row: Row) -> Result<Option<Counts>> {
        let fingerprint: Hash = row.id.parse()?;
        let epoch = object::epoch(row.body.as_slice())?;
        let keyring = self.keyring(epoch)?.clone();
        let key = Zeroizing::new(object::open(&keyring, self.member.place, fingerprint, row.body.as_slice())?);
        if key_name(&key)? != row.id {
            return Err(Fault::new(codes::WRONG_ROW).with("what", "object"));
        }
        let stored = Stored::of(row);
        Ok(Some(Counts { stored, counters: Vec::new(), record: None, revision: None }))
    }

    /// What a server has come to by ACME counts in its own row. What is served of it, the setting that was signed decides.
    fn acme(&mut self, row: Row) -> Result<Option<Counts>> {
        let (organisation, place) = (self.member.organisation(), self.member.place);
        let keyring = self.keyring(acme::order(row.body.as_slice())?.0)?;
        let (which, _) = acme::open(row.body.as_slice(), &organisation, place, keyring)?;
        if which.row() != row.id {
            return Err(Fault::new(codes::WRONG_ROW).with("what", "acme"));
        }
        let stored = Stored::of(row);
        Ok(Some(Counts { stored, counters: Vec::new(), record: None, revision: None }))
    }

    fn sync(&self, row: Row) -> Result<Option<Counts>> {
        Request::verify(row.body.as_slice(), &self.member.organisation(), self.member.place)?;
        if row.id != ALL_SERVERS {
            return Err(Fault::new(codes::WRONG_ROW).with("what", "sync"));
        }
        let stored = Stored::of(row);
        Ok(Some(Counts { stored, counters: Vec::new(), record: None, revision: None }))
    }

    fn fact(&mut self, row: Row) -> Result<Option<Counts>> {
        let (organisation, place) = (self.member.organisation(), self.member.place);
        let keyring = self.keyring(fact::epoch(row.body.as_slice())?)?;
        let fact = Fact::open(row.body.as_slice(), &organisation, place, keyring)?;
        if fact.about.to_string() != row.id {
            return Err(Fault::new(codes::WRONG_ROW).with("what", "fact"));
        }
        if fact.needs_active_author() && organisation.administrator(fact.author).is_none() {
            return Err(Fault::new(sekisho_keys::codes::LOG_AUTHOR));
        }
        let stored = Stored::of(row);
        Ok(Some(Counts { stored, counters: Vec::new(), record: None, revision: None }))
    }
}
