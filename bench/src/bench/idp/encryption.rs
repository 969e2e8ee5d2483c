//! XML encryption of an assertion: AES-256-GCM under RSA-OAEP with SHA-1, which every peer knows.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::fill;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::KeyPair as _;
use data_encoding::BASE64;

use super::credential::Credential;
use super::message::SAML;
use super::signature::DS;

const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";

/// An `EncryptedAssertion` that this recipient can open.
pub fn encrypt(assertion: &str, recipient: &Credential) -> String {
    let (mut key, mut nonce) = ([0; 32], [0; 12]);
    fill(&mut key).and_then(|()| fill(&mut nonce)).expect("random bytes");
    let mut sealed = assertion.as_bytes().to_vec();
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("32 octets"));
    cipher
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
        .expect("a short message");
    let (key, content) = (BASE64.encode(&wrap(&key, recipient)), BASE64.encode(&[&nonce, &sealed[..]].concat()));
    format!(
        "<saml:EncryptedAssertion xmlns:saml=\"{SAML}\"><xenc:EncryptedData xmlns:xenc=\"{XENC}\" Type=\"{XENC}Element\">\
         <xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"></xenc:EncryptionMethod>\
         <ds:KeyInfo xmlns:ds=\"{DS}\"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm=\"{XENC}rsa-oaep-mgf1p\">\
         <ds:DigestMethod Algorithm=\"{DS}sha1\"></ds:DigestMethod></xenc:EncryptionMethod><xenc:CipherData>\
         <xenc:CipherValue>{key}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData>\
         <xenc:CipherValue>{content}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>"
    )
}

/// A key that only the recipient can read.
fn wrap(key: &[u8], recipient: &Credential) -> Vec<u8> {
    let der: PublicKeyX509Der<'_> = recipient.pair.public_key().as_der().expect("a key has a form");
    let public = PublicEncryptingKey::from_der(der.as_ref()).expect("an RSA key");
    let public = OaepPublicEncryptingKey::new(public).expect("an RSA key");
    let mut wrapped = vec![0; public.ciphertext_size()];
    public.encrypt(&OAEP_SHA1_MGF1SHA1, key, &mut wrapped, None).expect("a short key");
    wrapped
}
