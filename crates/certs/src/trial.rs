//! Certificates of our own: for the first trial of a server, and for SAML, where nobody else has to vouch for them.

use rcgen::{DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose};
use sekisho_fault::Result;

use crate::make::{NewKey, common_name, params, self_signed};
use crate::pair::Pair;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// The common name of trial certificates, so that nobody takes one for a real one.
pub const SUBJECT: &str = "Sekisho trial certificate";

/// A self-signed certificate (ECDSA P-256) for a server under trial, for a host name or an IP address.
///
/// It holds for 30 days from `now` (seconds since 1970), and from an hour before, for clocks that are behind.
/// Codes: `HOST_NAME`, `NOT_MADE`.
pub fn certificate(host: &str, now: i64) -> Result<Pair> {
    let mut params = params(&[host])?;
    params.distinguished_name.push(DnType::CommonName, SUBJECT);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    self_signed(params, &NewKey::EcdsaP256.generate()?, now.saturating_sub(HOUR), now.saturating_add(30 * DAY))
}

/// A self-signed certificate (RSA 3072) that signs SAML messages and decrypts assertions, named after the entity.
///
/// It holds for ten years from `now` (seconds since 1970): identity providers have it entered by hand.
/// Code: `NOT_MADE`.
pub fn saml_pair(entity: &str, now: i64) -> Result<Pair> {
    let mut params = params(&[])?;
    params.distinguished_name.push(DnType::CommonName, common_name(entity));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    self_signed(params, &NewKey::Rsa3072.generate()?, now.saturating_sub(HOUR), now.saturating_add(3652 * DAY))
}
