//! Certificate requests (PKCS#10, RFC 2986) and the authority's answers to them.

use rcgen::{DistinguishedName, DnType, DnValue};
use sekisho_fault::{Fault, Result, Severity};
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer, X509CertificationRequest};

use crate::key::PrivateKey;
pub use crate::make::NewKey;
use crate::make::{common_name, not_made, params, private};
use crate::pair::Pair;
use crate::{check, codes, coverage, pem};

/// Who asks for a certificate. Authorities that vouch for hosts only ignore all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The organisation's legal name.
    pub organisation: Option<String>,
    /// A unit of the organisation.
    pub unit: Option<String>,
    /// City or ward.
    pub locality: Option<String>,
    /// State or prefecture.
    pub state: Option<String>,
    /// Country, two letters (ISO 3166).
    pub country: Option<String>,
}

/// A request and the key it was made with.
#[derive(Clone, Debug)]
pub struct Request {
    /// The request for the authority, PEM.
    pub pem: String,
    /// The key, to be kept until the answer comes.
    pub key: PrivateKey,
}

/// Makes a key and a request for these host names or IP addresses; the first is the common name too.
///
/// Codes: `NO_NAMES`, `HOST_NAME`, `COUNTRY`, `NOT_MADE`.
pub fn new(names: &[&str], subject: &Subject, key: NewKey) -> Result<Request> {
    let first = names.first().ok_or_else(|| Fault::new(codes::NO_NAMES))?;
    let mut params = params(names)?;
    params.distinguished_name = distinguished_name(first, subject)?;
    let key = key.generate()?;
    let request = params.serialize_request(&key).map_err(|_| not_made())?;
    let mut text = String::new();
    pem::write(&mut text, "CERTIFICATE REQUEST", request.der());
    Ok(Request { pem: text, key: private(&key)? })
}

fn distinguished_name(first: &str, subject: &Subject) -> Result<DistinguishedName> {
    let mut name = DistinguishedName::new();
    if let Some(country) = &subject.country {
        let two_letters = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
        let printable = two_letters.then(|| country.to_ascii_uppercase().try_into().ok()).flatten();
        let fault = || Fault::new(codes::COUNTRY).with("country", country.as_str());
        name.push(DnType::CountryName, DnValue::PrintableString(printable.ok_or_else(fault)?));
    }
    let rest = [
        (DnType::StateOrProvinceName, &subject.state),
        (DnType::LocalityName, &subject.locality),
        (DnType::OrganizationName, &subject.organisation),
        (DnType::OrganizationalUnitName, &subject.unit),
    ];
    for (kind, value) in rest {
        if let Some(value) = value {
            name.push(kind, value.as_str());
        }
    }
    let first = coverage::in_certificate(first).unwrap_or_default();
    name.push(DnType::CommonName, common_name(&first));
    Ok(name)
}

/// Puts an authority's certificates together with the key of the request that they answer.
///
/// Codes: `NO_CERTIFICATE`, `CERTIFICATE`, `ANSWER_OTHER_KEY`.
pub fn answered_by(key: &PrivateKey, certificates: &[Vec<u8>]) -> Result<Pair> {
    Pair::assemble(certificates, key.clone()).map_err(|mut fault| {
        if fault.code == codes::KEY_MISMATCH {
            fault.code = codes::ANSWER_OTHER_KEY;
        }
        fault
    })
}

/// A warning if the answer lacks names that the request (PEM) asked for. Code: `ANSWER_LACKS_NAMES`.
///
/// Codes of the error itself: `REQUEST`, `CERTIFICATE`.
pub fn lacking(request: &str, answer: &Pair) -> Result<Option<Fault>> {
    let missing = check::lacking(answer.leaf(), names(request)?)?;
    let fault = || Fault::new(codes::ANSWER_LACKS_NAMES).with("names", missing.clone());
    Ok((!missing.is_empty()).then(|| fault().as_severity(Severity::Warning)))
}

/// A request (PEM) as an authority's programs take it: DER.
///
/// Code: `REQUEST`.
pub fn der(request: &str) -> Result<Vec<u8>> {
    let unreadable = || Fault::new(codes::REQUEST);
    let sections = pem::sections(request.as_bytes()).map_err(|_| unreadable())?;
    sections.first().map(|der| der.to_vec()).ok_or_else(unreadable)
}

/// The host names and IP addresses that a request (PEM) asks for.
///
/// Code: `REQUEST`.
pub fn names(request: &str) -> Result<Vec<String>> {
    let unreadable = || Fault::new(codes::REQUEST);
    let sections = pem::sections(request.as_bytes()).map_err(|_| unreadable())?;
    let der = sections.first().ok_or_else(unreadable)?;
    let (_, request) = X509CertificationRequest::from_der(der).map_err(|_| unreadable())?;
    let extensions = request.requested_extensions().into_iter().flatten();
    let names = extensions.filter_map(|extension| match extension {
        ParsedExtension::SubjectAlternativeName(names) => Some(coverage::listed(&names.general_names)),
        _ => None,
    });
    Ok(names.flatten().collect())
}
