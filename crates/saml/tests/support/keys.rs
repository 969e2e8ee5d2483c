//! Keys of identity and service providers, of every kind that XML signature knows here, made when a test asks for them.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512,
};
use data_encoding::BASE64;
use sekisho_saml::keys::IdpKey;

use super::signing::MORE;

enum Pair {
    Rsa(RsaPair),
    Ecdsa(EcdsaKeyPair),
}

/// A key pair with its own certificate.
pub struct Key {
    pair: Pair,
    pub pkcs8: Vec<u8>,
    pub certificate: Vec<u8>,
}

impl Key {
    pub fn rsa() -> Self {
        Self::rsa_of(KeySize::Rsa2048)
    }

    pub fn rsa_of(size: KeySize) -> Self {
        let pair = RsaPair::generate(size).unwrap();
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap().as_ref().to_vec();
        let certificate = certificate(&pkcs8, &rcgen::PKCS_RSA_SHA256);
        Self { pair: Pair::Rsa(pair), pkcs8, certificate }
    }

    /// The kind that costs next to nothing to make: for tests that are about something else.
    pub fn p256() -> Self {
        Self::ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, &rcgen::PKCS_ECDSA_P256_SHA256)
    }

    pub fn p384() -> Self {
        Self::ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, &rcgen::PKCS_ECDSA_P384_SHA384)
    }

    pub fn p521() -> Self {
        Self::ecdsa(&ECDSA_P521_SHA512_FIXED_SIGNING, &rcgen::PKCS_ECDSA_P521_SHA512)
    }

    fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, named: &'static rcgen::SignatureAlgorithm) -> Self {
        let pair = EcdsaKeyPair::generate(algorithm).unwrap();
        let pkcs8 = pair.to_pkcs8v1().unwrap().as_ref().to_vec();
        let certificate = certificate(&pkcs8, named);
        Self { pair: Pair::Ecdsa(pair), pkcs8, certificate }
    }

    /// The method that this key signs with when nothing else is asked for.
    pub fn method(&self) -> String {
        match self.pair {
            Pair::Rsa(_) => format!("{MORE}rsa-sha256"),
            Pair::Ecdsa(_) => format!("{MORE}ecdsa-sha256"),
        }
    }

    /// Signs as the method says; methods that this key cannot do give a value of the right length that fits nothing.
    pub fn sign(&self, method: &str, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Ecdsa(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let encoding = match method.rsplit('#').next().unwrap_or_default() {
                    "rsa-sha384" => &RSA_PKCS1_SHA384,
                    "rsa-sha512" => &RSA_PKCS1_SHA512,
                    "sha256-rsa-MGF1" => &RSA_PSS_SHA256,
                    "sha384-rsa-MGF1" => &RSA_PSS_SHA384,
                    "sha512-rsa-MGF1" => &RSA_PSS_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut value = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), message, &mut value).unwrap();
                value
            }
        }
    }

    pub fn idp_key(&self) -> IdpKey {
        IdpKey::from_certificate(&self.certificate).unwrap()
    }

    pub fn certificate_base64(&self) -> String {
        BASE64.encode(&self.certificate)
    }

    /// `KeyInfo` with the certificate.
    pub fn key_info(&self) -> String {
        format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            self.certificate_base64()
        )
    }
}

/// HMAC keyed with something that is public: what confused verifiers take for a signature.
pub fn hmac(secret: &[u8], method: &str, message: &[u8]) -> Vec<u8> {
    let algorithm = if method.ends_with("sha1") { hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY } else { hmac::HMAC_SHA256 };
    hmac::sign(&hmac::Key::new(algorithm, secret), message).as_ref().to_vec()
}

fn certificate(pkcs8: &[u8], algorithm: &'static rcgen::SignatureAlgorithm) -> Vec<u8> {
    let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.to_vec().into(), algorithm).unwrap();
    let parameters = rcgen::CertificateParams::new(vec!["idp".to_owned()]).unwrap();
    parameters.self_signed(&key).unwrap().der().to_vec()
}
