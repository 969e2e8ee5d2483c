//! Following the hub's feed: catching up and waiting are one path.

use std::collections::HashSet;
use std::sync::Arc;

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::Feed;
use sekisho_keys::log::Entry;
use sekisho_keys::revision::Revision;

use super::hub_link::HubLink;
use super::replica::{Part, Replica};
use super::verify::{Sound, Verifier};
use crate::enrolment::{Member, Papers};
use crate::{clock, codes};

/// What a step has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The organisation log has grown.
    pub log: bool,
    /// There is a new revision.
    pub revision: bool,
    /// Users or facts about them have changed.
    pub users: bool,
    /// What was refused.
    pub refused: Vec<Fault>,
    /// How far the hub's feed goes.
    pub head: u64,
}

/// Follows for a member.
pub struct Follower {
    /// The member.
    pub member: Arc<Member>,
    /// Where it is stored.
    pub replica: Replica,
    /// The way to the hub.
    pub link: Arc<HubLink>,
    /// The highest heads.
    pub papers: Papers,
}

impl Follower {
    /// Asks for what comes after a place; waits for up to `wait` seconds when there is nothing.
    ///
    /// Codes: the hub's.
    pub async fn ask(&self, after: u64, wait: u64) -> Result<Feed> {
        let connection = self.member.place.connection.to_string();
        let entries = self.member.organisation().head().sequence + 1;
        let ask = |hub: sekisho_hub_api::Hub| {
            let connection = connection.clone();
            async move { hub.feed(&connection, entries, after, wait).await }
        };
        self.link.ask(&self.member, ask).await
    }

    /// Asks for what comes after a place, and looks at the records in it.
    ///
    /// Codes: the hub's, `ENDED`.
    pub async fn ask_and_look(&self, after: u64) -> Result<(Feed, Sound)> {
        let feed = self.ask(after, 0).await?;
        let member = self.member.clone();
        let looking = move || {
            let sound = Sound::among(&member, &feed.connection);
            (feed, sound)
        };
        tokio::task::spawn_blocking(looking).await.map_err(|_| Fault::new(codes::ENDED))
    }

    /// Verifies and stores what came after a place, as [`Follower::take_sound`].
    ///
    /// Codes: those of the log, `DATABASE`.
    pub async fn take(&self, feed: Feed, after: u64) -> Result<News> {
        let sound = Sound::among(&self.member, &feed.connection);
        self.take_sound(feed, sound, after).await
    }

    /// Verifies and stores what came after a place, counting on what was found sound of it. New entries of the log are taken in alone: they say whose signatures
    /// count in the rest, which is asked for again.
    ///
    /// Codes: those of the log, `DATABASE`. What single rows are refused for is in the news.
    pub async fn take_sound(&self, feed: Feed, sound: Sound, after: u64) -> Result<News> {
        if !feed.log.is_empty() {
            return self.take_log(feed, after).await;
        }
        let mut news = News { head: feed.head, ..News::default() };
        if feed.head < after {
            // The hub was set back: everything is compared with what is here, from the first row on.
            self.replica.rewind().await?;
            news.refused.push(Fault::new(codes::ROLLED_BACK).with("what", "feed"));
            return Ok(news);
        }
        let mut part = Part { feed: after, time: clock::now(), ..Part::default() };
        let is_end = feed.connection.last().is_none_or(|row| row.seq >= feed.head);
        // What is stored was verified, and counts even if a crash kept it from being noted as seen. What was seen, and is
        // not stored any more, is known by its hash when it comes again.
        let stored = self.replica.newest_revision().await?.map(|row| Revision::read(&row.body)).transpose()?;
        let verifier = Verifier::new(&self.member, stored.as_ref(), self.papers.heads()?.revision);
        let mut verifier = verifier.counting_on(sound);
        let known = self.replica.stored_of(&feed.connection).await?;
        let mut named = HashSet::new();
        for row in feed.connection {
            if row.seq <= part.feed || row.seq > feed.head {
                return Err(Fault::new(codes::WRONG_ROW).with("what", row.kind));
            }
            part.feed = row.seq;
            let name = (row.kind.clone(), row.id.clone());
            let known = known.get(&name);
            // What stands twice in one part has not been stored in between.
            if !named.insert(name) {
                return Err(Fault::new(codes::WRONG_ROW).with("what", row.kind));
            }
            let users = row.kind == "user" || row.kind == "fact";
            match verifier.row(row, known) {
                Ok(Some(counts)) => {
                    news.users |= users;
                    news.revision |= counts.revision.is_some();
                    part.counters.extend(counts.counters);
                    part.records.extend(counts.record);
                    part.rows.push(counts.stored);
                }
                Ok(None) => {}
                Err(fault) => {
                    tracing::warn!(%fault, "a row of the hub was refused");
                    part.refused = true;
                    news.refused.push(fault);
                }
            }
        }
        self.replica.take(&part).await?;
        self.papers.raise(|heads| {
            let seen = heads.revision.into_iter().chain(verifier.newest);
            heads.revision = seen.max_by_key(|(number, _)| *number);
            heads.floor = heads.floor.filter(|floor| !is_end || part.feed < *floor);
        })?;
        Ok(news)
    }

    /// Takes in what there is of the organisation log, for a server that may read nothing else.
    ///
    /// Codes: the hub's, those of the log, `DATABASE`.
    pub async fn read_log(&self) -> Result<News> {
        let (after, _) = self.replica.place().await?;
        let mut news = News::default();
        loop {
            let entries = self.member.organisation().head().sequence + 1;
            let log = self.link.ask(&self.member, |hub| async move { hub.log(entries).await }).await?;
            if log.is_empty() {
                return Ok(news);
            }
            news = self.take_log(Feed { log, ..Feed::default() }, after).await?;
        }
    }

    async fn take_log(&self, feed: Feed, after: u64) -> Result<News> {
        let mut organisation = (*self.member.organisation()).clone();
        let mut part = Part { feed: after, time: clock::now(), ..Part::default() };
        for row in feed.log {
            let entry = Entry::read(row.body.as_slice())?;
            organisation.apply(&entry)?;
            part.log.push((entry.head().sequence, row.body.0));
        }
        // Stored before it counts: what is known here is never more than what a restart finds.
        self.replica.take(&part).await?;
        // What was refused before may be signed by somebody who has just been admitted.
        self.replica.rewind_if_refused().await?;
        let head = organisation.head();
        self.member.moved_on(organisation);
        self.papers.raise(|heads| heads.log = Some(head))?;
        Ok(News { log: true, head: feed.head, ..News::default() })
    }
}
