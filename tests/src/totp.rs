//! The authenticator app of an administrator.

use std::time::{SystemTime, UNIX_EPOCH};

use totp_rs::{Algorithm, Builder, Secret};

fn code(secret: &str, later: u64) -> String {
    let secret = Secret::try_from_base32(secret.trim()).unwrap();
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_secret(secret).build().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    totp.generate(now + later).to_string()
}

/// The code of this half minute, for a secret in base32.
pub fn now(secret: &str) -> String {
    code(secret, 0)
}

/// The code that counts so many seconds later.
pub fn after(secret: &str, seconds: u64) -> String {
    code(secret, seconds)
}

/// The code of the next half minute, from a file with the secret in base32.
pub fn next(file: &str) -> String {
    code(&std::fs::read_to_string(file).unwrap(), 30)
}
