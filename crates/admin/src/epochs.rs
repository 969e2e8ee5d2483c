//! The next key epoch of a connection: a key that nobody who has left can open.

use sekisho_fault::Result;
use sekisho_hub_api::wire::{BegunEpoch, Row};
use sekisho_keys::derive::Secret;
use sekisho_keys::ids::{ConnectionId, ServerId};
use sekisho_keys::keyring::{OrganisationKey, Place};
use sekisho_keys::log::{Act, Connection, Epoch};

use crate::session::{Session, random};

impl Session {
    /// The next epoch, sealed under an organisation's key and to each live server but one.
    ///
    /// Codes: `WRONG_EPOCH` and `NOT_AUTHENTIC` of the keys.
    pub(crate) fn next_epoch(
        &self,
        place: Place,
        connection: &Connection,
        key: &OrganisationKey,
        without: Option<ServerId>,
    ) -> Result<(Act, BegunEpoch)> {
        let keyring = self.keyring(place, connection)?.next(Secret::new(random()));
        let live = connection.servers.iter().filter(|(id, state)| state.active && Some(**id) != without);
        let servers = live.map(|(_, state)| keyring.seal_to(place, &state.server.keys)).collect::<Result<_>>()?;
        let organisation = keyring.seal_under(key, place, random())?;
        let begun = BegunEpoch { connection: place.connection.to_string(), number: keyring.epoch };
        let epoch = Epoch { number: keyring.epoch, organisation, servers };
        Ok((Act::NewEpoch { connection: place.connection, epoch }, begun))
    }

    /// All rows of a connection, and where its feed stands with them.
    ///
    /// Codes: the hub's.
    pub(crate) async fn rows(&self, connection: ConnectionId) -> Result<(Vec<Row>, u64)> {
        self.rows_after(connection, 0).await
    }

    /// Those that were written after a place of its feed.
    ///
    /// Codes: the hub's.
    pub(crate) async fn rows_after(&self, connection: ConnectionId, after: u64) -> Result<(Vec<Row>, u64)> {
        let (name, mut rows, mut head) = (connection.to_string(), Vec::<Row>::new(), None);
        loop {
            let after = rows.last().map_or(after, |row| row.seq);
            let part = self.hub.feed(&name, self.log.heads.len() as u64, after, 0).await?;
            // What was written between the rows and the head is seen at the next look: only a head that stays is theirs.
            if part.connection.is_empty() && head == Some(part.head) {
                return Ok((rows, part.head));
            }
            head = Some(part.head);
            rows.extend(part.connection);
        }
    }
}
