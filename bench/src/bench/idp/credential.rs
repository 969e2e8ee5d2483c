//! A key with its certificate.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use data_encoding::BASE64;

/// An RSA key of 2048 bits, and a certificate of it that the key itself signed.
pub struct Credential {
    /// The key.
    pub pair: KeyPair,
    key: rcgen::KeyPair,
    certificate: rcgen::Certificate,
}

impl Credential {
    /// A new one, for this host.
    pub fn new(host: &str) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().expect("a key has a form");
        let key =
            rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.as_ref().to_vec().into(), &rcgen::PKCS_RSA_SHA256)
                .expect("a key");
        let certificate = rcgen::CertificateParams::new(vec![host.to_owned()]).expect("a name").self_signed(&key);
        Self { pair, key, certificate: certificate.expect("a certificate") }
    }

    /// The certificate as XML holds it: base64 of its DER.
    pub fn certificate_base64(&self) -> String {
        BASE64.encode(self.certificate.der())
    }

    /// The certificate as PEM.
    pub fn certificate_pem(&self) -> String {
        self.certificate.pem()
    }

    /// The private key as PEM (PKCS#8).
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }
}
