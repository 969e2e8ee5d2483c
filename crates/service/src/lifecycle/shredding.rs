//! Removals of users: what waits is told, and what is over is shredded. Any server may shred; each looks once in an hour.

use std::collections::BTreeSet;
use std::time::Duration;

use sekisho_fault::Result;
use sekisho_keys::user::Record;

use super::House;
use crate::clock;
use crate::users::{Observed, due};

/// Records that are looked at together.
const PART: u32 = 200;
const PAUSE: Duration = Duration::from_hours(1);
/// What is said of it in the status.
const WARNINGS: &str = "removals";

impl House {
    /// Tells which removals wait for an administrator.
    pub(super) async fn tell_removals(&self) {
        let Ok(member) = self.connected.member() else { return };
        match self.connected.removals().await {
            Ok(removals) => {
                let held = removals.warning(&member.organisation());
                self.runtime.warn(WARNINGS, held.into_iter().collect());
            }
            Err(fault) => tracing::warn!(%fault, "removals of users"),
        }
    }

    /// Shreds the secrets of users who were removed long ago.
    pub(super) async fn keep_shredding(&self) {
        loop {
            if let Err(fault) = self.shred().await {
                tracing::warn!(%fault, "removed users are not shredded yet");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn shred(&self) -> Result<()> {
        let removals = self.connected.removals().await?;
        let before: Observed = self
            .observed
            .read()
            .unwrap_or_else(|fault| {
                // Seen from today on: nothing is shredded sooner than it may be.
                tracing::error!(%fault, "since when removals are known is damaged: it is set aside");
                self.observed.set_aside();
                None
            })
            .unwrap_or_default();
        let (observed, due) = due(&removals, &before, clock::now());
        if observed != before {
            self.observed.write(&observed)?;
        }
        let due: BTreeSet<&str> = due.into_iter().collect();
        if due.is_empty() { Ok(()) } else { self.shred_users(&due).await }
    }

    /// Records are named by identities: whose an address is, is only inside.
    async fn shred_users(&self, due: &BTreeSet<&str>) -> Result<()> {
        let (connected, mut after) = (&self.connected, String::new());
        let member = connected.member()?;
        loop {
            let rows = connected.replica.rows_after("user", &after, PART).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after.clone_from(&last.id);
            for row in rows {
                let record = Record::read(&row.body)?;
                let user = record.open(&member.keyring(record.header().context.epoch)?)?;
                if due.contains(user.email.as_str()) && !user.is_shredded() {
                    connected.writer.shred(connected, &row.id).await?;
                }
            }
        }
    }
}
