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

/// Seals `plain` filled up to a multiple of `block` bytes, so that the length tells little (R20).
///
/// Codes: as [`seal`].
pub fn seal_padded(key: &Secret, nonce: [u8; NONCE], context: &[u8], plain: &[u8], block: usize) -> Result<Vec<u8>> {
    let length = u32::try_from(plain.len()).map_err(|_| Fault::new(codes::FORMAT))?;
    let mut padded = length.to_be_bytes().to_vec();
    padded.extend(plain);
    padded.resize(padded.len().next_multiple_of(block.max(1)), 0);
    seal(key, nonce, context, &padded)
}

/// Opens what [`seal_padded`] made.
///
/// Codes: `NOT_AUTHENTIC`, `FORMAT`.
pub fn open_padded(key: &Secret, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let padded = open(key, context, sealed)?;
    let plain = padded.split_first_chunk::<4>().and_then(|(length, rest)| {
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        rest.get(..length)
    });
    plain.map(<[u8]>::to_vec).ok_or_else(|| Fault::new(codes::FORMAT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_texts_of_different_lengths_look_alike() {
        let key = Secret::new([1; 32]);
        let lengths: Vec<usize> =
            [0, 1, 200].map(|n| seal_padded(&key, [2; NONCE], b"", &vec![7; n], 256).unwrap().len()).to_vec();
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{lengths:?}");
        let sealed = seal_padded(&key, [2; NONCE], b"x", b"abc", 256).unwrap();
        assert_eq!(open_padded(&key, b"x", &sealed).unwrap(), b"abc");
    }

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
