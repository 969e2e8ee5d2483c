//! The users of a connection as the hub's rows have them, verified and opened.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_fault::Result;
use sekisho_hub_api::wire::Row;
use sekisho_keys::fact::{self, Decision, Fact, Placing, Said};
use sekisho_keys::ids::{AccountId, Hash, UserId};
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Organisation;
use sekisho_keys::removal::{self, Removal};
use sekisho_keys::user::{Record, User};

use super::acts::{HeldRemoval, HeldRemovals, UserInfo, UserState};

/// All that is known of an address.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) email: String,
    /// The records of the address: one, and another for each identity under which the user was recognised later.
    users: Vec<(UserId, User)>,
    fact: Option<Fact>,
    /// Where the user is put.
    pub(super) placing: Option<Placing>,
    /// Who else came with the address, the newest first.
    pub(super) decisions: Vec<Decision>,
}

impl Person {
    /// Nothing is known.
    pub(super) fn unknown(email: &str) -> Self {
        Self { email: email.to_owned(), users: Vec::new(), fact: None, placing: None, decisions: Vec::new() }
    }

    pub(super) fn said(&self) -> Option<Said> {
        self.fact.as_ref().map(|fact| fact.said)
    }

    pub(super) fn number(&self) -> Option<u64> {
        self.fact.as_ref().map(|fact| fact.number)
    }

    pub(super) fn removal(&self) -> Option<Removal> {
        match self.said() {
            Some(Said::Removed(removal)) => Some(removal),
            _ => None,
        }
    }

    /// The one that was recognised last.
    fn newest(&self) -> Option<&(UserId, User)> {
        self.users.iter().max_by_key(|(_, user)| user.linked.map_or(i64::MIN, |linked| linked.window))
    }

    /// The account, while there is one.
    pub(super) fn account(&self) -> Option<AccountId> {
        self.newest().filter(|(_, user)| !user.is_shredded()).map(|(_, user)| user.account())
    }

    /// Whether one of the records is that of this identity.
    pub(super) fn has(&self, identity: UserId) -> bool {
        self.users.iter().any(|(id, _)| *id == identity)
    }

    /// First and last name, as far as they are known.
    pub(super) fn name(&self) -> String {
        let name = self.newest().map(|(_, user)| format!("{} {}", user.first_name, user.last_name));
        name.unwrap_or_default().trim().to_owned()
    }

    /// The identity that came last.
    pub(super) fn identity(&self) -> Option<&User> {
        self.newest().map(|(_, user)| user)
    }

    fn is_shredded(&self) -> bool {
        !self.users.is_empty() && self.users.iter().all(|(_, user)| user.is_shredded())
    }
}

/// The users, by address.
pub(crate) struct Directory {
    people: BTreeMap<String, Person>,
    held: BTreeSet<UserId>,
    /// How often the row of each fact was written, whoever's word it is.
    written: BTreeMap<String, u64>,
    /// The addresses that are locked.
    locked: BTreeSet<String>,
}

impl Directory {
    /// Reads rows. What does not verify is nobody's word.
    pub(crate) fn read(rows: &[Row], organisation: &Organisation, place: Place, keyring: &Keyring) -> Self {
        let mut people = BTreeMap::<String, Person>::new();
        let facts = rows.iter().filter(|row| row.kind == "fact");
        let written = facts.map(|row| (row.id.clone(), row.rev)).collect();
        let mut person = |email: &str, set: &dyn Fn(&mut Person)| {
            set(people.entry(email.to_owned()).or_insert_with(|| Person::unknown(email)));
        };
        for row in rows {
            match row.kind.as_str() {
                "user" => {
                    if let Ok((id, user)) = user(row, organisation, place, keyring) {
                        person(&user.email, &|person| person.users.push((id, user.clone())));
                    }
                }
                "fact" => {
                    if let Ok(fact) = fact(row, organisation, place, keyring) {
                        person(&fact.email, &|person| person.fact = Some(fact.clone()));
                    }
                }
                _ => {}
            }
        }
        settle(&mut people);
        let removals = people.values().filter_map(|one| Some((one.fact.as_ref()?.about, one.removal()?)));
        let held = removal::held(&removals.collect::<Vec<_>>());
        let none = BTreeSet::new();
        let locked = organisation.connections.get(&place.connection).map_or(&none, |found| &found.locked);
        let is_locked = |email: &&String| !locked.is_empty() && locked.contains(&fact::about(keyring, email));
        let locked = people.keys().filter(is_locked).cloned().collect();
        Self { people, held, written, locked }
    }

    /// How often the fact about an address was written; 0: never.
    pub(super) fn written(&self, about: UserId) -> u64 {
        self.written.get(&about.to_string()).copied().unwrap_or(0)
    }

    /// How many users there are.
    pub(super) fn count(&self) -> u64 {
        self.people.values().filter(|one| !one.users.is_empty() && !one.is_shredded()).count() as u64
    }

    /// Those who are neither removed nor shredded; one whose removal waits is there as before.
    pub(crate) fn living(self) -> Vec<User> {
        let stays = |one: &Person| !one.is_shredded() && (one.removal().is_none() || self.is_held(&one.email));
        let living = |one: &Person| {
            let there = one.users.iter().filter(|(_, user)| !user.is_shredded());
            there.map(|(_, user)| user.clone()).collect::<Vec<_>>()
        };
        self.people.values().filter(|one| stays(one)).flat_map(living).collect()
    }

    pub(super) fn find(&self, email: &str) -> Option<&Person> {
        self.people.get(email)
    }

    /// Those whose place stands in what was said of another address, or of nobody by account yet: to be said of their own before anything
    /// else is said.
    pub(super) fn unsettled(&self) -> Vec<Person> {
        let is_unsettled = |person: &&Person| {
            let account = person.account();
            let own = person.fact.as_ref().and_then(|fact| fact.placing.as_ref());
            let is_bound =
                own.is_some_and(|placing| placing.account == account && Some(placing) == person.placing.as_ref());
            account.is_some() && person.placing.is_some() && !is_bound
        };
        let bound = |person: &Person| {
            let placing = person.placing.clone().map(|placing| Placing { account: person.account(), ..placing });
            Person { placing, ..person.clone() }
        };
        self.people.values().filter(is_unsettled).map(bound).collect()
    }

    /// Whether the removal of this address waits.
    pub(super) fn is_held(&self, email: &str) -> bool {
        self.find(email).and_then(|one| one.fact.as_ref()).is_some_and(|fact| self.held.contains(&fact.about))
    }

    /// Whether a removed user cannot be taken back any more.
    pub(super) fn is_gone(&self, person: &Person, now: i64) -> bool {
        let over = person.removal().is_some_and(|removal| removal.is_over(now));
        person.is_shredded() || (over && !self.is_held(&person.email))
    }

    /// Everybody, in the order of the addresses.
    pub(super) fn list(&self, now: i64) -> Vec<UserInfo> {
        self.people.values().filter_map(|one| self.info(one, now)).collect()
    }

    fn info(&self, person: &Person, now: i64) -> Option<UserInfo> {
        let state = match (person.said(), person.newest()) {
            (Some(Said::Removed(_)), _) if self.is_held(&person.email) => UserState::Waiting,
            (Some(Said::Removed(_)), _) if self.is_gone(person, now) => UserState::Gone,
            (Some(Said::Removed(_)), _) => UserState::Removed,
            (_, Some((_, user))) if !user.is_shredded() && self.locked.contains(&person.email) => UserState::Locked,
            (_, Some((_, user))) if !user.is_shredded() => UserState::Active,
            (Some(Said::Invited), _) if self.locked.contains(&person.email) => UserState::Locked,
            (Some(Said::Invited), _) => UserState::Invited,
            // Nothing is left of them but the name.
            _ => return None,
        };
        let placing = person.placing.clone().unwrap_or_default();
        Some(UserInfo {
            email: person.email.clone(),
            name: person.name(),
            state,
            node: placing.node,
            role: placing.role,
            removed: person.removal().map(|removal| seconds(removal.at)),
        })
    }

    /// The removals that wait.
    pub(super) fn held(&self, organisation: &Organisation) -> HeldRemovals {
        let (mut removals, mut names) = (Vec::new(), Vec::new());
        for one in self.people.values().filter(|one| self.is_held(&one.email)) {
            let (Some(fact), Some(removal)) = (&one.fact, one.removal()) else { continue };
            let mut members = organisation.members.values().map(|member| &member.administrator);
            let by = members.find(|administrator| administrator.keys.id() == fact.author);
            names.push(format!("{} {}", fact.about, fact.number));
            removals.push(HeldRemoval {
                email: one.email.clone(),
                by: by.map(|administrator| administrator.login.clone()).unwrap_or_default(),
                at: seconds(removal.at),
            });
        }
        HeldRemovals { set: Hash::of(names.join("\n").as_bytes()).to_string(), removals }
    }
}

fn seconds(moment: u64) -> i64 {
    i64::try_from(moment).unwrap_or(i64::MAX)
}

/// What was said of where a user is put counts for the user of whom it was said: under the address that they had then, and for nobody
/// who has that address now.
fn settle(people: &mut BTreeMap<String, Person>) {
    let told = |person: &Person| {
        let (_, user) = person.newest()?;
        let mut facts = user.addresses().filter_map(|address| people.get(address)?.fact.as_ref()?.placing.as_ref());
        facts.find(|placing| placing.is_of(user.account())).cloned()
    };
    let placings: Vec<(String, Option<Placing>)> = people
        .iter()
        .map(|(email, person)| {
            // Of who has only been invited, what was said before anybody came.
            let said = person.fact.as_ref().and_then(|fact| fact.placing.clone());
            let invited = || said.filter(|placing| placing.account.is_none());
            let placing = if person.users.is_empty() { invited() } else { told(person) };
            (email.clone(), placing)
        })
        .collect();
    for (email, placing) in placings {
        if let Some(person) = people.get_mut(&email) {
            person.decisions = person.fact.as_ref().map(|fact| fact.decisions.clone()).unwrap_or_default();
            person.placing = placing;
        }
    }
}

fn user(row: &Row, organisation: &Organisation, place: Place, keyring: &Keyring) -> Result<(UserId, User)> {
    let record = Record::read(row.body.as_slice())?;
    record.verify(organisation, place)?;
    let context = record.header().context;
    Ok((context.user, record.open(&keyring.of_epoch(context.epoch)?)?))
}

fn fact(row: &Row, organisation: &Organisation, place: Place, keyring: &Keyring) -> Result<Fact> {
    let bytes = row.body.as_slice();
    Fact::open(bytes, organisation, place, &keyring.of_epoch(fact::epoch(bytes)?)?)
}
