//! The allow-list. What is not here is not processed.

use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512, OaepAlgorithm,
};
use aws_lc_rs::{aead, cipher, digest, signature};
use sekisho_fault::{Fault, Result};

use crate::codes;

const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const DS11: &str = "http://www.w3.org/2007/05/xmldsig-more#";

fn refused(uri: &str) -> Fault {
    Fault::new(codes::ALGORITHM).with("algorithm", uri)
}

/// The digest of a `DigestMethod`.
pub(crate) fn digest(uri: &str, sha1: bool) -> Result<&'static digest::Algorithm> {
    Ok(match uri {
        "http://www.w3.org/2001/04/xmlenc#sha256" => &digest::SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &digest::SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &digest::SHA512,
        "http://www.w3.org/2000/09/xmldsig#sha1" if sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        _ => return Err(refused(uri)),
    })
}

/// A way to verify a signature.
pub(crate) struct Verification {
    /// The end of its URI; each has another.
    pub(crate) name: &'static str,
    /// Whether it is what keys of its kind sign with mostly.
    pub(crate) usual: bool,
    pub(crate) algorithm: &'static dyn signature::VerificationAlgorithm,
}

const fn unusual(name: &'static str, algorithm: &'static dyn signature::VerificationAlgorithm) -> Verification {
    Verification { name, usual: false, algorithm }
}

const fn usual(name: &'static str, algorithm: &'static dyn signature::VerificationAlgorithm) -> Verification {
    Verification { name, usual: true, algorithm }
}

/// Those that everybody may use. XML signature 1.1 writes ECDSA as r and s, each of the curve's width.
pub(crate) static VERIFICATIONS: [Verification; 9] = [
    usual("rsa-sha256", &signature::RSA_PKCS1_2048_8192_SHA256),
    unusual("rsa-sha384", &signature::RSA_PKCS1_2048_8192_SHA384),
    unusual("rsa-sha512", &signature::RSA_PKCS1_2048_8192_SHA512),
    unusual("sha256-rsa-MGF1", &signature::RSA_PSS_2048_8192_SHA256),
    unusual("sha384-rsa-MGF1", &signature::RSA_PSS_2048_8192_SHA384),
    unusual("sha512-rsa-MGF1", &signature::RSA_PSS_2048_8192_SHA512),
    usual("ecdsa-sha256", &signature::ECDSA_P256_SHA256_FIXED),
    usual("ecdsa-sha384", &signature::ECDSA_P384_SHA384_FIXED),
    usual("ecdsa-sha512", &signature::ECDSA_P521_SHA512_FIXED),
];

static RSA_SHA1: Verification = unusual("rsa-sha1", &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY);

/// The verification of a `SignatureMethod`.
pub(crate) fn verification(uri: &str, sha1: bool) -> Result<&'static Verification> {
    if sha1 && uri == "http://www.w3.org/2000/09/xmldsig#rsa-sha1" {
        return Ok(&RSA_SHA1);
    }
    let name = uri.strip_prefix(MORE).or(uri.strip_prefix(DS11)).ok_or_else(|| refused(uri))?;
    VERIFICATIONS.iter().find(|known| known.name == name).ok_or_else(|| refused(uri))
}

/// The canonicalization of a `CanonicalizationMethod` or `Transform`.
pub(crate) fn canonicalization(uri: &str) -> Result<bergshamra_c14n::C14nMode> {
    bergshamra_c14n::C14nMode::from_uri(uri).ok_or_else(|| refused(uri))
}

/// A content cipher of XML encryption.
pub(crate) enum Cipher {
    Gcm(&'static aead::Algorithm),
    /// Opened below a verified signature alone.
    Cbc(&'static cipher::Algorithm),
}

/// The ciphers that everybody may use, strongest first.
pub(crate) const OPEN_CIPHERS: [&str; 2] =
    ["http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2009/xmlenc11#aes128-gcm"];

/// The cipher of the `EncryptionMethod` of an `EncryptedData`.
pub(crate) fn cipher(uri: &str) -> Result<Cipher> {
    Ok(match uri {
        "http://www.w3.org/2009/xmlenc11#aes128-gcm" => Cipher::Gcm(&aead::AES_128_GCM),
        "http://www.w3.org/2009/xmlenc11#aes256-gcm" => Cipher::Gcm(&aead::AES_256_GCM),
        "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => Cipher::Cbc(&cipher::AES_128),
        "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => Cipher::Cbc(&cipher::AES_256),
        _ => return Err(refused(uri)),
    })
}

/// A key transport of XML encryption: RSA-OAEP, with one hash for the digest and for the mask.
pub(crate) struct KeyTransport {
    pub(crate) uri: &'static str,
    pub(crate) digest: &'static str,
    /// The mask's URI; empty where the method itself says it.
    pub(crate) mask: &'static str,
    pub(crate) oaep: &'static OaepAlgorithm,
}

const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const MGF1_SHA1: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha1";

/// The key transports, strongest first. SHA-1 in OAEP is not weak: nobody needs a collision there.
pub(crate) static KEY_TRANSPORTS: [KeyTransport; 5] = [
    KeyTransport {
        uri: OAEP,
        digest: "http://www.w3.org/2001/04/xmlenc#sha512",
        mask: "http://www.w3.org/2009/xmlenc11#mgf1sha512",
        oaep: &OAEP_SHA512_MGF1SHA512,
    },
    KeyTransport {
        uri: OAEP,
        digest: "http://www.w3.org/2001/04/xmldsig-more#sha384",
        mask: "http://www.w3.org/2009/xmlenc11#mgf1sha384",
        oaep: &OAEP_SHA384_MGF1SHA384,
    },
    KeyTransport {
        uri: OAEP,
        digest: "http://www.w3.org/2001/04/xmlenc#sha256",
        mask: "http://www.w3.org/2009/xmlenc11#mgf1sha256",
        oaep: &OAEP_SHA256_MGF1SHA256,
    },
    KeyTransport { uri: OAEP, digest: SHA1, mask: MGF1_SHA1, oaep: &OAEP_SHA1_MGF1SHA1 },
    KeyTransport {
        uri: "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
        digest: SHA1,
        mask: "",
        oaep: &OAEP_SHA1_MGF1SHA1,
    },
];

/// The key transport of the `EncryptionMethod` of an `EncryptedKey`. What is not said is SHA-1 (XML encryption 5.5.2).
pub(crate) fn key_transport(uri: &str, digest: Option<&str>, mask: Option<&str>) -> Result<&'static OaepAlgorithm> {
    let digest = digest.unwrap_or(SHA1);
    let mask = mask.unwrap_or(if uri == OAEP { MGF1_SHA1 } else { "" });
    let found = KEY_TRANSPORTS.iter().find(|known| known.uri == uri && known.digest == digest && known.mask == mask);
    found.map(|known| known.oaep).ok_or_else(|| refused(format!("{uri} {digest} {mask}").trim_end()))
}
