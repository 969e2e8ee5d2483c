//! What another server has seen comes here by way of an administrator's machine or a user's browser, not by the hub's.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use sekisho_admin_api::heads::{Heads, Held, HeldHeads};
use sekisho_fault::{Fault, Result};
use sekisho_keys::witness::Report;
use tokio::sync::mpsc::Receiver;

use super::House;
use crate::heads::{Standing, compare, still_counts};
use crate::replication::{Own, own_report};
use crate::{clock, codes};

/// Between two words of browsers: they may cost no more than this lets them.
const BREATH: Duration = Duration::from_millis(200);
/// So long the hub may take to show what it has. Beyond that it is told what it has not shown.
const PATIENCE: Duration = Duration::from_mins(2);

impl House {
    /// This server's report, as of now, signed.
    ///
    /// Codes: `NOT_ENROLLED`, `RETIRED`, `COMPROMISED`, `DATABASE`, `FILE`.
    pub(crate) async fn own_heads(&self) -> Result<Heads> {
        let follower = self.connected.follower()?;
        if let Some(reason) = follower.member.retirement() {
            return Err(reason);
        }
        // Under a number that no report at the hub has: there it would be older than each.
        let report = own_report(&follower, self.own(&follower).await?, 0).await?;
        Ok(Heads { report: BASE64URL_NOPAD.encode(&report.sign(&follower.member.identity)) })
    }

    /// Holds another server's report against what was verified here. What is not here is asked of the hub first.
    ///
    /// Codes: `NOT_ENROLLED`, `FORMAT`, `WRONG_PLACE`, `NO_SUCH_SERVER`, `SIGNATURE`, `DATABASE`, `FILE`.
    pub(crate) async fn hold_heads(&self, heads: &Heads) -> Result<HeldHeads> {
        let wrong = |_| Fault::new(sekisho_keys::codes::FORMAT);
        let signed = BASE64URL_NOPAD.decode(heads.report.as_bytes()).map_err(wrong)?;
        let member = self.connected.member()?;
        let read = || Report::verify(&signed, &member.organisation(), member.place);
        let report = match read() {
            // Admitted a moment ago, perhaps.
            Err(fault) if fault.code == sekisho_keys::codes::NO_SUCH_SERVER => {
                self.connected.catch_up().await?;
                read()?
            }
            report => report?,
        };
        self.hold(report).await
    }

    /// Says to browsers how far this server has seen: to be carried to the others.
    pub(super) async fn say_heads(&self) {
        let word = async {
            let follower = self.connected.follower()?;
            if let Some(reason) = follower.member.retirement() {
                return Err(reason);
            }
            // The heads, and nothing else of how this server is.
            let own = Own { revision: self.board.read().revision, ..Own::default() };
            let (mut report, member) = (own_report(&follower, own, 0).await?, &follower.member);
            // A cookie has room for so many. How many records of a server count that has left, the log says.
            let organisation = member.organisation();
            let is_live = |server| organisation.server(member.place.connection, server).is_ok();
            report.counters.retain(|counted| is_live(counted.server));
            Ok(report.sign(&member.identity))
        };
        self.carried.say(word.await.ok());
    }

    /// Hears what browsers bring of other servers.
    pub(super) async fn hear_browsers(self: Arc<Self>, mut brought: Receiver<Vec<u8>>) {
        while let Some(word) = brought.recv().await {
            if let Err(fault) = self.hear(&word).await {
                tracing::warn!(%fault, "another server's word, by a browser");
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    async fn hear(&self, word: &[u8]) -> Result<()> {
        let member = self.connected.member()?;
        let report = match Report::verify(word, &member.organisation(), member.place) {
            // Of one that was retired since, or was admitted a moment ago: then the next browser brings the like.
            Err(fault) if fault.code == sekisho_keys::codes::NO_SUCH_SERVER => return Ok(()),
            report => report?,
        };
        if still_counts(report.time, clock::now(), self.connected.fork.looked()) {
            self.hold(report).await?;
        }
        Ok(())
    }

    async fn hold(&self, report: Report) -> Result<HeldHeads> {
        let member = self.connected.member()?;
        let mut standing = compare(&report, &self.connected.replica).await?;
        let asked = standing == Standing::Behind && self.connected.catch_up_for(PATIENCE).await.is_ok();
        if asked {
            standing = compare(&report, &self.connected.replica).await?;
        }
        let server = member.server_name(report.server);
        let held = match standing {
            Standing::Agrees => {
                self.connected.ahead.forget(&report);
                Held::Agrees
            }
            Standing::Behind => {
                // A hub that is away withholds nothing. When it answers the follower again, it is told what it does not show.
                self.connected.ahead.remember(report, asked);
                Held::Behind
            }
            Standing::Forked(what) => {
                self.connected.fork.found(report.server, what)?;
                Held::Forked
            }
        };
        self.tell_heads().await;
        Ok(HeldHeads { server, held })
    }

    /// Follows the hub again: an administrator of this machine has looked.
    pub(crate) async fn follow_again(&self) {
        self.connected.fork.over(clock::now());
        self.tell_heads().await;
    }

    /// Looks whether the hub has shown by now what other servers have seen, and says what is so.
    pub(super) async fn tell_heads(&self) {
        let Ok(member) = self.connected.member() else { return };
        let mut warnings = Vec::new();
        for (report, waits) in self.connected.ahead.reports() {
            // A server that has left is no witness any more.
            let is_live = member.organisation().server(member.place.connection, report.server).is_ok();
            match compare(&report, &self.connected.replica).await {
                Ok(Standing::Behind) if is_live => {
                    if waits.is_none_or(|since| self.connected.has_shown_all(since, PATIENCE)) {
                        warnings.push(Fault::new(codes::WITHHELD).with("server", member.server_name(report.server)));
                    }
                    continue;
                }
                Ok(Standing::Forked(what)) if is_live => {
                    // Not written down, it is found again at the next look.
                    if let Err(fault) = self.connected.fork.found(report.server, what) {
                        warnings.push(fault);
                        continue;
                    }
                }
                Ok(_) => {}
                Err(fault) => {
                    tracing::warn!(%fault, "another server's report");
                    continue;
                }
            }
            self.connected.ahead.forget(&report);
        }
        warnings.extend(self.connected.fork.reason(&member));
        self.runtime.warn("heads", warnings);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use sekisho_keys::ids::Hash;
    use sekisho_keys::log::Act;
    use sekisho_keys::user::Counted;
    use sekisho_signin::Heads as _;

    use super::*;
    use crate::enrolment::example::{PLACE, TWO, bring, follow, identity, keyring, member, record, user, user_row};
    use crate::lifecycle::idle;

    #[tokio::test]
    async fn browsers_carry_what_was_seen_of_servers_that_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let house = idle(folder.path()).await.house();
        house.connected.enrolled(member());
        bring(&house.connected, vec![user_row(&record(&user("alice"), &keyring(), None, 1))]).await;
        let member = house.connected.member().unwrap();
        let said = async || {
            house.say_heads().await;
            Report::verify(&house.carried.own().unwrap(), &member.organisation(), PLACE).unwrap().counters
        };
        assert_eq!(said().await, [Counted { server: TWO, counter: 1 }]);
        follow(
            &member,
            Act::RetireServer { connection: PLACE.connection, server: TWO, compromised: false, records: 1 },
        );
        assert_eq!(said().await, []);
    }

    /// What the second server has seen: a revision that is not here.
    fn word(time: i64, revision: u64) -> Vec<u8> {
        let report = Report {
            place: PLACE,
            server: TWO,
            number: 0,
            time,
            version: "0.1.0".into(),
            schema: 1,
            state: String::new(),
            revision: Some((revision, Hash::NONE)),
            log: member().organisation().head(),
            feed: 0,
            counters: vec![],
            certificate: None,
            reason: None,
            synced: None,
            sign_ins: None,
            sync: None,
            cloned: None,
            by_name: None,
            held: None,
        };
        report.sign(&identity(13))
    }

    #[tokio::test]
    async fn what_cannot_be_asked_for_when_it_is_heard_is_told_when_the_hub_has_answered_again() {
        let folder = tempfile::tempdir().unwrap();
        let house = idle(folder.path()).await.house();
        house.connected.enrolled(member());
        let told = async || {
            house.tell_heads().await;
            house.board.read().warnings.iter().map(|warning| warning.code.clone()).collect::<Vec<_>>()
        };
        // The hub does not answer the question, which may be all that it does not answer.
        house.hear(&word(clock::now(), 5)).await.unwrap();
        assert!(told().await.is_empty());
        // An answer that was begun before, or that is not all there is, says nothing yet; whoever comes meanwhile changes nothing.
        house.connected.answered(Instant::now(), false);
        house.hear(&word(clock::now() + 1, 6)).await.unwrap();
        assert!(told().await.is_empty());
        house.connected.answered(Instant::now(), true);
        assert_eq!(told().await, [codes::WITHHELD]);
    }
}
