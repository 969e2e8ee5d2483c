//! Sealed bytes: AES-256-GCM with the nonce in front.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sekisho_fault::{Fault, Result};

use crate::codes;
use crate::derive::Secret;

/// Bytes of a nonce.
pub const NONCE: usize = 12;

/// Seals `plain` for this key; `context` must be the same at opening. The nonce must never be used twice with one
/// key: twelve random bytes do, for a key that seals fewer than 2³² times.
///
/// Code: `NOT_AUTHENTIC`, which the primitive's bounds make impossible for what fits into memory here.
pub fn seal(key: &Secret, nonce: [u8; NONCE], context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let failed = |_| Fault::new(codes::NOT_AUTHENTIC);
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.expose()).map_err(failed)?);
    let mut sealed = plain.to_vec();
    let unique = Nonce::assume_unique_for_key(nonce);
    cipher.seal_in_place_append_tag(unique, Aad::from(context), &mut sealed).map_err(failed)?;
    Ok([&nonce[..], &sealed].concat())
}

/// Opens what [`seal`] made.
///
/// Code: `NOT_AUTHENTIC`.
pub fn open(key: &Secret, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let failed = || Fault::new(codes::NOT_AUTHENTIC);
    let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or_else(failed)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.expose()).map_err(|_| failed())?);
    let mut buffer = sealed.to_vec();
    Ok(cipher.open_in_place(nonce, Aad::from(context), &mut buffer).map_err(|_| failed())?.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_sealed_opens_only_unchanged_and_in_its_context(plain: Vec<u8>, at: usize, bit in 0u8..8) {
            let key = Secret::new([1; 32]);
            let sealed = seal(&key, [2; NONCE], b"here", &plain).unwrap();
            prop_assert_eq!(open(&key, b"here", &sealed).unwrap(), plain);
            prop_assert!(open(&key, b"there", &sealed).is_err());
            prop_assert!(open(&Secret::new([3; 32]), b"here", &sealed).is_err());
            let mut changed = sealed.clone();
            let place = at % changed.len();
            changed[place] ^= 1 << bit;
            prop_assert!(open(&key, b"here", &changed).is_err());
            prop_assert!(open(&key, b"here", &sealed[..place]).is_err());
        }
    }
}
