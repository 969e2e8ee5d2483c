//! What a key store holds, whatever its form.

use zeroize::Zeroizing;

/// The content of an opened store, all DER.
#[derive(Default)]
pub(crate) struct Store {
    /// The certificates.
    pub certificates: Vec<Vec<u8>>,
    /// The keys, PKCS#8.
    pub keys: Vec<Zeroizing<Vec<u8>>>,
}
