//! Sealed objects: private keys that a configuration names by fingerprint. They are apart from the revisions, so that
//! one that has retired can be shredded while the history stays (R19).

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::derive::Purpose;
use crate::ids::Hash;
use crate::keyring::{Keyring, Place};
use crate::sealed::{self, NONCE};
use crate::{codes, wire};

const BLOCK: usize = 1024;

#[derive(Encode, Decode)]
struct Envelope {
    #[n(0)]
    format: u32,
    #[n(1)]
    epoch: u32,
    #[cbor(n(2), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
}

#[derive(Encode)]
struct Context {
    #[n(0)]
    place: Place,
    #[n(1)]
    object: Hash,
    #[n(2)]
    epoch: u32,
}

/// Seals an object under its fingerprint.
///
/// Code: `NOT_AUTHENTIC`.
pub fn seal(keyring: &Keyring, place: Place, object: Hash, nonce: [u8; NONCE], plain: &[u8]) -> Result<Vec<u8>> {
    let context = wire::encode(&Context { place, object, epoch: keyring.epoch });
    let key = keyring.key.derive(Purpose::Object, &context);
    let ciphertext = sealed::seal_padded(&key, nonce, &context, plain, BLOCK)?;
    Ok(wire::encode(&Envelope { format: 1, epoch: keyring.epoch, ciphertext }))
}

/// The key epoch that an object is sealed under.
///
/// Codes: `FORMAT`, `NEWER_FORMAT`.
pub fn epoch(bytes: &[u8]) -> Result<u32> {
    let envelope: Envelope = wire::decode(bytes)?;
    if envelope.format == 1 { Ok(envelope.epoch) } else { Err(Fault::new(codes::NEWER_FORMAT)) }
}

/// Opens an object.
///
/// Codes: `FORMAT`, `NEWER_FORMAT`, `WRONG_EPOCH`, `NOT_AUTHENTIC`.
pub fn open(keyring: &Keyring, place: Place, object: Hash, bytes: &[u8]) -> Result<Vec<u8>> {
    let envelope: Envelope = wire::decode(bytes)?;
    if envelope.format != 1 {
        return Err(Fault::new(codes::NEWER_FORMAT));
    }
    if envelope.epoch != keyring.epoch {
        return Err(Fault::new(codes::WRONG_EPOCH));
    }
    let context = wire::encode(&Context { place, object, epoch: keyring.epoch });
    sealed::open_padded(&keyring.key.derive(Purpose::Object, &context), &context, &envelope.ciphertext)
}
