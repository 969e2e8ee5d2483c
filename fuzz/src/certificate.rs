//! Certificates and keys: octets as what an administrator drops on the console, as a certificate of an identity provider, and
//! as a key of ours.

use sekisho_certs::import::{File, Import, Passwords, read};
use sekisho_saml::keys::{IdpKey, SpKey};

use crate::support::keys::Key;
use crate::{java, odd};

/// The body.
pub fn run(octets: &[u8]) {
    let _ = IdpKey::from_certificate(octets);
    let _ = SpKey::from_pkcs8(octets);
    let _ = sekisho_certs::describe::describe(octets);
    dropped(octets, Passwords::default());
    dropped(octets, Passwords::one(java::PASSWORD));
    if let Some(store) = java::proven(octets) {
        dropped(&store, Passwords::one(java::PASSWORD));
    }
}

fn dropped(octets: &[u8], passwords: Passwords<'_>) {
    let file = File { name: "dropped", bytes: octets };
    if let Ok(pair) = read(&[file], &passwords).and_then(Import::pair) {
        let _ = sekisho_certs::check::server(&pair, &["sso.example.com"], 0);
        let _ = sekisho_certs::check::trusted(pair.chain(), pair.chain(), 0);
        let _ = sekisho_certs::coverage::judged(pair.leaf(), "sso.example.com");
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
    seeds.extend(java::seeds());
    seeds
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    let text = data_encoding::BASE64.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n").into_bytes()
}
