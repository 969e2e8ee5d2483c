//! Keys: the identity provider's, which verify, and the service provider's own, which sign and decrypt.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256,
};
use aws_lc_rs::{digest, signature};
use data_encoding::HEXUPPER;
use sekisho_fault::{Fault, Result};

use crate::codes;

/// A key of the identity provider, out of a certificate of its metadata.
///
/// The certificate only carries the key: its dates, issuer and names say nothing in SAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdpKey {
    spki: Vec<u8>,
    fingerprint: String,
}

impl IdpKey {
    /// The key of a DER certificate.
    ///
    /// Code: `METADATA_CERTIFICATE`.
    pub fn from_certificate(der: &[u8]) -> Result<Self> {
        let (_, certificate) =
            x509_parser::parse_x509_certificate(der).map_err(|_| Fault::new(codes::METADATA_CERTIFICATE))?;
        Ok(Self { spki: certificate.public_key().raw.to_vec(), fingerprint: fingerprint(&digest::SHA256, der) })
    }

    /// SHA-256 of the certificate, as colon-separated hexadecimal.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The `SubjectPublicKeyInfo`, DER.
    pub(crate) fn spki(&self) -> &[u8] {
        &self.spki
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
