//! The bytes of what is signed and sealed: CBOR (RFC 8949). What was signed is kept and hashed as it came; nothing is
//! ever encoded again to be verified.

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::codes;

/// The largest message that is read, in bytes: a revision with the largest metadata.
pub const LIMIT: usize = 8 * 1024 * 1024;

/// The bytes of a value. Encoding into memory cannot fail.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}

/// Reads a value that fills all of the bytes.
///
/// Code: `FORMAT`.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T> {
    decode_within(bytes, LIMIT)
}

/// Reads a value that fills all of the bytes, of which there are at most so many.
///
/// Code: `FORMAT`.
pub fn decode_within<'b, T: Decode<'b, ()>>(bytes: &'b [u8], limit: usize) -> Result<T> {
    let wrong = || Fault::new(codes::FORMAT);
    if bytes.len() > limit {
        return Err(wrong());
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().map_err(|_| wrong())?;
    if decoder.position() == bytes.len() { Ok(value) } else { Err(wrong()) }
}
