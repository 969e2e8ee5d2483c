//! An administrator's wish that every server of a connection reads and verifies everything again. Whoever holds it back
//! prevents that, and whoever sends it again causes nothing: of two, the one with the higher number counts, once.

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::identity::{Identity, Signature, Signing};
use crate::ids::KeyId;
use crate::keyring::Place;
use crate::log::Organisation;
use crate::{codes, wire};

/// The wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Request {
    /// Organisation and connection.
    #[n(0)]
    pub place: Place,
    /// The moment at which it was made: seconds since 1970.
    #[n(1)]
    pub number: u64,
    /// The administrator's keys.
    #[n(2)]
    pub author: KeyId,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

impl Request {
    /// The signed bytes.
    pub fn sign(place: Place, number: u64, author: &Identity) -> Vec<u8> {
        let body = wire::encode(&Self { place, number, author: author.id() });
        let signature = author.sign(Signing::Sync, &body);
        wire::encode(&Envelope { body, signature })
    }

    /// Reads a wish of an administrator who may change the connection, or might when it was made.
    ///
    /// Codes: `FORMAT`, `WRONG_PLACE`, `LOG_AUTHOR`, `SIGNATURE`.
    pub fn verify(bytes: &[u8], organisation: &Organisation, place: Place) -> Result<Self> {
        let envelope: Envelope = wire::decode(bytes)?;
        let request: Self = wire::decode(&envelope.body)?;
        if request.place != place {
            return Err(Fault::new(codes::WRONG_PLACE));
        }
        let made = i64::try_from(request.number).unwrap_or(i64::MAX);
        let author = organisation.might_change_at(place.connection, request.author, made)?;
        author.keys.verify(Signing::Sync, &envelope.body, &envelope.signature)?;
        Ok(request)
    }

    /// The number of a wish that was verified before.
    ///
    /// Code: `FORMAT`.
    pub fn number(bytes: &[u8]) -> Result<u64> {
        let envelope: Envelope = wire::decode(bytes)?;
        wire::decode::<Self>(&envelope.body).map(|request| request.number)
    }
}
