//! Which names a certificate covers (RFC 9525), and why it does not cover others.

mod verdict;

use std::fmt;
use std::net::IpAddr;

use sekisho_fault::Result;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use crate::describe::common_name;
use crate::pair::parse;
pub use verdict::Verdict;

/// How a certificate stands to a host, and which of its names decided that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, rename = "CoverageJudged")]
pub struct Judged {
    /// The best that is to be said of any of its names.
    pub verdict: Verdict,
    /// That name, as the certificate writes it, in small letters. Nothing if no name has to do with the host.
    pub by: Option<String>,
}

/// A name among a certificate's alternative names that a host can have.
pub(crate) enum Name {
    /// A DNS name in small letters, whatever is written there.
    Dns(String),
    /// An IP address.
    Address(IpAddr),
}

impl Name {
    fn read(name: &GeneralName<'_>) -> Option<Self> {
        match name {
            GeneralName::DNSName(name) => Some(Self::Dns(name.to_lowercase())),
            GeneralName::IPAddress(bytes) => address(bytes).map(Self::Address),
            _ => None,
        }
    }

    fn judged(&self, host: &str) -> Verdict {
        match self {
            Self::Dns(name) => verdict::of(name, host),
            Self::Address(address) if host.parse() == Ok(*address) => Verdict::Exact,
            Self::Address(_) => Verdict::Other,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// The DNS names and IP addresses of a certificate. The common name does not count: browsers ignore it.
///
/// Code: `CERTIFICATE`.
pub fn names(der: &[u8]) -> Result<Vec<String>> {
    Ok(alternatives(&parse(der)?).iter().map(Name::to_string).collect())
}

/// The DNS names and IP addresses of a list of names.
pub(crate) fn listed(names: &[GeneralName<'_>]) -> Vec<String> {
    names.iter().filter_map(Name::read).map(|name| name.to_string()).collect()
}

/// The DNS names and IP addresses of a certificate, each as what it is.
pub(crate) fn alternatives(certificate: &X509Certificate<'_>) -> Vec<Name> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    extension.value.general_names.iter().filter_map(Name::read).collect()
}

/// How a certificate stands to `host`: a DNS name (an international one by its A-labels, RFC 5891), or an IP address.
///
/// Code: `CERTIFICATE`.
pub fn judged(der: &[u8], host: &str) -> Result<Judged> {
    let certificate = parse(der)?;
    let host = in_certificate(host).unwrap_or_else(|| host.strip_suffix('.').unwrap_or(host).to_lowercase());
    let alternatives = alternatives(&certificate).into_iter().map(|name| (name.judged(&host), name.to_string()));
    let common = common_name(certificate.subject()).map(|name| name.to_lowercase());
    let common = common.filter(|name| *name == host || verdict::of(name, &host).covered());
    let all = alternatives.chain(common.map(|name| (Verdict::CommonName, name)));
    let best = all.filter(|(verdict, _)| *verdict != Verdict::Other).min_by_key(|(verdict, _)| *verdict as u8);
    let (verdict, by) = best.map_or((Verdict::Other, None), |(verdict, name)| (verdict, Some(name)));
    Ok(Judged { verdict, by })
}

/// A name as a certificate writes it: A-labels in small letters, no dot at the end, perhaps `*.` in front; or an IP
/// address. Nothing if no certificate can hold it.
pub(crate) fn in_certificate(name: &str) -> Option<String> {
    let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(address.to_string());
    }
    let (wildcard, domain) = name.strip_prefix("*.").map_or(("", name), |domain| ("*.", domain));
    let ascii = idna::domain_to_ascii_strict(domain.strip_suffix('.').unwrap_or(domain)).ok()?;
    Some(format!("{wildcard}{ascii}"))
}

/// An IP address of its four or sixteen octets.
pub(crate) fn address(octets: &[u8]) -> Option<IpAddr> {
    let four: Option<[u8; 4]> = octets.try_into().ok();
    let sixteen: Option<[u8; 16]> = octets.try_into().ok();
    four.map(IpAddr::from).or(sixteen.map(IpAddr::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_as_certificates_write_it() {
        let written = |name| in_certificate(name).unwrap_or_default();
        assert_eq!(written("日本語.EXAMPLE.jp."), "xn--wgv71a119e.example.jp");
        assert_eq!(written("*.日本語.jp"), "*.xn--wgv71a119e.jp");
        assert_eq!(written("[2001:DB8:0::1]"), "2001:db8::1");
        for impossible in ["", "a b.example.com", "*.*.example.com", "-a.example.com"] {
            assert_eq!(in_certificate(impossible), None, "{impossible}");
        }
    }
}
