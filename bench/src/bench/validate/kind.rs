//! The kinds of messages that are validated.

use super::super::idp::credential::Credential;
use super::super::idp::message::Protection;

/// A kind of message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The assertion is signed.
    Assertion,
    /// The response is signed.
    Response,
    /// The assertion is signed, then encrypted.
    Encrypted,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Assertion, Self::Response, Self::Encrypted];

    /// How tasks and orders call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Response => "response",
            Self::Encrypted => "encrypted",
        }
    }

    /// What its figures begin with. The signed assertion is what most identity providers send.
    pub fn figures(self) -> &'static str {
        match self {
            Self::Assertion => "validate",
            Self::Response => "validate_response",
            Self::Encrypted => "validate_encrypted",
        }
    }

    /// How such a message to this recipient is protected.
    pub fn protection(self, recipient: &Credential) -> Protection<'_> {
        match self {
            Self::Assertion => Protection::Assertion,
            Self::Response => Protection::Response,
            Self::Encrypted => Protection::Encrypted(recipient),
        }
    }
}
