//! Removals of users: what waits is told, and what is over is shredded. Any server may shred; each looks once in an hour.

use std::collections::BTreeSet;
use std::time::Duration;

use sekisho_fault::Result;
use sekisho_keys::user::Record;

use super::House;
use crate::clock;
use crate::users::{Observed, due as due_now};

/// Records that are looked at together.
const PART: u32 = 200;
const PAUSE: Duration = Duration::from_hours(1);
/// In seconds: where this clock and the hub's differ by more, nothing is shredded.
const CLOCKS_APART: i64 = 3_600;
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
        let (observed, due) = due_now(&removals, &before, clock::now());
        if observed != before {
            self.observed.write(&observed)?;
        }
        if due.is_empty() {
            return Ok(());
        }
        // What cannot be undone waits for the news, and for a clock that is not alone: the hub's can only hold it up.
        self.connected.catch_up().await?;
        let link = &self.connected.link;
        link.compare_clocks(&self.connected.member()?.hub).await?;
        if link.clock().map(i64::abs).is_none_or(|apart| apart > CLOCKS_APART) {
            return Ok(());
        }
        let removals = self.connected.removals().await?;
        let (_, due) = due_now(&removals, &observed, clock::now());
        self.shred_users(&due.into_iter().collect()).await
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
