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
    Ok(listed(&extension.value.general_names))
}

/// The DNS names and IP addresses of a list of names.
pub(crate) fn listed(names: &[GeneralName<'_>]) -> Vec<String> {
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => {
            let four: Option<[u8; 4]> = (*bytes).try_into().ok();
            let sixteen: Option<[u8; 16]> = (*bytes).try_into().ok();
            four.map(IpAddr::from).or(sixteen.map(IpAddr::from)).map(|address| address.to_string())
        }
        _ => None,
    };
    names.iter().filter_map(text).collect()
}

/// Whether a certificate covers `host`: a DNS name (an international one by its A-labels, RFC 5891), or an IP address.
///
/// Code: `CERTIFICATE`.
pub fn covers(der: &[u8], host: &str) -> Result<Verdict> {
    Ok(judged(der, host)?.verdict)
}

/// How a certificate stands to a name, and the name in it that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// How.
    pub verdict: Verdict,
    /// By which of its names, unless none has to do with it.
    pub by: Option<String>,
}

/// How a certificate stands to `host`, as [`covers`], and by which of its names.
///
/// Code: `CERTIFICATE`.
pub fn judged(der: &[u8], host: &str) -> Result<Judged> {
    let host = in_certificate(host).unwrap_or_else(|| host.to_ascii_lowercase());
    let verdicts = names(der)?.into_iter().map(|name| (judge(&name, &host), name));
    // The best verdict counts; the reasons stand before "other".
    let best = verdicts.min_by_key(|(verdict, _)| *verdict as u8).filter(|(verdict, _)| *verdict != Verdict::Other);
    Ok(best.map_or(Judged { verdict: Verdict::Other, by: None }, |(verdict, name)| Judged { verdict, by: Some(name) }))
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
