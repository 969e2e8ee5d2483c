//! For as long as the service runs, the metadata of what it serves is looked at.

use std::sync::Arc;
use std::time::Duration;

use sekisho_admin_api::activity::{Entry, Kind};
use sekisho_config::check;
use sekisho_fault::{Result, Severity};
use sekisho_hub_api::client;
use sekisho_saml::UnixTime;

use super::schedule::Share;
use super::told;
use super::watch::Look;
use crate::clock;
use crate::lifecycle::House;

/// The longest sleep, in seconds: clocks are set, and machines are suspended.
const LONGEST: i64 = 3_600;
/// What is said of it in the status.
const WARNINGS: &str = "idp_metadata";

impl House {
    /// Looks at the metadata's address whenever it is time. Never ends by itself.
    pub(crate) async fn watch_idp_metadata(self: Arc<Self>) {
        loop {
            let next = self.look_at_idp_metadata().await;
            let wait = next.map_or(LONGEST, |next| next.0.saturating_sub(clock::now()).clamp(1, LONGEST));
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(wait.unsigned_abs())) => {}
                () = self.idp_metadata.woken() => {}
            }
        }
    }

    /// Looks if it is time, and does what follows; when the next look is.
    async fn look_at_idp_metadata(&self) -> Option<UnixTime> {
        let running = self.board.read().state.serves();
        let (true, Ok(member)) = (running, self.connected.member()) else {
            self.runtime.warn(WARNINGS, Vec::new());
            return None;
        };
        let share = Share::of(member.server);
        let document = self.applied.read().await.document.clone();
        let now = UnixTime(clock::now());
        if let Some(look) = self.idp_metadata.look(&self.egress, self.authorities(), &document, now, share).await {
            self.take_in(&look, document.idp.metadata_url.as_deref().unwrap_or_default()).await;
        }
        let kept = self.idp_metadata.kept().filter(|kept| kept.is_of(&document));
        let served = check::metadata(&document).map(|own| match &kept {
            Some(kept) => kept.served(&document, own),
            None => own,
        });
        let until = served.as_ref().ok().and_then(|served| served.valid_until);
        self.runtime.change_ends(|ends| ends.idp_metadata = until.map(|until| until.0));
        let warnings = served.map(|served| told::warnings(&document, kept.as_ref(), &served, now));
        self.runtime.warn(WARNINGS, warnings.unwrap_or_default());
        kept.map(|kept| kept.next)
    }

    /// Serves what was changed, and writes down what was changed and what waits.
    async fn take_in(&self, look: &Look, url: &str) {
        let entry = |refusal, facts| Entry {
            number: 0,
            time: clock::now(),
            kind: Kind::Metadata,
            who: None,
            host: None,
            reference: None,
            refusal,
            facts,
        };
        if let Some(held) = told::held(url, &look.held) {
            self.activity.add(entry(Some(held.as_severity(Severity::Warning)), Vec::new()));
        }
        if !look.applied.is_empty() {
            let outcome = self.apply_refreshed().await;
            self.activity.add(entry(outcome.err(), told::facts(&look.applied)));
        }
    }

    /// The authorities of this server's settings.
    ///
    /// Code: `CONNECTION_SETTINGS` of the hub.
    pub(crate) fn authorities(&self) -> Result<Vec<Vec<u8>>> {
        client::authorities(self.settings.read().authorities.as_deref().unwrap_or_default())
    }
}
