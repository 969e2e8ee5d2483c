//! What refreshing has come to: the last good metadata, what waits for an administrator, when to look again.

use sekisho_config::{Document, check};
use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::Hash;
use sekisho_saml::metadata::IdpMetadata;
use sekisho_saml::metadata::refresh::{Change, Trust, refresh};
use sekisho_saml::{UnixTime, codes};
use serde::{Deserialize, Serialize};

use super::schedule::{self, Share};

/// Looks that failed, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failing {
    /// When the first of them was.
    pub(crate) since: UnixTime,
    /// How many.
    pub(crate) times: u32,
    /// Why the last of them failed.
    pub(crate) reason: Fault,
}

/// What is kept, over restarts too. It belongs to one document's metadata and its address, and to no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    origin: String,
    additions: bool,
    metadata: IdpMetadata,
    /// What waits for an administrator.
    pub(crate) held: Vec<Change>,
    /// The metadata in which that was found, where anything waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) waiting: Option<IdpMetadata>,
    /// The last good look.
    pub(crate) fetched: Option<UnixTime>,
    /// The next look.
    pub(crate) next: UnixTime,
    /// Whether looks fail.
    pub(crate) failing: Option<Failing>,
}

/// The hash of what an administrator has signed; nothing where the metadata has no address.
fn origin(document: &Document) -> Option<String> {
    let (metadata, url) = (document.idp.metadata.as_deref()?, document.idp.metadata_url.as_deref()?);
    Some(Hash::of(format!("{}\n{url}\n{metadata}", url.len()).as_bytes()).to_string())
}

fn trust(additions: bool) -> Trust {
    if additions { Trust::Additions } else { Trust::Unsigned }
}

/// The metadata of this entity ID; where there is none of it, the only one there is, so that the change can be told.
fn read(xml: &str, entity_id: &str) -> Result<IdpMetadata> {
    match IdpMetadata::parse_for(xml.as_bytes(), Some(entity_id)) {
        Err(fault) if fault.code == codes::METADATA_NO_SUCH_ENTITY => {
            IdpMetadata::parse(xml.as_bytes()).map_err(|_| fault)
        }
        outcome => outcome,
    }
}

impl Kept {
    /// What is kept for this document: what was kept before if that is its own, else its metadata as it was signed.
    /// Nothing where the metadata has no address, or cannot be read.
    pub(crate) fn settle(before: Option<Self>, document: &Document, now: UnixTime, share: Share) -> Option<Self> {
        let origin = origin(document)?;
        let own = check::metadata(document).ok()?;
        let additions = document.metadata_additions;
        match before.filter(|kept| kept.origin == origin) {
            Some(kept) if kept.additions == additions => {
                Some(Self { next: schedule::at_the_latest(kept.next, now), ..kept })
            }
            // Another trust is another judgement, on what is there now.
            Some(kept) => Some(Self {
                metadata: kept.served(document, own),
                held: Vec::new(),
                waiting: None,
                additions,
                next: share.first(now),
                ..kept
            }),
            None => Some(Self {
                origin,
                additions,
                metadata: own,
                held: Vec::new(),
                waiting: None,
                fetched: None,
                next: share.first(now),
                failing: None,
            }),
        }
    }

    /// The metadata with which a document is served. `own`: the document's, which an administrator has signed. What is
    /// kept is judged by it again, whatever the disk says: without the document's leave nothing is added.
    pub(crate) fn served(&self, document: &Document, own: IdpMetadata) -> IdpMetadata {
        let (true, Some(fetched)) = (self.is_of(document), self.fetched) else { return own };
        // As of when it was fetched: metadata that has ended since goes on, with a warning.
        refresh(&own, &self.metadata, trust(document.metadata_additions), fetched)
            .map_or(own, |refreshed| refreshed.metadata)
    }

    /// Whether it belongs to this document.
    pub(crate) fn is_of(&self, document: &Document) -> bool {
        origin(document).as_ref() == Some(&self.origin)
    }

    /// Takes in what a look has brought: what is kept from now on, and what was changed by itself.
    pub(crate) fn take(&self, fetched: Result<String>, now: UnixTime, share: Share) -> (Self, Vec<Change>) {
        let new = fetched.and_then(|xml| read(&xml, &self.metadata.entity_id));
        let judged = new.and_then(|new| Ok((refresh(&self.metadata, &new, trust(self.additions), now)?, new)));
        match judged {
            Ok((refreshed, new)) => {
                let kept = Self {
                    metadata: refreshed.metadata,
                    waiting: (!refreshed.held.is_empty()).then_some(new),
                    held: refreshed.held,
                    fetched: Some(now),
                    next: share.again(now, refreshed.next),
                    failing: None,
                    ..self.clone()
                };
                (kept, refreshed.applied)
            }
            Err(reason) => {
                let (since, times) = self.failing.as_ref().map_or((now, 0), |failing| (failing.since, failing.times));
                let failing = Failing { since, times: times.saturating_add(1), reason };
                let next = share.after_failures(failing.times, now);
                (Self { next, failing: Some(failing), ..self.clone() }, Vec::new())
            }
        }
    }
}
