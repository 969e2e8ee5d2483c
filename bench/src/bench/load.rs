//! A crowd of browsers at a service provider: each begins a sign-in of its own, and posts the answer to it.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Response, redirect};

use super::idp::{Answer, Idp};
use super::process_tree;

/// Connections that were idle for so long are given up, before a server does so (Apache: after five seconds).
const IDLE: Duration = Duration::from_secs(3);
/// Browsers at work at once, each with a connection that stays.
const AT_ONCE: usize = 8;

/// The name that the pool moves to.
pub const NEW_NAME: &str = "login.sekisho.test";

/// A service provider as a browser sees it.
pub struct ServiceProvider<'a> {
    http: reqwest::Client,
    idp: &'a Idp,
    /// Where a sign-in begins.
    start: String,
    /// What the address begins with that a signed-in browser is sent to.
    landing: String,
}

/// A sign-in that has come back from the identity provider.
struct Begun {
    answer: Answer,
    cookies: String,
}

/// What one round has cost.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Sign-ins.
    count: usize,
    /// From the first answer posted to the last one accepted.
    wall: Duration,
    /// Seconds of the servers' processor time for the beginnings.
    begun: f64,
    /// The same for the answers.
    accepted: f64,
}

impl Round {
    /// Answers accepted in a second of processor time.
    pub fn accepted_per_core(&self) -> f64 {
        rate(self.count, self.accepted)
    }

    /// Answers accepted in a second by the clock.
    pub fn accepted_per_second(&self) -> f64 {
        rate(self.count, self.wall.as_secs_f64())
    }

    /// Whole sign-ins, beginning and answer, in a second of processor time.
    pub fn whole_per_core(&self) -> f64 {
        rate(self.count, self.begun + self.accepted)
    }
}

fn rate(count: usize, seconds: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = count as f64;
    // Of a short round the clock of processor time may have seen nothing.
    count / seconds.max(0.01)
}

impl<'a> ServiceProvider<'a> {
    /// A service provider of this machine.
    pub fn new(idp: &'a Idp, start: String, landing: String) -> Self {
        Self { http: browser(), idp, start, landing }
    }

    /// The same for people who have never been there: nobody keeps a connection.
    pub fn for_strangers(self) -> Self {
        Self { http: keeping(Duration::ZERO), ..self }
    }

    async fn begin(&self, email: &str) -> Begun {
        self.try_begin(email).await.unwrap_or_else(|why| panic!("{why}"))
    }

    /// Asks for a sign-in, and has it answered.
    async fn try_begin(&self, email: &str) -> Result<Begun, String> {
        let sent = self.http.get(&self.start).send().await.map_err(|error| format!("{error:?}"))?;
        let cookies: Vec<&str> =
            sent.headers().get_all(SET_COOKIE).iter().filter_map(|one| one.to_str().ok()).collect();
        let pairs: Vec<&str> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
        let cookies = pairs.join("; ");
        let location = location(&sent);
        if location.is_empty() {
            return Err(format!("no sign-in begins at {}: {}", self.start, sent.status()));
        }
        drop(sent.bytes().await);
        Ok(Begun { answer: self.idp.answer(&location, email), cookies })
    }

    async fn finish(&self, begun: Begun) {
        self.try_finish(begun).await.unwrap_or_else(|why| panic!("{why}"));
    }

    async fn try_finish(&self, begun: Begun) -> Result<(), String> {
        let Begun { answer, cookies } = begun;
        let request = self.http.post(&answer.acs).header(COOKIE, cookies);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(answer.form);
        let got = request.send().await.map_err(|error| format!("{error:?}"))?;
        let (status, location) = (got.status(), location(&got));
        let page = got.text().await.unwrap_or_default();
        let accepted = location.starts_with(&self.landing);
        if accepted { Ok(()) } else { Err(format!("{}: refused: {status} {location} {page}", answer.acs)) }
    }

    /// Signs a user in, and says when the request that failed was sent, and why it did.
    pub async fn try_sign_in(&self, email: &str) -> Result<(), (Instant, String)> {
        let sent = Instant::now();
        let begun = self.try_begin(email).await.map_err(|why| (sent, why))?;
        let sent = Instant::now();
        self.try_finish(begun).await.map_err(|why| (sent, why))
    }

    /// Signs each of these users in, one after the other.
    pub async fn sign_in(&self, users: &[String]) {
        for user in users {
            self.finish(self.begin(user).await).await;
        }
    }

    /// Signs `count` times in, as these users in turn. `servers`: the processes whose time is counted.
    pub async fn round(&self, users: &[String], count: usize, servers: &[u32]) -> Round {
        let before = process_tree::cpu_seconds(servers);
        let crowd = (0..count).map(|number| self.begin(&users[number % users.len()]));
        let begun: Vec<Begun> = stream::iter(crowd).buffer_unordered(AT_ONCE).collect().await;
        let between = process_tree::cpu_seconds(servers);
        let clock = Instant::now();
        let crowd = begun.into_iter().map(|one| self.finish(one));
        stream::iter(crowd).buffer_unordered(AT_ONCE).collect::<()>().await;
        let wall = clock.elapsed();
        let after = process_tree::cpu_seconds(servers);
        Round { count, wall, begun: between - before, accepted: after - between }
    }
}

/// A browser that keeps its connections, goes nowhere by itself, and takes the bench's own certificates.
pub fn browser() -> reqwest::Client {
    keeping(IDLE)
}

fn keeping(idle: Duration) -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .http1_only()
        .pool_idle_timeout(idle)
        .redirect(redirect::Policy::none())
        .tls_danger_accept_invalid_certs(true)
        .resolve("localhost", ([127, 0, 0, 1], 0).into())
        .resolve(NEW_NAME, ([127, 0, 0, 1], 0).into())
        .build()
        .expect("a browser")
}

fn location(response: &Response) -> String {
    response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
