//! Identities that wait for an administrator, because another user has their address: as all servers of the connection tell them (R11).

use std::collections::BTreeMap;

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::Row;
use sekisho_keys::fact::{DECISIONS, Decision, Said};
use sekisho_keys::held::Held;
use sekisho_keys::ids::UserId;
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Organisation;
use sekisho_keys::witness::Report;

use super::acts::{ChangedUsers, DecideWaiting, WaitingUser, WhichUsers};
use super::directory::{Directory, Person};
use super::identity::Identity;
use crate::codes;
use crate::session::{Session, now};

/// How far ahead a server's clock may be, in seconds.
const CLOCKS: i64 = 600;

impl Session {
    /// Those who wait, each once.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub async fn waiting_users(&mut self, wish: &WhichUsers) -> Result<Vec<WaitingUser>> {
        let (_, _, directory, held) = self.waiting(&wish.connection).await?;
        let shown = |one: Held| {
            let holder = directory.find(&one.email);
            let known = holder.and_then(Person::identity);
            let of_known = |text: fn(&Identity) -> &String| known.map(|one| text(one).clone()).unwrap_or_default();
            WaitingUser {
                id: one.user.to_string(),
                account: holder.and_then(Person::account).map(|account| account.to_string()).unwrap_or_default(),
                known_name: holder.map(Person::name).unwrap_or_default(),
                known_subject: of_known(|one| &one.subject),
                known_idp: of_known(|one| &one.idp),
                known_source: of_known(|one| &one.source),
                email: one.email,
                name: one.name,
                subject: one.subject,
                idp: one.idp,
                source: one.source,
                time: one.time,
            }
        };
        Ok(held.into_values().map(shown).collect())
    }

    /// Agrees that a newcomer is the one who has the address, whose vault they open from then on; or says that they are not.
    ///
    /// Codes: `NO_CONNECTION`, `NOBODY_WAITS`, and the hub's.
    pub async fn decide_waiting(&mut self, wish: &DecideWaiting) -> Result<ChangedUsers> {
        let (place, keyring, directory, held) = self.waiting(&wish.connection).await?;
        let nobody = || Fault::new(codes::NOBODY_WAITS).with("email", wish.email.as_str());
        let one = held.into_values().find(|one| one.user.to_string() == wish.id && one.email == wish.email);
        let one = one.ok_or_else(nobody)?;
        let mut person = directory.find(&one.email).cloned().ok_or_else(nobody)?;
        // The one who was shown, and nobody who has the address since.
        let account = person.account().filter(|account| account.to_string() == wish.account).ok_or_else(nobody)?;
        let decision = Decision { identity: one.user, account, same: wish.same, time: now().max(one.time) };
        person.decisions.retain(|known| known.identity != one.user);
        person.decisions.insert(0, decision);
        person.decisions.truncate(DECISIONS);
        let said = person.said().unwrap_or(Said::Restored);
        self.say(place, &keyring, &directory, &[(person, said)]).await?;
        Ok(ChangedUsers { changed: 1, waiting: 0 })
    }

    async fn waiting(&mut self, connection: &str) -> Result<(Place, Keyring, Directory, BTreeMap<UserId, Held>)> {
        let (place, keyring, directory) = self.directory(connection).await?;
        let reports = self.hub.reports(&place.connection.to_string()).await?;
        let held = held(&reports, self.organisation(), place, &keyring, &directory);
        Ok((place, keyring, directory, held))
    }
}

/// Those of all reports that verify, each as it came last; nobody of whom an administrator has decided since, nobody whom the hub has
/// a record of, and nobody whose address is free.
fn held(
    reports: &[Row],
    organisation: &Organisation,
    place: Place,
    keyring: &Keyring,
    directory: &Directory,
) -> BTreeMap<UserId, Held> {
    let mut all = BTreeMap::<UserId, Held>::new();
    for row in reports {
        let Ok(report) = Report::verify(row.body.as_slice(), organisation, place) else { continue };
        let Some(sealed) = report.held else { continue };
        let keyring = keyring.of_epoch(sealed.epoch);
        let Ok(told) = keyring.and_then(|keyring| sealed.open(place, report.server, &keyring)) else { continue };
        for one in told {
            let waits = directory.find(&one.email).is_some_and(|person| {
                let decided = person.decisions.iter().any(|known| known.identity == one.user && known.time >= one.time);
                !decided && person.account().is_some() && !person.has(one.user)
            });
            // A clock that is far ahead would decide about all who come until then.
            let waits = waits && one.time <= now().saturating_add(CLOCKS);
            if waits && all.get(&one.user).is_none_or(|known| known.time < one.time) {
                all.insert(one.user, one);
            }
        }
    }
    all
}
