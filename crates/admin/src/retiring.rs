//! Taking a server out of its connection: its keys open nothing any more, and a key epoch without it begins (R9).
//!
//! Three steps, each of which finds what the ones before have done, so that an act that was cut off is simply done again:
//! the entries of the log with what follows at the hub, in one; what administrators have sealed is sealed anew, here; what
//! servers have sealed is sealed anew by the servers that remain.

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes as hub_codes;
use sekisho_hub_api::wire::{FeedHead, Row};
use sekisho_keys::ids::ServerId;
use sekisho_keys::keyring::{self, Place};
use sekisho_keys::log::{Act, Connection, Organisation};
use sekisho_keys::user::Record;

use crate::acts::{MemberServer, RetiredServer, WhichServer, WhichServers};
use crate::codes;
use crate::session::{Effects, Session, TRIES, no_effects};

/// The last record of a server among these rows. What does not verify is nobody's.
fn last_record(rows: &[Row], organisation: &Organisation, place: Place, server: ServerId) -> u64 {
    let verified = |row: &Row| {
        let record = Record::read(row.body.as_slice()).ok()?;
        record.verify(organisation, place).ok()?;
        Some(record)
    };
    let records = rows.iter().filter(|row| row.kind == "user").filter_map(verified);
    let own = records.flat_map(|record| record.stands_for().collect::<Vec<_>>()).filter(|one| one.server == server);
    own.map(|one| one.counter).max().unwrap_or(0)
}

impl Session {
    /// All servers that a connection has and had.
    ///
    /// Codes: `NO_CONNECTION`, and the hub's.
    pub async fn servers(&mut self, wish: &WhichServers) -> Result<Vec<MemberServer>> {
        self.refresh().await?;
        let (place, connection) = self.connection(&wish.connection)?;
        let lists = self.hub.checklists(&wish.connection).await?;
        let keyring = self.keyring(place, connection)?;
        let shown = connection.servers.iter().map(|(id, state)| {
            let name = keyring::open_server_name(&keyring, *id, &state.server.name);
            MemberServer {
                server: id.to_string(),
                name: name.unwrap_or_else(|_| id.to_string().chars().take(8).collect()),
                retired: state.retired.map(|retired| retired.time),
                compromised: state
                    .retired
                    .is_some_and(|retired| retired.compromised || lists.iter().any(|row| row.id == id.to_string())),
            }
        });
        let mut servers: Vec<MemberServer> = shown.collect();
        servers.sort_by(|one, other| (one.retired, &one.name).cmp(&(other.retired, &other.name)));
        Ok(servers)
    }

    /// Retires a server. Done before, it goes on where it was cut off, or says what is left.
    ///
    /// Codes: `NO_CONNECTION`, `NO_SERVER`, and the hub's.
    pub async fn retire_server(&mut self, wish: &WhichServer) -> Result<RetiredServer> {
        self.retire(wish, false).await
    }

    pub(crate) fn known_server(&self, wish: &WhichServer) -> Result<(Place, &Connection, ServerId)> {
        let missing = || Fault::new(codes::NO_SERVER).with("server", wish.server.as_str());
        let (place, connection) = self.connection(&wish.connection)?;
        let id: ServerId = wish.server.parse().map_err(|_| missing())?;
        connection.servers.get(&id).ok_or_else(missing)?;
        Ok((place, connection, id))
    }

    pub(crate) async fn retire(&mut self, wish: &WhichServer, compromised: bool) -> Result<RetiredServer> {
        let mut tries = 0;
        loop {
            self.refresh().await?;
            let (place, connection, id) = self.known_server(wish)?;
            let state = connection.servers.get(&id).filter(|state| state.active);
            if state.is_none() && !connection.epoch_due {
                break;
            }
            let (mut acts, mut effects) = (Vec::new(), no_effects());
            if let Some(state) = state {
                // The entry says which of its records count: it must not be appended beside one that it does not name.
                let (rows, head) = self.rows(place.connection).await?;
                let records = last_record(&rows, &self.log.organisation, place, id);
                acts.push(Act::RetireServer { connection: place.connection, server: id, compromised, records });
                effects.unmoved.push(FeedHead { connection: wish.connection.clone(), head });
                effects.retire.push(state.server.keys.id().to_string());
            }
            let (epoch, begun) = self.next_epoch(place, connection, &self.key, Some(id))?;
            acts.push(epoch);
            let effects = Effects { epochs: vec![begun], ..effects };
            if self.try_append(&acts, effects).await? {
                break;
            }
            tries += 1;
            if tries == TRIES {
                return Err(Fault::new(hub_codes::STALE));
            }
        }
        let left = self.reseal(&wish.connection).await?;
        let (_, connection, _) = self.known_server(wish)?;
        Ok(RetiredServer { server: wish.server.clone(), epoch: connection.epoch(), left })
    }
}
