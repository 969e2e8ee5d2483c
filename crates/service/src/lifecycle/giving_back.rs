//! After the hub was restored from an older backup: what this server has verified is given back to it.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use sekisho_admin_api::give_back::{GivenBack, SignedRevision};
use sekisho_fault::{Fault, Result};
use sekisho_keys::user::Record;

use super::House;
use crate::draft;
use crate::replication::{Follower, Stored};

/// Records that are looked at together.
const PART: u32 = 200;

/// How a user's record stands at the hub: how often its row was written, and its revision.
type AtHub = BTreeMap<String, (u64, u64)>;

fn revision(record: &[u8]) -> u64 {
    Record::read(record).map_or(0, |record| record.header().context.revision)
}

impl House {
    /// A revision as it was signed, for the administrator who puts it back.
    ///
    /// Codes: `NOT_ENROLLED`, `NO_REVISION`, `DATABASE`.
    pub(crate) async fn signed_revision(&self, number: u64) -> Result<SignedRevision> {
        let member = self.connected.member()?;
        let replica = &self.connected.replica;
        let (signed, document) = draft::document(&member, replica, number).await?;
        let mut objects = Vec::new();
        for name in draft::keys(&document) {
            if let Some(object) = replica.row("object", &name).await? {
                objects.push((name, BASE64URL_NOPAD.encode(&object.body)));
            }
        }
        let connection = member.place.connection.to_string();
        Ok(SignedRevision { connection, revision: BASE64URL_NOPAD.encode(&signed.to_bytes()), objects })
    }

    /// Gives the hub back the user records that it does not have, or has in an older form.
    ///
    /// Codes: the hub's, `DATABASE`.
    pub(crate) async fn give_users_back(&self) -> Result<GivenBack> {
        let at_hub = users_at_hub(&self.connected.follower()?).await?;
        let (mut given, mut after) = (GivenBack::default(), String::new());
        loop {
            let rows = self.connected.replica.rows_after("user", &after, PART).await?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in rows {
                match self.give_user_back(&at_hub, &row).await {
                    Ok(is_given) => given.users += u64::from(is_given),
                    Err(fault) if given.faults.contains(&fault) => {}
                    Err(fault) => given.faults.push(fault),
                }
            }
        }
        if self.applied.read().await.document.acme.is_some() {
            given.faults.extend(self.give_acme_back().await.err());
        }
        Ok(given)
    }

    async fn give_user_back(&self, at_hub: &AtHub, row: &Stored) -> Result<bool> {
        let (written, known) = at_hub.get(&row.id).copied().unwrap_or_default();
        if known >= revision(&row.body) {
            return Ok(false);
        }
        self.connected.writer.give_back(&self.connected, row, written).await.map(|()| true)
    }
}

/// The user records that the hub shows, from the first to the last.
async fn users_at_hub(follower: &Follower) -> Result<AtHub> {
    let (mut found, mut after) = (AtHub::new(), 0);
    loop {
        let feed = follower.ask(after, 0).await?;
        if !feed.log.is_empty() {
            // Followed first: who comes with it may have written some of these.
            return Err(Fault::new(sekisho_hub_api::codes::STALE));
        }
        let Some(last) = feed.connection.last() else { return Ok(found) };
        after = last.seq;
        let users = feed.connection.into_iter().filter(|row| row.kind == "user");
        found.extend(users.map(|row| (row.id, (row.rev, revision(row.body.as_slice())))));
    }
}
