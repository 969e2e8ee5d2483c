//! The users of a connection as the hub's rows have them, verified and opened.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_keys::fact::{Decision, Fact, Placing, Said};
use sekisho_keys::ids::{AccountId, Hash, UserId};
use sekisho_keys::keyring::Place;
use sekisho_keys::log::Organisation;
use sekisho_keys::removal::{self, Removal};

use super::acts::{HeldRemoval, HeldRemovals, UserInfo, UserState};
use super::identity::Identity;

/// All that is known of an address.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) email: String,
    /// Those with the address: one, and another for each under which the user was recognised later.
    identities: Vec<Arc<Identity>>,
    fact: Option<Arc<Fact>>,
    /// Where the user is put.
    pub(super) placing: Option<Placing>,
    /// Who else came with the address, the newest first.
    pub(super) decisions: Vec<Decision>,
}

impl Person {
    /// Nothing is known.
    pub(super) fn unknown(email: &str) -> Self {
        Self { email: email.to_owned(), identities: Vec::new(), fact: None, placing: None, decisions: Vec::new() }
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

    /// The identity that was recognised last; one that is left of somebody who is gone only where nobody else has the address.
    pub(super) fn identity(&self) -> Option<&Identity> {
        let window = |one: &Identity| one.linked.map_or(i64::MIN, |linked| linked.window);
        self.identities.iter().max_by_key(|one| (!one.is_shredded, window(one))).map(Arc::as_ref)
    }

    /// The account, while there is one.
    pub(super) fn account(&self) -> Option<AccountId> {
        self.identity().filter(|one| !one.is_shredded).map(|one| one.account)
    }

    /// The first identity, which has the second factors of all.
    fn first(&self) -> Option<&Arc<Identity>> {
        let mut living = self.identities.iter().filter(|one| !one.is_shredded);
        living.clone().find(|one| one.linked.is_none()).or_else(|| living.next())
    }

    /// Since when there is a second factor that counts: what an administrator has voided counts nowhere again.
    pub(super) fn factors_since(&self) -> Option<i64> {
        let since = self.first()?.factors_since?;
        self.placing.as_ref().is_none_or(|placing| placing.leaves(since)).then_some(since)
    }

    /// Whether one of the records is that of this identity.
    pub(super) fn has(&self, identity: UserId) -> bool {
        self.identities.iter().any(|one| one.id == identity)
    }

    /// First and last name, as far as they are known.
    pub(super) fn name(&self) -> String {
        let name = self.identity().map(|one| format!("{} {}", one.first_name, one.last_name));
        name.unwrap_or_default().trim().to_owned()
    }

    fn is_shredded(&self) -> bool {
        !self.identities.is_empty() && self.identities.iter().all(|one| one.is_shredded)
    }

    /// The blinded address, of whom anything is known.
    fn address(&self) -> Option<UserId> {
        self.fact.as_ref().map(|fact| fact.about).or_else(|| self.identities.first().map(|one| one.address))
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
    /// The users of whom these identities and facts tell, each in the order of the feed.
    pub(super) fn of(
        identities: Vec<Arc<Identity>>,
        facts: Vec<Arc<Fact>>,
        written: BTreeMap<String, u64>,
        organisation: &Organisation,
        place: Place,
    ) -> Self {
        let mut people = BTreeMap::<String, Person>::new();
        let mut person = |email: &str, set: &dyn Fn(&mut Person)| {
            set(people.entry(email.to_owned()).or_insert_with(|| Person::unknown(email)));
        };
        for identity in identities {
            person(&identity.email, &|person| person.identities.push(identity.clone()));
        }
        for fact in facts {
            person(&fact.email, &|person| person.fact = Some(fact.clone()));
        }
        settle(&mut people);
        let removals = people.values().filter_map(|one| Some((one.fact.as_ref()?.about, one.removal()?)));
        let held = removal::held(&removals.collect::<Vec<_>>());
        let none = BTreeSet::new();
        let locked = organisation.connections.get(&place.connection).map_or(&none, |found| &found.locked);
        let is_locked = |one: &&Person| one.address().is_some_and(|address| locked.contains(&address));
        let locked = people.values().filter(is_locked).map(|one| one.email.clone()).collect();
        Self { people, held, written, locked }
    }

    /// How often the fact about an address was written; 0: never.
    pub(super) fn written(&self, about: UserId) -> u64 {
        self.written.get(&about.to_string()).copied().unwrap_or(0)
    }

    /// How many users there are.
    pub(super) fn count(&self) -> u64 {
        self.people.values().filter(|one| !one.identities.is_empty() && !one.is_shredded()).count() as u64
    }

    /// Whether somebody is neither removed nor shredded; one whose removal waits is there as before.
    pub(super) fn stays(&self, person: &Person) -> bool {
        !person.is_shredded() && (person.removal().is_none() || self.is_held(&person.email))
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
        let state = match (person.said(), person.identity()) {
            (Some(Said::Removed(_)), _) if self.is_held(&person.email) => UserState::Waiting,
            (Some(Said::Removed(_)), _) if self.is_gone(person, now) => UserState::Gone,
            (Some(Said::Removed(_)), _) => UserState::Removed,
            (_, Some(one)) if !one.is_shredded && self.locked.contains(&person.email) => UserState::Locked,
            (_, Some(one)) if !one.is_shredded => UserState::Active,
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
            second_factor: person.factors_since(),
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
        let one = person.identity()?;
        let mut facts = one.addresses().filter_map(|address| people.get(address)?.fact.as_ref()?.placing.as_ref());
        facts.find(|placing| placing.is_of(one.account)).cloned()
    };
    let placings: Vec<(String, Option<Placing>)> = people
        .iter()
        .map(|(email, person)| {
            // Of who has only been invited, what was said before anybody came.
            let said = person.fact.as_ref().and_then(|fact| fact.placing.clone());
            let invited = || said.filter(|placing| placing.account.is_none());
            let placing = if person.identities.is_empty() { invited() } else { told(person) };
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
