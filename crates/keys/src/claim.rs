//! What a server claims at the hub before it takes an answer that nobody asked for (R7).

use data_encoding::HEXLOWER;

use crate::derive::Purpose;
use crate::keyring::Keyring;

/// The name under which an assertion of an identity provider is claimed: 32 bytes in lower-case hexadecimal. All servers
/// of the connection have the same one, in every key epoch; without the keyring it tells nothing.
pub fn name(keyring: &Keyring, idp: &str, assertion: &str) -> String {
    HEXLOWER.encode(&keyring.blind.derive(Purpose::Replay, b"assertion").blinded(&[idp, assertion]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::Secret;

    #[test]
    fn an_assertion_has_one_name_in_every_epoch_and_another_in_another_connection() {
        let keyring = Keyring::first(Secret::new([1; 32]), Secret::new([2; 32]));
        let one = name(&keyring, "idp", "_a");
        assert_eq!(name(&keyring.next(Secret::new([3; 32])), "idp", "_a"), one);
        let elsewhere = Keyring::first(Secret::new([1; 32]), Secret::new([4; 32]));
        let others = [name(&elsewhere, "idp", "_a"), name(&keyring, "idp_", "a"), name(&keyring, "idp", "_b")];
        assert!(!others.contains(&one) && one.len() == 64, "{one}");
    }
}
