//! Certificates in metadata: which of them carry signing keys, and how people recognise them.

use aws_lc_rs::digest;
use sekisho_fault::{Fault, Result};
use serde::Serialize;
use uppsala::NodeId;
use x509_parser::certificate::X509Certificate;

use crate::codes;
use crate::keys::fingerprint;
use crate::names::{DS, MD};
use crate::xml::{Xml, base64};

/// A signing certificate, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateSummary {
    /// The subject's name.
    pub subject: String,
    /// When it ends, seconds since 1970. It goes on working as a key: only people are warned.
    pub not_after: i64,
    /// As AD FS shows it.
    pub sha1: String,
    /// As everybody else does.
    pub sha256: String,
}

/// The certificates (DER) of a role's signing keys, each once.
///
/// Codes: `METADATA_CERTIFICATE`, `SHAPE`.
pub(super) fn signing(xml: &Xml<'_>, role: NodeId) -> Result<Vec<Vec<u8>>> {
    let mut signing: Vec<Vec<u8>> = Vec::new();
    for key in xml.named(role, MD, "KeyDescriptor")? {
        // Without `use` a key is for both (SAML metadata 2.4.1.1).
        if xml.attribute(key, "use") == Some("encryption") {
            continue;
        }
        for data in xml.elements(key).filter(|id| xml.is(*id, DS, "X509Data")) {
            let mut chain = Vec::new();
            for id in xml.named(data, DS, "X509Certificate")? {
                chain.push(der(&xml.full_text(id)?)?);
            }
            for der in ends(chain)? {
                if !signing.contains(&der) {
                    signing.push(der);
                }
            }
        }
    }
    Ok(signing)
}

/// Base64 over any lines, with or without the lines of PEM around it.
fn der(text: &str) -> Result<Vec<u8>> {
    let body: String = text.lines().filter(|line| !line.trim().starts_with("-----")).collect();
    base64(&body).ok_or_else(|| Fault::new(codes::METADATA_CERTIFICATE))
}

/// Of a chain the certificate at its end alone: who issued it certifies, but does not sign messages.
fn ends(chain: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
    let parsed = chain.iter().map(|der| parse(der)).collect::<Result<Vec<_>>>()?;
    let issued_another = |one: &X509Certificate<'_>| {
        parsed.iter().any(|other| {
            other.issuer().as_raw() == one.subject().as_raw() && other.subject().as_raw() != one.subject().as_raw()
        })
    };
    let end: Vec<bool> = parsed.iter().map(|one| !issued_another(one)).collect();
    Ok(chain.into_iter().zip(end).filter_map(|(der, end)| end.then_some(der)).collect())
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>> {
    match x509_parser::parse_x509_certificate(der) {
        Ok((_, certificate)) => Ok(certificate),
        Err(_) => Err(Fault::new(codes::METADATA_CERTIFICATE)),
    }
}

/// What people compare.
///
/// Code: `METADATA_CERTIFICATE`.
pub(super) fn summary(der: &[u8]) -> Result<CertificateSummary> {
    let certificate = parse(der)?;
    Ok(CertificateSummary {
        subject: certificate.subject().to_string(),
        not_after: certificate.validity().not_after.timestamp(),
        sha1: fingerprint(&digest::SHA1_FOR_LEGACY_USE_ONLY, der),
        sha256: fingerprint(&digest::SHA256, der),
    })
}
