//! Users of an exported connection on their way to a server: sealed under the connection's key, and signed by an
//! administrator, so that nobody else has a server make users with secrets that they know (R2). It counts for an hour.

use minicbor::{Decode, Encode};
use sekisho_fault::{Arg, Fault, Result};

use crate::derive::Purpose;
use crate::identity::{Identity, Signature, Signing};
use crate::ids::KeyId;
use crate::keyring::{Keyring, Place};
use crate::log::Organisation;
use crate::sealed::{self, NONCE};
use crate::user::User;
use crate::{codes, wire};

/// How long a transfer counts, in seconds.
pub const LIFETIME: i64 = 60 * 60;
const BLOCK: usize = 1024;

#[derive(Encode, Decode)]
struct Header {
    #[n(0)]
    format: u32,
    #[n(1)]
    place: Place,
    #[n(2)]
    epoch: u32,
    #[n(3)]
    author: KeyId,
    /// Until when it counts: seconds since 1970.
    #[n(4)]
    ends: i64,
    #[cbor(n(5), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    header: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

/// Seals and signs users. `now`: seconds since 1970.
///
/// Code: `NOT_AUTHENTIC`.
pub fn sign(
    place: Place,
    users: &[User],
    keyring: &Keyring,
    author: &Identity,
    now: i64,
    nonce: [u8; NONCE],
) -> Result<Vec<u8>> {
    let ends = now.saturating_add(LIFETIME);
    let bound = wire::encode(&(place, keyring.epoch, ends));
    let plain = zeroize::Zeroizing::new(wire::encode(&users.to_vec()));
    let ciphertext = sealed::seal_padded(&keyring.key.derive(Purpose::Transfer, &bound), nonce, &bound, &plain, BLOCK)?;
    let header = Header { format: 1, place, epoch: keyring.epoch, author: author.id(), ends, ciphertext };
    let header = wire::encode(&header);
    let signature = author.sign(Signing::Transfer, &header);
    Ok(wire::encode(&Envelope { header, signature }))
}

/// Opens users whom an administrator of the connection hands over. `keyring` gives the one of an epoch.
///
/// Codes: `FORMAT`, `NEWER_FORMAT`, `WRONG_PLACE`, `LOG_AUTHOR`, `SIGNATURE`, `TRANSFER_ENDED`, `NOT_AUTHENTIC`, and those
/// of the keyring.
pub fn open(
    bytes: &[u8],
    organisation: &Organisation,
    place: Place,
    keyring: impl FnOnce(u32) -> Result<Keyring>,
    now: i64,
) -> Result<Vec<User>> {
    let envelope: Envelope = wire::decode(bytes)?;
    let header: Header = wire::decode(&envelope.header)?;
    if header.format != 1 {
        return Err(Fault::new(codes::NEWER_FORMAT));
    }
    if header.place != place {
        return Err(Fault::new(codes::WRONG_PLACE));
    }
    let author = organisation.may_change(place.connection, header.author)?;
    author.keys.verify(Signing::Transfer, &envelope.header, &envelope.signature)?;
    if now > header.ends || header.ends > now.saturating_add(2 * LIFETIME) {
        return Err(Fault::new(codes::TRANSFER_ENDED).with("ends", Arg::Time(header.ends)));
    }
    let bound = wire::encode(&(place, header.epoch, header.ends));
    let key = keyring(header.epoch)?.key.derive(Purpose::Transfer, &bound);
    let plain = zeroize::Zeroizing::new(sealed::open_padded(&key, &bound, &header.ciphertext)?);
    wire::decode(&plain)
}
