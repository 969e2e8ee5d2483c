//! PKCS#12 files (`.pfx`, `.p12`, RFC 7292), with p12-keystore: old and new ones are read, new ones are written.

use aws_lc_rs::digest::{SHA256, digest};
use p12_keystore::error::Error;
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, Pkcs12Archive, PrivateKey, PrivateKeyChain,
};
use sekisho_fault::{Fault, Result};
use zeroize::Zeroizing;

use crate::codes;
use crate::make::not_made;
use crate::pair::Pair;
use crate::shape::elements;
use crate::store::Store;

/// How often a passphrase is stretched (PBKDF2 with HMAC-SHA256), for the content and for the check of the passphrase alike:
/// whoever guesses takes the cheaper of the two.
const ROUNDS: u32 = 600_000;
/// What key and certificate are called in the file.
const ALIAS: &str = "sekisho";

/// Writes a pair under a passphrase: AES-256 (PBES2, RFC 8018) and HMAC-SHA256. Takes a second on purpose.
///
/// Code: `NOT_MADE`.
pub(crate) fn write(pair: &Pair, passphrase: &str) -> Result<Vec<u8>> {
    let failed = |_: Error| not_made();
    let key = PrivateKey::from_der(pair.key().pkcs8()).map_err(failed)?;
    let chain: Vec<Certificate> =
        pair.chain().iter().map(|der| Certificate::from_der(der).map_err(failed)).collect::<Result<_>>()?;
    let id = digest(&SHA256, pair.leaf()).as_ref().to_vec();
    let mut store = KeyStore::new();
    store.add_entry(ALIAS, KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(id, key, chain)));
    let writer = store
        .writer(passphrase)
        .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
        .encryption_iterations(ROUNDS)
        .mac_algorithm(MacAlgorithm::HmacSha256)
        .mac_iterations(ROUNDS);
    writer.write().map_err(failed)
}

/// Opens a file with the first password that fits. The empty one is always tried: some files have no other.
///
/// Codes: `PASSWORD_NEEDED`, `STORE_PASSWORD`, `ENCRYPTION_KIND`, `DAMAGED`.
pub(crate) fn read(der: &[u8], passwords: &[&str]) -> Result<Store> {
    let mut reason = None;
    for password in passwords.iter().chain(&[""]) {
        match Pkcs12Archive::from_pkcs12(der, password) {
            Ok(archive) => return Ok(store(&archive)),
            Err(error) => reason = reason.or(Some(error)),
        }
    }
    // Version, content, and the MAC where there is one.
    let has_mac = elements(der).is_some_and(|parts| parts.len() > 2);
    Err(match reason {
        Some(Error::MacError(_)) => wrong(passwords),
        Some(Error::UnpadError | Error::Pkcs5Error(_)) if !has_mac => wrong(passwords),
        // The MAC was right and the rest is locked otherwise: a second password, or an unknown method.
        Some(
            Error::UnpadError
            | Error::Pkcs5Error(_)
            | Error::InvalidParameters
            | Error::UnsupportedEncryptionScheme
            | Error::UnsupportedMacAlgorithm
            | Error::UnsupportedContentType,
        ) => Fault::new(codes::ENCRYPTION_KIND),
        // The library writes passwords as UCS-2, which has no emoji and no rare kanji.
        _ if passwords.iter().any(|password| password.chars().any(|one| one > '\u{ffff}')) => {
            Fault::new(codes::ENCRYPTION_KIND)
        }
        // Without a MAC a wrong password may pass for the right one until the content makes no sense.
        _ if !has_mac && !passwords.is_empty() => wrong(passwords),
        _ => Fault::new(codes::DAMAGED),
    })
}

fn wrong(passwords: &[&str]) -> Fault {
    let code = if passwords.is_empty() { codes::PASSWORD_NEEDED } else { codes::STORE_PASSWORD };
    Fault::new(code).on("store_password")
}

fn store(archive: &Pkcs12Archive) -> Store {
    Store {
        certificates: archive.certs.iter().map(|bag| bag.cert.as_der().to_vec()).collect(),
        keys: archive.keys.iter().map(|bag| Zeroizing::new(bag.key.as_der().to_vec())).collect(),
    }
}
