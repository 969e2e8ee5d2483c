//! What is kept, in memory and in its file; one look at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sekisho_config::Document;
use sekisho_fault::{Fault, Result};
use sekisho_saml::UnixTime;
use sekisho_saml::metadata::refresh::Change;
use tokio::sync::Notify;
use tokio::task::JoinError;

use super::Kept;
use super::schedule::Share;
use crate::codes;
use crate::egress::{Egress, Wish};
use crate::store::SealedFile;

/// The most that is kept, in bytes: more than a hundred keys.
const LARGEST: usize = 1024 * 1024;

/// What came of a look.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// What was changed by itself.
    pub(crate) applied: Vec<Change>,
    /// What waits for an administrator, where that is news.
    pub(crate) held: Vec<Change>,
}

/// What is kept of the applied configuration's metadata.
pub(crate) struct Watch {
    file: SealedFile,
    kept: Mutex<Option<Kept>>,
    woken: Notify,
}

impl Watch {
    /// Recalls what was kept. What cannot be read any more is fetched again.
    pub(crate) fn open(file: SealedFile) -> Self {
        let kept = file.read().unwrap_or_else(|fault| {
            tracing::error!(%fault, "the refreshed metadata is damaged: it is set aside");
            file.set_aside();
            None
        });
        Self { file, kept: Mutex::new(kept), woken: Notify::new() }
    }

    /// What is kept, of whatever document.
    pub(crate) fn kept(&self) -> Option<Kept> {
        self.lock().clone()
    }

    /// Another configuration was applied.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// What was in the way may be mended: what failed is tried again at once.
    pub(crate) fn try_again(&self, now: UnixTime) {
        if let Some(kept) = self.lock().as_mut().filter(|kept| kept.failing.is_some()) {
            kept.next = now;
        }
        self.wake();
    }

    /// Waits for [`Watch::wake`]; one that came before counts.
    pub(crate) async fn woken(&self) {
        self.woken.notified().await;
    }

    /// What is kept belongs to this document from here on; what belonged to another one is forgotten.
    pub(crate) fn settle(&self, document: &Document, now: UnixTime, share: Share) -> Option<Kept> {
        let mut held = self.lock();
        let before = held.take();
        let known = before.is_some();
        *held = Kept::settle(before, document, now, share);
        // Before the first look there is nothing that the document does not say itself.
        if known && held.as_ref().is_none_or(|kept| kept.fetched.is_none() && kept.failing.is_none()) {
            self.file.remove();
        }
        held.clone()
    }

    /// Looks, if it is time: what came of it, if there was one.
    ///
    /// Whatever goes wrong is kept as a failure; the last good metadata goes on.
    pub(crate) async fn look(
        &self,
        egress: &Egress,
        authorities: Result<Vec<Vec<u8>>>,
        document: &Document,
        now: UnixTime,
        share: Share,
    ) -> Option<Look> {
        let before = self.settle(document, now, share).filter(|kept| kept.next <= now)?;
        let url = document.idp.metadata_url.as_deref()?;
        let fetched = match authorities {
            Ok(authorities) => {
                let limit = sekisho_saml::metadata::LIMIT;
                egress.fetch(&Wish { url, signed: Some(url), authorities: &authorities, limit }).await
            }
            Err(fault) => Err(fault),
        };
        let judged = before.clone();
        // Megabytes of XML are not for a thread that serves sign-ins.
        let judge = move || bounded(&judged, judged.take(fetched, now, share), now, share);
        let judged = tokio::task::spawn_blocking(judge).await;
        // What brings the judgement down is a failure like any other: it is not looked at again at once.
        let broken = |error: JoinError| {
            let fault = Fault::new(codes::FETCH).with("url", url).with("detail", error.to_string());
            before.take(Err(fault), now, share)
        };
        let (after, applied) = judged.unwrap_or_else(broken);
        let held = if after.held == before.held { Vec::new() } else { after.held.clone() };
        self.keep(after);
        Some(Look { applied, held })
    }

    /// Where another document was applied meanwhile, it is not used: what is kept names the one that it belongs to.
    fn keep(&self, after: Kept) {
        if let Err(fault) = self.file.write(&after) {
            tracing::error!(%fault, "the refreshed metadata is not kept over a restart");
        }
        *self.lock() = Some(after);
    }

    /// The value is replaced as a whole.
    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Metadata that is too large to be kept is a failure.
fn bounded(before: &Kept, taken: (Kept, Vec<Change>), now: UnixTime, share: Share) -> (Kept, Vec<Change>) {
    let size = serde_json::to_vec(&taken.0).map_or(usize::MAX, |bytes| bytes.len());
    if size <= LARGEST {
        return taken;
    }
    let fault = Fault::new(sekisho_saml::codes::TOO_LARGE).with("size", size).with("limit", LARGEST);
    before.take(Err(fault), now, share)
}
