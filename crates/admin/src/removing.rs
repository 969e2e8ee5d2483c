//! Removing an administrator, and replacing the recovery kit. Who is removed has seen the organisation's key, every
//! connection's keys and perhaps the kit: all of them are replaced in the same breath (R3).

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes as hub_codes;
use sekisho_hub_api::wire::FeedHead;
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::keyring::{self, Place};
use sekisho_keys::kit::Kit;
use sekisho_keys::log::{Act, Administrator, Kept, Member, Scope};

use crate::acts::{KitSheet, WhichAdministrator};
use crate::codes;
use crate::founding::{kit_credential, sheet};
use crate::session::{Effects, Session, TRIES, no_effects, random};

/// What came of a removal.
pub(crate) struct Removed {
    /// The kit that takes the place of the one that they may have seen; none when they were removed before.
    pub(crate) kit: Option<(Kit, KitSheet)>,
    /// Why something of it is still to be finished, by doing it again.
    pub(crate) unfinished: Option<Fault>,
}

impl Session {
    /// The kit, for paper.
    fn sheet(&self, kit: &Kit) -> Result<KitSheet> {
        let organisation = &self.log.organisation;
        let name = keyring::open_name(&self.key, &organisation.id().0, &organisation.name)?;
        Ok(sheet(&name, &self.hub, organisation.genesis(), kit))
    }

    /// Replaces the recovery kit.
    ///
    /// Codes: `LOG_RULE`, and the hub's.
    pub(crate) async fn new_kit(&mut self) -> Result<(Kit, KitSheet)> {
        self.refresh().await?;
        if let Some(told) = self.kit_in_force()? {
            return Ok(told);
        }
        let kit = Kit::new(Secret::new(random()));
        let identity = kit.identity();
        self.unanswered.kit = Some(kit.clone());
        let acts = |session: &Self| {
            let organisation = &session.log.organisation;
            let key = keyring::seal_organisation_key(&session.key, organisation.id(), identity.public())?;
            let (admit, revoke) = (vec![kit_credential(&identity)], vec![organisation.kit.id().to_string()]);
            Ok((vec![Act::NewKit { kit: *identity.public(), key }], Effects { admit, revoke, ..no_effects() }))
        };
        self.append_made(acts).await?;
        self.unanswered.kit = None;
        let sheet = self.sheet(&kit)?;
        Ok((kit, sheet))
    }

    /// The kit of a try that nobody has answered, if it is the one in force: nobody has seen it yet.
    fn kit_in_force(&mut self) -> Result<Option<(Kit, KitSheet)>> {
        let sent = self.unanswered.kit.take();
        let Some(kit) = sent.filter(|kit| *kit.identity().public() == self.log.organisation.kit) else {
            return Ok(None);
        };
        let sheet = self.sheet(&kit)?;
        Ok(Some((kit, sheet)))
    }

    /// Removes an administrator. What they have saved still counts. Done before, only what was cut off is finished.
    ///
    /// Codes: `NO_ADMINISTRATOR`, `REMOVES_ITSELF`, `LOG_RULE`, and the hub's.
    pub(crate) async fn remove(&mut self, wish: &WhichAdministrator) -> Result<Removed> {
        let login = wish.login.trim();
        let named = |member: &&Member| member.administrator.login == login;
        let kit = Kit::new(Secret::new(random()));
        for _ in 0..TRIES {
            self.refresh().await?;
            let members = self.log.organisation.members.values();
            let Some(leaves) = members.clone().filter(|member| member.active).find(named) else {
                members.clone().find(named).ok_or_else(|| Fault::new(codes::NO_ADMINISTRATOR).with("login", login))?;
                let kit = self.kit_in_force()?;
                return match self.finish_epochs().await {
                    Err(fault) if kit.is_none() => Err(fault),
                    finished => Ok(Removed { kit, unfinished: finished.err() }),
                };
            };
            if leaves.administrator.keys == *self.identity.public() {
                return Err(Fault::new(codes::REMOVES_ITSELF));
            }
            let Some((acts, effects)) = self.removal(&leaves.administrator, &kit.identity()).await? else { continue };
            self.unanswered.kit = Some(kit.clone());
            if self.try_append(&acts, effects).await? {
                self.unanswered.kit = None;
                // From here on there is a new kit: whatever else fails, it is told.
                let sheet = self.sheet(&kit)?;
                let unfinished = self.finish_epochs().await.err();
                return Ok(Removed { kit: Some((kit, sheet)), unfinished });
            }
        }
        Err(Fault::new(hub_codes::STALE))
    }

    /// The entries that remove an administrator, and what follows from them; none when somebody saves in this moment.
    async fn removal(&self, leaves: &Administrator, kit: &Identity) -> Result<Option<(Vec<Act>, Effects)>> {
        let organisation = &self.log.organisation;
        let key = self.key.next(Secret::new(random()));
        let remain = organisation.members.values().filter(|member| member.active);
        let remain = remain.map(|member| &member.administrator).filter(|one| one.id != leaves.id);
        let whole = remain.filter(|one| one.scope == Scope::Organisation).map(|one| &one.keys);
        let sealed = |to| keyring::seal_organisation_key(&key, organisation.id(), to);
        let keys = whole.chain([kit.public()]).map(sealed).collect::<Result<_>>()?;
        let mut effects = Effects {
            admit: vec![kit_credential(kit)],
            revoke: vec![organisation.kit.id().to_string()],
            end_account: Some(leaves.login.clone()),
            ..no_effects()
        };
        let (mut kept, mut epochs) = (Vec::new(), Vec::new());
        for (connection, found) in &organisation.connections {
            let place = Place { organisation: organisation.id(), connection: *connection };
            if found.deleted.is_some() {
                // Nothing is written of it, and its next epoch begins when the deletion is taken back.
                let newest = self.newest(place).await?.map(|newest| (newest.header().context.revision, newest.hash()));
                kept.extend(newest.map(|(revision, hash)| Kept { connection: *connection, revision, hash }));
                continue;
            }
            // The revision that counts is named: nothing that they save meanwhile may come between.
            let (rows, head) = self.rows(*connection).await?;
            let revisions = rows.iter().filter(|row| row.kind == "revision");
            let shown = revisions.filter_map(|row| row.id.parse::<u64>().ok()).max();
            let newest = self.newest(place).await?.map(|newest| (newest.header().context.revision, newest.hash()));
            if newest.map(|(revision, _)| revision) != shown {
                return Ok(None);
            }
            kept.extend(newest.map(|(revision, hash)| Kept { connection: *connection, revision, hash }));
            let (epoch, begun) = self.next_epoch(place, found, &key, None)?;
            epochs.push(epoch);
            effects.epochs.push(begun);
            effects.unmoved.push(FeedHead { connection: connection.to_string(), head });
        }
        let (administrator, number, kit) = (leaves.id, key.number, *kit.public());
        let remove = Act::RemoveAdministrator { administrator, number, keys, kit, kept };
        Ok(Some((std::iter::once(remove).chain(epochs).collect(), effects)))
    }

    /// Begins the epochs that are due, and seals anew what is sealed under the ones before.
    async fn finish_epochs(&mut self) -> Result<()> {
        self.refresh().await?;
        let there = self.log.organisation.connections.iter().filter(|(_, found)| found.deleted.is_none());
        let connections: Vec<_> = there.map(|(id, _)| *id).collect();
        for connection in connections {
            let acts = |session: &Self| {
                let place = Place { organisation: session.log.organisation.id(), connection };
                let (_, found) = session.connection(&connection.to_string())?;
                if !found.epoch_due {
                    return Ok((vec![], no_effects()));
                }
                let (epoch, begun) = session.next_epoch(place, found, &session.key, None)?;
                Ok((vec![epoch], Effects { epochs: vec![begun], ..no_effects() }))
            };
            self.append_made(acts).await?;
            self.reseal(&connection.to_string()).await?;
        }
        Ok(())
    }
}
