//! Asks, within bounds, whether an assertion was used at any server. It is somebody else who answers, perhaps far away:
//! nobody waits long for it, and no crowd.

use std::sync::Arc;
use std::time::Duration;

use sekisho_saml::Verified;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::{Claimed, Claims};

/// A user waits no longer before the page starts a sign-in of its own.
const PATIENCE: Duration = Duration::from_secs(2);
/// Questions on their way at once.
const AT_ONCE: usize = 64;

/// The way to whoever knows.
pub(crate) struct Claiming {
    claims: Arc<dyn Claims>,
    places: Semaphore,
    patience: Duration,
}

impl Claiming {
    pub(crate) fn new(claims: Arc<dyn Claims>) -> Self {
        Self { claims, places: Semaphore::new(AT_ONCE), patience: PATIENCE }
    }

    /// Claims the assertion of a statement until then. Too slow, or too many at once, is unknown as well.
    pub(crate) async fn claim(&self, statement: &Verified, until: i64) -> Claimed {
        self.ask(self.claims.claim(&statement.issuer, &statement.assertion_id, until)).await
    }

    /// Claims a code of an authenticator app until then.
    pub(crate) async fn claim_code(&self, name: &str, until: i64) -> Claimed {
        self.ask(self.claims.claim("totp", name, until)).await
    }

    async fn ask(&self, asked: impl Future<Output = Claimed>) -> Claimed {
        let Ok(_place) = self.places.try_acquire() else { return Claimed::Unknown };
        timeout(self.patience, asked).await.unwrap_or(Claimed::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;
    use crate::capabilities::Later;

    struct Nobody;

    impl Claims for Nobody {
        fn claim<'a>(&'a self, _: &'a str, _: &'a str, _: i64) -> Later<'a, Claimed> {
            Box::pin(pending())
        }
    }

    #[tokio::test]
    async fn whoever_answers_too_slowly_is_not_waited_for() {
        let claiming = Claiming { patience: Duration::ZERO, ..Claiming::new(Arc::new(Nobody)) };
        assert_eq!(claiming.ask(ready(Claimed::First)).await, Claimed::First);
        assert_eq!(claiming.ask(pending()).await, Claimed::Unknown);
        assert_eq!(claiming.ask(ready(Claimed::Again)).await, Claimed::Again, "the place is free again");
    }

    #[tokio::test]
    async fn no_crowd_waits() {
        let claiming = Claiming { places: Semaphore::new(1), ..Claiming::new(Arc::new(Nobody)) };
        tokio::select! {
            biased;
            _ = claiming.ask(pending()) => {}
            crowded = claiming.ask(ready(Claimed::First)) => assert_eq!(crowded, Claimed::Unknown),
        }
        assert_eq!(claiming.ask(ready(Claimed::First)).await, Claimed::First);
    }
}
