//! Certificate, chain and key for a balancer where TLS ends, as one protected file.

use sekisho_certs::{Pair, PrivateKey, describe, pem};
use sekisho_fault::Result;

use crate::document::KeyPair;

/// The file, and whose it is.
pub struct Protected {
    /// PKCS#12.
    pub file: Vec<u8>,
    /// The certificate, DER.
    pub leaf: Vec<u8>,
    /// Whom the certificate is for.
    pub subject: String,
    /// Until when: seconds since 1970.
    pub not_after: i64,
}

/// Makes the file under a passphrase. Takes a second on purpose.
///
/// Codes: those of certificates and keys, `NOT_MADE`.
pub fn protected(pair: &KeyPair, pkcs8: &[u8], passphrase: &str) -> Result<Protected> {
    let certificates = pem::read(pair.certificates.as_bytes())?.certificates;
    let whole = Pair::assemble(&certificates, PrivateKey::from_pkcs8(pkcs8)?)?;
    let described = describe(whole.leaf())?;
    Ok(Protected {
        file: whole.to_pkcs12(passphrase)?,
        leaf: whole.leaf().to_vec(),
        subject: described.subject,
        not_after: described.not_after,
    })
}
