//! Which names a certificate covers (RFC 9525): exact DNS names, one wildcard label, IP addresses.

use std::net::IpAddr;

use sekisho_fault::Result;
use x509_parser::extensions::GeneralName;

use crate::pair::parse;

/// How a certificate stands to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The name itself is in it.
    Exact,
    /// A wildcard covers it.
    Wildcard,
    /// A wildcard stands for one label only, and the name has more.
    WildcardCoversOneLabel,
    /// A wildcard does not cover the bare domain.
    WildcardNotApex,
    /// Nothing in it covers the name.
    Other,
}

impl Verdict {
    /// Whether the name is covered.
    pub fn covered(self) -> bool {
        matches!(self, Self::Exact | Self::Wildcard)
    }
}

/// The DNS names and IP addresses of a certificate. The common name does not count: browsers ignore it.
///
/// Code: `CERTIFICATE`.
pub fn names(der: &[u8]) -> Result<Vec<String>> {
    let certificate = parse(der)?;
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Ok(Vec::new()) };
    let names = extension.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => {
            let four: Option<[u8; 4]> = (*bytes).try_into().ok();
            let sixteen: Option<[u8; 16]> = (*bytes).try_into().ok();
            four.map(IpAddr::from).or(sixteen.map(IpAddr::from)).map(|address| address.to_string())
        }
        _ => None,
    });
    Ok(names.collect())
}

/// Whether a certificate covers `host`: a DNS name in A-labels, or an IP address.
///
/// Code: `CERTIFICATE`.
pub fn covers(der: &[u8], host: &str) -> Result<Verdict> {
    let host = host.to_ascii_lowercase();
    let verdicts = names(der)?.into_iter().map(|name| judge(&name, &host));
    // The best verdict counts; the reasons stand before "other".
    let rank = |verdict: &Verdict| *verdict as u8;
    Ok(verdicts.min_by_key(rank).unwrap_or(Verdict::Other))
}

fn judge(name: &str, host: &str) -> Verdict {
    if name == host {
        return Verdict::Exact;
    }
    let Some(domain) = name.strip_prefix("*.") else { return Verdict::Other };
    if host.parse::<IpAddr>().is_ok() {
        return Verdict::Other;
    }
    if host == domain {
        return Verdict::WildcardNotApex;
    }
    match host.strip_suffix(domain).and_then(|rest| rest.strip_suffix('.')) {
        Some(label) if !label.is_empty() && !label.contains('.') => Verdict::Wildcard,
        Some(_) => Verdict::WildcardCoversOneLabel,
        None => Verdict::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wildcard_covers_one_label_and_not_the_apex() {
        assert_eq!(judge("*.example.co.jp", "sso.example.co.jp"), Verdict::Wildcard);
        assert_eq!(judge("*.example.co.jp", "sso.jp.example.co.jp"), Verdict::WildcardCoversOneLabel);
        assert_eq!(judge("*.example.co.jp", "example.co.jp"), Verdict::WildcardNotApex);
        assert_eq!(judge("*.example.co.jp", "ssoexample.co.jp"), Verdict::Other);
        assert_eq!(judge("sso.example.com", "sso.example.co.jp"), Verdict::Other);
        assert_eq!(judge("*.0.0.1", "127.0.0.1"), Verdict::Other);
    }

    proptest! {
        #[test]
        fn a_wildcard_never_covers_two_labels(a in "[a-z]{1,8}", b in "[a-z]{1,8}") {
            let host = format!("{a}.{b}.example.com");
            prop_assert!(!judge("*.example.com", &host).covered());
            let host = format!("{a}.example.com");
            prop_assert!(judge("*.example.com", &host).covered());
        }
    }
}
