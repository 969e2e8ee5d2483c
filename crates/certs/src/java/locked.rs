//! A key as it stands in a Java key store: an `EncryptedPrivateKeyInfo` locked in one of two ways of Java's own.

use pkcs8::ObjectIdentifier;
use pkcs8::der::asn1::{AnyRef, OctetStringRef};
use zeroize::Zeroizing;

use super::jceks::PbeParameters;
use super::{jceks, jks};
use crate::shape::{self, Shape, elements, inside};

/// Sun's way of JKS.
const JKS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.42.2.17.1.1");
/// `PBEWithMD5AndTripleDES`, the way of JCEKS.
const JCEKS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.42.2.19.1");

/// A locked key.
pub(super) enum Locked<'a> {
    Jks(&'a [u8]),
    Jceks(PbeParameters<'a>, &'a [u8]),
}

impl<'a> Locked<'a> {
    /// Nothing if it is locked in another way.
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let parts = elements(der)?;
        let [algorithm, content] = parts.as_slice() else { return None };
        let content = content.decode_as::<&OctetStringRef>().ok()?.as_bytes();
        let algorithm = inside(*algorithm)?;
        match (algorithm.first()?.decode_as::<ObjectIdentifier>().ok()?, algorithm.get(1)) {
            (JKS, _) => Some(Self::Jks(content)),
            (JCEKS, Some(parameters)) => Some(Self::Jceks(pbe(*parameters)?, content)),
            _ => None,
        }
    }

    /// How often its password is hashed.
    pub fn rounds(&self) -> u32 {
        match self {
            Self::Jks(_) => 0,
            Self::Jceks(parameters, _) => parameters.rounds,
        }
    }

    /// The key, PKCS#8, if the password opens it.
    pub fn open(&self, password: &str) -> Option<Zeroizing<Vec<u8>>> {
        let key = match self {
            Self::Jks(content) => jks::open(content, password)?,
            Self::Jceks(parameters, content) => jceks::open(parameters, content, password)?,
        };
        // One wrong password of 256 leaves something that is padded as it should be.
        matches!(shape::of(&key), Some((Shape::Pkcs8, whole)) if whole.len() == key.len()).then_some(key)
    }
}

/// `SEQUENCE { salt OCTET STRING, iterationCount INTEGER }` (RFC 8018 appendix A.3).
fn pbe(parameters: AnyRef<'_>) -> Option<PbeParameters<'_>> {
    let parts = inside(parameters)?;
    let [salt, rounds] = parts.as_slice() else { return None };
    let salt = salt.decode_as::<&OctetStringRef>().ok()?.as_bytes();
    Some(PbeParameters { salt: salt.try_into().ok()?, rounds: rounds.decode_as().ok()? })
}
