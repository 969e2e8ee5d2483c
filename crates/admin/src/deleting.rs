//! Deleting a connection: exactly what was shown goes, under its typed name, with a fresh export where there is something
//! to lose. It can be taken back for thirty days.

use sekisho_fault::{Arg, Fault, Result};
use sekisho_hub_api::codes as hub_codes;
use sekisho_hub_api::wire::FeedHead;
use sekisho_keys::ids::ConnectionId;
use sekisho_keys::keyring::{self, Place};
use sekisho_keys::log::{Act, Connection};

use crate::acts::{DeleteConnection, DeletedConnection, Deletion, Going, WhichConnection};
use crate::codes;
use crate::exporting::Whole;
use crate::session::{Effects, Session, TRIES, no_effects, now};

fn deleted(session: &Session, id: ConnectionId, connection: &Connection) -> Option<DeletedConnection> {
    Some(DeletedConnection {
        connection: id.to_string(),
        name: keyring::open_name(&session.key, &id.0, &connection.name).unwrap_or_default(),
        enterprise_domain: connection.enterprise_domain.clone(),
        deleted: connection.deleted?,
        until: connection.undo_until()?,
    })
}

impl Session {
    fn going(&self, place: Place, connection: &Connection, whole: &Whole) -> Result<Going> {
        let keyring = self.keyring(place, connection)?;
        let live = connection.servers.iter().filter(|(_, state)| state.active);
        let name = |id: &sekisho_keys::ids::ServerId, sealed: &[u8]| {
            let name = keyring::open_server_name(&keyring, *id, sealed);
            name.unwrap_or_else(|_| id.to_string().chars().take(8).collect())
        };
        let mut servers: Vec<String> = live.map(|(id, state)| name(id, &state.server.name)).collect();
        servers.sort();
        Ok(Going {
            name: keyring::open_name(&self.key, &place.connection.0, &connection.name)?,
            enterprise_domain: connection.enterprise_domain.clone(),
            domains: connection.domains.keys().cloned().collect(),
            servers,
            users: self.users_of(whole, place, &keyring).len() as u64,
        })
    }

    fn needs_export(&self, place: Place, going: &Going, whole: &Whole) -> bool {
        let something = !going.servers.is_empty() || going.users > 0;
        something && self.exported.get(&place.connection) != Some(&whole.mark())
    }

    /// What deleting a connection takes.
    ///
    /// Codes: `NO_CONNECTION`, `CONNECTION_DELETED`, and the hub's.
    pub async fn deletion(&mut self, wish: &WhichConnection) -> Result<Deletion> {
        self.refresh().await?;
        let (place, connection) = self.connection(&wish.connection)?;
        let whole = self.whole(place).await?;
        let going = self.going(place, connection, &whole)?;
        let needs_export = self.needs_export(place, &going, &whole);
        Ok(Deletion { going, needs_export })
    }

    /// Deletes a connection. What has come since it was shown, or since the export was made, keeps it from going.
    ///
    /// Codes: `OTHER_NAME`, `NOT_AS_SHOWN`, `EXPORT_NEEDED`, `NO_CONNECTION`, `CONNECTION_DELETED`, and the hub's.
    pub async fn delete_connection(&mut self, wish: &DeleteConnection) -> Result<DeletedConnection> {
        for _ in 0..TRIES {
            self.refresh().await?;
            let (place, connection) = self.connection(&wish.connection)?;
            let whole = self.whole(place).await?;
            let going = self.going(place, connection, &whole)?;
            if wish.typed.trim() != going.name {
                return Err(Fault::new(codes::OTHER_NAME).with("typed", wish.typed.trim()).on("name"));
            }
            if wish.shown != going {
                return Err(Fault::new(codes::NOT_AS_SHOWN));
            }
            if self.needs_export(place, &going, &whole) {
                return Err(Fault::new(codes::EXPORT_NEEDED));
            }
            let unmoved = vec![FeedHead { connection: wish.connection.clone(), head: whole.head }];
            let effects = Effects { delete: Some(wish.connection.clone()), unmoved, ..no_effects() };
            if self.try_append(&[Act::DeleteConnection { connection: place.connection }], effects).await? {
                self.readings.remove(&place.connection);
                let found = self.log.organisation.connections.get(&place.connection);
                let found = found.and_then(|found| deleted(self, place.connection, found));
                return found
                    .ok_or_else(|| Fault::new(codes::NO_CONNECTION).with("connection", wish.connection.as_str()));
            }
        }
        Err(Fault::new(hub_codes::STALE))
    }

    /// The connections that are deleted, as long as that can be taken back.
    ///
    /// Codes: the hub's, and those of the log.
    pub async fn deleted_connections(&mut self) -> Result<Vec<DeletedConnection>> {
        self.refresh().await?;
        let now = now();
        let all = self.log.organisation.connections.iter().filter(|(_, connection)| !connection.is_gone(now));
        Ok(all.filter_map(|(id, connection)| deleted(self, *id, connection)).collect())
    }

    /// Takes a deletion back. A key epoch that became due meanwhile begins with it (R9).
    ///
    /// Codes: `NO_CONNECTION`, `NOT_DELETED`, `UNDO_OVER`, `LOG_RULE` of the keys, and the hub's.
    pub async fn undelete_connection(&mut self, wish: &WhichConnection) -> Result<()> {
        let mut tries = 0;
        let rotated = loop {
            self.refresh().await?;
            let (place, connection) = self.known_connection(&wish.connection)?;
            let Some(until) = connection.undo_until() else {
                // By a try that was cut off: what is left of it is done.
                self.reseal(&wish.connection).await?;
                return Err(Fault::new(codes::NOT_DELETED));
            };
            if connection.is_gone(now()) {
                return Err(Fault::new(codes::UNDO_OVER).with("until", Arg::Time(until)));
            }
            let mut acts = vec![Act::UndeleteConnection { connection: place.connection }];
            let mut effects = Effects { undelete: Some(wish.connection.clone()), ..no_effects() };
            let rotated = connection.epoch_due;
            if rotated {
                let (epoch, begun) = self.next_epoch(place, connection, &self.key, None)?;
                acts.push(epoch);
                effects.epochs.push(begun);
            }
            if self.try_append(&acts, effects).await? {
                break rotated;
            }
            tries += 1;
            if tries == TRIES {
                return Err(Fault::new(hub_codes::STALE));
            }
        };
        if rotated {
            self.reseal(&wish.connection).await?;
        }
        Ok(())
    }
}
