//! The hub's feed is followed until the process ends, and what follows from its news is done.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sekisho_admin_api::activity::Kind;
use sekisho_admin_api::status::{HubState, State};
use sekisho_fault::Fault;

use tokio::sync::oneshot;

use super::{House, LONGEST_PAUSE};
use crate::connected::Connected;
use crate::replication::News;
use crate::{clock, codes, enrolment, users};

/// How long a feed is held, in seconds.
const WAIT: u64 = 25;

impl House {
    /// Recalls the membership, serves what was saved before, and follows the hub from then on.
    pub(super) async fn follow(self: Arc<Self>, settling: oneshot::Sender<()>) {
        let mut settling = Some(settling);
        let mut pause = Duration::from_millis(250);
        if let Err(fault) = self.connected.link.configure(&self.settings.read()).await {
            self.runtime.warn("settings", vec![fault]);
        }
        loop {
            let _joining = self.joining.lock().await;
            let Connected { papers, replica, link, .. } = &*self.connected;
            match enrolment::recall(papers, replica, link).await {
                Ok(Some(member)) => {
                    self.connected.enrolled(member);
                    break;
                }
                // Not enrolled: an administrator's call goes on from here.
                Ok(None) => return,
                Err(reason) => {
                    self.runtime.stop(State::Stopped { reason }).await;
                    settling.take();
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        self.tell_membership().await;
        self.tell_drained();
        self.tell_heads().await;
        if let Err(reason) = self.apply_newest().await
            && reason.code != codes::NOTHING_SAVED
        {
            self.runtime.stop(State::Stopped { reason }).await;
        }
        drop(settling);
        Box::pin(self.follow_on()).await;
    }

    /// Follows the hub until the process ends.
    pub(super) async fn follow_on(self: Arc<Self>) {
        if self.follows.swap(true, Ordering::SeqCst) {
            return;
        }
        // What is heard is told, and what is wished is granted, as long as the hub is followed.
        tokio::select! {
            () = self.follow_feed() => {}
            () = self.take_in_caught() => {}
            () = self.keep_reporting() => {}
            () = self.grant_wishes() => {}
            () = self.keep_resealing() => {}
            () = self.keep_shredding() => {}
            () = self.complete_addresses() => {}
        }
    }

    /// Once: what has come since is kept with its address.
    async fn complete_addresses(&self) {
        if let Err(fault) = users::complete_addresses(&self.connected).await {
            tracing::warn!(%fault, "the addresses of users who came earlier are not kept yet");
        }
        std::future::pending::<()>().await;
    }

    /// What a sign-in that makes a user has caught up with comes by no feed any more: it is told and applied at once, too.
    async fn take_in_caught(&self) {
        loop {
            self.connected.caught.notified().await;
            // The feed says whether the hub is there.
            self.follow_from(self.connected.caught_up()).await;
            // Many sign-ins are told together.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn follow_feed(&self) {
        let mut pause = Duration::from_millis(250);
        loop {
            let Ok(follower) = self.connected.follower() else { return };
            // The first step does not wait: it tells at once whether the hub is there.
            let reachable = matches!(self.board.read().hub, HubState::Reachable { .. });
            if follower.member.retirement().is_some() {
                return;
            }
            let begun = Instant::now();
            match self.connected.step(&follower, if reachable { WAIT } else { 0 }).await {
                Ok(news) => {
                    pause = Duration::from_millis(250);
                    let idle = news == News { head: news.head, ..News::default() };
                    self.took_in(news).await;
                    self.try_again().await;
                    if let Err(fault) = self.connected.writer.go_on(&self.connected).await {
                        tracing::warn!(%fault, "a record is still on its way");
                    }
                    // A hub that answers at once with nothing is not asked without a breath.
                    if idle && reachable && begun.elapsed() < Duration::from_secs(1) {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
                Err(reason) if reason.code == sekisho_hub_api::codes::RETIRED => {
                    self.learn_retirement().await;
                    if self.connected.member().is_ok_and(|member| member.retirement().is_some()) {
                        return;
                    }
                    tokio::time::sleep(LONGEST_PAUSE).await;
                }
                // Another server has seen something else. The log is read on: it may say that this server is none any more.
                Err(reason) if reason.code == codes::FORKED => {
                    self.learn_retirements().await;
                    tokio::time::sleep(LONGEST_PAUSE).await;
                }
                // The hub is there, and what it shows does not hold.
                Err(reason) if reason.code.area() == "keys" || reason.code == codes::WRONG_ROW => {
                    self.runtime.warn("following", vec![reason]);
                    tokio::time::sleep(LONGEST_PAUSE).await;
                }
                // Not the hub's doing: nothing can be written here.
                Err(reason) if reason.code == codes::DATABASE || reason.code == codes::FILE => {
                    self.runtime.warn("following", vec![reason]);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(reason) => {
                    let now = clock::now();
                    self.runtime.change(|status| {
                        let since = match &status.hub {
                            HubState::Unreachable { since, .. } => *since,
                            _ => now,
                        };
                        status.hub = HubState::Unreachable { since, reason };
                    });
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// What follows from news.
    pub(crate) async fn took_in(&self, news: News) {
        let now = clock::now();
        self.runtime.change(|status| status.hub = HubState::Reachable { at: now });
        self.runtime.warn("following", Vec::new());
        self.follow_from(news.refused).await;
    }

    /// The rest of it, whoever has brought them.
    async fn follow_from(&self, refused: Vec<Fault>) {
        // One after the other: two would apply the same revision.
        let _turn = self.taking_in.lock().await;
        self.runtime.warn("replica", self.connected.replica.disorder().into_iter().collect());
        for fault in &refused {
            self.activity.note(Kind::Applied, Some(fault.clone()));
        }
        if !refused.is_empty() {
            self.runtime.warn("hub", refused);
        }
        if let Some(reason) = self.connected.member().ok().and_then(|member| member.retirement()) {
            self.runtime.stop(State::Stopped { reason }).await;
            return;
        }
        // Told by what is held, and not by this news alone: a sign-in that caught up may have taken in what came before.
        let newest = self.connected.replica.newest_revision().await.ok().flatten();
        let newest = newest.and_then(|row| row.id.parse::<u64>().ok()).unwrap_or(0);
        let newer = newest > self.applied.read().await.revision;
        // Domains and epochs of the log change what is served, too, and so does a deletion; other entries do not.
        let changed = newest > 0 && *self.served_facts.lock().await != self.connected.served_facts();
        if newer || changed {
            // The status says why it is not applied.
            let _ = self.apply_newest().await;
        }
        self.tell_membership().await;
        self.tell_heads().await;
        // A sign-in that caught up may have taken in a wish, too.
        self.connected.news.notify_one();
        self.connected.epochs.notify_one();
        self.acme.wake();
    }

    /// The hub says that this server was retired. Its word does not count: the log does, which it still shows so far.
    async fn learn_retirement(&self) {
        match self.connected.read_log().await {
            Ok(news) => {
                self.took_in(news).await;
                if self.connected.member().is_ok_and(|member| member.retirement().is_none()) {
                    self.runtime.warn("following", vec![Fault::new(codes::NOT_RETIRED)]);
                }
            }
            Err(reason) => self.runtime.warn("following", vec![reason]),
        }
    }

    /// While the rest of what the hub shows does not count.
    async fn learn_retirements(&self) {
        match self.connected.read_log().await {
            Ok(news) if news.log => self.took_in(news).await,
            Ok(_) => {}
            Err(fault) => tracing::warn!(%fault, "the organisation log"),
        }
    }

    pub(crate) async fn tell_membership(&self) {
        let (membership, domains) = (self.connected.membership(), self.connected.domains());
        let users = self.connected.replica.count("user").await.unwrap_or(0);
        let synced = self.connected.replica.place().await.map_or(0, |(_, synced)| synced);
        self.runtime.change(|status| {
            status.membership = membership;
            status.domains = domains.iter().map(|domain| domain.as_str().to_owned()).collect();
            status.users = users;
            status.synced = (synced > 0).then_some(synced);
        });
        self.tell_removals().await;
    }
}
