//! Names of things for good: 128 random bits each, of a type of its own, so that none is taken for another.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::codes;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident($size:literal);)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; $size]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = Fault;

            /// Reads the lower-case hexadecimal form. Code: `ID`.
            fn from_str(text: &str) -> Result<Self> {
                let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
                bytes.map(Self).ok_or_else(|| Fault::new(codes::ID).with("value", text.chars().take(80).collect::<String>()))
            }
        }
    )+};
}

ids! {
    /// An organisation.
    OrganisationId(16);
    /// A connection: one SSO Connect provisioning instance.
    ConnectionId(16);
    /// A node of the organisation's tree.
    NodeId(16);
    /// A server.
    ServerId(16);
    /// An administrator.
    AdministratorId(16);
    /// An invitation of an administrator.
    InvitationId(16);
    /// A save: the same at every try, so that a retry is not a second save.
    SaveId(16);
    /// A user: a blinded value, that tells nothing without the connection's key.
    UserId(32);
    /// An account: the public key that follows from its secret. All identities of one person share it, and nobody else has it.
    AccountId(32);
    /// The fingerprint of a pair of public keys (SHA-256).
    KeyId(32);
    /// SHA-256 of something.
    Hash(32);
}

impl Hash {
    /// Before the first of a chain there is nothing.
    pub const NONE: Self = Self([0; 32]);

    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
        Self(hash)
    }

    /// Reads the form in which people compare it, or the plain one.
    ///
    /// Code: `ID`.
    pub fn read_shown(text: &str) -> Result<Self> {
        text.split_whitespace().collect::<String>().to_lowercase().parse()
    }

    /// As people compare it: upper-case hexadecimal in groups of four.
    pub fn shown(&self) -> String {
        let hex = data_encoding::HEXUPPER.encode(&self.0);
        // The text is ASCII: every cut is between characters.
        let groups: Vec<&str> = (0..hex.len()).step_by(4).filter_map(|at| hex.get(at..at + 4)).collect();
        groups.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_as_it_is_written_and_nothing_else_does() {
        let id = ServerId([0xab; 16]);
        assert_eq!(id.to_string().parse::<ServerId>().unwrap(), id);
        for text in ["", "ab", "AB".repeat(16).as_str(), "zz".repeat(16).as_str(), &"ab".repeat(17)] {
            assert_eq!(text.parse::<ServerId>().unwrap_err().code, codes::ID);
        }
    }
}
