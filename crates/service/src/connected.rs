//! This server's place in its connection: membership, replica, the way to the hub.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sekisho_admin_api::status::Membership;
use sekisho_admin_api::sync::{SyncProgress, SyncReport};
use sekisho_config::Domain;
use sekisho_fault::{Fault, Result};
use sekisho_keys::log::Head;
use sekisho_keys::sync::Request;
use tokio::sync::{Mutex, Notify};

use crate::codes;
use crate::enrolment::{Member, Papers};
use crate::heads::{Ahead, Fork};
use crate::replication::{ALL_SERVERS, Follower, HubLink, News, Replica};
use crate::users::{Removals, Waiting, Writer};

/// The removals, and what they were read from: the facts, and the log that says whose facts count.
type Looked = ((u64, Head), Arc<Removals>);

/// Key epoch, mail domains, and when the connection was deleted.
pub(crate) type ServedFacts = (u32, Vec<String>, Option<i64>);

/// The place in the connection, if this server is enrolled.
pub struct Connected {
    /// The sealed papers.
    pub papers: Papers,
    /// What the hub can give again.
    pub replica: Replica,
    /// The way to the hub.
    pub link: Arc<HubLink>,
    /// Writes user records.
    pub writer: Writer,
    /// Who waits for an administrator.
    pub(crate) waiting: Waiting,
    /// Whether another server has seen something else of the hub.
    pub(crate) fork: Fork,
    /// Which servers have seen more of it.
    pub(crate) ahead: Ahead,
    member: RwLock<Option<Arc<Member>>>,
    /// Held while everything is downloaded: nobody else asks for the same.
    downloading: Mutex<()>,
    /// One step of following at a time: two would verify one row against two states.
    step: Mutex<()>,
    /// Something has come that may hold an administrator's wish for a Full Sync.
    pub(crate) news: Notify,
    /// The same, for a key epoch that may have begun.
    pub(crate) epochs: Notify,
    /// Somebody has caught up: what has come is told and applied, though the feed is held on.
    pub(crate) caught: Notify,
    /// What was refused then.
    refused: std::sync::Mutex<Vec<Fault>>,
    /// How far the Full Sync has come that goes on.
    progress: std::sync::Mutex<Option<SyncProgress>>,
    /// The place of the newest row at the hub, as it was last told.
    head: AtomicU64,
    /// When the newest step began that the hub has answered, and the newest that brought all it had.
    steps: std::sync::Mutex<[Option<Instant>; 2]>,
    /// The removals, as of the facts that were there when they were last looked at.
    removals: Mutex<Option<Looked>>,
}

impl Connected {
    /// Not enrolled yet.
    pub(crate) fn new(
        papers: Papers,
        replica: Replica,
        link: Arc<HubLink>,
        (writer, waiting): (Writer, Waiting),
        fork: Fork,
    ) -> Self {
        Self {
            papers,
            replica,
            link,
            writer,
            waiting,
            fork,
            ahead: Ahead::default(),
            member: RwLock::default(),
            downloading: Mutex::new(()),
            step: Mutex::new(()),
            news: Notify::new(),
            epochs: Notify::new(),
            caught: Notify::new(),
            refused: std::sync::Mutex::default(),
            progress: std::sync::Mutex::default(),
            head: AtomicU64::new(0),
            steps: std::sync::Mutex::default(),
            removals: Mutex::default(),
        }
    }

    /// The member.
    ///
    /// Code: `NOT_ENROLLED`.
    pub fn member(&self) -> Result<Arc<Member>> {
        // The value is replaced as a whole.
        let member = self.member.read().unwrap_or_else(PoisonError::into_inner).clone();
        member.ok_or_else(|| Fault::new(codes::NOT_ENROLLED))
    }

    pub(crate) fn enrolled(&self, member: Member) {
        *self.member.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(member));
    }

    /// A follower of the member.
    ///
    /// Code: `NOT_ENROLLED`.
    pub fn follower(&self) -> Result<Follower> {
        let (member, replica) = (self.member()?, self.replica.clone());
        Ok(Follower { member, replica, link: self.link.clone(), papers: self.papers.clone() })
    }

    /// Whether what comes from the hub counts: not while another server has seen something else.
    ///
    /// Codes: `NOT_ENROLLED`, `FORKED`.
    pub fn trusts_hub(&self) -> Result<()> {
        self.fork.reason(&*self.member()?).map_or(Ok(()), Err)
    }

    /// One step of following, which may wait for news. Waiting holds nobody up.
    ///
    /// Codes: `FORKED`, and those of the step.
    pub async fn step(&self, follower: &Follower, wait: u64) -> Result<News> {
        self.trusts_hub()?;
        drop(self.downloading.lock().await);
        // What a full disk has kept from being put in order is tried again, and holds nothing up.
        self.replica.end_arrivals().await;
        let (after, _) = self.replica.place().await?;
        let head = follower.member.organisation().head();
        let begun = Instant::now();
        let feed = follower.ask(after, wait).await?;
        let is_all = feed.log.is_empty() && feed.connection.last().is_none_or(|row| row.seq >= feed.head);
        self.head.store(feed.head, Ordering::Relaxed);
        let _turn = self.step.lock().await;
        if self.replica.place().await?.0 != after || follower.member.organisation().head() != head {
            // Somebody else has taken a step meanwhile: this answer is old.
            return Ok(News { head: feed.head, ..News::default() });
        }
        // It may have been found while this was waited for.
        self.trusts_hub()?;
        let news = follower.take(feed, after).await?;
        self.answered(begun, is_all);
        Ok(news)
    }

    /// A step has been taken that began then.
    pub(crate) fn answered(&self, begun: Instant, is_all: bool) {
        let [last, whole] = &mut *self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(begun);
        if is_all {
            *whole = *last;
        }
    }

    /// Whether the hub was asked after a moment, and has shown all it had, or has had that long for it.
    pub(crate) fn has_shown_all(&self, since: Instant, long: Duration) -> bool {
        // Both are replaced as a whole.
        let steps = *self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let [last, whole] = steps.map(|begun| begun.is_some_and(|begun| begun > since));
        whole || (last && since.elapsed() > long)
    }

    /// Takes in everything that is at the hub, on a server that has just joined: the next part is asked for and looked at
    /// while one is stored.
    ///
    /// Codes: those of the step.
    pub async fn download(&self) -> Result<()> {
        let _alone = self.downloading.lock().await;
        self.replica.begin_arrivals().await?;
        let downloaded = self.download_parts().await;
        self.replica.end_arrivals().await;
        downloaded
    }

    async fn download_parts(&self) -> Result<()> {
        let follower = self.follower()?;
        let ask = |after| {
            let follower = self.follower()?;
            Ok::<_, Fault>(tokio::spawn(async move { follower.ask_and_look(after).await }))
        };
        let mut after = self.replica.place().await?.0;
        let mut asked = ask(after)?;
        loop {
            let (feed, sound) = asked.await.map_err(|_| Fault::new(codes::ENDED))??;
            let (head, has_log) = (feed.head, !feed.log.is_empty());
            self.head.store(head, Ordering::Relaxed);
            let reaches = feed.connection.last().map_or(after, |row| row.seq);
            // New entries of the log are taken in alone, and the rest is asked for again.
            let next = if has_log { after } else { reaches };
            asked = ask(next)?;
            let turn = self.step.lock().await;
            let news = follower.take_sound(feed, sound, after).await?;
            drop(turn);
            if news.log {
                // It was asked with fewer entries than there are now.
                asked = ask(after)?;
            } else if reaches >= head || reaches == after {
                return Ok(());
            }
            after = next;
        }
    }

    /// Takes in everything that is at the hub now.
    ///
    /// Codes: those of the step.
    pub async fn catch_up(&self) -> Result<()> {
        self.catch_up_for(Duration::MAX).await
    }

    /// The same, and no further after this time: a hub can go on showing for ever.
    ///
    /// Codes: those of the step.
    pub(crate) async fn catch_up_for(&self, long: Duration) -> Result<()> {
        let (follower, begun) = (self.follower()?, Instant::now());
        loop {
            let before = self.replica.place().await?.0;
            let news = self.step(&follower, 0).await?;
            let now = self.replica.place().await?.0;
            if now != before || news.log || !news.refused.is_empty() {
                self.refused.lock().unwrap_or_else(PoisonError::into_inner).extend(news.refused);
                self.caught.notify_one();
            }
            // Without progress there is nothing to wait for here: the follower goes on.
            if now >= news.head || (now == before && !news.log) || begun.elapsed() > long {
                return Ok(());
            }
        }
    }

    /// What was refused by those who have caught up, as far as nobody has heard of it yet.
    pub(crate) fn caught_up(&self) -> Vec<Fault> {
        std::mem::take(&mut *self.refused.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes in what the hub shows of the organisation log alone.
    ///
    /// Codes: the hub's, those of the log, `DATABASE`.
    pub(crate) async fn read_log(&self) -> Result<News> {
        let follower = self.follower()?;
        let _turn = self.step.lock().await;
        follower.read_log().await
    }

    /// Full Sync.
    ///
    /// Codes: `FORKED`, and those of the sync.
    pub async fn full_sync(&self) -> Result<SyncReport> {
        self.trusts_hub()?;
        let follower = self.follower()?;
        let _turn = self.step.lock().await;
        let tell = |come| *self.come() = Some(come);
        let report = crate::replication::full_sync(&follower, &tell).await;
        *self.come() = None;
        report
    }

    /// How far the Full Sync has come that goes on.
    pub fn progress(&self) -> Option<SyncProgress> {
        *self.come()
    }

    /// The place of the newest row at the hub, as it was last told; 0 before.
    pub fn head(&self) -> u64 {
        self.head.load(Ordering::Relaxed)
    }

    fn come(&self) -> MutexGuard<'_, Option<SyncProgress>> {
        // The value is replaced as a whole.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest wish of an administrator that all servers read everything again, by its number.
    ///
    /// Codes: `DATABASE`, and those of the wish.
    pub async fn wish(&self) -> Result<Option<u64>> {
        let row = self.replica.row("sync", ALL_SERVERS).await?;
        row.map(|row| Request::number(&row.body)).transpose()
    }

    /// The removals of users, by what is stored here.
    ///
    /// Codes: `NOT_ENROLLED`, `DATABASE`.
    pub(crate) async fn removals(&self) -> Result<Arc<Removals>> {
        let mut known = self.removals.lock().await;
        // Looked at first: what comes while they are read has them read again.
        let now = (self.replica.facts(), self.member()?.organisation().head());
        if let Some((_, removals)) = known.as_ref().filter(|(of, _)| *of == now) {
            return Ok(removals.clone());
        }
        let removals = Arc::new(Removals::read(self).await?);
        *known = Some((now, removals.clone()));
        Ok(removals)
    }

    /// The reserved mail domains of the connection.
    pub fn domains(&self) -> Vec<Domain> {
        let Ok(member) = self.member() else { return Vec::new() };
        let organisation = member.organisation();
        let connection = Member::connection(&organisation, member.place);
        let domains = connection.map(|connection| connection.domains.keys().filter_map(|one| Domain::parse(one).ok()));
        domains.map(Iterator::collect).unwrap_or_default()
    }

    /// What of the organisation log goes into what is served.
    pub(crate) fn served_facts(&self) -> ServedFacts {
        let Ok(member) = self.member() else { return ServedFacts::default() };
        let organisation = member.organisation();
        let connection = Member::connection(&organisation, member.place);
        let facts = |found: &sekisho_keys::log::Connection| {
            (found.epoch(), found.domains.keys().cloned().collect(), found.deleted)
        };
        connection.map(facts).unwrap_or_default()
    }

    /// The membership, for people.
    pub fn membership(&self) -> Option<Membership> {
        let member = self.member().ok()?;
        let organisation = member.organisation();
        let connection = Member::connection(&organisation, member.place).ok()?;
        Some(Membership {
            organisation: member.place.organisation.to_string(),
            connection: member.place.connection.to_string(),
            enterprise_domain: connection.enterprise_domain.clone(),
            server: member.server.to_string(),
            hub: member.hub.url.to_string(),
        })
    }
}
