//! Which certificate issued which.

use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;

/// Whether `issuer` issued `certificate`: by name, and by signature where its algorithm can be verified.
pub(crate) fn issued(issuer: &X509Certificate<'_>, certificate: &X509Certificate<'_>) -> bool {
    issuer.subject() == certificate.issuer()
        && matches!(
            certificate.verify_signature(Some(issuer.public_key())),
            Ok(()) | Err(X509Error::SignatureUnsupportedAlgorithm)
        )
}

/// Whether a certificate is signed with its own key: a root, or a certificate nobody vouches for.
pub(crate) fn self_signed(certificate: &X509Certificate<'_>) -> bool {
    issued(certificate, certificate)
}

/// The chain that begins with `certificates[leaf]`. Of several issuers the one that holds longest is taken.
pub(crate) fn chain(mut certificates: Vec<X509Certificate<'_>>, leaf: usize) -> Vec<X509Certificate<'_>> {
    let mut chain = vec![certificates.swap_remove(leaf)];
    while let Some(last) = chain.last().filter(|last| !self_signed(last)) {
        let issuers = certificates.iter().enumerate().filter(|(_, one)| issued(one, last));
        let Some((next, _)) = issuers.max_by_key(|(_, one)| one.validity().not_after.timestamp()) else { break };
        chain.push(certificates.swap_remove(next));
    }
    chain
}
