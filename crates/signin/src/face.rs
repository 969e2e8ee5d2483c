//! What is served, changed as a whole: a request works with one snapshot from start to end, and no connection breaks.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;

use crate::factor::Tries;
use crate::load::bodies::Bodies;
use crate::load::buckets::{Buckets, Rule};
use crate::load::claiming::Claiming;
use crate::load::pool::Pool;
use crate::opened::Opened;
use crate::replay::Replay;
use crate::{
    Activity, Admits, Applied, Claims, Clock, Heads, Identity, Profile, Pulse, SignIn, Trial, User, Users, Vaults,
    pages, who,
};
use sekisho_config::{Configuration, Network, Urls};
use sekisho_fault::Fault;
use sekisho_keys::factor::Factors;

/// Verifications of answers to requests of ours, at work or waiting: at a millisecond each, the last waits a blink.
const ASKED: usize = 256;
/// Those of answers that came by themselves: few, because anybody can send them (R22).
const STRANGERS: usize = 16;
/// Those of answers to requests of ours, from networks that have sent too much that was refused.
const CROWDED: usize = 64;
/// Requests that are being signed for browsers on their way to the identity provider. Apart from the answers, so that
/// whoever is on the way back finds a place.
const LEAVING: usize = 256;
/// What a network may send that proves nothing: a company's worth of bookmarked and half-finished sign-ins at once,
/// then one in a second, which costs a thousandth of a core.
const UNPROVEN: Rule = Rule { burst: 120, every: Duration::from_secs(1) };

/// What is served at one moment.
#[derive(Clone, Default)]
pub(crate) struct Served {
    applied: Option<Arc<Applied>>,
    /// The draft under test.
    pub(crate) trial: Option<Arc<Trial>>,
}

impl Served {
    /// The addresses under all names that are answered, in trial too.
    pub(crate) fn names(&self) -> Vec<Urls> {
        let trial = self.trial.as_ref().map(|trial| trial.applied());
        let mut names: Vec<Urls> = Vec::new();
        for urls in self.applied.iter().chain(trial).flat_map(|applied| applied.names()) {
            if !names.contains(urls) {
                names.push(urls.clone());
            }
        }
        names
    }
}

/// The public face of a server: it stays for the service's whole life, whatever is applied in it.
pub struct Face {
    served: ArcSwap<Served>,
    pulse: ArcSwap<Pulse>,
    // Reached through `Serving` alone, so that nothing of a trial can get at a user (R13).
    users: Arc<dyn Users>,
    vaults: Arc<dyn Vaults>,
    claiming: Claiming,
    heads: Arc<dyn Heads>,
    activity: Arc<dyn Activity>,
    clock: Arc<dyn Clock>,
    // Assertions that were used stay used, whatever is applied (R7).
    replay: Replay,
    tries: Tries,
    pool: Pool,
    strangers: Pool,
    crowded: Pool,
    leaving: Pool,
    unproven: Buckets,
    bodies: Bodies,
}

impl Face {
    /// A face that serves nothing yet.
    pub fn new(
        users: Arc<dyn Users>,
        vaults: Arc<dyn Vaults>,
        claims: Arc<dyn Claims>,
        heads: Arc<dyn Heads>,
        activity: Arc<dyn Activity>,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        let replay = Replay::since(clock.now());
        Arc::new(Self {
            served: ArcSwap::default(),
            pulse: ArcSwap::default(),
            users,
            vaults,
            claiming: Claiming::new(claims),
            heads,
            activity,
            clock,
            replay,
            tries: Tries::default(),
            pool: Pool::new(ASKED),
            strangers: Pool::modest(STRANGERS),
            crowded: Pool::modest(CROWDED),
            leaving: Pool::modest(LEAVING),
            unproven: Buckets::new(UNPROVEN),
            bodies: Bodies::default(),
        })
    }

    /// Serves this from the next request on; with `None`, nothing. Running requests end with what they began with.
    #[expect(clippy::needless_pass_by_value, reason = "it is handed over; only the retry of a swap clones it")]
    pub fn apply(&self, applied: Option<Arc<Applied>>) {
        self.served.rcu(|served| Served { applied: applied.clone(), trial: served.trial.clone() });
    }

    /// Puts a draft on trial beside what is served; with `None`, ends the trial and with it its tests.
    #[expect(clippy::needless_pass_by_value, reason = "it is handed over; only the retry of a swap clones it")]
    pub fn try_draft(&self, trial: Option<Arc<Trial>>) {
        self.served.rcu(|served| Served { applied: served.applied.clone(), trial: trial.clone() });
    }

    /// Sets what `/ping` tells.
    pub fn pulse(&self, pulse: Pulse) {
        self.pulse.store(Arc::new(pulse));
    }

    pub(crate) fn served(&self) -> Arc<Served> {
        self.served.load_full()
    }

    /// What `/ping` tells now. A service that says it runs but serves nothing does not run.
    pub(crate) fn beat(&self) -> Pulse {
        Pulse::clone(&self.pulse.load()).while_serving(self.served.load().applied.is_some())
    }

    pub(crate) fn activity(&self) -> &dyn Activity {
        &*self.activity
    }

    /// Whether this is a listed balancer or proxy: its connections are many clients'.
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        self.with_proxies(|proxies| proxies.iter().any(|network| network.holds(address)))
    }

    /// Acts with the listed proxies: those of what is served, else of the draft on trial.
    pub(crate) fn with_proxies<T>(&self, act: impl FnOnce(&[Network]) -> T) -> T {
        let served = self.served.load();
        let trial = || served.trial.as_ref().map(|trial| trial.applied());
        act(served
            .applied
            .as_ref()
            .or_else(trial)
            .map_or(&[], |applied| &applied.configuration.document.trusted_proxies))
    }

    /// The room for answers of browsers that brought their own state.
    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The room for those whose network has sent too much.
    pub(crate) fn crowded(&self) -> &Pool {
        &self.crowded
    }

    /// The room for what comes by itself.
    pub(crate) fn strangers(&self) -> &Pool {
        &self.strangers
    }

    /// The room for requests that are signed.
    pub(crate) fn leaving(&self) -> &Pool {
        &self.leaving
    }

    /// What networks have sent that proved nothing.
    pub(crate) fn unproven(&self) -> &Buckets {
        &self.unproven
    }

    pub(crate) fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }
}

/// What one request of a sign-in works with. As an extractor it answers 503 while nothing is applied.
pub(crate) struct Serving {
    face: Arc<Face>,
    applied: Arc<Applied>,
    at: Urls,
}

impl Serving {
    pub(crate) fn of(face: &Arc<Face>, served: &Served, opened: &Opened) -> Option<Self> {
        served.applied.clone().map(|applied| Self { face: face.clone(), at: applied.at(opened).clone(), applied })
    }

    /// The addresses under the name that was opened.
    pub(crate) fn at(&self) -> &Urls {
        &self.at
    }

    /// What will be written down of a sign-in at this name.
    pub(crate) fn new_sign_in(&self) -> SignIn {
        SignIn { host: Some(self.at.host().to_owned()), ..SignIn::default() }
    }

    pub(crate) fn applied(&self) -> &Arc<Applied> {
        &self.applied
    }

    /// The user with this identity; made where the configuration makes users at their first sign-in, or recognised where it
    /// has a window open for that.
    ///
    /// Codes: those of [`Users::sign_in`].
    pub(crate) async fn user(&self, identity: &Identity, profile: &Profile) -> Result<User, Fault> {
        self.face.users.sign_in(identity, profile, &self.admits(profile)).await
    }

    /// A user whose vault is open, as they stand now.
    ///
    /// Codes: those of [`Users::stands`].
    pub(crate) async fn stands(&self, identity: &Identity, profile: &Profile) -> Result<User, Fault> {
        self.face.users.stands(identity, profile, &self.admits(profile)).await
    }

    /// Takes in what other servers have written. False where that cannot be had now.
    pub(crate) async fn catch_up(&self) -> bool {
        self.face.users.catch_up().await
    }

    /// Sets a user's second factors, if they are as they were.
    ///
    /// Codes: those of [`Users::set_factors`].
    pub(crate) async fn set_factors(&self, identity: &Identity, before: &Factors, after: Factors) -> Result<(), Fault> {
        self.face.users.set_factors(identity, before, after).await
    }

    /// How often second factors were shown wrong.
    pub(crate) fn tries(&self) -> &Tries {
        &self.face.tries
    }

    fn admits(&self, profile: &Profile) -> Admits {
        let Configuration { document, domains, .. } = &self.applied.configuration;
        let window = document.relink.as_ref().filter(|relink| relink.is_open(self.now()) && !domains.is_empty());
        let outside = who::reserved(&profile.email, &self.applied.configuration).err();
        Admits { made: document.just_in_time, recognised: window.cloned(), outside }
    }

    pub(crate) fn vaults(&self) -> &dyn Vaults {
        &*self.face.vaults
    }

    pub(crate) fn claiming(&self) -> &Claiming {
        &self.face.claiming
    }

    pub(crate) fn heads(&self) -> &dyn Heads {
        &*self.face.heads
    }

    pub(crate) fn replay(&self) -> &Replay {
        &self.face.replay
    }

    pub(crate) fn activity(&self) -> &dyn Activity {
        self.face.activity()
    }

    pub(crate) fn now(&self) -> i64 {
        self.face.now()
    }
}

impl FromRequestParts<Arc<Face>> for Serving {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, face: &Arc<Face>) -> Result<Self, Response> {
        let Ok(opened) = Opened::from_request_parts(parts, face).await;
        Self::of(face, &face.served(), &opened).ok_or_else(|| pages::closed(pages::language(&parts.headers)))
    }
}
