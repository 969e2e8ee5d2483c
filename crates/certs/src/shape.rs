//! What a DER value is, told by the tags of its first elements.

use pkcs8::der::asn1::AnyRef;
use pkcs8::der::{Decode, ErrorKind, Reader, SliceReader, Tag, Tagged};

/// The kinds of DER values an administrator's files are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Something with a signature: certificate, request, or revocation list (RFC 5280, RFC 2986).
    Signed,
    /// PKCS#12 (RFC 7292).
    Pkcs12,
    /// PKCS#7, now CMS (RFC 5652).
    Pkcs7,
    /// `EncryptedPrivateKeyInfo` (RFC 5958).
    EncryptedKey,
    /// `PrivateKeyInfo` (RFC 5958).
    Pkcs8,
    /// `RSAPrivateKey` (RFC 8017).
    Pkcs1,
    /// `ECPrivateKey` (RFC 5915).
    Sec1,
}

/// The shape of the value that `bytes` begin with, and that value without what follows it (some tools add a newline).
pub(crate) fn of(bytes: &[u8]) -> Option<(Shape, &[u8])> {
    let value = SliceReader::new(bytes).ok()?.tlv_bytes().ok()?;
    let tags: Vec<Tag> = elements(value)?.iter().take(3).map(Tagged::tag).collect();
    let shape = match tags.as_slice() {
        [Tag::Sequence, Tag::Sequence, Tag::BitString] => Shape::Signed,
        [Tag::Integer, Tag::Sequence, Tag::OctetString] => Shape::Pkcs8,
        [Tag::Integer, Tag::Sequence] | [Tag::Integer, Tag::Sequence, Tag::Sequence] => Shape::Pkcs12,
        [Tag::ObjectIdentifier, Tag::ContextSpecific { .. }] => Shape::Pkcs7,
        [Tag::Sequence, Tag::OctetString] => Shape::EncryptedKey,
        [Tag::Integer, Tag::Integer, Tag::Integer] => Shape::Pkcs1,
        [Tag::Integer, Tag::OctetString, ..] => Shape::Sec1,
        _ => return None,
    };
    Some((shape, value))
}

/// Whether the bytes begin a DER sequence that is longer than they are: a file that was not copied to its end.
pub(crate) fn cut_off(bytes: &[u8]) -> bool {
    // 0x8_ is a length of several bytes, which no text begins with.
    let [0x30, 0x81..=0x84, ..] = bytes else { return false };
    let value = SliceReader::new(bytes).and_then(|mut reader| reader.tlv_bytes());
    value.is_err_and(|error| matches!(error.kind(), ErrorKind::Incomplete { .. }))
}

/// The elements of a constructed DER value (a sequence, a set, or an explicit tag).
pub(crate) fn elements(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let outer = AnyRef::from_der(der).ok()?;
    outer.tag().is_constructed().then(|| inside(outer))?
}

/// The elements inside a value that is already taken apart.
pub(crate) fn inside(value: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(value.value()).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(elements)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_elements_tell_the_shape() {
        // SEQUENCE { INTEGER 0, OCTET STRING "" } and a newline after it.
        assert_eq!(of(&[0x30, 5, 2, 1, 0, 4, 0, b'\n']), Some((Shape::Sec1, &[0x30, 5, 2, 1, 0, 4, 0][..])));
        assert_eq!(of(&[0x30, 4, 0x30, 0, 4, 0]), Some((Shape::EncryptedKey, &[0x30, 4, 0x30, 0, 4, 0][..])));
        assert_eq!(of(&[0x04, 0]), None);
        assert_eq!(of(b"0 hello"), None);
        assert!(cut_off(&[0x30, 0x82, 4, 0, 0x30]));
        assert!(!cut_off(b"0 hello"));
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_shape_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = of(&bytes);
        }
    }
}
