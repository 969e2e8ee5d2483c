//! Encrypts an assertion to a service provider, in every way that XML encryption knows here.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512, OaepAlgorithm,
    OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use data_encoding::BASE64;

use super::keys::Key;
use super::signing::{DSIG, MORE, XENC};

pub const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
pub const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
pub const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";

/// How to encrypt. Everything not asked for is as a good identity provider does it.
#[derive(Clone)]
pub struct Encrypting<'a> {
    pub to: &'a Key,
    /// `aes128-gcm`, `aes256-gcm`, `aes128-cbc` or `aes256-cbc`.
    pub cipher: &'a str,
    pub transport: &'a str,
    /// The digest's URI; none is SHA-1.
    pub digest: &'a str,
    /// The mask's URI; none is MGF1 with SHA-1.
    pub mask: &'a str,
    /// `EncryptedKey` stands beside `EncryptedData`, not in its `KeyInfo`.
    pub beside: bool,
    /// Does something to the ciphertext.
    pub spoil: fn(Vec<u8>) -> Vec<u8>,
}

impl<'a> Encrypting<'a> {
    pub fn to(key: &'a Key) -> Self {
        Self {
            to: key,
            cipher: "aes256-gcm",
            transport: OAEP_MGF1P,
            digest: "",
            mask: "",
            beside: false,
            spoil: |octets| octets,
        }
    }

    /// An `EncryptedAssertion`.
    pub fn encrypt(&self, plain: &[u8]) -> String {
        let secret = vec![7; if self.cipher.starts_with("aes128") { 16 } else { 32 }];
        let sealed = (self.spoil)(if self.cipher.ends_with("gcm") { gcm(&secret, plain) } else { cbc(&secret, plain) });
        let namespace = if self.cipher.ends_with("gcm") { XENC11 } else { XENC };
        let element = |name: &str, uri: &str| {
            if uri.is_empty() { String::new() } else { format!("<{name} Algorithm=\"{uri}\"/>") }
        };
        let key = format!(
            "<xenc:EncryptedKey><xenc:EncryptionMethod Algorithm=\"{}\">{}{}</xenc:EncryptionMethod><xenc:CipherData>\
             <xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>",
            self.transport,
            element("ds:DigestMethod", self.digest),
            element("xenc11:MGF", self.mask),
            BASE64.encode(&self.wrap(&secret)),
        );
        let (inside, beside) = if self.beside { ("", key.as_str()) } else { (key.as_str(), "") };
        format!(
            "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:xenc=\"{XENC}\" \
             xmlns:xenc11=\"{XENC11}\" xmlns:ds=\"{DSIG}\"><xenc:EncryptedData \
             Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod \
             Algorithm=\"{namespace}{}\"/><ds:KeyInfo>{inside}</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{}\
             </xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>{beside}</saml:EncryptedAssertion>",
            self.cipher,
            BASE64.encode(&sealed),
        )
    }

    fn wrap(&self, secret: &[u8]) -> Vec<u8> {
        let algorithm: &'static OaepAlgorithm = match self.digest {
            "http://www.w3.org/2001/04/xmlenc#sha256" => &OAEP_SHA256_MGF1SHA256,
            "http://www.w3.org/2001/04/xmlenc#sha512" => &OAEP_SHA512_MGF1SHA512,
            digest if digest == format!("{MORE}sha384") => &OAEP_SHA384_MGF1SHA384,
            _ => &OAEP_SHA1_MGF1SHA1,
        };
        let public = PrivateDecryptingKey::from_pkcs8(&self.to.pkcs8).unwrap().public_key();
        let public = OaepPublicEncryptingKey::new(public).unwrap();
        let mut wrapped = vec![0; public.ciphertext_size()];
        public.encrypt(algorithm, secret, &mut wrapped, None).unwrap().to_vec()
    }
}

fn gcm(secret: &[u8], plain: &[u8]) -> Vec<u8> {
    let algorithm = if secret.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
    let key = LessSafeKey::new(UnboundKey::new(algorithm, secret).unwrap());
    let nonce = [9; 12];
    let mut sealed = plain.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).unwrap();
    [nonce.to_vec(), sealed].concat()
}

fn cbc(secret: &[u8], plain: &[u8]) -> Vec<u8> {
    let algorithm = if secret.len() == 16 { &AES_128 } else { &AES_256 };
    let key = EncryptingKey::cbc(UnboundCipherKey::new(algorithm, secret).unwrap()).unwrap();
    let mut padded = plain.to_vec();
    let padding = 16 - plain.len() % 16;
    padded.extend(std::iter::repeat_n(0xa5, padding - 1));
    padded.push(u8::try_from(padding).unwrap());
    let DecryptionContext::Iv128(iv) = key.encrypt(&mut padded).unwrap() else { panic!("CBC has an IV") };
    let iv: &[u8] = iv.as_ref();
    [iv, &padded].concat()
}
