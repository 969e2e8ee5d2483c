//! Encrypted private keys (`BEGIN ENCRYPTED PRIVATE KEY`, RFC 5958) with PBES2 (RFC 8018).

use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use sekisho_fault::{Fault, Result};

use crate::codes;
use crate::key::PrivateKey;

/// The most rounds of PBKDF2 that are run for a file.
const MOST_ROUNDS: u32 = 1_000_000;
/// The most memory that scrypt may take for a file, in bytes.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// Opens an encrypted key with the first password that fits.
///
/// Codes: `ENCRYPTION_KIND`, `PASSWORD_NEEDED`, `KEY_PASSWORD`, `KEY_KIND`.
pub(crate) fn read(der: &[u8], passwords: &[&str]) -> Result<PrivateKey> {
    let kind = || Fault::new(codes::ENCRYPTION_KIND);
    let sealed = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| kind())?;
    let EncryptionScheme::Pbes2(parameters) = &sealed.encryption_algorithm else { return Err(kind()) };
    if !affordable(parameters) {
        return Err(kind());
    }
    if passwords.is_empty() {
        return Err(Fault::new(codes::PASSWORD_NEEDED).on("key_password"));
    }
    let opened = passwords.iter().find_map(|password| sealed.decrypt(password).ok());
    let opened = opened.ok_or_else(|| Fault::new(codes::KEY_PASSWORD).on("key_password"))?;
    PrivateKey::from_pkcs8(opened.as_bytes())
}

/// Whether a file asks for no more work than honest files do.
fn affordable(parameters: &Parameters) -> bool {
    match &parameters.kdf {
        Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= MOST_ROUNDS,
        Kdf::Scrypt(scrypt) => {
            let memory = scrypt.cost_parameter.saturating_mul(128 * u64::from(scrypt.block_size));
            memory <= MOST_MEMORY && scrypt.parallelization <= 16
        }
        _ => false,
    }
}
