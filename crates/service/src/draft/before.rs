//! The SSL certificate that was replaced last: kept for an undo, and not used again when its time is over (R19).

use sekisho_certs::pem;
use sekisho_config::document::KeyPair;
use sekisho_fault::{Fault, Result};
use sekisho_keys::log::Organisation;

use super::history::document;
use crate::codes;
use crate::enrolment::Member;
use crate::lifecycle::AppliedRevision;
use crate::replication::Replica;

/// How long it can be put back, in seconds.
const KEPT: i64 = 30 * 24 * 60 * 60;
/// Revisions that are looked through.
const MOST: u64 = 100;

/// The pair of before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Before {
    /// Certificates and the name of the key.
    pub(crate) pair: KeyPair,
    /// When it was replaced: seconds since 1970.
    pub(crate) replaced: i64,
    /// Until when it can be put back: its own end, or thirty days after it was replaced.
    pub(crate) until: i64,
}

/// The pair that was replaced last, if it can be put back: of an authority, still good, replaced within thirty days, its key
/// still here, and no server of its time in wrong hands.
///
/// Codes: those of the revisions, `DATABASE`.
pub(crate) async fn before(
    member: &Member,
    replica: &Replica,
    applied: &AppliedRevision,
    now: i64,
) -> Result<Option<Before>> {
    let Some(today) = &applied.document.tls else { return Ok(None) };
    // What servers have got by ACME stands in no revision.
    if applied.revision == 0 || applied.document.acme.is_some() {
        return Ok(None);
    }
    let mut replaced = document(member, replica, applied.revision).await?.0.header().time;
    for number in (applied.revision.saturating_sub(MOST).max(1)..applied.revision).rev() {
        if replaced.saturating_add(KEPT) < now {
            return Ok(None);
        }
        let (revision, then) = document(member, replica, number).await?;
        if then.acme.is_some() {
            return Ok(None);
        }
        match then.tls {
            Some(pair) if pair.certificates != today.certificates => {
                let found = usable(pair, replaced, &member.organisation(), member, now);
                let Some(found) = found else { return Ok(None) };
                let is_here = replica.row("object", &found.pair.key).await?.is_some();
                return Ok(is_here.then_some(found));
            }
            Some(_) => replaced = revision.header().time,
            None => return Ok(None),
        }
    }
    Ok(None)
}

fn usable(pair: KeyPair, replaced: i64, organisation: &Organisation, member: &Member, now: i64) -> Option<Before> {
    let leaf = pem::read(pair.certificates.as_bytes()).ok()?.certificates.into_iter().next()?;
    let leaf = sekisho_certs::describe(&leaf).ok()?;
    let until = leaf.not_after.min(replaced.saturating_add(KEPT));
    let servers = organisation.connections.get(&member.place.connection)?.servers.values();
    // Whoever had the disk of one of the servers has the key, too.
    let is_stolen =
        servers.filter_map(|state| state.retired).any(|left| left.compromised && left.time >= leaf.not_before);
    (!pair.trial && !is_stolen && now <= until).then_some(Before { pair, replaced, until })
}

/// That there is none.
pub(crate) fn none() -> Fault {
    Fault::new(codes::NO_CERTIFICATE_BEFORE).on("tls")
}
