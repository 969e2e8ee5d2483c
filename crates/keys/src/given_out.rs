//! An administrator's word that they have taken a private key out of the connection, for the record of a server: who it was,
//! which key, and when. It counts for an hour, so that nobody brings it again later.

use minicbor::{Decode, Encode};
use sekisho_fault::{Arg, Fault, Result};

use crate::identity::{Identity, Signature, Signing};
use crate::ids::{Hash, KeyId};
use crate::keyring::Place;
use crate::log::{Administrator, Organisation};
use crate::{codes, wire};

/// How long the word counts, in seconds; as far ahead a clock may be.
pub const LIFETIME: i64 = 60 * 60;

/// The word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GivenOut {
    /// Organisation and connection.
    #[n(0)]
    pub place: Place,
    /// The certificate whose key was taken out, by the hash of its octets.
    #[n(1)]
    pub certificate: Hash,
    /// When: seconds since 1970.
    #[n(2)]
    pub time: i64,
    /// The administrator's keys.
    #[n(3)]
    pub author: KeyId,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

impl GivenOut {
    /// The signed bytes.
    pub fn sign(place: Place, certificate: Hash, time: i64, author: &Identity) -> Vec<u8> {
        let body = wire::encode(&Self { place, certificate, time, author: author.id() });
        let signature = author.sign(Signing::GivenOut, &body);
        wire::encode(&Envelope { body, signature })
    }

    /// Reads the word of an administrator who may change the connection; who they are. `now`: seconds since 1970.
    ///
    /// Codes: `FORMAT`, `WRONG_PLACE`, `LOG_AUTHOR`, `SIGNATURE`, `GIVEN_OUT_ENDED`.
    pub fn verify<'a>(
        bytes: &[u8],
        organisation: &'a Organisation,
        place: Place,
        now: i64,
    ) -> Result<(Self, &'a Administrator)> {
        let envelope: Envelope = wire::decode(bytes)?;
        let said: Self = wire::decode(&envelope.body)?;
        if said.place != place {
            return Err(Fault::new(codes::WRONG_PLACE));
        }
        let author = organisation.may_change(place.connection, said.author)?;
        author.keys.verify(Signing::GivenOut, &envelope.body, &envelope.signature)?;
        let ends = said.time.saturating_add(LIFETIME);
        if now > ends || said.time > now.saturating_add(LIFETIME) {
            return Err(Fault::new(codes::GIVEN_OUT_ENDED).with("ends", Arg::Time(ends)));
        }
        Ok((said, author))
    }
}
