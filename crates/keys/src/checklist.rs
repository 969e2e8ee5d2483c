//! What administrators note about a server that was in wrong hands: what has been made new, and what has not. Sealed under
//! the organisation's key, so that the hub keeps it without reading it; whoever has the key is an administrator.

use sekisho_fault::Result;

use crate::derive::Purpose;
use crate::ids::ServerId;
use crate::keyring::{OrganisationKey, Place};
use crate::sealed::NONCE;
use crate::wire;

fn context(place: Place, server: ServerId) -> Vec<u8> {
    [b"sekisho/checklist/1\0".to_vec(), wire::encode(&(place, server))].concat()
}

/// Seals the notes about a server.
///
/// Code: `NOT_AUTHENTIC`.
pub fn seal(
    key: &OrganisationKey,
    place: Place,
    server: ServerId,
    nonce: [u8; NONCE],
    notes: &[u8],
) -> Result<Vec<u8>> {
    key.seal(Purpose::Checklist, b"checklist", &context(place, server), nonce, notes)
}

/// Opens the notes about a server.
///
/// Codes: `WRONG_EPOCH`, `NOT_AUTHENTIC`, `FORMAT`.
pub fn open(key: &OrganisationKey, place: Place, server: ServerId, sealed: &[u8]) -> Result<Vec<u8>> {
    key.open(Purpose::Checklist, b"checklist", &context(place, server), sealed)
}
