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

/// Whether the hub's clock, by so many seconds ahead of this one, vouches for it; none: it is not known.
fn agree(ahead: Option<i64>) -> bool {
    ahead.is_some_and(|ahead| ahead.saturating_abs() <= CLOCKS_APART)
}

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
        if !agree(link.clock()) {
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

#[cfg(test)]
mod tests {
    use sekisho_keys::fact::Said;
    use sekisho_keys::removal::Removal;

    use super::*;
    use crate::enrolment::example::{bring, fact_row, identity, keyring, member, record, user, user_row};
    use crate::lifecycle::idle;

    const DAYS_33: i64 = 33 * 86_400;

    #[tokio::test]
    async fn nothing_is_shredded_before_the_hub_has_told_its_news() {
        let folder = tempfile::tempdir().unwrap();
        let house = idle(folder.path()).await.house();
        house.connected.enrolled(member());
        let (alice, long_ago) = (user("alice"), clock::now() - DAYS_33);
        let at = u64::try_from(long_ago).unwrap();
        let removed = Said::Removed(Removal { at, users: 1, approved: None, invited: false });
        let rows = [user_row(&record(&alice, &keyring(), None, 1)), fact_row(&alice.email, removed, 1, &identity(10))];
        bring(&house.connected, rows.into()).await;
        let removals = house.connected.removals().await.unwrap();
        let (seen, _) = due_now(&removals, &Observed::default(), long_ago);
        house.observed.write(&seen).unwrap();
        assert_eq!(due_now(&removals, &seen, clock::now()).1, ["alice@example.com"]);

        // The hub may know that she was taken back meanwhile: nothing is even on its way there.
        assert_eq!(house.shred().await.unwrap_err().code, sekisho_hub_api::codes::UNREACHABLE);
        assert!(!folder.path().join("outgoing.sealed").exists());
    }

    #[test]
    fn a_clock_that_is_far_from_the_hubs_or_not_compared_holds_shredding_up() {
        assert!(agree(Some(0)) && agree(Some(CLOCKS_APART)) && agree(Some(-CLOCKS_APART)));
        for apart in [Some(CLOCKS_APART + 1), Some(-CLOCKS_APART - 1), Some(i64::MIN), None] {
            assert!(!agree(apart), "{apart:?}");
        }
    }
}
