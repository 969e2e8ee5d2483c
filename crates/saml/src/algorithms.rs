//! The allow-list. What is not here is not processed.

use aws_lc_rs::{digest, signature};
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

/// The verification of a `SignatureMethod`.
pub(crate) fn verification(uri: &str, sha1: bool) -> Result<&'static dyn signature::VerificationAlgorithm> {
    let found: &'static dyn signature::VerificationAlgorithm = match uri.strip_prefix(MORE).or(uri.strip_prefix(DS11)) {
        Some("rsa-sha256") => &signature::RSA_PKCS1_2048_8192_SHA256,
        Some("rsa-sha384") => &signature::RSA_PKCS1_2048_8192_SHA384,
        Some("rsa-sha512") => &signature::RSA_PKCS1_2048_8192_SHA512,
        Some("sha256-rsa-MGF1") => &signature::RSA_PSS_2048_8192_SHA256,
        Some("sha384-rsa-MGF1") => &signature::RSA_PSS_2048_8192_SHA384,
        Some("sha512-rsa-MGF1") => &signature::RSA_PSS_2048_8192_SHA512,
        // XML signature 1.1 writes ECDSA as r and s, each of the curve's width.
        Some("ecdsa-sha256") => &signature::ECDSA_P256_SHA256_FIXED,
        Some("ecdsa-sha384") => &signature::ECDSA_P384_SHA384_FIXED,
        Some("ecdsa-sha512") => &signature::ECDSA_P521_SHA512_FIXED,
        None if sha1 && uri == "http://www.w3.org/2000/09/xmldsig#rsa-sha1" => {
            &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
        }
        _ => return Err(refused(uri)),
    };
    Ok(found)
}

/// The canonicalization of a `CanonicalizationMethod` or `Transform`.
pub(crate) fn canonicalization(uri: &str) -> Result<bergshamra_c14n::C14nMode> {
    bergshamra_c14n::C14nMode::from_uri(uri).ok_or_else(|| refused(uri))
}
