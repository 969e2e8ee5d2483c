//! A private key.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use sekisho_fault::{Fault, Result};
use zeroize::Zeroizing;

use crate::codes;

/// A private key as PKCS#8 DER. Never printed, wiped when dropped.
#[derive(Clone)]
pub struct PrivateKey {
    pkcs8: Zeroizing<Vec<u8>>,
    spki: Vec<u8>,
}

impl PrivateKey {
    /// Takes a key that TLS and SAML can use: RSA from 2048 bits, ECDSA on P-256 or P-384.
    ///
    /// Code: `KEY_KIND`.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self> {
        let spki = public(pkcs8).ok_or_else(|| Fault::new(codes::KEY_KIND))?;
        Ok(Self { pkcs8: Zeroizing::new(pkcs8.to_vec()), spki })
    }

    /// The key, for a cryptographic library.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// Its public half as `SubjectPublicKeyInfo`, DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey")
    }
}

fn public(pkcs8: &[u8]) -> Option<Vec<u8>> {
    if let Ok(pair) = rsa::KeyPair::from_pkcs8(pkcs8) {
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
        return (pair.public_modulus_len() >= 256).then(|| der.as_ref().to_vec());
    }
    [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING].into_iter().find_map(|algorithm| {
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8).ok()?;
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
        Some(der.as_ref().to_vec())
    })
}
