//! What is to be said of one name of a certificate and one host.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::in_certificate;

/// How a certificate stands to a name. The first that holds for any of its names counts, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, rename = "CoverageVerdict")]
pub enum Verdict {
    /// The name itself is in it.
    Exact,
    /// A wildcard covers it.
    Wildcard,
    /// The address stands in it as a DNS name, which does not count: addresses have a form of their own.
    AddressAsDnsName,
    /// The name stands in it in a way that clients do not compare: with a dot at its end, or not in A-labels.
    Misspelt,
    /// It is the common name alone, which browsers ignore.
    CommonName,
    /// A wildcard directly under a top-level label, which no client accepts.
    WildcardTooWide,
    /// A wildcard that is a part of a label, or is not the first: browsers do not accept it.
    WildcardPartial,
    /// A wildcard does not cover the bare domain.
    WildcardNotApex,
    /// A wildcard stands for one label only, and the name has more.
    WildcardCoversOneLabel,
    /// Nothing in it has to do with the name.
    Other,
}

impl Verdict {
    /// Whether the name is covered.
    pub fn covered(self) -> bool {
        matches!(self, Self::Exact | Self::Wildcard)
    }

    /// Whether an alternative name is meant for the name, and clients ignore it as it stands there.
    pub fn ignored(self) -> bool {
        matches!(self, Self::AddressAsDnsName | Self::Misspelt | Self::WildcardTooWide | Self::WildcardPartial)
    }
}

/// The verdict on a DNS name of a certificate, both in small letters and the host as certificates write it.
pub(super) fn of(name: &str, host: &str) -> Verdict {
    if is_address(host) {
        return if name == host { Verdict::AddressAsDnsName } else { Verdict::Other };
    }
    if !well_formed(host.strip_prefix("*.").unwrap_or(host)) {
        return Verdict::Other;
    }
    let verdict = compared(name, host);
    let written = in_certificate(name).filter(|written| verdict == Verdict::Other && written != name);
    if written.is_some_and(|written| compared(&written, host).covered()) { Verdict::Misspelt } else { verdict }
}

fn compared(name: &str, host: &str) -> Verdict {
    match name.strip_prefix("*.") {
        Some(domain) if !domain.contains('*') => wildcard(domain, host),
        _ if name == "*" && !host.contains('.') => Verdict::WildcardTooWide,
        _ if name.contains('*') && partial(name, host) => Verdict::WildcardPartial,
        _ if name == host => Verdict::Exact,
        _ => Verdict::Other,
    }
}

/// The verdict on `*.` and a domain. Another certificate's wildcard is as good a host as any: it is covered by itself.
fn wildcard(domain: &str, host: &str) -> Verdict {
    let verdict = match host.strip_suffix(domain) {
        Some("") => Verdict::WildcardNotApex,
        Some("*.") => Verdict::Exact,
        Some(front) => match front.strip_suffix('.') {
            Some(labels) if labels.contains('.') => Verdict::WildcardCoversOneLabel,
            Some(_) => Verdict::Wildcard,
            None => Verdict::Other,
        },
        None => Verdict::Other,
    };
    if verdict != Verdict::Other && !domain.contains('.') { Verdict::WildcardTooWide } else { verdict }
}

/// Whether a name would cover the host if wildcards could stand for any part of any label.
fn partial(name: &str, host: &str) -> bool {
    let fits = |(pattern, label): (&str, &str)| match pattern.split_once('*') {
        Some((front, back)) => label.strip_prefix(front).is_some_and(|rest| rest.ends_with(back)),
        None => pattern == label,
    };
    name.split('.').count() == host.split('.').count() && name.split('.').zip(host.split('.')).all(fits)
}

/// Whether clients take it for an IP address: IPv6, or the last label all digits (WHATWG URL, "ends in a number").
fn is_address(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains(':') || !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is a DNS name as hosts have them (RFC 1034 section 3.5), or with underscores, which browsers accept.
fn well_formed(host: &str) -> bool {
    let label = |label: &str| {
        let octets = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        octets && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wildcard_covers_one_label_and_not_the_apex() {
        assert_eq!(of("*.example.co.jp", "sso.example.co.jp"), Verdict::Wildcard);
        assert_eq!(of("*.example.co.jp", "sso.jp.example.co.jp"), Verdict::WildcardCoversOneLabel);
        assert_eq!(of("*.example.co.jp", "example.co.jp"), Verdict::WildcardNotApex);
        assert_eq!(of("*.example.co.jp", "ssoexample.co.jp"), Verdict::Other);
        assert_eq!(of("*.example.co.jp", ".example.co.jp"), Verdict::Other);
        assert_eq!(of("sso.example.com", "sso.example.co.jp"), Verdict::Other);
        assert_eq!(of("*.0.0.1", "127.0.0.1"), Verdict::Other);
    }

    #[test]
    fn what_looks_like_a_wildcard_and_is_none_is_named() {
        assert_eq!(of("f*.example.com", "foo.example.com"), Verdict::WildcardPartial);
        assert_eq!(of("f*o.example.com", "fo.example.com"), Verdict::WildcardPartial);
        assert_eq!(of("sso.*.com", "sso.example.com"), Verdict::WildcardPartial);
        assert_eq!(of("*.*.com", "sso.example.com"), Verdict::WildcardPartial);
        assert_eq!(of("f*.example.com", "f*.example.com"), Verdict::Other, "no host has such a name");
        assert_eq!(of("f*.example.com", "sso.example.com"), Verdict::Other);
        assert_eq!(of("fo*o.example.com", "fo.example.com"), Verdict::Other, "the star stands between two letters");
        assert_eq!(of("*.jp", "example.jp"), Verdict::WildcardTooWide);
        assert_eq!(of("*", "localhost"), Verdict::WildcardTooWide);
    }

    #[test]
    fn a_wildcard_is_covered_by_itself_and_by_no_wider_one() {
        assert_eq!(of("*.example.com", "*.example.com"), Verdict::Exact);
        assert_eq!(of("*.example.com", "*.sso.example.com"), Verdict::WildcardCoversOneLabel);
        assert_eq!(of("*.com", "*.com"), Verdict::WildcardTooWide);
    }

    #[test]
    fn addresses_and_odd_spellings_do_not_count_as_dns_names() {
        assert_eq!(of("192.0.2.1", "192.0.2.1"), Verdict::AddressAsDnsName);
        assert_eq!(of("2001:db8::1", "2001:db8::1"), Verdict::AddressAsDnsName);
        assert_eq!(of("127.1", "127.1"), Verdict::AddressAsDnsName);
        assert_eq!(of("sso.example.com.", "sso.example.com"), Verdict::Misspelt);
        assert_eq!(of("*.example.com.", "sso.example.com"), Verdict::Misspelt);
        assert_eq!(of("sso.日本語.jp", "sso.xn--wgv71a119e.jp"), Verdict::Misspelt);
        assert_eq!(of("-sso.example.com", "-sso.example.com"), Verdict::Other);
        assert_eq!(of("", ""), Verdict::Other);
    }

    proptest! {
        #[test]
        fn a_wildcard_never_covers_two_labels(a in "[a-z]{1,8}", b in "[a-z]{1,8}") {
            let host = format!("{a}.{b}.example.com");
            prop_assert!(!of("*.example.com", &host).covered());
            let host = format!("{a}.example.com");
            prop_assert!(of("*.example.com", &host).covered());
        }

        #[test]
        fn whatever_is_covered_is_equal_or_one_label_under_a_wildcard(name in "[a-c*.]{0,9}", host in "[a-c*.]{0,9}") {
            if of(&name, &host).covered() && name != host {
                let (_, domain) = host.split_once('.').expect("a label and a domain");
                prop_assert_eq!(name, format!("*.{domain}"));
            }
        }
    }
}
