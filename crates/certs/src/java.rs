//! Java key stores (`.jks`, `.jceks`), as `keytool` makes them. Why they are read here: docs/adr/0011.
//!
//! A password proves the whole file, and each key is locked once more, with a password that may be another.

mod entries;
mod jceks;
mod jks;
mod locked;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, Digest, SHA1_FOR_LEGACY_USE_ONLY};
use sekisho_fault::{Fault, Result};
use zeroize::Zeroizing;

use crate::codes;
use crate::store::Store;
use entries::Entries;
use locked::Locked;

/// What Java puts between the password and the file's octets when it proves a store.
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// Whether the bytes begin as a Java key store does.
pub(crate) fn is_store(bytes: &[u8]) -> bool {
    entries::MAGICS.iter().any(|magic| bytes.starts_with(magic))
}

/// Opens a store with the first password that proves it, and the keys in it with `key_passwords` or the store's own.
/// Keys that stay locked are left out where another one opens: each may have its own password.
///
/// Codes: `DAMAGED`, `SECRET_KEYS`, `PASSWORD_NEEDED`, `STORE_PASSWORD`, `KEY_PASSWORD`, `ENCRYPTION_KIND`.
pub(crate) fn read(bytes: &[u8], store_passwords: &[&str], key_passwords: &[&str]) -> Result<Store> {
    let entries = entries::read(bytes)?;
    let Some(store_password) = store_passwords.iter().find(|password| proves(password, &entries)) else {
        let code = if store_passwords.is_empty() { codes::PASSWORD_NEEDED } else { codes::STORE_PASSWORD };
        return Err(Fault::new(code).on("store_password"));
    };
    let mut passwords = key_passwords.to_vec();
    if !passwords.contains(store_password) {
        passwords.push(store_password);
    }
    let keys = opened(&entries.keys, &passwords)?;
    if keys.is_empty() && !entries.keys.is_empty() {
        return Err(Fault::new(codes::KEY_PASSWORD).on("key_password"));
    }
    Ok(Store { certificates: entries.certificates.into_iter().map(<[u8]>::to_vec).collect(), keys })
}

/// Those keys that one of the passwords opens. Code: `ENCRYPTION_KIND`.
fn opened(sealed: &[&[u8]], passwords: &[&str]) -> Result<Vec<Zeroizing<Vec<u8>>>> {
    let kind = || Fault::new(codes::ENCRYPTION_KIND);
    let locked = sealed.iter().map(|der| Locked::read(der)).collect::<Option<Vec<_>>>().ok_or_else(kind)?;
    if !jceks::affordable(locked.iter().map(Locked::rounds)) {
        return Err(kind());
    }
    let open = |key: &Locked<'_>| passwords.iter().find_map(|password| key.open(password));
    Ok(locked.iter().filter_map(open).collect())
}

fn proves(password: &str, entries: &Entries<'_>) -> bool {
    let digest = sha1(&[&utf16(password), WHITENER, entries.proven]);
    verify_slices_are_equal(digest.as_ref(), entries.proof).is_ok()
}

/// A password as Java's strings are: UTF-16, the high octet first.
fn utf16(password: &str) -> Zeroizing<Vec<u8>> {
    // Room for all of it, so that no copy stays behind when it grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * password.len()));
    bytes.extend(password.encode_utf16().flat_map(u16::to_be_bytes));
    bytes
}

/// SHA-1 of several parts after each other.
fn sha1(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for part in parts {
        context.update(part);
    }
    context.finish()
}
