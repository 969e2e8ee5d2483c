//! PEM files. The only module that uses rustls-pemfile.

use rustls_pemfile::Item;
use sekisho_fault::{Fault, Result};

use crate::codes;
use crate::key::PrivateKey;

/// The largest file, in bytes.
pub const LIMIT: usize = 1024 * 1024;

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// Certificates, DER, in the file's order.
    pub certificates: Vec<Vec<u8>>,
    /// The private key, if there is one.
    pub key: Option<PrivateKey>,
}

/// Reads a PEM file of certificates, a PKCS#8 key, or both.
///
/// Codes: `TOO_LARGE`, `NOT_PEM`, `KEY_KIND`.
pub fn read(bytes: &[u8]) -> Result<Contents> {
    if bytes.len() > LIMIT {
        return Err(Fault::new(codes::TOO_LARGE).with("size", bytes.len()).with("limit", LIMIT));
    }
    if String::from_utf8_lossy(bytes).contains("-----BEGIN ENCRYPTED PRIVATE KEY") {
        return Err(Fault::new(codes::KEY_KIND));
    }
    let mut contents = Contents::default();
    for item in rustls_pemfile::read_all(&mut &*bytes) {
        match item.map_err(|_| Fault::new(codes::NOT_PEM))? {
            Item::X509Certificate(der) => contents.certificates.push(der.to_vec()),
            Item::Pkcs8Key(key) => contents.key = Some(PrivateKey::from_pkcs8(key.secret_pkcs8_der())?),
            // Their older forms would have to be rewritten as PKCS#8 first; `openssl pkcs8 -topk8` does.
            Item::Pkcs1Key(_) | Item::Sec1Key(_) => return Err(Fault::new(codes::KEY_KIND)),
            _ => {}
        }
    }
    if contents.certificates.is_empty() && contents.key.is_none() {
        return Err(Fault::new(codes::NOT_PEM));
    }
    Ok(contents)
}
