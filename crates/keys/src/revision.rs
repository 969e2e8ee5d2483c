//! A revision of a connection's configuration: sealed under the connection's key, signed by an administrator (R2).
//! Whoever holds the key alone can read it and cannot make one.

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::identity::{Identity, Signature, Signing};
use crate::ids::{Hash, KeyId, SaveId};
use crate::keyring::{Keyring, Place};
use crate::log::Organisation;
use crate::sealed::{self, NONCE};
use crate::{codes, derive::Purpose, wire};

/// The format of revisions.
pub const FORMAT: u32 = 1;
/// Plain texts are filled up to a multiple of this, in bytes.
const BLOCK: usize = 2048;

/// Where a revision stands; bound into the ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Context {
    /// Organisation and connection.
    #[n(0)]
    pub place: Place,
    /// 1 for the first.
    #[n(1)]
    pub revision: u64,
    /// The key epoch.
    #[n(2)]
    pub epoch: u32,
    /// The schema that the document is written in.
    #[n(3)]
    pub schema: u32,
    /// The lowest schema that a reader must know.
    #[n(4)]
    pub min_reader: u32,
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// [`FORMAT`].
    #[n(0)]
    pub format: u32,
    /// Where it stands.
    #[n(1)]
    pub context: Context,
    /// The hash of the revision before; [`Hash::NONE`] for the first.
    #[n(2)]
    pub previous: Hash,
    /// Of the ciphertext.
    #[n(3)]
    pub ciphertext: Hash,
    /// Whose keys sign.
    #[n(4)]
    pub author: KeyId,
    /// When, by the signer's clock: seconds since 1970.
    #[n(5)]
    pub time: i64,
    /// The save that it is: a retry has the same.
    #[n(6)]
    pub save: SaveId,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    header: Vec<u8>,
    #[cbor(n(1), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
    #[n(2)]
    signature: Signature,
}

/// A revision as it was read; [`Revision::verify`] says whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    header_bytes: Vec<u8>,
    header: Header,
    ciphertext: Vec<u8>,
    signature: Signature,
}

/// What a new revision is made of.
pub struct Draft<'a> {
    /// Where it stands.
    pub context: Context,
    /// The hash of the revision before.
    pub previous: Hash,
    /// When.
    pub time: i64,
    /// The save that it is.
    pub save: SaveId,
    /// The document.
    pub plain: &'a [u8],
}

impl Revision {
    /// Seals and signs.
    ///
    /// Codes: `WRONG_EPOCH`, when the keyring is of another epoch; `TOO_LARGE`, when nobody would read it.
    pub fn sign(draft: &Draft<'_>, keyring: &Keyring, author: &Identity, nonce: [u8; NONCE]) -> Result<Self> {
        if keyring.epoch != draft.context.epoch {
            return Err(Fault::new(codes::WRONG_EPOCH));
        }
        let context = wire::encode(&draft.context);
        let key = keyring.key.derive(Purpose::Config, &context);
        let ciphertext = sealed::seal_padded(&key, nonce, &context, draft.plain, BLOCK)?;
        let header = Header {
            format: FORMAT,
            context: draft.context,
            previous: draft.previous,
            ciphertext: Hash::of(&ciphertext),
            author: author.id(),
            time: draft.time,
            save: draft.save,
        };
        let header_bytes = wire::encode(&header);
        let signature = author.sign(Signing::Revision, &header_bytes);
        let signed = Self { header_bytes, header, ciphertext, signature };
        let size = signed.to_bytes().len();
        if size > wire::LIMIT {
            return Err(Fault::new(codes::TOO_LARGE).with("size", size).with("limit", wire::LIMIT));
        }
        Ok(signed)
    }

    /// Reads the bytes.
    ///
    /// Codes: `FORMAT`, `NEWER_FORMAT`.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let envelope: Envelope = wire::decode(bytes)?;
        let header: Header = wire::decode(&envelope.header)?;
        if header.format != FORMAT {
            return Err(Fault::new(codes::NEWER_FORMAT));
        }
        if header.ciphertext != Hash::of(&envelope.ciphertext) {
            return Err(Fault::new(codes::SIGNATURE));
        }
        Ok(Self {
            header_bytes: envelope.header,
            header,
            ciphertext: envelope.ciphertext,
            signature: envelope.signature,
        })
    }

    /// The bytes, for the hub and the disk.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(&Envelope {
            header: self.header_bytes.clone(),
            ciphertext: self.ciphertext.clone(),
            signature: self.signature,
        })
    }

    /// What was signed.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.header_bytes)
    }

    /// Whether it counts: signed by an administrator who may change this connection, or the very revision that was
    /// accepted before (`known`): an administrator who has left does not undo what they saved.
    ///
    /// Codes: `WRONG_PLACE`, `LOG_AUTHOR`, `SIGNATURE`.
    pub fn verify(&self, organisation: &Organisation, place: Place, known: Option<Hash>) -> Result<()> {
        if self.header.context.place != place || organisation.id() != place.organisation {
            return Err(Fault::new(codes::WRONG_PLACE));
        }
        let kept = organisation.connections.get(&place.connection).and_then(|connection| connection.kept);
        let own = (self.header.context.revision, self.hash());
        if known.is_some_and(|known| known == own.1) || kept == Some(own) {
            return Ok(());
        }
        let author = organisation.may_change(place.connection, self.header.author)?;
        author.keys.verify(Signing::Revision, &self.header_bytes, &self.signature)
    }

    /// Whether it counts as a link of a chain whose end is known by its hash: signed by whoever was an administrator at
    /// any time.
    ///
    /// Codes: `WRONG_PLACE`, `LOG_AUTHOR`, `SIGNATURE`.
    pub fn verify_past(&self, organisation: &Organisation, place: Place) -> Result<()> {
        if self.header.context.place != place || organisation.id() != place.organisation {
            return Err(Fault::new(codes::WRONG_PLACE));
        }
        let author = organisation.might_change(place.connection, self.header.author)?;
        author.keys.verify(Signing::Revision, &self.header_bytes, &self.signature)
    }

    /// Opens the document.
    ///
    /// Codes: `WRONG_EPOCH`, `NOT_AUTHENTIC`.
    pub fn open(&self, keyring: &Keyring) -> Result<Vec<u8>> {
        if keyring.epoch != self.header.context.epoch {
            return Err(Fault::new(codes::WRONG_EPOCH));
        }
        let context = wire::encode(&self.header.context);
        sealed::open_padded(&keyring.key.derive(Purpose::Config, &context), &context, &self.ciphertext)
    }
}
