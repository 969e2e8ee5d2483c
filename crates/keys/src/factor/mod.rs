//! What a user has besides the sign-in at the identity provider: an authenticator app (RFC 6238), security keys and passkeys (Web
//! Authentication Level 3), and codes for when all of these are lost. It is part of the user's record, sealed as the secret is.

pub mod recovery;
pub mod totp;
pub mod webauthn;

use minicbor::{Decode, Encode};

use crate::factor::recovery::Recovery;
use crate::factor::webauthn::PublicKey;

/// So many security keys a user may have.
pub const MOST_KEYS: usize = 10;

/// A user's second factors.
#[derive(Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Factors {
    /// The authenticator app.
    #[n(0)]
    pub app: Option<App>,
    /// Security keys and passkeys.
    #[n(1)]
    pub keys: Vec<SecurityKey>,
    /// The recovery codes that are left.
    #[n(2)]
    pub recovery: Vec<Recovery>,
    /// When the first of them was set up: seconds since 1970.
    #[n(3)]
    pub since: i64,
}

/// An authenticator app.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct App {
    /// The seed.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub seed: Vec<u8>,
    /// When it was set up: seconds since 1970.
    #[n(1)]
    pub since: i64,
}

/// A security key, or a passkey.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecurityKey {
    /// Its credential.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: Vec<u8>,
    /// What verifies its answers.
    #[n(1)]
    pub key: PublicKey,
    /// The name of the servers that it answers at: browsers ask it for no other.
    #[n(2)]
    pub host: String,
    /// What the user calls it.
    #[n(3)]
    pub name: String,
    /// When it was set up: seconds since 1970.
    #[n(4)]
    pub since: i64,
}

impl Factors {
    /// Whether there is nothing to ask for.
    pub fn is_empty(&self) -> bool {
        self.app.is_none() && self.keys.is_empty()
    }

    /// The key with this credential.
    pub fn key(&self, id: &[u8]) -> Option<&SecurityKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The same without a recovery code that was used; nothing where it is none.
    #[must_use]
    pub fn without(&self, code: &str) -> Option<Self> {
        let used = Recovery::of(code)?;
        let left: Vec<Recovery> = self.recovery.iter().filter(|one| **one != used).cloned().collect();
        (left.len() < self.recovery.len()).then(|| Self { recovery: left, ..self.clone() })
    }
}

impl std::fmt::Debug for Factors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Factors")
    }
}
