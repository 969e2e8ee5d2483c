//! What happens unattended when an identity provider's metadata has changed, and when to look again.
//!
//! Whoever can put a key of their own into the metadata signs in as anybody: the attack adds it beside the old one. So
//! additions wait for an administrator, unless the metadata is signed by a key that an administrator pinned, or additions
//! were allowed. What was taken away is taken away at once, unless nothing would remain.

use sekisho_fault::Result;
use serde::{Deserialize, Serialize};

use super::{Endpoint, IdpMetadata};
use crate::UnixTime;
use crate::keys::IdpKey;

/// Metadata is asked for again after an hour at the soonest, unless it ends before, ...
const SOONEST: i64 = 3_600;
/// ... and after a day at the latest.
const LATEST: i64 = 86_400;

/// Why the new metadata may add something by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It may not: it came from its address, and that is all that is known.
    Unsigned,
    /// It was read by [`IdpMetadata::parse_signed`] under a pinned key, or an administrator allowed additions.
    Additions,
}

/// Which kind of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Sign-in.
    SignIn,
    /// Logout.
    Logout,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Another entity ID.
    EntityId {
        /// The last good one.
        from: String,
        /// The new one.
        to: String,
    },
    /// A signing key more.
    KeyAdded {
        /// SHA-256 of its certificate.
        sha256: String,
    },
    /// A signing key less.
    KeyRemoved {
        /// SHA-256 of its certificate.
        sha256: String,
    },
    /// An address more, or another one.
    EndpointAdded(Service, Endpoint),
    /// An address less.
    EndpointRemoved(Service, Endpoint),
    /// It wants our requests signed, or no longer does.
    WantsSignedRequests(bool),
    /// It offers other NameID formats.
    NameIdFormats(Vec<String>),
}

/// What follows from new metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// What holds from now on: the last good metadata with the changes that were applied.
    pub metadata: IdpMetadata,
    /// What was applied.
    pub applied: Vec<Change>,
    /// What waits for an administrator.
    pub held: Vec<Change>,
    /// When to look again.
    pub next: UnixTime,
}

/// Judges new metadata against the last good one.
///
/// Another entity ID is always held, with everything else that is new: users are known under it.
/// Codes: `METADATA_EXPIRED`, `METADATA_CERTIFICATE`.
pub fn refresh(last: &IdpMetadata, new: &IdpMetadata, trust: Trust, now: UnixTime) -> Result<Refreshed> {
    new.check_valid(now)?;
    let next = next(new, now);
    let mut changes = Changes { applied: Vec::new(), held: Vec::new(), additions: trust == Trust::Additions };
    if last.entity_id != new.entity_id {
        changes.held.push(Change::EntityId { from: last.entity_id.clone(), to: new.entity_id.clone() });
        return Ok(Refreshed { metadata: last.clone(), applied: changes.applied, held: changes.held, next });
    }
    let metadata = IdpMetadata {
        entity_id: last.entity_id.clone(),
        signing_certificates: changes.keys(&last.signing_certificates, &new.signing_certificates)?,
        sso: changes.endpoints(Service::SignIn, &last.sso, &new.sso),
        slo: changes.endpoints(Service::Logout, &last.slo, &new.slo),
        name_id_formats: new.name_id_formats.clone(),
        want_authn_requests_signed: new.want_authn_requests_signed,
        valid_until: new.valid_until,
        cache_seconds: new.cache_seconds,
    };
    if last.want_authn_requests_signed != new.want_authn_requests_signed {
        changes.applied.push(Change::WantsSignedRequests(new.want_authn_requests_signed));
    }
    if last.name_id_formats != new.name_id_formats {
        changes.applied.push(Change::NameIdFormats(new.name_id_formats.clone()));
    }
    Ok(Refreshed { metadata, applied: changes.applied, held: changes.held, next })
}

/// When to look again: after three quarters of the time for which the metadata may be used or kept, an hour at the
/// soonest and a day at the latest; sooner only if it ends within that hour, and not within a minute.
pub fn next(metadata: &IdpMetadata, now: UnixTime) -> UnixTime {
    let three_quarters = |seconds: i64| seconds.saturating_mul(3) / 4;
    let usable = metadata.valid_until.map(|until| three_quarters(until.0.saturating_sub(now.0)));
    let kept = metadata.cache_seconds.map(three_quarters);
    let wait = usable.into_iter().chain(kept).min().unwrap_or(LATEST).clamp(SOONEST, LATEST);
    now.plus(usable.map_or(wait, |usable| wait.min(usable.max(60))))
}

struct Changes {
    applied: Vec<Change>,
    held: Vec<Change>,
    additions: bool,
}

impl Changes {
    fn keys(&mut self, last: &[Vec<u8>], new: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
        let sha256 = |der: &[u8]| IdpKey::from_certificate(der).map(|key| key.fingerprint().to_owned());
        let mut kept: Vec<Vec<u8>> = last.iter().filter(|der| new.contains(der)).cloned().collect();
        for der in new.iter().filter(|der| !last.contains(der)) {
            self.added(Change::KeyAdded { sha256: sha256(der)? });
            if self.additions {
                kept.push(der.clone());
            }
        }
        let none_remains = kept.is_empty();
        for der in last.iter().filter(|der| !new.contains(der)) {
            self.removed(Change::KeyRemoved { sha256: sha256(der)? }, none_remains);
        }
        Ok(if none_remains { last.to_vec() } else { kept })
    }

    fn endpoints(&mut self, service: Service, last: &[Endpoint], new: &[Endpoint]) -> Vec<Endpoint> {
        let added: Vec<&Endpoint> = new.iter().filter(|endpoint| !last.contains(endpoint)).collect();
        for endpoint in &added {
            self.added(Change::EndpointAdded(service, (*endpoint).clone()));
        }
        let mut holds: Vec<Endpoint> = if self.additions {
            new.to_vec()
        } else {
            // Where another address for the same binding waits, the old one goes on: that is one change, not two.
            let waits = |endpoint: &Endpoint| added.iter().any(|other| other.binding == endpoint.binding);
            last.iter().filter(|endpoint| new.contains(endpoint) || waits(endpoint)).cloned().collect()
        };
        // Sign-in cannot do without an address; logout can.
        let none_remains = holds.is_empty() && service == Service::SignIn;
        for endpoint in last.iter().filter(|endpoint| !new.contains(endpoint)) {
            let stays = none_remains || holds.contains(endpoint);
            self.removed(Change::EndpointRemoved(service, endpoint.clone()), stays);
        }
        if none_remains {
            holds = last.to_vec();
        }
        holds
    }

    fn added(&mut self, change: Change) {
        if self.additions { self.applied.push(change) } else { self.held.push(change) }
    }

    fn removed(&mut self, change: Change, stays: bool) {
        if stays { self.held.push(change) } else { self.applied.push(change) }
    }
}
