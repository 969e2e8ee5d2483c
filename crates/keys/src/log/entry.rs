//! An entry: the bytes that were signed, and the signature.

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use super::act::Act;
use crate::identity::{Identity, Signature, Signing};
use crate::ids::{Hash, KeyId, OrganisationId};
use crate::{codes, wire};

/// The format of the log.
pub const FORMAT: u32 = 1;

/// How far a log has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// The number of the newest entry; the first is 0.
    #[n(0)]
    pub sequence: u64,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Body {
    /// [`FORMAT`].
    #[n(0)]
    pub format: u32,
    /// Whose log.
    #[n(1)]
    pub organisation: OrganisationId,
    /// The place in the log, from 0.
    #[n(2)]
    pub sequence: u64,
    /// The hash of the entry before; [`Hash::NONE`] for the first.
    #[n(3)]
    pub previous: Hash,
    /// When, by the signer's clock: seconds since 1970.
    #[n(4)]
    pub time: i64,
    /// Whose keys sign.
    #[n(5)]
    pub author: KeyId,
    /// What it says.
    #[n(6)]
    pub act: Act,
}

/// What every version knows of a body.
#[derive(Decode)]
#[allow(dead_code, reason = "read to see whether it can be read")]
struct Frame {
    #[n(0)]
    format: u32,
    #[n(1)]
    organisation: OrganisationId,
    #[n(2)]
    sequence: u64,
    #[n(3)]
    previous: Hash,
    #[n(4)]
    time: i64,
    #[n(5)]
    author: KeyId,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

/// An entry as it was read. Nothing about it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    bytes: Vec<u8>,
    signature: Signature,
    body: Body,
}

impl Entry {
    /// Signs a body.
    pub fn sign(body: Body, author: &Identity) -> Self {
        let bytes = wire::encode(&body);
        Self { signature: author.sign(Signing::Log, &bytes), bytes, body }
    }

    /// Reads the bytes of an entry.
    ///
    /// Codes: `FORMAT`, `NEWER_FORMAT`.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let envelope: Envelope = wire::decode(bytes)?;
        // An act that this version does not know is told from bytes that are no entry at all.
        let body =
            wire::decode::<Body>(&envelope.body).map_err(|fault| match wire::decode::<Frame>(&envelope.body) {
                Ok(_) => Fault::new(codes::NEWER_FORMAT),
                Err(_) => fault,
            })?;
        if body.format != FORMAT {
            return Err(Fault::new(codes::NEWER_FORMAT));
        }
        Ok(Self { bytes: envelope.body, signature: envelope.signature, body })
    }

    /// The bytes, for the hub.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(&Envelope { body: self.bytes.clone(), signature: self.signature })
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Its place and its hash.
    pub fn head(&self) -> Head {
        Head { sequence: self.body.sequence, hash: Hash::of(&self.bytes) }
    }

    pub(super) fn signed(&self) -> (&[u8], &Signature) {
        (&self.bytes, &self.signature)
    }
}
