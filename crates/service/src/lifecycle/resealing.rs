//! After a key epoch has begun: user records that are sealed under the ones before are sealed anew (R9). Any server may do
//! so, and each goes on where whoever was cut off has stopped: what is left is what is still sealed as it was.

use std::time::Duration;

use sekisho_fault::Result;
use sekisho_keys::user::Record;

use super::{House, LONGEST_PAUSE};
use crate::enrolment::Member;

/// Records that are looked at together.
const PART: u32 = 200;
/// How long each server waits for the others to do their shares.
const PAUSE: Duration = Duration::from_secs(5);

/// Whose share a user is: the servers begin at different ones.
fn is_share(user: &str, (own, all): (usize, usize)) -> bool {
    let place = user.get(..2).and_then(|hex| usize::from_str_radix(hex, 16).ok()).unwrap_or(0);
    all == 0 || place % all == own
}

/// The place of a member among the live servers of its connection, and how many there are.
fn share(member: &Member) -> (usize, usize) {
    let organisation = member.organisation();
    let Ok(connection) = Member::connection(&organisation, member.place) else { return (0, 0) };
    let live: Vec<_> = connection.servers.iter().filter(|(_, state)| state.active).map(|(id, _)| *id).collect();
    (live.iter().position(|id| *id == member.server).unwrap_or(0), live.len())
}

impl House {
    /// Seals anew, whenever an epoch has begun.
    pub(super) async fn keep_resealing(&self) {
        // All is sealed under this epoch or a later one: an organisation's first needs nothing.
        let mut done = 1;
        loop {
            match self.reseal(done).await {
                Ok(epoch) => {
                    done = epoch;
                    self.connected.epochs.notified().await;
                }
                Err(fault) => {
                    tracing::warn!(%fault, "user records are not sealed anew yet");
                    tokio::time::sleep(LONGEST_PAUSE).await;
                }
            }
        }
    }

    /// Seals anew what is sealed under the epochs before the newest, and says which that is when nothing is left.
    async fn reseal(&self, done: u32) -> Result<u32> {
        let mut first = true;
        loop {
            let member = self.connected.member()?;
            let organisation = member.organisation();
            let epoch = Member::connection(&organisation, member.place)?.epoch();
            if epoch <= done || member.retirement().is_some() || member.detachment().is_some() {
                return Ok(done);
            }
            let own = if first { share(&member) } else { (0, 0) };
            let left = self.reseal_share(epoch, own).await?;
            if left == 0 {
                return Ok(epoch);
            }
            // What the others do comes with the feed; what they leave is done here.
            tokio::time::sleep(PAUSE).await;
            first = false;
        }
    }

    /// Seals a share anew, and says how many records are left: the others', and those that others were at.
    async fn reseal_share(&self, epoch: u32, own: (usize, usize)) -> Result<usize> {
        let (mut after, mut left) = (String::new(), 0);
        loop {
            let rows = self.connected.replica.rows_after("user", &after, PART).await?;
            let Some(last) = rows.last() else { return Ok(left) };
            after.clone_from(&last.id);
            for row in rows {
                if Record::read(&row.body)?.header().context.epoch >= epoch {
                    continue;
                }
                if !is_share(&row.id, own) || !self.connected.writer.reseal(&self.connected, &row.id).await? {
                    left += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_is_one_servers_share_and_everybodys_at_last() {
        for user in ["00aa", "01aa", "02aa", "ffaa"] {
            assert_eq!((0..3).filter(|own| is_share(user, (*own, 3))).count(), 1, "{user}");
            assert!(is_share(user, (0, 0)));
        }
    }
}
