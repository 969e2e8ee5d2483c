//! Certificates and keys: octets as what an administrator drops on the console, as a certificate of an identity provider, and
//! as a key of ours.

use sekisho_certs::import::{File, Passwords, read};
use sekisho_saml::keys::{IdpKey, SpKey};

use crate::odd;
use crate::support::keys::Key;

/// Stores that `keytool` made, for the tests of the certificates' crate.
const JAVA: [&[u8]; 5] = [
    include_bytes!("../../crates/certs/tests/java/one.jks"),
    include_bytes!("../../crates/certs/tests/java/several.jks"),
    include_bytes!("../../crates/certs/tests/java/two-passwords.jceks"),
    include_bytes!("../../crates/certs/tests/java/two-keys.jceks"),
    include_bytes!("../../crates/certs/tests/java/secret.jceks"),
];

/// The body.
pub fn run(octets: &[u8]) {
    let _ = IdpKey::from_certificate(octets);
    let _ = SpKey::from_pkcs8(octets);
    let _ = sekisho_certs::describe::describe(octets);
    let file = File { name: "dropped", bytes: octets };
    for passwords in [Passwords::default(), Passwords::one("changeit")] {
        if let Ok(pair) = read(&[file], &passwords).and_then(sekisho_certs::import::Import::pair) {
            let _ = sekisho_certs::check::server(&pair, &["sso.example.com"], 0);
        }
    }
}

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = odd::octets();
    for key in [Key::p256(), Key::rsa()] {
        seeds.push(pem("CERTIFICATE", &key.certificate));
        seeds.push([pem("PRIVATE KEY", &key.pkcs8), pem("CERTIFICATE", &key.certificate)].concat());
        seeds.push(key.pkcs8);
        seeds.push(key.certificate);
    }
    seeds.extend(JAVA.map(<[u8]>::to_vec));
    seeds
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    let text = data_encoding::BASE64.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n").into_bytes()
}
