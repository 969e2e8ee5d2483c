//! Passphrases: one to take over, and a judgement of one's own.

use data_encoding::BASE32_NOPAD;
use sekisho_fault::{Fault, Result};

use crate::codes;

/// Guesses that a passphrase must stand: the hub can guess offline (R10), and each guess costs it a second and 64 MiB.
const GUESSES: u64 = 10_u64.pow(12);

/// A passphrase of 100 random bits, in groups that can be read out.
pub fn suggest(random: [u8; 13]) -> String {
    let letters = BASE32_NOPAD.encode(&random).to_lowercase();
    let groups: Vec<&str> = (0..20).step_by(5).filter_map(|at| letters.get(at..at + 5)).collect();
    groups.join("-")
}

/// Refuses a passphrase that is easy to guess, for whoever knows these words about its owner.
///
/// Code: `WEAK_PASSPHRASE`.
pub fn judge(passphrase: &str, known: &[&str]) -> Result<()> {
    if passphrase.chars().count() >= 12 && zxcvbn::zxcvbn(passphrase, known).guesses() >= GUESSES {
        Ok(())
    } else {
        Err(Fault::new(codes::WEAK_PASSPHRASE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_is_strong_and_common_words_are_not() {
        judge(&suggest([0x5a, 0x13, 0x77, 0x01, 0xfe, 0x9c, 0x42, 0x88, 0x31, 0xd0, 0x6b, 0xe5, 0x2f]), &[]).unwrap();
        for weak in ["", "password", "passwordpassword", "tanaka-tanaka", "aaaaaaaaaaaaaaaaaaaa"] {
            assert_eq!(judge(weak, &["tanaka", "example"]).unwrap_err().code, codes::WEAK_PASSPHRASE, "{weak}");
        }
    }
}
