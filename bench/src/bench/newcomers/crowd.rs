//! Newcomers at three servers: who was refused for now goes to the end of the line and comes again; any other refusal ends the proof.

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;

use super::super::idp::Idp;
use super::super::load::{Begun, Refused, ServiceProvider};
use super::super::page::Page;

/// The servers, by the addresses of this machine that they listen on.
pub const SERVERS: [[u8; 4]; 3] = [[127, 0, 0, 1], [127, 0, 0, 2], [127, 0, 0, 3]];
/// Visits under way at once: eight at each server.
const AT_ONCE: usize = 24;
/// Longer than this a line does not stand still.
const PATIENCE: Duration = Duration::from_mins(2);

/// Somebody, and the servers that they come to in the same moment.
pub struct Visit {
    /// Who.
    pub user: usize,
    /// Where, by their places in [`SERVERS`].
    pub servers: Vec<usize>,
}

/// A sign-in that has ended in a vault.
pub struct Came {
    /// Who.
    pub user: usize,
    /// What opens their vault.
    pub key: String,
    /// When the vault was open.
    pub when: Instant,
    /// From the answer that was posted to the browser sent on.
    pub took: Duration,
}

/// What has happened so far, for who watches the line.
#[derive(Default)]
pub struct Tally {
    /// Sign-ins that have ended in a vault.
    pub came: AtomicUsize,
    /// Those that were refused for now, by server.
    pub refused: [AtomicUsize; 3],
    /// The longest that one of them waited for it, in milliseconds.
    pub waited: AtomicU64,
    /// When the hub was killed, once it was.
    pub gone: OnceLock<Instant>,
    /// When it listened again.
    pub back: OnceLock<Instant>,
}

impl Tally {
    /// Whether a hub that is away explains a refusal just now of an answer that was posted so long ago.
    fn explains(&self, ago: Duration) -> bool {
        self.gone.get().is_some() && self.back.get().is_none_or(|back| back.elapsed() <= ago)
    }

    fn refuse(&self, server: usize, waited: Duration) {
        self.refused[server].fetch_add(1, Ordering::Relaxed);
        self.waited.fetch_max(u64::try_from(waited.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Those that were refused for now, at each server.
    pub fn refused(&self) -> [usize; 3] {
        self.refused.each_ref().map(|count| count.load(Ordering::Relaxed))
    }
}

/// The e-mail address of a newcomer.
pub fn address(user: usize) -> String {
    format!("newcomer{user}@example.com")
}

/// Browsers, all with the key of one page.
pub struct Crowd<'a> {
    page: Page,
    servers: [ServiceProvider<'a>; 3],
}

impl<'a> Crowd<'a> {
    /// Those who open this origin.
    pub fn at(origin: &str, idp: &'a Idp) -> Self {
        let page = Page::of(origin);
        let servers =
            SERVERS.map(|server| ServiceProvider::new(idp, page.start().to_owned(), page.landing()).at(server));
        Self { page, servers }
    }

    /// Lets all of them come. Who was refused for now, while the hub was away, comes again; any other refusal ends it.
    pub async fn come(&self, visits: Vec<Visit>, tally: &Tally) -> Result<Vec<Came>, String> {
        let mut line = VecDeque::from(visits);
        let (mut under_way, mut came) = (FuturesUnordered::new(), Vec::new());
        let mut last = Instant::now();
        loop {
            while under_way.len() < AT_ONCE
                && let Some(visit) = line.pop_front()
            {
                under_way.push(self.visit(visit.user, visit.servers));
            }
            let next = tokio::time::timeout(PATIENCE, under_way.next()).await;
            let Some((user, ends)) = next.map_err(|_| "no server answers any more".to_owned())? else {
                return Ok(came);
            };
            let mut refused = Visit { user, servers: Vec::new() };
            for (server, took, end) in ends {
                match end {
                    Ok(one) => {
                        last = one.when;
                        tally.came.fetch_add(1, Ordering::Relaxed);
                        came.push(one);
                    }
                    Err(why) if why.is_for_now() && tally.explains(took) && last.elapsed() < PATIENCE => {
                        tally.refuse(server, took);
                        refused.servers.push(server);
                    }
                    Err(why) => return Err(format!("{} at server {server}: {}", address(user), why.said)),
                }
            }
            if !refused.servers.is_empty() {
                line.push_back(refused);
            }
        }
    }

    /// Signs somebody in at all of these servers: every sign-in has begun, and its answer is written, before the first is posted.
    async fn visit(&self, user: usize, servers: Vec<usize>) -> (usize, Vec<End>) {
        let email = address(user);
        let begun = join_all(servers.iter().map(|server| self.servers[*server].try_begin(&email))).await;
        let ends = servers.into_iter().zip(begun).map(|(server, begun)| async move {
            let clock = Instant::now();
            let end = async { self.end(user, server, begun?).await }.await;
            (server, clock.elapsed(), end)
        });
        (user, join_all(ends).await)
    }

    /// Posts the answer, redeems the code, and opens what was handed over.
    async fn end(&self, user: usize, server: usize, begun: Begun) -> Result<Came, Refused> {
        let clock = Instant::now();
        let landed = self.servers[server].try_finish(begun).await?;
        let took = clock.elapsed();
        let handed = self.servers[server].post(&self.page.redeem(), &self.page.redemption(&landed)).await;
        let key = handed.and_then(|handed| self.page.vault_key(&handed, &address(user))).map_err(Refused::because)?;
        Ok(Came { user, key, when: Instant::now(), took })
    }
}

/// What came of a sign-in at a server, and how long it took from the answer on.
type End = (usize, Duration, Result<Came, Refused>);
