//! Web Authentication Level 3, as far as a relying party needs it for a second factor: 7.1 (registration) and 7.2 (assertion). Who made
//! a key is not asked: attestation statements are not looked at. Signatures are verified by the cryptographic library.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use data_encoding::BASE64URL_NOPAD;
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};
use serde::Deserialize;

use crate::codes;

/// Bytes of a challenge.
pub const CHALLENGE: usize = 32;
/// The algorithms that keys may sign with, by their COSE numbers (RFC 9053), the best first.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];
/// The longest credential (7.1, step 26).
const LONGEST_ID: usize = 1023;
/// Bytes of the authenticator data before anything of variable length (6.1).
const FIXED: usize = 37;

/// User present.
const PRESENT: u8 = 1;
/// May be backed up.
const ELIGIBLE: u8 = 1 << 3;
/// Is backed up.
const BACKED_UP: u8 = 1 << 4;
/// A credential follows.
const ATTESTED: u8 = 1 << 6;
/// Extensions follow.
const EXTENDED: u8 = 1 << 7;

/// What was asked, and where.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The random bytes that the answer must carry.
    pub challenge: &'a [u8; CHALLENGE],
    /// The origins whose pages may have asked.
    pub origins: &'a [String],
    /// The name of the servers, which keys are bound to.
    pub host: &'a str,
}

/// A public key (RFC 9052, 7; RFC 9053, 7; RFC 8230, 4).
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum PublicKey {
    /// ECDSA with SHA-256 on P-256: the uncompressed point.
    #[n(0)]
    Es256(#[cbor(n(0), with = "minicbor::bytes")] [u8; 65]),
    /// Ed25519.
    #[n(1)]
    Ed25519(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]),
    /// RSASSA-PKCS1-v1_5 with SHA-256: modulus and exponent.
    #[n(2)]
    Rs256(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>, #[cbor(n(1), with = "minicbor::bytes")] Vec<u8>),
}

impl PublicKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let verified = match self {
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rs256(n, e) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.map_err(|_| wrong("signature"))
    }
}

/// A key that was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its credential.
    pub id: Vec<u8>,
    /// What verifies its answers.
    pub key: PublicKey,
}

/// What the browser says of a question.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<serde::de::IgnoredAny>,
}

/// A key that a browser has made for this question.
///
/// Code: `SECURITY_KEY`.
pub fn registered(asked: &Asked<'_>, client_data: &[u8], attestation_object: &[u8]) -> Result<Registered> {
    is_answer(asked, client_data, "webauthn.create")?;
    let data = authenticator_data(attestation_object).map_err(|error| wrong(&error.to_string()))?;
    let (flags, rest) = checked(asked, data)?;
    if flags & ATTESTED == 0 {
        return Err(wrong("no credential"));
    }
    let cut = || wrong("cut");
    // The make of the authenticator comes first: it is not asked for.
    let rest = rest.get(16..).ok_or_else(cut)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (id, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(wrong("credential"));
    }
    let mut decoder = Decoder::new(rest);
    let key = cose_key(&mut decoder).map_err(|error| wrong(&error.to_string()))?;
    if flags & EXTENDED != 0 {
        decoder.skip().map_err(|error| wrong(&error.to_string()))?;
    }
    if decoder.position() != rest.len() {
        return Err(wrong("more than a key"));
    }
    Ok(Registered { id: id.to_vec(), key })
}

/// Whether a key of the user's has answered this question: how often it says to have answered at all; 0 where it does not count.
///
/// Code: `SECURITY_KEY`.
pub fn answered(
    asked: &Asked<'_>,
    key: &PublicKey,
    client_data: &[u8],
    authenticator_data: &[u8],
    signature: &[u8],
) -> Result<u32> {
    is_answer(asked, client_data, "webauthn.get")?;
    let (flags, rest) = checked(asked, authenticator_data)?;
    // Extensions are not asked for; some authenticators answer with some nevertheless.
    if flags & ATTESTED != 0 || (flags & EXTENDED == 0 && !rest.is_empty()) {
        return Err(wrong("more than an answer"));
    }
    let signed = [authenticator_data, digest(&SHA256, client_data).as_ref()].concat();
    key.verify(&signed, signature)?;
    let count = authenticator_data.get(FIXED - 4..FIXED).and_then(|bytes| bytes.try_into().ok());
    count.map(u32::from_be_bytes).ok_or_else(|| wrong("cut"))
}

fn wrong(detail: &str) -> Fault {
    Fault::new(codes::SECURITY_KEY).with("detail", detail)
}

/// 7.1, steps 7 to 12; 7.2, steps 10 to 15.
fn is_answer(asked: &Asked<'_>, client_data: &[u8], kind: &str) -> Result<()> {
    let said: ClientData = serde_json::from_slice(client_data).map_err(|_| wrong("client data"))?;
    let challenge = BASE64URL_NOPAD.decode(said.challenge.as_bytes()).map_err(|_| wrong("challenge"))?;
    if said.kind != kind {
        return Err(wrong("type"));
    }
    aws_lc_rs::constant_time::verify_slices_are_equal(&challenge, asked.challenge).map_err(|_| wrong("challenge"))?;
    if !asked.origins.contains(&said.origin) {
        return Err(wrong("origin"));
    }
    if said.cross_origin || said.top_origin.is_some() {
        return Err(wrong("in another page"));
    }
    Ok(())
}

/// The flags of authenticator data and what follows them (6.1), if it is bound to our name and somebody was there.
fn checked<'a>(asked: &Asked<'_>, data: &'a [u8]) -> Result<(u8, &'a [u8])> {
    let (fixed, rest) = data.split_at_checked(FIXED).ok_or_else(|| wrong("cut"))?;
    if fixed.get(..32) != Some(digest(&SHA256, asked.host.as_bytes()).as_ref()) {
        return Err(wrong("host"));
    }
    let flags = fixed.get(32).copied().unwrap_or_default();
    if flags & PRESENT == 0 {
        return Err(wrong("nobody present"));
    }
    if flags & BACKED_UP != 0 && flags & ELIGIBLE == 0 {
        return Err(wrong("backup"));
    }
    Ok((flags, rest))
}

/// The authenticator data of an attestation object (6.5.4).
fn authenticator_data(object: &[u8]) -> Result<&[u8], Error> {
    let mut decoder = Decoder::new(object);
    let entries = decoder.map()?.ok_or_else(|| Error::message("map"))?;
    let mut found = None;
    for _ in 0..entries {
        match decoder.str()? {
            "authData" if found.is_none() => found = Some(decoder.bytes()?),
            "authData" => return Err(Error::message("authData twice")),
            _ => decoder.skip()?,
        }
    }
    found.filter(|_| decoder.position() == object.len()).ok_or_else(|| Error::message("authData"))
}

/// What a COSE key says, by its labels: type, algorithm, and those below zero.
#[derive(Default)]
struct Cose<'a> {
    kty: Option<i64>,
    alg: Option<i64>,
    crv: Option<i64>,
    first: Option<&'a [u8]>,
    second: Option<&'a [u8]>,
    third: Option<&'a [u8]>,
}

fn cose_key(decoder: &mut Decoder<'_>) -> Result<PublicKey, Error> {
    let wrong = |what| Err(Error::message(what));
    let entries = decoder.map()?.ok_or_else(|| Error::message("map"))?;
    let mut cose = Cose::default();
    for _ in 0..entries {
        match decoder.i64()? {
            1 => cose.kty = Some(decoder.i64()?),
            3 => cose.alg = Some(decoder.i64()?),
            // The curve, or the modulus of an RSA key.
            -1 if decoder.datatype()? == Type::Bytes => cose.first = Some(decoder.bytes()?),
            -1 => cose.crv = Some(decoder.i64()?),
            -2 => cose.second = Some(decoder.bytes()?),
            -3 => cose.third = Some(decoder.bytes()?),
            _ => decoder.skip()?,
        }
    }
    match cose {
        Cose { kty: Some(2), alg: Some(-7), crv: Some(1), second: Some(x), third: Some(y), .. } => {
            let mut point = [4; 65];
            if x.len() != 32 || y.len() != 32 {
                return wrong("point");
            }
            point[1..33].copy_from_slice(x);
            point[33..].copy_from_slice(y);
            Ok(PublicKey::Es256(point))
        }
        Cose { kty: Some(1), alg: Some(-8), crv: Some(6), second: Some(x), .. } => {
            x.try_into().map(PublicKey::Ed25519).or_else(|_| wrong("key"))
        }
        Cose { kty: Some(3), alg: Some(-257), first: Some(n), second: Some(e), .. } => {
            // 2048 to 8192 bits, as the library verifies.
            if !(256..=1024).contains(&n.len()) || !(1..=8).contains(&e.len()) {
                return wrong("modulus");
            }
            Ok(PublicKey::Rs256(n.to_vec(), e.to_vec()))
        }
        _ => wrong("algorithm"),
    }
}

#[cfg(test)]
mod tests;
