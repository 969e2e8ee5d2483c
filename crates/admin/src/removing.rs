//! Removing an administrator, and replacing the recovery kit. Who is removed has seen the organisation's key, every
//! connection's keys and perhaps the kit: all of them are replaced in the same breath (R3).

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes as hub_codes;
use sekisho_hub_api::wire::FeedHead;
use sekisho_keys::derive::Secret;
use sekisho_keys::keyring::{self, Place};
use sekisho_keys::kit::Kit;
use sekisho_keys::log::{Act, Kept, Member, Scope};

use crate::acts::{KitSheet, WhichAdministrator};
use crate::codes;
use crate::founding::{kit_credential, sheet};
use crate::session::{Effects, Session, TRIES, no_effects, random};

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
        let kit = Kit::new(Secret::new(random()));
        let identity = kit.identity();
        let acts = |session: &Self| {
            let organisation = &session.log.organisation;
            let key = keyring::seal_organisation_key(&session.key, organisation.id(), identity.public())?;
            let (admit, revoke) = (vec![kit_credential(&identity)], vec![organisation.kit.id().to_string()]);
            Ok((vec![Act::NewKit { kit: *identity.public(), key }], Effects { admit, revoke, ..no_effects() }))
        };
        self.append_made(acts).await?;
        let sheet = self.sheet(&kit)?;
        Ok((kit, sheet))
    }

    /// Removes an administrator. What they have saved still counts. Returns the kit that takes the place of the one that
    /// they may have seen; none when they were removed before, and only what was cut off is finished.
    ///
    /// Codes: `NO_ADMINISTRATOR`, `REMOVES_ITSELF`, `LOG_RULE`, and the hub's.
    pub(crate) async fn remove(&mut self, wish: &WhichAdministrator) -> Result<Option<(Kit, KitSheet)>> {
        let login = wish.login.trim();
        let named = |member: &&Member| member.administrator.login == login;
        let kit = Kit::new(Secret::new(random()));
        let identity = kit.identity();
        let mut tries = 0;
        let removed = loop {
            self.refresh().await?;
            let organisation = &self.log.organisation;
            let members = organisation.members.values();
            let Some(leaves) = members.clone().filter(|member| member.active).find(named) else {
                members.clone().find(named).ok_or_else(|| Fault::new(codes::NO_ADMINISTRATOR).with("login", login))?;
                break false;
            };
            if leaves.administrator.keys == *self.identity.public() {
                return Err(Fault::new(codes::REMOVES_ITSELF));
            }
            let id = leaves.administrator.id;
            let key = self.key.next(Secret::new(random()));
            let remain = members.filter(|member| member.active && member.administrator.id != id);
            let whole = remain.filter(|member| member.administrator.scope == Scope::Organisation);
            let receivers = whole.map(|member| &member.administrator.keys).chain([identity.public()]);
            let sealed = |to| keyring::seal_organisation_key(&key, organisation.id(), to);
            let keys = receivers.map(sealed).collect::<Result<_>>()?;
            let mut effects = Effects {
                admit: vec![kit_credential(&identity)],
                revoke: vec![organisation.kit.id().to_string()],
                end_account: Some(login.to_owned()),
                ..no_effects()
            };
            let (mut kept, mut epochs) = (Vec::new(), Vec::new());
            for (connection, found) in &organisation.connections {
                let place = Place { organisation: organisation.id(), connection: *connection };
                // What counts is named: nothing that they save meanwhile may come between.
                let (rows, head) = self.rows(*connection).await?;
                let newest = self.newest(place).await?;
                let shown = rows
                    .iter()
                    .filter(|row| row.kind == "revision")
                    .map(|row| row.id.parse::<u64>().unwrap_or(0))
                    .max();
                if newest.as_ref().map(|newest| newest.header().context.revision) != shown {
                    return Err(Fault::new(hub_codes::STALE));
                }
                kept.extend(newest.map(|newest| Kept {
                    connection: *connection,
                    revision: newest.header().context.revision,
                    hash: newest.hash(),
                }));
                let (epoch, begun) = self.next_epoch(place, found, &key, None)?;
                epochs.push(epoch);
                effects.epochs.push(begun);
                effects.unmoved.push(FeedHead { connection: connection.to_string(), head });
            }
            let (number, kit) = (key.number, *identity.public());
            let remove = Act::RemoveAdministrator { administrator: id, number, keys, kit, kept };
            let acts: Vec<Act> = std::iter::once(remove).chain(epochs).collect();
            if self.try_append(&acts, effects).await? {
                break true;
            }
            tries += 1;
            if tries == TRIES {
                return Err(Fault::new(hub_codes::STALE));
            }
        };
        self.refresh().await?;
        self.finish_epochs().await?;
        if !removed {
            return Ok(None);
        }
        let sheet = self.sheet(&kit)?;
        Ok(Some((kit, sheet)))
    }

    /// Begins the epochs that are due, and seals anew what is sealed under the ones before.
    async fn finish_epochs(&mut self) -> Result<()> {
        let connections: Vec<_> = self.log.organisation.connections.keys().copied().collect();
        for connection in connections {
            let due = |session: &Self| {
                session.log.organisation.connections.get(&connection).is_some_and(|found| found.epoch_due)
            };
            if due(self) {
                let acts = |session: &Self| {
                    let place = Place { organisation: session.log.organisation.id(), connection };
                    let (_, found) = session.connection(&connection.to_string())?;
                    let (epoch, begun) = session.next_epoch(place, found, &session.key, None)?;
                    Ok((vec![epoch], Effects { epochs: vec![begun], ..no_effects() }))
                };
                self.append_made(acts).await?;
            }
            self.reseal(&connection.to_string()).await?;
        }
        Ok(())
    }
}
