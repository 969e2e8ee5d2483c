//! How JKS locks a key: the key is covered by a stream of SHA-1 digests, each of the password and the one before.
//!
//! The content is a salt, the covered key, and a digest of the password and the bare key.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::Zeroizing;

use super::{sha1, utf16};

/// The length of a SHA-1 digest, and of the salt.
const DIGEST: usize = 20;

/// The bare key, if the password is the right one.
pub(super) fn open(content: &[u8], password: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (salt, rest) = content.split_at_checked(DIGEST)?;
    let (covered, proof) = rest.split_at_checked(rest.len().checked_sub(DIGEST)?)?;
    let password = utf16(password);
    let mut key = Zeroizing::new(covered.to_vec());
    let mut stream = Zeroizing::new(salt.to_vec());
    for block in key.chunks_mut(DIGEST) {
        stream = Zeroizing::new(sha1(&[&password, &stream]).as_ref().to_vec());
        block.iter_mut().zip(stream.iter()).for_each(|(octet, cover)| *octet ^= cover);
    }
    verify_slices_are_equal(sha1(&[&password, &key]).as_ref(), proof).is_ok().then_some(key)
}
