//! What a certificate says, for a person to read.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use data_encoding::{HEXLOWER, HEXUPPER};
use sekisho_fault::Result;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use x509_parser::certificate::X509Certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

use crate::coverage;
use crate::pair::parse;

/// A certificate in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, rename = "CertificateDescription")]
pub struct Description {
    /// The subject, as `CN=sso.example.com, O=Example`.
    pub subject: String,
    /// The DNS names and IP addresses it covers.
    pub names: Vec<String>,
    /// The issuer, as the subject.
    pub issuer: String,
    /// From when it holds, in seconds since 1970.
    pub not_before: i64,
    /// Until when it holds, in seconds since 1970.
    pub not_after: i64,
    /// SHA-256 of the certificate: upper-case hexadecimal with colons.
    pub sha256: String,
    /// SHA-1 of the certificate, as Windows shows it, written the same way.
    pub sha1: String,
    /// The kind of its key, as `RSA 2048` or `ECDSA P-256`.
    pub key: String,
    /// The serial number: upper-case hexadecimal with colons.
    pub serial: String,
}

/// Describes a certificate.
///
/// Code: `CERTIFICATE`.
pub fn describe(der: &[u8]) -> Result<Description> {
    let certificate = parse(der)?;
    Ok(Description {
        subject: certificate.subject().to_string(),
        names: coverage::names(der)?,
        issuer: certificate.issuer().to_string(),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        sha256: fingerprint(&SHA256, der),
        sha1: fingerprint(&SHA1_FOR_LEGACY_USE_ONLY, der),
        key: key_kind(certificate.public_key()),
        serial: hex(certificate.raw_serial()),
    })
}

/// What to call a certificate in a message: its common name, else its whole subject.
pub(crate) fn title(certificate: &X509Certificate<'_>) -> String {
    name_title(certificate.subject())
}

/// What to call the owner of a name in a message: the common name, else all of it.
pub(crate) fn name_title(name: &X509Name<'_>) -> String {
    common_name(name).unwrap_or_else(|| name.to_string())
}

/// The common name, where there is one.
pub(crate) fn common_name(name: &X509Name<'_>) -> Option<String> {
    name.iter_common_name().next().and_then(|one| one.as_str().ok()).map(str::to_owned)
}

/// The kind of a public key, as `RSA 2048`.
pub(crate) fn key_kind(spki: &SubjectPublicKeyInfo<'_>) -> String {
    if let Some(bits) = rsa_bits(spki) {
        return format!("RSA {bits}");
    }
    let id = |oid: &x509_parser::der_parser::Oid<'_>| oid.to_id_string();
    let algorithm = id(&spki.algorithm.algorithm);
    let curve = spki.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
    match (algorithm.as_str(), curve.map(|oid| id(&oid)).as_deref()) {
        ("1.2.840.10045.2.1", Some("1.2.840.10045.3.1.7")) => "ECDSA P-256".to_owned(),
        ("1.2.840.10045.2.1", Some("1.3.132.0.34")) => "ECDSA P-384".to_owned(),
        ("1.2.840.10045.2.1", Some("1.3.132.0.35")) => "ECDSA P-521".to_owned(),
        ("1.2.840.10045.2.1", Some(curve)) => format!("ECDSA {curve}"),
        ("1.3.101.112", _) => "Ed25519".to_owned(),
        _ => algorithm,
    }
}

/// The length of an RSA key in bits; nothing for other keys.
pub(crate) fn rsa_bits(spki: &SubjectPublicKeyInfo<'_>) -> Option<usize> {
    let Ok(PublicKey::RSA(key)) = spki.parsed() else { return None };
    let zeros = key.modulus.iter().take_while(|byte| **byte == 0).count();
    let modulus = key.modulus.get(zeros..)?;
    Some(modulus.len() * 8 - modulus.first().map_or(0, |first| first.leading_zeros() as usize))
}

/// SHA-256 of any bytes, as `sha256sum` writes it.
pub fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

fn fingerprint(algorithm: &'static Algorithm, der: &[u8]) -> String {
    hex(digest(algorithm, der).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| HEXUPPER.encode(&[*byte])).collect::<Vec<_>>().join(":")
}
