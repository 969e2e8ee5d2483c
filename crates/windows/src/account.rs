//! Accounts and groups, by their security identifier.

use std::fmt;
use std::str::FromStr;

/// An account or a group: its security identifier as text, such as `S-1-5-18`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account(String);

/// Why a text is no security identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAccount;

impl fmt::Display for NotAnAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a security identifier")
    }
}

impl std::error::Error for NotAnAccount {}

impl Account {
    /// Windows itself.
    pub fn system() -> Self {
        Self("S-1-5-18".to_owned())
    }

    /// The group of this computer's administrators.
    pub fn administrators() -> Self {
        Self("S-1-5-32-544".to_owned())
    }

    /// The virtual account `NT SERVICE\sekishod`: its number follows from the service's name (`sc showsid sekishod`).
    pub fn service() -> Self {
        Self("S-1-5-80-1450100683-491620302-2653196966-2055648739-2777558081".to_owned())
    }

    /// The account that this process runs as.
    #[cfg(windows)]
    pub fn own() -> std::io::Result<Self> {
        crate::system::own_account()
    }
}

/// Only what is a security identifier, written out, gets into a descriptor's text.
impl FromStr for Account {
    type Err = NotAnAccount;

    fn from_str(text: &str) -> Result<Self, NotAnAccount> {
        let parts: Vec<&str> = text.strip_prefix("S-1-").ok_or(NotAnAccount)?.split('-').collect();
        let number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<u32>().is_ok();
        // The authority, and one to fifteen numbers below it.
        if (2..=16).contains(&parts.len()) && parts.iter().all(number) {
            return Ok(Self(text.to_owned()));
        }
        Err(NotAnAccount)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_security_identifier_is_read_and_written_alike() {
        for account in [Account::system(), Account::administrators(), Account::service()] {
            assert_eq!(account.to_string().parse(), Ok(account));
        }
    }

    #[test]
    fn what_could_change_the_meaning_of_a_descriptor_is_no_account() {
        for text in ["", "WD", "S-1-", "S-1-1", "S-1-5-", "S-1-5-18)(A;;GA;;;WD", "S-1-5-+18", "S-2-5-18", " S-1-5-18"]
        {
            assert_eq!(text.parse::<Account>(), Err(NotAnAccount), "{text}");
        }
    }
}
