//! E-mail addresses as identities: exact, or refused. Nothing is folded but ASCII case (R24).

use std::fmt;

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::host::Host;

/// A mail domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Reads a domain: a DNS name with at least one dot, never an address.
    ///
    /// Code: `DOMAIN`.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Fault::new(codes::DOMAIN).with("value", text);
        let host = Host::parse(text).map_err(|_| wrong())?;
        let name = host.as_str();
        if !name.contains('.') || name.parse::<std::net::IpAddr>().is_ok() {
            return Err(wrong());
        }
        Ok(Self(name.to_owned()))
    }

    /// The domain in A-labels.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Domain {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

/// One plain e-mail address, in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl TryFrom<String> for Email {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl Email {
    /// Takes an address that needs no cleaning: ASCII, one `@`, no quoting, no space, no trailing dot.
    ///
    /// Code: `EMAIL`.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Fault::new(codes::EMAIL).with("value", text.chars().take(320).collect::<String>());
        let (local, domain) = text.split_once('@').ok_or_else(wrong)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        if local.is_empty() || local.len() > 64 || dots || !local.bytes().all(plain) || !domain.is_ascii() {
            return Err(wrong());
        }
        let read = Domain::parse(domain).map_err(|_| wrong())?;
        if !domain.eq_ignore_ascii_case(read.as_str()) {
            return Err(wrong());
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the `@`, in A-labels.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether it is in one of these domains, exactly.
    pub fn is_in(&self, domains: &[Domain]) -> bool {
        self.0.split_once('@').is_some_and(|(_, own)| domains.iter().any(|domain| domain.as_str() == own))
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ascii_case_is_folded() {
        assert_eq!(Email::parse("Alice@Example.COM").unwrap().as_str(), "alice@example.com");
        assert_eq!(Email::parse("o'hara+x@example.com").unwrap().as_str(), "o'hara+x@example.com");
    }

    #[test]
    fn an_address_that_needs_cleaning_is_refused() {
        for text in [
            "",
            "alice",
            "alice@",
            "@example.com",
            "a@b@example.com",
            " alice@example.com",
            "alice@example.com\u{a0}",
            "аlice@example.com",
            "\"a b\"@example.com",
            "alice@example.com.",
            "alice@exаmple.com",
            "alice@ｅxample.com",
            "a..b@example.com",
            "alice@[127.0.0.1]",
            "alice@127.0.0.1",
            "alice@localhost",
            "a,b@example.com",
            "alice\u{200b}@example.com",
            "ſ@example.com",
        ] {
            assert_eq!(Email::parse(text).map_err(|fault| fault.code), Err(codes::EMAIL), "{text:?}");
        }
    }

    #[test]
    fn a_domain_matches_exactly_and_not_by_its_end() {
        let domains = [Domain::parse("example.com").unwrap()];
        assert!(Email::parse("a@example.com").unwrap().is_in(&domains));
        assert!(!Email::parse("a@evilexample.com").unwrap().is_in(&domains));
        assert!(!Email::parse("a@sub.example.com").unwrap().is_in(&domains));
    }
}
