//! Host names and IP addresses.

use std::fmt;
use std::net::IpAddr;

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use crate::codes;

/// A DNS name in lower-case A-labels, or an IP address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

impl Host {
    /// Reads a host. International names become A-labels (UTS 46); scheme, port, path and spaces are refused.
    ///
    /// Code: `HOST`.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Fault::new(codes::HOST).with("value", text);
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.to_string()));
        }
        // What a URL would take apart, or decode, is no part of a host.
        if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control() || "/\\?#@:%[]_*".contains(c))
        {
            return Err(wrong());
        }
        match url::Host::parse(text).map_err(|_| wrong())? {
            url::Host::Domain(name) if name.len() <= 253 && name.split('.').all(label) => Ok(Self(name)),
            // `parse` above took every true address; what the URL rules make one ("127.1", "0x7f") is refused.
            _ => Err(wrong()),
        }
    }

    /// The name or address, without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it stands in a URL: IPv6 addresses in brackets.
    pub fn in_url(&self) -> String {
        if self.0.contains(':') { format!("[{}]", self.0) } else { self.0.clone() }
    }
}

fn label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Host {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_addresses_are_read() {
        assert_eq!(Host::parse("SSO.Example.co.jp").unwrap().as_str(), "sso.example.co.jp");
        assert_eq!(Host::parse("日本語.jp").unwrap().as_str(), "xn--wgv71a119e.jp");
        assert_eq!(Host::parse("10.2.0.11").unwrap().as_str(), "10.2.0.11");
        assert_eq!(Host::parse("::1").unwrap().in_url(), "[::1]");
    }

    #[test]
    fn what_is_more_or_less_than_a_host_is_refused() {
        for text in [
            "",
            "https://a.example",
            "a.example:8443",
            "a.example/x",
            "a b",
            "a_b.example",
            "*.example",
            "127.1",
            "0x7f.1",
            "a..example",
            ".example",
            "-a.example",
            "a@b",
            "[::1]",
            "a%2eb",
        ] {
            assert_eq!(Host::parse(text).map_err(|fault| fault.code), Err(codes::HOST), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_host_that_was_read_reads_as_itself(text in ".{0,40}") {
            if let Ok(host) = Host::parse(&text) {
                prop_assert_eq!(Host::parse(host.as_str()).unwrap(), host);
            }
        }
    }
}
