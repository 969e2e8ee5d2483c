//! Codes of an authenticator app: RFC 6238 with SHA-1, six digits and thirty seconds, which every app knows.

use sekisho_fault::{Fault, Result};
use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::App;
use crate::codes;

/// Bytes of a seed (RFC 4226, 4).
pub const SEED: usize = 20;

/// The step of a code, if it is one of now, or of the step before or behind: clocks differ. A step is used once, which the caller sees
/// to.
pub fn step(app: &App, code: &str, now: i64) -> Option<u64> {
    let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let totp = builder(&app.seed).build().ok()?;
    is_code.then(|| totp.check(code, u64::try_from(now).ok()?)).flatten()
}

/// How an app takes a seed down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// In base32, to type.
    pub seed: String,
    /// As an address, which a QR code carries.
    pub uri: String,
}

/// A seed as the app of a user takes it down. `issuer`: what the app calls the account's place.
///
/// Code: `FORMAT`, where the name of the account cannot be shown.
pub fn shown(seed: &[u8], account: &str, issuer: &str) -> Result<Shown> {
    let failed = || Fault::new(codes::FORMAT);
    // A colon would end the issuer's name.
    let (account, issuer) = (account.replace(':', " "), issuer.replace(':', " "));
    let totp: Totp =
        builder(seed).with_account_name(account).with_issuer(Some(issuer)).build().map_err(|_| failed())?;
    let uri = totp.to_url().map_err(|_| failed())?;
    Ok(Shown { seed: Secret::from(seed.to_vec()).to_base32(), uri })
}

fn builder(seed: &[u8]) -> Builder {
    Builder::new().with_algorithm(Algorithm::SHA1).with_skew(1).with_secret(seed.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_now_names_its_step_and_older_ones_do_not_count() {
        let app = App { seed: b"12345678901234567890".to_vec(), since: 0 };
        // RFC 6238, appendix B, the last six digits.
        assert_eq!(step(&app, "287082", 59), Some(1));
        assert_eq!(step(&app, "287082", 59 + 30), Some(1), "one step late");
        assert_eq!(step(&app, "287082", 59 + 61), None);
        for wrong in ["", "28708", "287083", "+28708", "２87082", "2870820"] {
            assert_eq!(step(&app, wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn a_seed_is_shown_with_the_account_and_its_place() {
        let shown = shown(&[7; SEED], "alice@example.com", "Sekisho: Example").unwrap();
        assert!(shown.uri.starts_with("otpauth://totp/Sekisho%20%20Example:alice%40example.com?"), "{}", shown.uri);
        assert_eq!(shown.seed.len(), 32);
    }
}
