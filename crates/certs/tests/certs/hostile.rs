//! Bytes of any kind give a value or a fault.

use std::sync::LazyLock;

use crate::openssl::{Workshop, file};
use proptest::prelude::*;
use sekisho_certs::import::{self, Passwords};
use sekisho_certs::{check, describe, pem, request};

/// One real file of each kind.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let shop = Workshop::new();
    let export = "pkcs12 -export -in leaf.crt -inkey leaf.key -passout pass:secret -iter 100 -maciter";
    shop.openssl(&format!("{export} -out new.pfx"));
    shop.openssl(&format!("{export} -legacy -out old.pfx"));
    shop.openssl(&format!("{export} -nomac -out bare.pfx"));
    shop.openssl("pkcs8 -topk8 -iter 100 -in leaf.key -outform DER -passout pass:secret -out sealed.der");
    shop.openssl("x509 -in leaf.crt -outform DER -out leaf.der");
    shop.openssl("rsa -traditional -in leaf.key -outform DER -out pkcs1.der");
    shop.openssl("ec -in mid.key -outform DER -out sec1.der");
    shop.openssl("crl2pkcs7 -nocrl -certfile leaf.crt -outform DER -out leaf.p7b");
    let names = "leaf.crt leaf.csr leaf.key leaf.der leaf.p7b pkcs1.der sec1.der sealed.der new.pfx old.pfx bare.pfx";
    names.split(' ').map(|name| shop.read(name)).collect()
});

fn everything(bytes: &[u8]) {
    let passwords = Passwords::one("secret");
    if let Ok(found) = import::read(&[file("any", bytes)], &passwords) {
        for certificate in &found.certificates {
            let _ = describe(certificate);
        }
        if let Ok(pair) = found.pair() {
            let _ = check::server(&pair, &["sso.example.com"], 0);
        }
    }
    let _ = pem::read(bytes);
    let _ = describe(bytes);
    let _ = request::names(&String::from_utf8_lossy(bytes));
}

#[test]
fn every_real_file_is_read_whole() {
    for bytes in FILES.iter().filter(|bytes| !bytes.starts_with(b"-----BEGIN CERTIFICATE REQUEST")) {
        import::read(&[file("real", bytes)], &Passwords::one("secret")).unwrap();
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_or_read() {
    for bytes in FILES.iter() {
        for length in (0..bytes.len()).step_by(97) {
            everything(&bytes[..length]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        everything(&bytes);
        everything(&[b"-----BEGIN CERTIFICATE-----\n".as_slice(), &bytes].concat());
    }

    #[test]
    fn a_flipped_bit_is_read_or_refused(which in 0_usize..11, place in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let mut bytes = FILES[which].clone();
        let place = place.index(bytes.len());
        bytes[place] ^= 1_u8 << bit;
        everything(&bytes);
    }

    #[test]
    fn a_flipped_bit_near_the_beginning_is_read_or_refused(which in 0_usize..11, place in 0_usize..64, bit in 0_u32..8) {
        let mut bytes = FILES[which].clone();
        bytes[place] ^= 1_u8 << bit;
        everything(&bytes);
    }
}
