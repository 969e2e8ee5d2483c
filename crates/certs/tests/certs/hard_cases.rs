//! Certificates and hosts that are easily judged wrongly, what is to be said of them, and where others differ.

use sekisho_certs::coverage::Verdict;

/// A certificate: its title in these tables, its common name, its alternative names.
pub type Certificate = (&'static str, &'static str, &'static [San]);

/// An alternative name.
pub enum San {
    /// A DNS name, whatever is written there.
    Dns(&'static str),
    /// An address, or what has its place.
    Ip(&'static [u8]),
    /// A name of another kind.
    Uri(&'static str),
}
use San::{Dns, Ip, Uri};

/// The certificates of the matrix. One without alternative names has no such extension.
pub const CERTIFICATES: [Certificate; 34] = [
    ("exact", "exact", &[Dns("sso.example.com")]),
    ("capitals", "capitals", &[Dns("SSO.Example.COM")]),
    ("several", "several", &[Dns("www.example.net"), Dns("sso.example.com"), Ip(&[192, 0, 2, 1])]),
    ("apex", "apex", &[Dns("example.com")]),
    ("other", "other", &[Dns("sso.example.net")]),
    ("suffix", "suffix", &[Dns("ample.com"), Dns(".example.com")]),
    ("wildcard", "wildcard", &[Dns("*.example.com")]),
    ("wildcard in capitals", "capitals", &[Dns("*.EXAMPLE.com")]),
    ("wildcard and apex", "both", &[Dns("*.example.com"), Dns("example.com")]),
    ("deeper wildcard", "deeper", &[Dns("*.eu.example.com")]),
    ("wildcard of co.jp", "suffix", &[Dns("*.co.jp")]),
    ("wildcard of com", "wide", &[Dns("*.com")]),
    ("wildcard of all", "all", &[Dns("*")]),
    ("two wildcards", "two", &[Dns("*.*.com")]),
    ("inner wildcard", "inner", &[Dns("sso.*.com")]),
    ("front of a label", "front", &[Dns("s*.example.com")]),
    ("end of a label", "end", &[Dns("*o.example.com")]),
    ("middle of a label", "middle", &[Dns("s*o.example.com")]),
    ("star within A-label", "alabel", &[Dns("xn--wgv71a119e*.jp.example.com")]),
    ("dot at the end", "dot", &[Dns("sso.example.com.")]),
    ("wildcard with dot", "dot", &[Dns("*.example.com.")]),
    ("A-labels", "idn", &[Dns("sso.xn--wgv71a119e.jp")]),
    ("wildcard of A-labels", "idn", &[Dns("*.xn--wgv71a119e.jp")]),
    ("U-labels", "idn", &[Dns("sso.日本語.jp")]),
    ("address", "address", &[Ip(&[192, 0, 2, 1])]),
    ("address 6", "address", &[Ip(&[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])]),
    ("mapped address", "mapped", &[Ip(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1])]),
    ("address and mask", "range", &[Ip(&[192, 0, 2, 0, 255, 255, 255, 0])]),
    ("address as DNS name", "dns", &[Dns("192.0.2.1"), Dns("2001:db8::1")]),
    ("wildcard of addresses", "range", &[Dns("*.0.2.1")]),
    ("common name", "sso.example.com", &[]),
    ("common name besides", "sso.example.com", &[Dns("www.example.com")]),
    ("common name and URI", "sso.example.com", &[Uri("https://sso.example.com/")]),
    ("underscore", "underscore", &[Dns("a_b.example.com"), Dns("-sso.example.com"), Dns("localhost")]),
];

/// The hosts of the matrix.
pub const HOSTS: [&str; 33] = [
    "sso.example.com",
    "SSO.EXAMPLE.COM",
    "sso.example.com.",
    "www.example.com",
    "www.example.net",
    "login-2.example.com",
    "deep.eu.example.com",
    "example.com",
    "example.com.",
    "com",
    "localhost",
    "a.sso.example.com",
    "sso.eu.example.com",
    "so.example.com",
    "s.example.com",
    "xn--wgv71a119e.example.com",
    "xn--wgv71a119ex.jp.example.com",
    "notexample.com",
    "sso.example.net",
    "example.co.jp",
    "a_b.example.com",
    "-sso.example.com",
    ".example.com",
    "sso.日本語.jp",
    "sso.xn--wgv71a119e.jp",
    "日本語.jp",
    "192.0.2.1",
    "192.0.2.2",
    "192.0.2.0",
    "2001:db8::1",
    "2001:DB8:0:0::1",
    "::ffff:192.0.2.1",
    "127.0.2.1",
];

/// What is to be said of some of them, and the name that decides it.
pub const VERDICTS: [(&str, &str, Verdict, Option<&str>); 31] = [
    ("exact", "sso.example.com.", Verdict::Exact, Some("sso.example.com")),
    ("capitals", "sso.example.com", Verdict::Exact, Some("sso.example.com")),
    ("several", "192.0.2.1", Verdict::Exact, Some("192.0.2.1")),
    ("several", "sso.example.com", Verdict::Exact, Some("sso.example.com")),
    ("wildcard", "sso.example.com", Verdict::Wildcard, Some("*.example.com")),
    ("wildcard", "example.com", Verdict::WildcardNotApex, Some("*.example.com")),
    ("wildcard", "a.sso.example.com", Verdict::WildcardCoversOneLabel, Some("*.example.com")),
    ("wildcard", "notexample.com", Verdict::Other, None),
    ("wildcard", ".example.com", Verdict::Other, None),
    ("wildcard and apex", "example.com", Verdict::Exact, Some("example.com")),
    ("deeper wildcard", "eu.example.com", Verdict::WildcardNotApex, Some("*.eu.example.com")),
    ("wildcard of com", "example.com", Verdict::WildcardTooWide, Some("*.com")),
    ("wildcard of all", "localhost", Verdict::WildcardTooWide, Some("*")),
    ("two wildcards", "sso.example.com", Verdict::WildcardPartial, Some("*.*.com")),
    ("inner wildcard", "sso.example.com", Verdict::WildcardPartial, Some("sso.*.com")),
    ("front of a label", "sso.example.com", Verdict::WildcardPartial, Some("s*.example.com")),
    ("front of a label", "www.example.com", Verdict::Other, None),
    ("dot at the end", "sso.example.com", Verdict::Misspelt, Some("sso.example.com.")),
    ("wildcard with dot", "sso.example.com", Verdict::Misspelt, Some("*.example.com.")),
    ("A-labels", "sso.日本語.jp", Verdict::Exact, Some("sso.xn--wgv71a119e.jp")),
    ("wildcard of A-labels", "sso.日本語.jp", Verdict::Wildcard, Some("*.xn--wgv71a119e.jp")),
    ("U-labels", "sso.日本語.jp", Verdict::Misspelt, Some("sso.日本語.jp")),
    ("address 6", "[2001:DB8::1]", Verdict::Exact, Some("2001:db8::1")),
    ("mapped address", "192.0.2.1", Verdict::Other, None),
    ("address and mask", "192.0.2.1", Verdict::Other, None),
    ("address as DNS name", "192.0.2.1", Verdict::AddressAsDnsName, Some("192.0.2.1")),
    ("address as DNS name", "2001:db8::1", Verdict::AddressAsDnsName, Some("2001:db8::1")),
    ("common name", "sso.example.com", Verdict::CommonName, Some("sso.example.com")),
    ("common name besides", "sso.example.com", Verdict::CommonName, Some("sso.example.com")),
    ("common name and URI", "sso.example.com", Verdict::CommonName, Some("sso.example.com")),
    ("other", "sso.example.com", Verdict::Other, None),
];

/// Who else judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Other {
    /// OpenSSL's `-verify_hostname` and `-verify_ip`, as they are without further flags.
    OpenSsl,
    /// rustls-webpki.
    Webpki,
}

/// A group of differences: each of the certificates with each of the hosts is judged otherwise by the other one.
pub struct Difference {
    pub other: Other,
    pub certificates: &'static [&'static str],
    pub hosts: &'static [&'static str],
    pub why: &'static str,
}

/// All differences. With rustls-webpki there is none.
pub const DIFFERENCES: [Difference; 8] = [
    Difference {
        other: Other::OpenSsl,
        certificates: &["front of a label", "end of a label"],
        hosts: &["sso.example.com", "SSO.EXAMPLE.COM", "so.example.com"],
        why: "OpenSSL lets a wildcard stand for a part of the first label (X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS forbids \
              it). RFC 9525 section 6.3 takes whole labels only, as browsers do.",
    },
    Difference {
        other: Other::OpenSsl,
        certificates: &["front of a label"],
        hosts: &["s.example.com"],
        why: "As before; the part may be empty.",
    },
    Difference {
        other: Other::OpenSsl,
        certificates: &["common name", "common name and URI"],
        hosts: &["sso.example.com", "SSO.EXAMPLE.COM"],
        why: "OpenSSL takes the common name where no alternative name is a DNS name (X509_CHECK_FLAG_NEVER_CHECK_SUBJECT \
              forbids it). RFC 9525 section 2 knows no such thing, and browsers have left it.",
    },
    Difference {
        other: Other::OpenSsl,
        certificates: &[
            "exact",
            "capitals",
            "several",
            "wildcard",
            "wildcard in capitals",
            "wildcard and apex",
            "dot at the end",
        ],
        hosts: &["sso.example.com."],
        why: "OpenSSL compares the dot at the end of an absolute name, so that only a name with a dot fits. Browsers and \
              rustls take the dot from the host and refuse it in a certificate.",
    },
    Difference {
        other: Other::OpenSsl,
        certificates: &["apex", "wildcard and apex"],
        hosts: &["example.com."],
        why: "As before.",
    },
    Difference {
        other: Other::OpenSsl,
        certificates: &["wildcard", "wildcard in capitals", "wildcard and apex"],
        hosts: &["a_b.example.com"],
        why: "OpenSSL lets a wildcard stand for letters, digits and hyphens only; browsers and rustls take underscores too.",
    },
    Difference {
        other: Other::OpenSsl,
        certificates: &["wildcard", "wildcard in capitals", "wildcard and apex", "end of a label", "underscore"],
        hosts: &["-sso.example.com"],
        why: "No host's label begins with a hyphen (RFC 1034 section 3.5), and rustls asks for none. OpenSSL does not look.",
    },
    Difference {
        other: Other::OpenSsl,
        certificates: &[
            "exact",
            "capitals",
            "several",
            "suffix",
            "wildcard",
            "wildcard in capitals",
            "wildcard and apex",
            "deeper wildcard",
            "front of a label",
            "end of a label",
            "middle of a label",
            "star within A-label",
            "common name",
            "common name besides",
            "common name and URI",
            "underscore",
        ],
        hosts: &[".example.com"],
        why: "For OpenSSL a dot in front asks for any name under the domain. It is no name of a host.",
    },
];
