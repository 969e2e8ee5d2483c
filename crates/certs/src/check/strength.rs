//! What a certificate is for, and whether its key and signature are still trusted.

use sekisho_fault::Fault;
use x509_parser::certificate::X509Certificate;

use crate::codes;
use crate::describe::{key_kind, rsa_bits, title};
use crate::issuing::self_signed;

/// Signature algorithms that clients refuse, and the hash that is to blame (RFC 3279, RFC 5758).
const BROKEN: [(&str, &str); 5] = [
    ("1.2.840.113549.1.1.2", "MD2"),
    ("1.2.840.113549.1.1.4", "MD5"),
    ("1.2.840.113549.1.1.5", "SHA-1"),
    ("1.3.14.3.2.29", "SHA-1"),
    ("1.2.840.10045.4.1", "SHA-1"),
];

/// Whether the certificate names purposes and a server is none of them (RFC 5280 section 4.2.1.12).
pub(super) fn purpose(leaf: &X509Certificate<'_>) -> Option<Fault> {
    let usage = leaf.extended_key_usage().ok().flatten()?.value;
    (!usage.server_auth && !usage.any).then(|| Fault::new(codes::NOT_SERVER))
}

/// Whether the key is too short or the signature broken. Nobody checks the signature of a self-signed certificate.
pub(super) fn weak(certificate: &X509Certificate<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if rsa_bits(certificate.public_key()).is_some_and(|bits| bits < 2048) {
        let fault = Fault::new(codes::WEAK_KEY).with("name", title(certificate));
        faults.push(fault.with("key", key_kind(certificate.public_key())));
    }
    let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
    if let Some((_, hash)) = BROKEN.iter().find(|(id, _)| *id == algorithm).filter(|_| !self_signed(certificate)) {
        faults.push(Fault::new(codes::WEAK_SIGNATURE).with("name", title(certificate)).with("algorithm", *hash));
    }
    faults
}
