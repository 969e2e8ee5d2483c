//! What this server says of itself to the others, and hears of them.

use std::time::{Duration, Instant};

use sekisho_admin_api::servers::{ServerSync, Servers};
use sekisho_admin_api::status::{HubState, State, Status};
use sekisho_certs::{describe, pem};
use sekisho_config::Document;
use sekisho_fault::{Arg, Code, Fault, Result};
use sekisho_keys::ids::Hash;
use sekisho_keys::witness::{SignIns, Synced};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::{House, LONGEST_PAUSE};
use crate::replication::{Follower, Own, leave_report, own_report};
use crate::servers::{Facts, Listed, list};
use crate::{clock, codes, draft};

/// How often a server reports, when nothing happens.
const REPORT: Duration = Duration::from_mins(1);
/// Reports of what happens are left at most so often.
const BREATH: Duration = Duration::from_secs(1);

/// What is reported at once when it changes: what others wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    /// Without the last sign-in, which changes all the time.
    own: Own,
    first: Option<i64>,
    /// The same under each name.
    first_by_name: Vec<Option<i64>>,
    feed: u64,
}

impl House {
    /// Leaves a report at the hub whenever something has changed, and every minute, and reads the others'.
    pub(super) async fn keep_reporting(&self) {
        let mut events = self.board.events();
        let mut last: Option<(Instant, Said)> = None;
        let mut told: Option<Code> = None;
        loop {
            let reachable = matches!(self.board.read().hub, HubState::Reachable { .. });
            let mut failed = false;
            if reachable && let Ok(follower) = self.connected.follower() {
                let said = self.said(&follower).await;
                let is_news = |said: &Said| last.as_ref().is_none_or(|(_, before)| before != said);
                let due = last.as_ref().is_none_or(|(when, _)| when.elapsed() >= REPORT);
                if due || said.as_ref().is_ok_and(is_news) {
                    match self.report(&follower).await {
                        Ok(()) => {
                            last = said.ok().map(|said| (Instant::now(), said));
                            told = None;
                        }
                        Err(fault) => {
                            failed = true;
                            if told.replace(fault.code.clone()).as_ref() != Some(&fault.code) {
                                tracing::warn!(%fault, "report");
                            }
                        }
                    }
                    tokio::time::sleep(BREATH).await;
                }
            }
            let rest = rest(reachable, failed, last.as_ref().map(|(when, _)| when.elapsed()));
            // Whatever is reported at once changes the status. Who missed some of its changes looks again, too.
            let changed = async {
                loop {
                    match events.recv().await {
                        Ok(event) if event.event != "status.changed" => {}
                        Ok(_) | Err(RecvError::Lagged(_)) => return,
                        Err(RecvError::Closed) => std::future::pending::<()>().await,
                    }
                }
            };
            // Somebody waits: administrators look at any server.
            let either = async {
                tokio::select! {
                    () = changed => {}
                    () = self.connected.waiting.news.notified() => {}
                }
            };
            let _ = timeout(rest, either).await;
        }
    }

    async fn report(&self, follower: &Follower) -> Result<()> {
        // First what lies there: this server's own numbers go on from it.
        self.look_at_servers(follower).await?;
        let own = self.own(follower).await?;
        let report = own_report(follower, own, self.servers.next_number()).await?;
        self.servers.leaves(&report);
        leave_report(follower, &report).await?;
        self.say_heads().await;
        follower.link.compare_clocks(&follower.member.hub).await
    }

    async fn said(&self, follower: &Follower) -> Result<Said> {
        let (feed, own) = (follower.replica.place().await?.0, self.own(follower).await?);
        let first = own.sign_ins.map(|sign_ins| sign_ins.first);
        let by_name = own.by_name.iter().flatten();
        let first_by_name = by_name.map(|sign_ins| sign_ins.as_ref().map(|sign_ins| sign_ins.first)).collect();
        Ok(Said { own: Own { sign_ins: None, by_name: None, ..own }, first, first_by_name, feed })
    }

    /// What this server says of itself.
    pub(super) async fn own(&self, follower: &Follower) -> Result<Own> {
        let status = self.board.read();
        let sync = follower.replica.granted().await?.map(|sync| {
            let ServerSync { request, ended, log_entries, revision, users, checkpoints, faults } = sync;
            Synced { request, ended, log_entries, revision, users, checkpoints, faults }
        });
        Ok(Own {
            state: status.state.name().to_owned(),
            reason: reason(&status).and_then(|(code, _)| code),
            revision: status.revision,
            certificate: self.runtime.certificate(),
            sign_ins: self.activity.sign_ins().await?,
            by_name: self.by_name().await?,
            sync,
            cloned: self.servers.cloned(follower).await?.contains(&follower.member.server),
            held: self.connected.waiting.list(&self.connected).await?,
        })
    }

    /// How the names are used here, while there are several.
    async fn by_name(&self) -> Result<Option<Vec<Option<SignIns>>>> {
        let names = self.names().await;
        if names.len() < 2 {
            return Ok(None);
        }
        let used = self.activity.sign_ins_by_host().await?;
        Ok(Some(names.iter().map(|name| used.get(name).copied()).collect()))
    }

    /// The names that are answered, as browsers write them.
    async fn names(&self) -> Vec<String> {
        let applied = self.applied.read().await;
        applied.document.all_urls().iter().map(|urls| urls.host().to_owned()).collect()
    }

    /// Reads the others' reports, and warns of what follows from them.
    async fn look_at_servers(&self, follower: &Follower) -> Result<()> {
        self.servers.read(follower).await?;
        let mut warnings = self.servers.refused(follower);
        let listed = self.listed(follower).await?;
        let urgent = [codes::CLONED, codes::VERSION_SKEW];
        warnings.extend(listed.into_iter().flat_map(|one| one.warnings).filter(|one| urgent.contains(&one.code)));
        if self.servers.are_news(&warnings) {
            self.runtime.warn("servers", warnings);
        }
        Ok(())
    }

    /// The servers of the connection. When the hub is away, as they were last heard of.
    ///
    /// Codes: `NOT_ENROLLED`, `DATABASE`.
    pub async fn servers(&self) -> Result<Servers> {
        let follower = self.connected.follower()?;
        let mut faults: Vec<Fault> = match self.board.read().hub {
            // It is being tried already.
            HubState::Unreachable { reason, .. } => vec![reason],
            _ => self.look_at_servers(&follower).await.err().into_iter().collect(),
        };
        faults.extend(self.servers.refused(&follower));
        Ok(Servers {
            servers: self.listed(&follower).await?,
            newest: newest(&follower).await?,
            read: self.servers.heard().read(),
            faults,
            asked: self.connected.wish().await?,
            progress: self.connected.progress(),
        })
    }

    /// The servers, as they are known here.
    ///
    /// Codes: `DATABASE`, `FILE`.
    pub(crate) async fn listed(&self, follower: &Follower) -> Result<Vec<sekisho_admin_api::servers::Server>> {
        let member = &follower.member;
        let organisation = member.organisation();
        let connection = organisation.connections.get(&member.place.connection);
        let live = connection.into_iter().flat_map(|connection| &connection.servers).filter(|(_, state)| state.active);
        let servers = live.map(|(server, _)| Listed { server: *server, name: member.server_name(*server) }).collect();
        let status = self.board.read();
        let own = own_report(follower, self.own(follower).await?, 0).await?;
        let heard = self.servers.heard();
        Ok(list(&Facts {
            servers,
            own: (own, reason(&status).and_then(|(_, fault)| fault)),
            heard: &heard,
            cloned: self.servers.cloned(follower).await?,
            newest: newest(follower).await?,
            certificates: self.known_certificates().await,
            names: self.names().await,
            now: clock::now(),
        }))
    }

    /// The last moments of the certificates of the applied configuration and of the one before it.
    async fn known_certificates(&self) -> std::collections::BTreeMap<Hash, i64> {
        let applied = self.applied.read().await.clone();
        let mut documents = vec![self.as_served(&applied.document).await, applied.document];
        if let Ok(member) = self.connected.member()
            && applied.revision > 1
            && let Ok((_, before)) = draft::document(&member, &self.connected.replica, applied.revision - 1).await
        {
            documents.push(before);
        }
        documents.iter().flat_map(ends).collect()
    }
}

/// How long to wait for news before the next report.
fn rest(reachable: bool, failed: bool, since_last: Option<Duration>) -> Duration {
    match since_last {
        _ if failed => LONGEST_PAUSE,
        Some(since) if reachable => REPORT.saturating_sub(since).max(BREATH),
        // When the hub is there again, that is news.
        _ => REPORT,
    }
}

async fn newest(follower: &Follower) -> Result<Option<u64>> {
    Ok(follower.replica.newest_revision().await?.and_then(|row| row.id.parse().ok()))
}

fn ends(document: &Document) -> Vec<(Hash, i64)> {
    let read = document.tls_pairs().filter_map(|pair| pem::read(pair.certificates.as_bytes()).ok());
    let certificates: Vec<Vec<u8>> = read.flat_map(|read| read.certificates).collect();
    certificates.iter().filter_map(|der| Some((Hash::of(der), describe(der).ok()?.not_after))).collect()
}

/// Why a server does not serve, or not the newest revision: the code, and the whole of it.
fn reason(status: &Status) -> Option<(Option<String>, Option<Fault>)> {
    if let State::Stopped { reason } | State::Failed { reason } = &status.state {
        return Some((Some(reason.code.as_str().to_owned()), Some(reason.clone())));
    }
    let of = |code: sekisho_fault::Code| status.warnings.iter().find(|warning| warning.code == code);
    let Some(held) = of(codes::NOT_APPLIED) else {
        return of(codes::DRAINED).map(|drained| (Some(drained.code.as_str().to_owned()), None));
    };
    let code = match held.args.get("code") {
        Some(Arg::Text(code)) => Some(code.clone()),
        _ => None,
    };
    Some((code, Some(held.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_is_away_or_refuses_is_waited_for_without_haste() {
        let late = Some(REPORT * 10);
        assert_eq!(rest(false, false, late), REPORT);
        assert_eq!(rest(false, false, None), REPORT);
        assert_eq!(rest(true, true, late), LONGEST_PAUSE);
        assert_eq!(rest(true, true, None), LONGEST_PAUSE);
        assert_eq!(rest(true, false, Some(Duration::from_secs(20))), Duration::from_secs(40));
        assert_eq!(rest(true, false, late), BREATH);
    }
}
