//! A crowd of browsers at a service provider: each begins a sign-in of its own, and posts the answer to it.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Response, StatusCode, redirect};
use serde_json::Value;

use super::idp::{Answer, Idp};
use super::process_tree;

/// Connections that were idle for so long are given up, before a server does so (Apache: after five seconds).
const IDLE: Duration = Duration::from_secs(3);
/// Browsers at work at once, each with a connection that stays.
const AT_ONCE: usize = 8;

/// Where servers listen, unless something else is said.
const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

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
pub struct Begun {
    answer: Answer,
    cookies: String,
}

/// Why a sign-in did not end in a vault.
#[derive(Debug)]
pub struct Refused {
    /// What was answered, if anything was.
    status: Option<StatusCode>,
    /// Where the browser was sent.
    location: String,
    /// All of it, to be read.
    pub said: String,
}

impl Refused {
    fn unheard(error: &reqwest::Error) -> Self {
        Self::because(format!("{error:?}"))
    }

    /// One for a reason of the browser's own.
    pub fn because(said: String) -> Self {
        Self { status: None, location: String::new(), said }
    }

    /// Whether it was only for now: the hub is needed and is away, or there is no place.
    pub fn is_for_now(&self) -> bool {
        self.status == Some(StatusCode::SERVICE_UNAVAILABLE) || self.location.ends_with("&why=later")
    }
}

/// Answers that were posted and accepted.
pub struct Accepted {
    /// From the first one posted to the last one accepted.
    pub wall: Duration,
    /// How long each took.
    pub took: Vec<Duration>,
}

impl Accepted {
    /// Answers accepted in a second by the clock.
    pub fn per_second(&self) -> f64 {
        rate(self.took.len(), self.wall.as_secs_f64())
    }
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
        Self { http: keeping(Duration::ZERO, LOOPBACK), ..self }
    }

    /// The same at a server of its own, that listens on this address of the machine.
    pub fn at(self, server: [u8; 4]) -> Self {
        Self { http: keeping(IDLE, server), ..self }
    }

    async fn begin(&self, email: &str) -> Begun {
        self.try_begin(email).await.unwrap_or_else(|why| panic!("{}", why.said))
    }

    /// Asks for a sign-in, and has it answered.
    pub async fn try_begin(&self, email: &str) -> Result<Begun, Refused> {
        let sent = self.http.get(&self.start).send().await.map_err(|error| Refused::unheard(&error))?;
        let cookies: Vec<&str> =
            sent.headers().get_all(SET_COOKIE).iter().filter_map(|one| one.to_str().ok()).collect();
        let pairs: Vec<&str> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
        let cookies = pairs.join("; ");
        let location = location(&sent);
        if location.is_empty() || location.contains("#error=") {
            let said = format!("no sign-in begins at {}: {} {location}", self.start, sent.status());
            return Err(Refused { status: Some(sent.status()), location, said });
        }
        drop(sent.bytes().await);
        Ok(Begun { answer: self.idp.answer(&location, email), cookies })
    }

    async fn finish(&self, begun: Begun) {
        self.try_finish(begun).await.unwrap_or_else(|why| panic!("{}", why.said));
    }

    /// Posts the answer, and gives the address that the signed-in browser is sent to.
    pub async fn try_finish(&self, begun: Begun) -> Result<String, Refused> {
        let Begun { answer, cookies } = begun;
        let request = self.http.post(&answer.acs).header(COOKIE, cookies);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(answer.form);
        let got = request.send().await.map_err(|error| Refused::unheard(&error))?;
        let (status, location) = (got.status(), location(&got));
        let page = got.text().await.unwrap_or_default();
        if location.starts_with(&self.landing) {
            return Ok(location);
        }
        let said = format!("{}: refused: {status} {location} {page}", answer.acs);
        Err(Refused { status: Some(status), location, said })
    }

    /// What is answered to a page of this service provider.
    pub async fn post(&self, address: &str, body: &Value) -> Result<Value, String> {
        let sent = self.http.post(address).json(body).send().await;
        let sent = sent.and_then(Response::error_for_status).map_err(|error| format!("{error:?}"))?;
        sent.json().await.map_err(|error| format!("{error:?}"))
    }

    /// Signs a user in, and says when the request that failed was sent, and why it did.
    pub async fn try_sign_in(&self, email: &str) -> Result<(), (Instant, String)> {
        let sent = Instant::now();
        let begun = self.try_begin(email).await.map_err(|why| (sent, why.said))?;
        let sent = Instant::now();
        self.try_finish(begun).await.map(drop).map_err(|why| (sent, why.said))
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
        let begun = self.begin_each((0..count).map(|number| &*users[number % users.len()])).await;
        let between = process_tree::cpu_seconds(servers);
        let Accepted { wall, .. } = self.finish_each(begun).await;
        let after = process_tree::cpu_seconds(servers);
        Round { count, wall, begun: between - before, accepted: after - between }
    }

    /// Begins a sign-in for each of these users.
    pub async fn begin_each(&self, users: impl Iterator<Item = &str>) -> Vec<Begun> {
        stream::iter(users.map(|user| self.begin(user))).buffer_unordered(AT_ONCE).collect().await
    }

    /// Ends these sign-ins.
    pub async fn finish_each(&self, begun: Vec<Begun>) -> Accepted {
        let clock = Instant::now();
        let each = begun.into_iter().map(|one| async {
            let clock = Instant::now();
            self.finish(one).await;
            clock.elapsed()
        });
        let took = stream::iter(each).buffer_unordered(AT_ONCE).collect().await;
        Accepted { wall: clock.elapsed(), took }
    }
}

/// A browser that keeps its connections, goes nowhere by itself, and takes the bench's own certificates.
pub fn browser() -> reqwest::Client {
    keeping(IDLE, LOOPBACK)
}

/// The same with a patience of its own, for the server on this address.
fn keeping(idle: Duration, server: [u8; 4]) -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .http1_only()
        .pool_idle_timeout(idle)
        .redirect(redirect::Policy::none())
        .tls_danger_accept_invalid_certs(true)
        .resolve("localhost", (server, 0).into())
        .resolve(NEW_NAME, (server, 0).into())
        .build()
        .expect("a browser")
}

fn location(response: &Response) -> String {
    response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
