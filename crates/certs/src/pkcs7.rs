//! The certificates of a PKCS#7 file (`.p7b`): `SignedData` without signers (RFC 5652 section 5.1).

use pkcs8::ObjectIdentifier;
use pkcs8::der::asn1::AnyRef;
use pkcs8::der::{Encode, Tag, Tagged};

use crate::shape::{elements, inside};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// The certificates, DER, as they stand in the file; none if it is another kind of PKCS#7.
///
/// The file is walked, not decoded and written again: a certificate must keep the octets that were signed.
pub(crate) fn certificates(der: &[u8]) -> Option<Vec<Vec<u8>>> {
    let content_info = elements(der)?;
    let [kind, content] = content_info.as_slice() else { return None };
    if kind.decode_as::<ObjectIdentifier>().ok()? != SIGNED_DATA {
        return None;
    }
    let signed_data = inside(*content)?.into_iter().next().and_then(inside)?;
    // version, digestAlgorithms, encapContentInfo, then [0] certificates if there are any.
    let set = signed_data.into_iter().skip(3).find(|element| is_first_choice(*element))?;
    let certificates = inside(set)?.into_iter().filter(|one| one.tag() == Tag::Sequence);
    certificates.map(|one| one.to_der().ok()).collect()
}

fn is_first_choice(element: AnyRef<'_>) -> bool {
    matches!(element.tag(), Tag::ContextSpecific { number, .. } if number.value() == 0)
}
