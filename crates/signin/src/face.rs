//! What is served, changed as a whole: a request works with one snapshot from start to end, and no connection breaks.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;

use crate::idp::Pool;
use crate::replay::Replay;
use crate::{Activity, Applied, Clock, Pulse, Trial, Users, pages};

/// Verifications of answers to requests of ours, at once.
const ASKED: usize = 64;
/// Verifications of answers that came by themselves: few, because anybody can send them (R22).
const UNSOLICITED: usize = 8;

/// What is served at one moment.
#[derive(Clone, Default)]
pub(crate) struct Served {
    applied: Option<Arc<Applied>>,
    /// The draft under test.
    pub(crate) trial: Option<Arc<Trial>>,
}

/// The public face of a server: it stays for the service's whole life, whatever is applied in it.
pub struct Face {
    served: ArcSwap<Served>,
    pulse: ArcSwap<Pulse>,
    // Reached through `Serving` alone, so that nothing of a trial can get at a user (R13).
    users: Arc<dyn Users>,
    activity: Arc<dyn Activity>,
    clock: Arc<dyn Clock>,
    // Assertions that were used stay used, whatever is applied (R7).
    replay: Replay,
    pool: Pool,
    unsolicited: Pool,
}

impl Face {
    /// A face that serves nothing yet.
    pub fn new(users: Arc<dyn Users>, activity: Arc<dyn Activity>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            served: ArcSwap::default(),
            pulse: ArcSwap::default(),
            users,
            activity,
            clock,
            replay: Replay::default(),
            pool: Pool::new(ASKED),
            unsolicited: Pool::new(UNSOLICITED),
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

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }
}

/// What one request of a sign-in works with. As an extractor it answers 503 while nothing is applied.
pub(crate) struct Serving {
    face: Arc<Face>,
    applied: Arc<Applied>,
}

impl Serving {
    pub(crate) fn of(face: &Arc<Face>, served: &Served) -> Option<Self> {
        served.applied.clone().map(|applied| Self { face: face.clone(), applied })
    }

    pub(crate) fn applied(&self) -> &Arc<Applied> {
        &self.applied
    }

    pub(crate) fn users(&self) -> &dyn Users {
        &*self.face.users
    }

    pub(crate) fn replay(&self) -> &Replay {
        &self.face.replay
    }

    pub(crate) fn activity(&self) -> &dyn Activity {
        self.face.activity()
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.face.pool
    }

    pub(crate) fn unsolicited(&self) -> &Pool {
        &self.face.unsolicited
    }

    pub(crate) fn now(&self) -> i64 {
        self.face.now()
    }
}

impl FromRequestParts<Arc<Face>> for Serving {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, face: &Arc<Face>) -> Result<Self, Response> {
        Self::of(face, &face.served()).ok_or_else(|| pages::closed(pages::language(&parts.headers)))
    }
}
