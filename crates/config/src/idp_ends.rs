//! When the certificates end with which the identity provider signs. Their dates keep no signature from counting (SAML metadata
//! interoperability profile, 2.6.1), but its administrator replaces them then, and whoever is not prepared is locked out.

use sekisho_certs::describe;
use sekisho_fault::{Fault, Severity};
use sekisho_saml::metadata::IdpMetadata;

use crate::codes;

const DAY: i64 = 24 * 60 * 60;

/// A warning when the one that holds longest ends within a third of its lifetime, at most 30 days; or when it has ended.
pub(crate) fn ends(metadata: &IdpMetadata, now: i64) -> Option<Fault> {
    let described = metadata.signing_certificates.iter().filter_map(|der| describe(der).ok());
    let last = described.max_by_key(|one| one.not_after)?;
    let left = last.not_after - now;
    let fault = if left <= 0 {
        Fault::new(codes::IDP_CERTIFICATE_ENDED).at("ended", last.not_after)
    } else if left < ((last.not_after - last.not_before) / 3).min(30 * DAY) {
        Fault::new(codes::IDP_CERTIFICATE_ENDS).with("days", left / DAY).at("ends", last.not_after)
    } else {
        return None;
    };
    Some(fault.on("idp_metadata").as_severity(Severity::Warning))
}
