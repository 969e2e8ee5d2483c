//! Keys: the identity provider's, which verify, and the service provider's own, which sign and decrypt.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, ParsedPublicKey, RSA_PKCS1_SHA256,
    UnparsedPublicKey,
};
use aws_lc_rs::{digest, signature};
use data_encoding::HEXUPPER;
use sekisho_fault::{Fault, Result};
use x509_parser::public_key::PublicKey;

use crate::algorithms::{VERIFICATIONS, Verification};
use crate::codes;

/// The bits that an RSA key needs; each verification refuses a shorter one itself.
const SHORTEST_RSA: usize = 2048;

/// A key of the identity provider, out of a certificate of its metadata.
///
/// The certificate only carries the key: its dates, issuer and names say nothing in SAML.
#[derive(Clone)]
pub struct IdpKey(Arc<Carried>);

struct Carried {
    spki: Vec<u8>,
    fingerprint: String,
    /// Ready for what keys of its kind sign with mostly, by its name; none where the key is of no kind that we verify with.
    ready: Option<(&'static str, ParsedPublicKey)>,
}

impl fmt::Debug for IdpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdpKey").field(&self.0.fingerprint).finish()
    }
}

impl PartialEq for IdpKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.0.spki, &self.0.fingerprint) == (&other.0.spki, &other.0.fingerprint)
    }
}

impl Eq for IdpKey {}

impl IdpKey {
    /// The key of a DER certificate.
    ///
    /// Code: `METADATA_CERTIFICATE`.
    pub fn from_certificate(der: &[u8]) -> Result<Self> {
        let (_, certificate) =
            x509_parser::parse_x509_certificate(der).map_err(|_| Fault::new(codes::METADATA_CERTIFICATE))?;
        let spki = certificate.public_key().raw.to_vec();
        let too_short =
            matches!(certificate.public_key().parsed(), Ok(PublicKey::RSA(key)) if key.key_size() < SHORTEST_RSA);
        let ready = VERIFICATIONS.iter().filter(|way| way.usual && !too_short).find_map(|way| {
            let key = ParsedPublicKey::new(way.algorithm, &spki).ok()?;
            Some((way.name, key))
        });
        Ok(Self(Arc::new(Carried { spki, fingerprint: fingerprint(&digest::SHA256, der), ready })))
    }

    /// SHA-256 of the certificate, as colon-separated hexadecimal.
    pub fn fingerprint(&self) -> &str {
        &self.0.fingerprint
    }

    /// Whether any signature of the allow-list can come from it: RSA of 2048 to 8192 bits, or ECDSA over P-256, P-384 or P-521.
    pub fn is_usable(&self) -> bool {
        self.0.ready.is_some()
    }

    /// Whether this key made the signature of the message in this way.
    pub(crate) fn verifies(&self, way: &Verification, message: &[u8], signature: &[u8]) -> bool {
        let verified = match &self.0.ready {
            Some((name, key)) if *name == way.name => key.verify_sig(message, signature),
            _ => UnparsedPublicKey::new(way.algorithm, &self.0.spki).verify(message, signature),
        };
        verified.is_ok()
    }
}

/// The fingerprint of a DER certificate, as colon-separated upper-case hexadecimal.
pub(crate) fn fingerprint(algorithm: &'static digest::Algorithm, der: &[u8]) -> String {
    let hex = HEXUPPER.encode(digest::digest(algorithm, der).as_ref());
    let pairs: Vec<&str> = hex.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    pairs.join(":")
}

/// A key of our own. It signs; an RSA key also decrypts.
#[derive(Clone)]
pub struct SpKey(Arc<Inner>);

enum Inner {
    Rsa { sign: RsaKeyPair, decrypt: OaepPrivateDecryptingKey },
    Ecdsa { sign: EcdsaKeyPair, method: &'static str },
}

impl fmt::Debug for SpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpKey")
    }
}

impl SpKey {
    /// A key from PKCS#8 DER: RSA of 2048 to 4096 bits, or ECDSA on P-256 or P-384.
    ///
    /// Code: `KEY`.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self> {
        let wrong = || Fault::new(codes::KEY);
        if let Ok(sign) = RsaKeyPair::from_pkcs8(pkcs8) {
            if !(256..=512).contains(&sign.public_modulus_len()) {
                return Err(wrong());
            }
            let decrypt = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| wrong())?;
            let decrypt = OaepPrivateDecryptingKey::new(decrypt).map_err(|_| wrong())?;
            return Ok(Self(Arc::new(Inner::Rsa { sign, decrypt })));
        }
        let curves = [
            (&ECDSA_P256_SHA256_FIXED_SIGNING, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
            (&ECDSA_P384_SHA384_FIXED_SIGNING, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"),
        ];
        for (algorithm, method) in curves {
            if let Ok(sign) = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8) {
                return Ok(Self(Arc::new(Inner::Ecdsa { sign, method })));
            }
        }
        Err(wrong())
    }

    /// The URI of the signature algorithm.
    pub(crate) fn method(&self) -> &'static str {
        match &*self.0 {
            Inner::Rsa { .. } => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Inner::Ecdsa { method, .. } => method,
        }
    }

    /// Signs, as XML signature writes it (ECDSA: r and s).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| Fault::new(codes::KEY);
        let random = SystemRandom::new();
        match &*self.0 {
            Inner::Rsa { sign, .. } => {
                let mut value = vec![0; sign.public_modulus_len()];
                sign.sign(&RSA_PKCS1_SHA256, &random, message, &mut value).map_err(failed)?;
                Ok(value)
            }
            Inner::Ecdsa { sign, .. } => Ok(sign.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
        }
    }

    /// The decrypting half, for RSA keys.
    pub(crate) fn decrypting(&self) -> Option<&OaepPrivateDecryptingKey> {
        match &*self.0 {
            Inner::Rsa { decrypt, .. } => Some(decrypt),
            Inner::Ecdsa { .. } => None,
        }
    }

    /// The public half as `SubjectPublicKeyInfo` DER, to compare with a certificate.
    pub fn public_spki(&self) -> Vec<u8> {
        use signature::KeyPair as _;
        let der = match &*self.0 {
            Inner::Rsa { sign, .. } => AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(sign.public_key()),
            Inner::Ecdsa { sign, .. } => AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(sign.public_key()),
        };
        der.map(|der| der.as_ref().to_vec()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: &rcgen::KeyPair) -> IdpKey {
        let certificate = rcgen::CertificateParams::new(vec!["idp".to_owned()]).unwrap().self_signed(key).unwrap();
        IdpKey::from_certificate(certificate.der()).unwrap()
    }

    #[test]
    fn a_key_is_ready_for_what_its_kind_signs_with() {
        let rsa = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> = rsa.as_der().unwrap();
        let rsa = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.as_ref().into(), &rcgen::PKCS_RSA_SHA256);
        let curve = |algorithm| rcgen::KeyPair::generate_for(algorithm).unwrap();
        let keys = [
            rsa.unwrap(),
            curve(&rcgen::PKCS_ECDSA_P256_SHA256),
            curve(&rcgen::PKCS_ECDSA_P384_SHA384),
            curve(&rcgen::PKCS_ECDSA_P521_SHA512),
        ];
        let names = ["rsa-sha256", "ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512"];
        for (key, name) in keys.iter().zip(names) {
            assert_eq!(of(key).0.ready.as_ref().map(|(name, _)| *name), Some(name));
        }
        assert!(!of(&curve(&rcgen::PKCS_ED25519)).is_usable());
    }

    #[test]
    fn an_rsa_key_that_is_too_short_is_of_no_use() {
        // RSA-1024, made with OpenSSL: nothing here makes such keys.
        let short = IdpKey::from_certificate(include_bytes!("../tests/support/rsa1024.der")).unwrap();
        assert!(!short.is_usable());
        let signature = include_bytes!("../tests/support/rsa1024.signature");
        let rsa = || VERIFICATIONS.iter().filter(|way| way.name == "rsa-sha256");
        assert!(rsa().all(|way| !short.verifies(way, b"message", signature)));
        let any_length = &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
        assert!(UnparsedPublicKey::new(any_length, &short.0.spki).verify(b"message", signature).is_ok());
    }
}
