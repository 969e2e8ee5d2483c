//! Certificates made in the test, read and judged.

use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use sekisho_certs::{Pair, check, codes, coverage, pem};

fn authority() -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Test CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), Issuer::new(params, key))
}

/// A leaf, its key and its authority's certificate, as PEM.
fn leaf(names: &[&str]) -> (String, String, String) {
    let (ca, issuer) = authority();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    (params.signed_by(&key, &issuer).unwrap().pem(), key.serialize_pem(), ca)
}

fn assemble(text: &str) -> sekisho_fault::Result<Pair> {
    let contents = pem::read(text.as_bytes())?;
    Pair::assemble(&contents.certificates, contents.key.expect("a key"))
}

#[test]
fn a_chain_in_any_order_is_ordered_from_the_leaf() {
    let (leaf, key, ca) = leaf(&["sso.example.com"]);
    let pair = assemble(&format!("{ca}{key}{leaf}")).unwrap();
    assert_eq!(pair.chain().len(), 2);
    assert_eq!(coverage::names(pair.leaf()).unwrap(), ["sso.example.com"]);
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (first, _, _) = leaf(&["sso.example.com"]);
    let (_, other, _) = leaf(&["sso.example.com"]);
    assert_eq!(assemble(&format!("{first}{other}")).unwrap_err().code, codes::KEY_MISMATCH);
}

#[test]
fn what_is_no_certificate_is_refused_by_its_code() {
    let read = |text: &str| pem::read(text.as_bytes()).unwrap_err().code;
    assert_eq!(read("hello"), codes::NOT_PEM);
    assert_eq!(
        read("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        codes::KEY_ENCRYPTED
    );
    assert_eq!(read(&" ".repeat(2 << 20)), codes::TOO_LARGE);
}

#[test]
fn dates_and_names_are_judged() {
    let (certificate, key, _) = leaf(&["*.example.com", "127.0.0.1"]);
    let pair = assemble(&format!("{certificate}{key}")).unwrap();
    let codes_at = |hosts: &[&str], now| -> Vec<_> {
        check::pair(&pair, hosts, now).unwrap().into_iter().map(|fault| fault.code).collect()
    };
    // rcgen's certificates hold from 1975 to 4096.
    let now = 1_795_513_267;
    assert!(codes_at(&["sso.example.com", "127.0.0.1"], now).is_empty());
    assert_eq!(codes_at(&["sso.example.net"], now), [codes::NOT_COVERED]);
    assert_eq!(codes_at(&[], 99_999_999_999), [codes::EXPIRED]);
    assert_eq!(codes_at(&[], 1), [codes::NOT_YET_VALID]);
    assert_eq!(codes_at(&[], 67_090_000_000), [codes::ENDS_SOON]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = pem::read(&bytes);
        let _ = coverage::names(&bytes);
    }
}
