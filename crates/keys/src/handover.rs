//! The hand-over of a user's key to the vault page: HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256),
//! HKDF-SHA256, AES-256-GCM, empty `aad`. `ui/src/vault/handover.ts` is the other side.

use rustls::crypto::aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_256 as SUITE;
use rustls::crypto::hpke::{Hpke, HpkePublicKey};
use sekisho_fault::{Fault, Result};

use crate::codes;

/// The page's public key: an uncompressed P-256 point of 65 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageKey([u8; 65]);

impl PageKey {
    /// Takes the bytes of a key. Whether they are a point of the curve shows at sealing.
    ///
    /// Code: `PAGE_KEY`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let key: [u8; 65] = bytes.try_into().map_err(|_| Fault::new(codes::PAGE_KEY))?;
        if key[0] == 4 { Ok(Self(key)) } else { Err(Fault::new(codes::PAGE_KEY)) }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What a hand-over is bound to (R5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info<'a> {
    /// The organisation.
    pub organisation: &'a str,
    /// The connection.
    pub connection: &'a str,
    /// The user.
    pub subject: &'a str,
    /// The page.
    pub redirect_uri: &'a str,
    /// The sign-in, by the page's own state.
    pub flow: &'a str,
}

impl Info<'_> {
    /// The HPKE `info`: a name, then each part behind its length, so that no two contexts are the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"sekisho-handover-v1".to_vec();
        for part in [self.organisation, self.connection, self.subject, self.redirect_uri, self.flow] {
            // Parts come from URLs and names of a few kilobytes: their lengths fit into 32 bits.
            bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

/// A sealed hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The encapsulated key.
    pub enc: Vec<u8>,
    /// The ciphertext.
    pub ciphertext: Vec<u8>,
}

/// Seals `plain` to the page.
///
/// Code: `PAGE_KEY`.
pub fn seal(page: &PageKey, info: &Info<'_>, plain: &[u8]) -> Result<Sealed> {
    let (enc, ciphertext) = SUITE
        .seal(&info.bytes(), b"", plain, &HpkePublicKey(page.0.to_vec()))
        .map_err(|_| Fault::new(codes::PAGE_KEY))?;
    Ok(Sealed { enc: enc.0, ciphertext })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::crypto::hpke::EncapsulatedSecret;

    const INFO: Info<'_> = Info { organisation: "o", connection: "c", subject: "s", redirect_uri: "r", flow: "f" };

    #[test]
    fn only_the_page_opens_and_only_in_its_context() {
        let (public, private) = SUITE.generate_key_pair().unwrap();
        let sealed = seal(&PageKey::parse(&public.0).unwrap(), &INFO, b"key").unwrap();
        let open = |info: &Info<'_>| {
            SUITE.open(&EncapsulatedSecret(sealed.enc.clone()), &info.bytes(), b"", &sealed.ciphertext, &private)
        };
        assert_eq!(open(&INFO).unwrap(), b"key");
        assert!(open(&Info { subject: "other", ..INFO }).is_err());
    }

    #[test]
    fn a_key_that_is_no_point_of_the_curve_is_refused() {
        assert_eq!(PageKey::parse(&[4; 64]).unwrap_err().code, codes::PAGE_KEY);
        assert_eq!(PageKey::parse(&[2; 65]).unwrap_err().code, codes::PAGE_KEY);
        let off_curve = PageKey::parse(&[4; 65]).unwrap();
        assert_eq!(seal(&off_curve, &INFO, b"key").unwrap_err().code, codes::PAGE_KEY);
    }

    #[test]
    fn parts_cannot_flow_into_one_another() {
        assert_ne!(Info { organisation: "oc", connection: "", ..INFO }.bytes(), INFO.bytes());
    }
}
