//! Codes for when every other factor is lost. Each can be used once; only their hashes are kept.

use aws_lc_rs::digest::{SHA256, digest};
use minicbor::{Decode, Encode};

/// So many codes are given.
pub const CODES: usize = 10;
/// Random bytes of a code: 50 bits as ten letters, each of them behind a sign-in at the identity provider and few tries.
pub const BYTES: usize = 10;
/// Letters and digits that nobody takes for one another; 32 of them, so that a byte is as likely any as another.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";

/// The hash of a code.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Recovery(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

impl Recovery {
    /// The hash of a code as it was typed: with or without its hyphen, in capitals or not. Nothing where it cannot be one.
    pub fn of(code: &str) -> Option<Self> {
        let letters: Vec<u8> = code.bytes().filter(|byte| *byte != b'-' && *byte != b' ').collect();
        let letters = letters.to_ascii_lowercase();
        if letters.len() != BYTES || !letters.iter().all(|letter| LETTERS.contains(letter)) {
            return None;
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &[b"sekisho/recovery/1\0", letters.as_slice()].concat()).as_ref());
        Some(Self(hash))
    }
}

/// A code of random bytes, as people write it down: `abcde-fghjk`.
pub fn code(random: [u8; BYTES]) -> String {
    let letters = random.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    let (first, second) = letters.split_at(BYTES / 2);
    first.iter().chain(&['-']).chain(second).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::Factors;

    #[test]
    fn a_code_is_known_however_it_is_typed_and_is_used_once() {
        let given = code([0, 1, 2, 3, 4, 31, 32, 33, 255, 9]);
        assert_eq!(given.len(), BYTES + 1);
        let factors = Factors { recovery: vec![Recovery::of(&given).unwrap()], ..Factors::default() };
        for typed in [given.clone(), given.to_uppercase(), given.replace('-', ""), format!(" {given} ")] {
            assert!(factors.without(&typed).is_some(), "{typed}");
        }
        let left = factors.without(&given).unwrap();
        assert!(left.recovery.is_empty() && left.without(&given).is_none());
        for other in ["", "abcde", "abcde-fghjo", "abcde-fghjkk", "ａbcde-fghjk"] {
            assert!(factors.without(other).is_none(), "{other}");
        }
    }
}
