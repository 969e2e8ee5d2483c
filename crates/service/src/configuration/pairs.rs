//! The pairs that a document names, opened with their private keys.

use sekisho_certs::{Pair, PrivateKey, pem};
use sekisho_config::Document;
use sekisho_config::document::KeyPair;
use sekisho_fault::{Fault, Result};
use zeroize::Zeroizing;

use crate::codes;

/// Finds a private key (PKCS#8) by its name.
pub type FindKey<'a> = dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>> + 'a;

/// A document's pairs, as far as they are there and open.
pub struct Pairs {
    /// TLS's.
    pub tls: Option<Pair>,
    /// SAML's own.
    pub saml: Option<Pair>,
    /// The further names' own, in the order of the names.
    pub others: Vec<Option<Pair>>,
}

/// A pair of the document with its private key.
///
/// Codes: `KEY_MISSING`, and those of certificates.
pub fn pair_of(pair: &KeyPair, key: &FindKey<'_>) -> Result<Pair> {
    let missing = || Fault::new(codes::KEY_MISSING).with("key", pair.key.as_str());
    let key = PrivateKey::from_pkcs8(&key(&pair.key).ok_or_else(missing)?)?;
    Pair::assemble(&pem::read(pair.certificates.as_bytes())?.certificates, key)
}

/// Opens all pairs of a document; what does not open is told at its own field.
pub fn open(document: &Document, key: &FindKey<'_>) -> (Pairs, Vec<Fault>) {
    let mut closed = Vec::new();
    let mut open = |pair: Option<&KeyPair>, field: &str| match pair.map(|pair| pair_of(pair, key)).transpose() {
        Ok(pair) => pair,
        Err(fault) => {
            closed.push(fault.on(field));
            None
        }
    };
    let pairs = Pairs {
        tls: open(document.tls.as_ref(), "tls"),
        saml: open(document.saml.as_ref(), "saml"),
        others: document.other_names.iter().map(|other| open(other.tls.as_ref(), "other_names")).collect(),
    };
    open(document.saml_second.as_ref().map(|second| &second.pair), "saml_second");
    (pairs, closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_key_that_is_missing_is_told_at_the_field_of_its_own_pair() {
        let mut keys = BTreeMap::new();
        let mut made = |name: &str| {
            let pair = sekisho_certs::trial::saml_pair(name, 1_800_000_000).unwrap();
            keys.insert(name.to_owned(), pair.key().pkcs8().to_vec());
            KeyPair { certificates: pair.chain_pem(), key: name.into(), trial: false, unknown: serde_json::Map::new() }
        };
        let mut document = Document::default();
        (document.tls, document.saml) = (Some(made("tls")), Some(made("saml")));
        document.prepare_rollover(made("saml_second"), &Document::default()).unwrap();
        let told = |missing: &[&str]| {
            let key = |name: &str| keys.get(name).filter(|_| !missing.contains(&name)).cloned().map(Zeroizing::new);
            let (_, closed) = open(&document, &key);
            assert!(closed.iter().all(|fault| fault.code == codes::KEY_MISSING), "{closed:?}");
            closed.into_iter().filter_map(|fault| fault.field).collect::<Vec<_>>()
        };
        assert!(told(&[]).is_empty());
        assert_eq!(told(&["saml_second"]), ["saml_second"]);
        assert_eq!(told(&["tls", "saml", "saml_second"]), ["tls", "saml", "saml_second"]);
    }
}
