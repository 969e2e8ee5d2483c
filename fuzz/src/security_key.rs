//! Answers of security keys: octets as an attestation object, as authenticator data, as client data.

use sekisho_keys::factor::webauthn::{Asked, PublicKey, answered, registered};

const CHALLENGE: [u8; 32] = [1; 32];
const CLIENT: &[u8] =
    br#"{"type":"webauthn.create","challenge":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","origin":"https://sso.example"}"#;

/// What comes is read or refused, and nothing that was not signed is taken for an answer.
pub fn run(octets: &[u8]) {
    let origins = ["https://sso.example".to_owned()];
    let asked = Asked { challenge: &CHALLENGE, origins: &origins, host: "sso.example" };
    if let Ok(made) = registered(&asked, CLIENT, octets) {
        assert!(!made.id.is_empty() && made.id.len() <= 1023);
    }
    let _ = registered(&asked, octets, octets);
    let key = PublicKey::Ed25519([7; 32]);
    assert!(answered(&asked, &key, CLIENT, octets, octets).is_err());
    assert!(answered(&asked, &key, octets, octets, octets).is_err());
}

/// An attestation object with an Ed25519 key, as far as it goes: the octets before the key are right.
pub fn seeds() -> Vec<Vec<u8>> {
    // {"fmt": "none", "attStmt": {}, "authData": …}, written out: SHA-256 of "sso.example" stands first in the data.
    let mut data = vec![0; 32];
    data.extend([0x41, 0, 0, 0, 5]);
    data.extend([9; 16]);
    data.extend([0, 4]);
    data.extend(b"name");
    data.extend([0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 0x20]);
    data.extend([7; 32]);
    let mut object = vec![0xa3, 0x63];
    object.extend(b"fmt");
    object.push(0x64);
    object.extend(b"none");
    object.push(0x67);
    object.extend(b"attStmt");
    object.extend([0xa0, 0x68]);
    object.extend(b"authData");
    object.push(0x58);
    object.push(u8::try_from(data.len()).unwrap());
    object.extend(&data);
    vec![object, data, CLIENT.to_vec()]
}
