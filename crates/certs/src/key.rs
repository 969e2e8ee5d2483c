//! A private key.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
};
use sekisho_fault::{Fault, Result};
use zeroize::Zeroizing;

use crate::codes;

/// The curves that TLS servers use.
const CURVES: [&EcdsaSigningAlgorithm; 2] = [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING];

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
        let spki = public(pkcs8).ok_or_else(unusable)?;
        Ok(Self { pkcs8: Zeroizing::new(pkcs8.to_vec()), spki })
    }

    /// Takes an RSA key in the older form of PKCS#1 (`BEGIN RSA PRIVATE KEY`).
    ///
    /// Code: `KEY_KIND`.
    pub fn from_pkcs1(pkcs1: &[u8]) -> Result<Self> {
        let pair = rsa::KeyPair::from_der(pkcs1).map_err(|_| unusable())?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| unusable())?;
        Self::from_pkcs8(pkcs8.as_ref())
    }

    /// Takes an elliptic-curve key in the older form of SEC 1 (`BEGIN EC PRIVATE KEY`, RFC 5915).
    ///
    /// Code: `KEY_KIND`.
    pub fn from_sec1(sec1: &[u8]) -> Result<Self> {
        let pair = CURVES.into_iter().find_map(|curve| EcdsaKeyPair::from_private_key_der(curve, sec1).ok());
        let pkcs8 = pair.and_then(|pair| pair.to_pkcs8v1().ok()).ok_or_else(unusable)?;
        Self::from_pkcs8(pkcs8.as_ref())
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

fn unusable() -> Fault {
    Fault::new(codes::KEY_KIND)
}

fn public(pkcs8: &[u8]) -> Option<Vec<u8>> {
    if let Ok(pair) = rsa::KeyPair::from_pkcs8(pkcs8) {
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
        return (pair.public_modulus_len() >= 256).then(|| der.as_ref().to_vec());
    }
    CURVES.into_iter().find_map(|curve| {
        let pair = EcdsaKeyPair::from_pkcs8(curve, pkcs8).ok()?;
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
        Some(der.as_ref().to_vec())
    })
}
