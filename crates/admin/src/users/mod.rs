//! The users of a connection: who they are, locking them, removing them, taking that back, and agreeing to removals that wait because they
//! were too many at once (R11, R12).

mod acts;
mod directory;
mod finding;
mod identity;
mod living;
mod locking;
mod placing;
mod reading;
mod table;
mod waiting;

use sekisho_config::Email;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{MOST_FACTS, MOST_OCTETS, NewFact, NewFacts};
use sekisho_keys::fact::{Fact, Placing, Said, Word};
use sekisho_keys::ids::ConnectionId;
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Connection;
use sekisho_keys::removal::Removal;
use zeroize::Zeroize;

pub use acts::{
    ChangeUsers, ChangedUsers, DecideRemovals, DecideWaiting, FindUsers, FoundUsers, HeldRemoval, HeldRemovals,
    Place as PlaceOfUser, PlaceUsers, UserInfo, UserState, WaitingUser, WhichUsers,
};

pub use table::table;

use crate::acts::InviteUser;
use crate::codes;
use crate::session::{Session, now, random};
use directory::{Directory, Person};

pub(crate) use finding::Read as UsersRead;
pub(crate) use living::living;
pub(crate) use reading::Reading;

/// So many rows are kept between looks: more take too much memory of an administrator's desktop.
const MOST_KEPT: usize = 300_000;

/// Seconds since 1970, which grow: of two words about one user the later one counts.
fn moment() -> u64 {
    u64::try_from(now()).unwrap_or_default()
}

impl Session {
    /// The users of a connection, and who is invited or was removed.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub async fn users(&mut self, wish: &WhichUsers) -> Result<Vec<UserInfo>> {
        Ok(self.directory(&wish.connection).await?.2.list(now()))
    }

    /// Lets a user sign in for the first time, though users are not made by themselves; one who was removed, too.
    ///
    /// Codes: `EMAIL` and `ROLE_ID` of the configuration, `NO_CONNECTION`, `REMOVAL_WAITS`, and the hub's.
    pub async fn invite_user(&mut self, wish: &InviteUser) -> Result<()> {
        let email = Email::parse(wish.email.trim()).map_err(|fault| fault.on("email"))?;
        let (place, keyring, directory) = self.directory(&wish.connection).await?;
        let mut person = directory.find(email.as_str()).cloned().unwrap_or_else(|| Person::unknown(email.as_str()));
        waits_not(&directory, &person)?;
        let wished = [wish.node.clone().map(acts::Place::node), wish.role.clone().map(acts::Place::role)];
        for place in wished.into_iter().flatten() {
            placing::check(&place)?;
            person = placing::put(person.clone(), &place).map_or(person, |(person, _)| person);
        }
        self.lead_elsewhere(place, &email, true).await?;
        self.say(place, &keyring, &directory, &[(person, Said::Invited)]).await
    }

    /// Whoever is invited to one connection although their mail domain is another's is told so there, and no account is made for them;
    /// until they are removed here.
    async fn lead_elsewhere(&mut self, place: Place, email: &Email, invited: bool) -> Result<()> {
        let reserved = |(id, connection): &(&ConnectionId, &Connection)| {
            let is_other = **id != place.connection && connection.deleted.is_none();
            is_other && connection.domains.contains_key(email.domain())
        };
        let other = self.log.organisation.connections.iter().find(reserved).map(|(id, _)| id.to_string());
        let Some(other) = other else { return Ok(()) };
        let (there, keyring, directory) = self.directory(&other).await?;
        let person = directory.find(email.as_str()).cloned().unwrap_or_else(|| Person::unknown(email.as_str()));
        let elsewhere = Said::Elsewhere(place.connection);
        let said = match (person.said(), invited) {
            // Whoever has an account there, or was spoken of, stays as they are.
            (None | Some(Said::Restored | Said::Elsewhere(_)), true) if person.account().is_none() => elsewhere,
            (Some(said), false) if said == elsewhere => Said::Restored,
            _ => return Ok(()),
        };
        if person.said() == Some(said) {
            return Ok(());
        }
        self.say(there, &keyring, &directory, &[(person, said)]).await
    }

    /// Removes users: they do not sign in any more, and are not made anew. All of them, or none if one is not known.
    ///
    /// Codes: `NO_CONNECTION`, `NO_USER`, `EMAIL` of the configuration, and the hub's.
    pub async fn remove_users(&mut self, wish: &ChangeUsers) -> Result<ChangedUsers> {
        let (place, keyring, directory) = self.directory(&wish.connection).await?;
        let (at, users) = (moment(), directory.count());
        let said = |person: &Person| {
            let invited = matches!(person.said(), Some(Said::Invited));
            Ok(person.removal().is_none().then_some(Said::Removed(Removal { at, users, approved: None, invited })))
        };
        let changes = changes(&directory, &wish.emails, said)?;
        self.say(place, &keyring, &directory, &changes).await?;
        // Of those, too, who were removed by a try that was cut off here.
        for person in known(&directory, &wish.emails)? {
            self.lead_elsewhere(place, &Email::parse(&person.email)?, false).await?;
        }
        // What waits, the others see as this process does: by what is signed.
        let after = self.directory(&wish.connection).await?.2;
        let waiting = changes.iter().filter(|(person, _)| after.is_held(&person.email)).count() as u64;
        Ok(ChangedUsers { changed: changes.len() as u64, waiting })
    }

    /// Takes removals back, within the time that they can be.
    ///
    /// Codes: `NO_CONNECTION`, `NO_USER`, `REMOVED_FOR_GOOD`, `REMOVAL_WAITS`, `EMAIL` of the configuration, and the hub's.
    pub async fn restore_users(&mut self, wish: &ChangeUsers) -> Result<ChangedUsers> {
        let (place, keyring, directory) = self.directory(&wish.connection).await?;
        let changes = changes(&directory, &wish.emails, |person| taken_back(&directory, person, now()))?;
        self.say(place, &keyring, &directory, &changes).await?;
        Ok(ChangedUsers { changed: changes.len() as u64, waiting: 0 })
    }

    /// The removals that wait for an administrator.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub async fn held_removals(&mut self, wish: &WhichUsers) -> Result<HeldRemovals> {
        let directory = self.directory(&wish.connection).await?.2;
        Ok(directory.held(self.organisation()))
    }

    /// Agrees to the removals that wait, or takes them back: exactly those that were shown, each by a word of its own.
    ///
    /// Codes: `NO_CONNECTION`, `REMOVALS_CHANGED`, and the hub's.
    pub async fn decide_removals(&mut self, wish: &DecideRemovals) -> Result<ChangedUsers> {
        let (place, keyring, directory) = self.directory(&wish.connection).await?;
        let held = directory.held(self.organisation());
        if held.set != wish.set || held.removals.is_empty() {
            return Err(Fault::new(codes::REMOVALS_CHANGED));
        }
        let approved = Some(moment());
        let said = |person: &Person| {
            let removal = person.removal()?;
            let agreed = Said::Removed(Removal { approved, ..removal });
            Some((person.clone(), if wish.approve { agreed } else { Said::without(removal) }))
        };
        let changes: Vec<_> =
            held.removals.iter().filter_map(|one| directory.find(&one.email).and_then(said)).collect();
        self.say(place, &keyring, &directory, &changes).await?;
        Ok(ChangedUsers { changed: changes.len() as u64, waiting: 0 })
    }

    /// What is at the hub now, verified and opened: only what was written since the last look is fetched.
    async fn directory(&mut self, connection: &str) -> Result<(Place, Keyring, Directory)> {
        self.refresh().await?;
        let (place, found) = self.connection(connection)?;
        let (id, keyring) = (place.connection, self.keyring(place, found)?);
        let after = self.readings.get(&id).map_or(0, Reading::after);
        let (mut rows, _) = self.rows_after(id, after).await?;
        let mut reading = self.readings.remove(&id).unwrap_or_default();
        if !reading.goes_on(&rows) {
            (reading, rows) = (Reading::default(), self.rows(id).await?.0);
        }
        reading.read(&rows, &self.log.organisation, (place, &keyring), |_, mut user| user.secret.zeroize());
        let directory = reading.directory(&self.log.organisation, place);
        self.keep_reading(id, reading);
        Ok((place, keyring, directory))
    }

    /// For the next look; those of other connections only while there is room.
    fn keep_reading(&mut self, connection: ConnectionId, reading: Reading) {
        let others: usize = self.readings.values().map(Reading::len).sum();
        if others + reading.len() > MOST_KEPT {
            self.readings.clear();
        }
        if reading.len() <= MOST_KEPT {
            self.readings.insert(connection, reading);
        }
    }

    /// Says it, unless somebody has said something else since the directory was read.
    async fn say(
        &mut self,
        place: Place,
        keyring: &Keyring,
        directory: &Directory,
        changes: &[(Person, Said)],
    ) -> Result<()> {
        let is_said = |one: &Person| changes.iter().any(|(person, _)| person.email == one.email);
        // What stands under an address that is another's now must not be lost with it.
        let unsettled = directory.unsettled().into_iter().filter(|one| !is_said(one));
        let unsettled: Vec<_> = unsettled.map(|one| (one.said().unwrap_or(Said::Restored), one)).collect();
        let first = unsettled.iter().map(|(said, person)| (person, said));
        let mut facts = Vec::new();
        for (person, said) in first.chain(changes.iter().map(|(person, said)| (person, said))) {
            let number = moment().max(person.number().map_or(0, |known| known + 1));
            // Bound to whom it is about, as soon as there is anybody.
            let bound = |placing: Placing| Placing { account: person.account(), ..placing };
            let (placing, decisions) = (person.placing.clone().map(bound), person.decisions.clone());
            let word = Word { email: &person.email, said: *said, number, placing, decisions };
            let (about, fact) = Fact::sign(place, word, keyring, &self.identity, now(), random())?;
            let after = Some(directory.written(about));
            facts.push((about.to_string(), NewFact { after, epoch: keyring.epoch, fact: Blob(fact) }));
        }
        // All at once: of removals that wait together, some alone would be in force.
        for part in parts(facts) {
            let facts = part.into_iter().collect();
            let put = self.hub.put_facts(&place.connection.to_string(), &NewFacts { facts }).await;
            if put.as_ref().is_err_and(|fault| fault.code == sekisho_hub_api::codes::STALE) {
                // Should the hub have become another one, everything is read anew.
                self.readings.remove(&place.connection);
            }
            put?;
        }
        Ok(())
    }
}

/// As few parts as the hub takes.
fn parts(facts: Vec<(String, NewFact)>) -> Vec<Vec<(String, NewFact)>> {
    let (mut parts, mut octets) = (vec![Vec::new()], 0);
    for fact in facts {
        octets += fact.1.fact.0.len();
        let is_full = |part: &Vec<_>| part.len() == MOST_FACTS || (octets > MOST_OCTETS && !part.is_empty());
        if parts.last().is_none_or(is_full) {
            parts.push(Vec::new());
            octets = fact.1.fact.0.len();
        }
        if let Some(part) = parts.last_mut() {
            part.push(fact);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// With one of the removals that wait gone, the others might not wait any more: all are decided on together.
fn waits_not(directory: &Directory, person: &Person) -> Result<()> {
    let waits = || Fault::new(codes::REMOVAL_WAITS).with("email", person.email.as_str());
    if directory.is_held(&person.email) { Err(waits()) } else { Ok(()) }
}

/// What is said of a user whose removal is taken back, each for itself; nothing where there is none.
fn taken_back(directory: &Directory, person: &Person, now: i64) -> Result<Option<Said>> {
    waits_not(directory, person)?;
    match person.removal() {
        Some(_) if directory.is_gone(person, now) => {
            Err(Fault::new(codes::REMOVED_FOR_GOOD).with("email", person.email.as_str()))
        }
        removal => Ok(removal.map(Said::without)),
    }
}

/// Those with these addresses, each once; all of them, or none if one is not known.
///
/// Codes: `NO_USER`, `EMAIL` of the configuration.
fn known(directory: &Directory, emails: &[String]) -> Result<Vec<Person>> {
    let mut known: Vec<Person> = Vec::new();
    for text in emails {
        let email = Email::parse(text.trim()).map_err(|fault| fault.on("email"))?;
        let unknown = || Fault::new(codes::NO_USER).with("email", email.as_str()).on("email");
        let person = directory.find(email.as_str()).ok_or_else(unknown)?;
        if !known.iter().any(|one| one.email == person.email) {
            known.push(person.clone());
        }
    }
    Ok(known)
}

/// What is to be said of each; nothing of those of whom it is said already.
fn changes(
    directory: &Directory,
    emails: &[String],
    say: impl Fn(&Person) -> Result<Option<Said>>,
) -> Result<Vec<(Person, Said)>> {
    let said = |person: Person| -> Result<Option<(Person, Said)>> { Ok(say(&person)?.map(|said| (person, said))) };
    known(directory, emails)?.into_iter().filter_map(|person| said(person).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use sekisho_hub_api::wire::Row;

    use super::*;
    use crate::example::{PLACE, fact_row, keyring, organisation};

    const NOW: i64 = 1_800_000_000;

    fn directory(rows: &[Row]) -> Directory {
        let mut reading = Reading::default();
        reading.read(rows, &organisation(), (PLACE, &keyring()), |_, _| ());
        reading.directory(&organisation(), PLACE)
    }

    /// So many of twelve users are removed at once.
    fn removed(count: u64) -> Directory {
        let at = u64::try_from(NOW).unwrap();
        let said = Said::Removed(Removal { at, users: 12, approved: None, invited: false });
        let rows: Vec<_> =
            (1..=count).map(|one| fact_row(&format!("user{one}@example.com"), said, &keyring(), one)).collect();
        directory(&rows)
    }

    fn take_back(directory: &Directory, emails: &[&str]) -> Result<usize> {
        let emails: Vec<String> = emails.iter().map(|email| (*email).to_owned()).collect();
        Ok(changes(directory, &emails, |person| taken_back(directory, person, NOW))?.len())
    }

    #[test]
    fn one_of_several_removals_that_wait_is_not_taken_back_alone_since_the_others_would_be_in_force() {
        let waiting = removed(11);
        let one = waiting.find("user1@example.com").unwrap();
        assert_eq!(waits_not(&waiting, one).unwrap_err().code, codes::REMOVAL_WAITS);
        for emails in [&["user1@example.com"][..], &["user1@example.com", "user2@example.com"]] {
            assert_eq!(take_back(&waiting, emails).unwrap_err().code, codes::REMOVAL_WAITS);
        }
        let in_force = removed(10);
        assert!(waits_not(&in_force, in_force.find("user1@example.com").unwrap()).is_ok());
        assert_eq!(take_back(&in_force, &["user1@example.com", "user2@example.com"]).unwrap(), 2);
    }

    #[test]
    fn what_is_said_of_many_goes_in_as_few_parts_as_the_hub_takes_and_none_is_left_out() {
        let facts = |count: usize, octets: usize| -> Vec<_> {
            let fact = NewFact { after: None, epoch: 1, fact: Blob(vec![7; octets]) };
            (0..count).map(|number| (number.to_string(), fact.clone())).collect()
        };
        let sizes = |facts| parts(facts).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(facts(0, 1)), [0; 0]);
        assert_eq!(sizes(facts(MOST_FACTS, 1_000)), [MOST_FACTS]);
        assert_eq!(sizes(facts(MOST_FACTS + 1, 1_000)), [MOST_FACTS, 1]);
        assert_eq!(sizes(facts(3, MOST_OCTETS / 2)), [2, 1]);
        assert_eq!(sizes(facts(2, MOST_OCTETS + 1)), [1, 1]);
    }

    #[test]
    fn what_is_said_next_is_said_after_the_row_that_was_read_whoevers_word_it_is() {
        let invited = fact_row("bob@example.com", Said::Invited, &keyring(), 4);
        let mut nobodys = fact_row("eve@example.com", Said::Invited, &keyring(), 9);
        *nobodys.body.0.last_mut().unwrap() ^= 1;
        let directory = directory(&[invited, nobodys]);
        assert!(directory.find("bob@example.com").is_some() && directory.find("eve@example.com").is_none());
        let written = |email| directory.written(sekisho_keys::fact::about(&keyring(), email));
        let all = ["bob@example.com", "eve@example.com", "carol@example.com"].map(written);
        assert_eq!(all, [4, 9, 0]);
    }
}
