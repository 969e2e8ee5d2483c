//! Whether a chain leads to a root that is trusted here, as the TLS library builds it.

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use sekisho_fault::{Fault, Result, Severity};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use crate::codes;
use crate::describe::name_title;
use crate::pair::parse;

/// A warning if the chain leads to none of these root certificates (DER). Code: `NOT_TRUSTED`.
///
/// Roots that cannot be read are passed over: systems keep some of old kinds. Dates are not the question here: the chain
/// is taken at the moment nearest to `now` (seconds since 1970) at which all of it holds. That an issuer may not vouch for
/// a name is not either: `NAME_CONSTRAINTS` says it.
/// Code of the error itself: `CERTIFICATE`.
pub fn trusted(chain: &[Vec<u8>], roots: &[Vec<u8>], now: i64) -> Result<Option<Fault>> {
    let certificates = chain.iter().map(|der| parse(der)).collect::<Result<Vec<_>>>()?;
    let Some(last) = certificates.last() else { return Ok(None) };
    let validities = || certificates.iter().map(|one| one.validity());
    let ends = validities().map(|one| one.not_after.timestamp());
    let begins = validities().map(|one| one.not_before.timestamp());
    let then = begins.fold(ends.fold(now, i64::min), i64::max);
    // Whoever has the certificate itself among the roots trusts it, whoever made it.
    if chain.first().is_some_and(|leaf| roots.contains(leaf)) || leads(chain, roots, then) {
        return Ok(None);
    }
    let fault = Fault::new(codes::NOT_TRUSTED).with("issuer", name_title(last.issuer()));
    Ok(Some(fault.as_severity(Severity::Warning)))
}

fn leads(chain: &[Vec<u8>], roots: &[Vec<u8>], then: i64) -> bool {
    let as_der = |certificates: &[Vec<u8>]| -> Vec<CertificateDer<'static>> {
        certificates.iter().map(|der| CertificateDer::from(der.clone())).collect()
    };
    let (chain, roots) = (as_der(chain), as_der(roots));
    let Some((leaf, issuers)) = chain.split_first() else { return false };
    let anchors: Vec<TrustAnchor<'_>> =
        roots.iter().filter_map(|root| webpki::anchor_from_trusted_cert(root).ok()).collect();
    let Ok(leaf) = EndEntityCert::try_from(leaf) else { return false };
    let then = UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(then).unwrap_or(0)));
    let path = leaf.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, issuers, then, AnyPurpose, None, None);
    matches!(path, Ok(_) | Err(Error::NameConstraintViolation))
}

/// What certificates are for is no question of trust; `NOT_SERVER` answers it.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> std::result::Result<(), Error> {
        Ok(())
    }
}
