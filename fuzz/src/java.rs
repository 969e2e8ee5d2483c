//! Java key stores for [`crate::certificate`]. Their proof hides all behind it from whoever changes an octet, so each changed
//! store is proven anew.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// The password of all of them.
pub const PASSWORD: &str = "changeit";

/// Stores that `keytool` made, for the tests of the certificates' crate.
const STORES: [&[u8]; 6] = [
    include_bytes!("../../crates/certs/tests/java/one.jks"),
    include_bytes!("../../crates/certs/tests/java/several.jks"),
    include_bytes!("../../crates/certs/tests/java/trusted.jks"),
    include_bytes!("../../crates/certs/tests/java/two-passwords.jceks"),
    include_bytes!("../../crates/certs/tests/java/two-keys.jceks"),
    include_bytes!("../../crates/certs/tests/java/secret.jceks"),
];
/// The length of a proof.
const PROOF: usize = 20;

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    STORES.map(<[u8]>::to_vec).into()
}

/// Octets that begin as a store, with the proof that fits [`PASSWORD`] in the place of their own.
pub fn proven(octets: &[u8]) -> Option<Vec<u8>> {
    if !STORES.iter().any(|store| octets.starts_with(&store[..4])) {
        return None;
    }
    let content = &octets[..octets.len().checked_sub(PROOF)?];
    let password: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let proof = digest(&SHA1_FOR_LEGACY_USE_ONLY, &[&password, b"Mighty Aphrodite".as_slice(), content].concat());
    Some([content, proof.as_ref()].concat())
}
