//! Where a chain ends, and whether it holds as long as its leaf.

use sekisho_fault::{Fault, Severity};
use x509_parser::certificate::X509Certificate;

use crate::codes;
use crate::describe::{name_title, title};
use crate::issuing::self_signed;

/// Whether the chain leads to a root.
///
/// A server need not send the root. A chain that ends at an intermediate is therefore usual, and only worth knowing;
/// a leaf alone is a warning, since most authorities issue through an intermediate that clients do not have.
pub(super) fn ends(leaf: &X509Certificate<'_>, issuers: &[X509Certificate<'_>]) -> Vec<Fault> {
    if self_signed(leaf) {
        let fault = Fault::new(codes::SELF_SIGNED).with("name", title(leaf));
        return vec![fault.as_severity(Severity::Warning)];
    }
    let last = issuers.last().unwrap_or(leaf);
    if self_signed(last) {
        return Vec::new();
    }
    let severity = if issuers.is_empty() { Severity::Warning } else { Severity::Info };
    let fault = Fault::new(codes::CHAIN_INCOMPLETE).with("issuer", name_title(last.issuer()));
    vec![fault.as_severity(severity)]
}

/// The certificates behind the leaf that have ended. Clients may know another way to a root: a warning each.
pub(super) fn expired(issuers: &[X509Certificate<'_>], now: i64) -> Vec<Fault> {
    let ended = issuers.iter().filter(|one| one.validity().not_after.timestamp() <= now);
    let fault = |one: &X509Certificate<'_>| {
        let fault = Fault::new(codes::CHAIN_EXPIRED).with("name", title(one));
        fault.at("ended", one.validity().not_after.timestamp()).as_severity(Severity::Warning)
    };
    ended.map(fault).collect()
}
