//! The cryptography that nobody can leave out: as many octets hashed as in one validation, one RSA-2048 signature
//! verified; and for an encrypted assertion, one key unwrapped and the content opened.

use std::hint::black_box;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};

/// All that is needed, prepared: keys are parsed, messages made.
pub struct Bare {
    hashed: Vec<u8>,
    key: ParsedPublicKey,
    signature: Vec<u8>,
    sealed: Option<Sealed>,
}

struct Sealed {
    key: OaepPrivateDecryptingKey,
    wrapped: Vec<u8>,
    content: Vec<u8>,
}

const SIGNED: [u8; 32] = [7; 32];
const CONTENT_KEY: [u8; 32] = [9; 32];

impl Bare {
    /// With this RSA key (PKCS#8), for so many octets.
    pub fn new(pkcs8: &[u8], octets: usize, encrypted: bool) -> Self {
        let pair = KeyPair::from_pkcs8(pkcs8).expect("an RSA key");
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &SIGNED, &mut signature).expect("a signature");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("a key has a form");
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public.as_ref()).expect("an RSA key");
        let sealed = encrypted.then(|| Sealed::new(pkcs8, octets));
        Self { hashed: vec![b'x'; octets], key, signature, sealed }
    }

    /// Once.
    pub fn once(&self) {
        if let Some(sealed) = &self.sealed {
            sealed.open();
        }
        black_box(digest(&SHA256, black_box(&self.hashed)));
        self.key.verify_sig(&SIGNED, black_box(&self.signature)).expect("a good signature");
    }
}

impl Sealed {
    fn new(pkcs8: &[u8], octets: usize) -> Self {
        let private = PrivateDecryptingKey::from_pkcs8(pkcs8).expect("an RSA key");
        let public = OaepPublicEncryptingKey::new(private.public_key()).expect("an RSA key");
        let mut wrapped = vec![0; public.ciphertext_size()];
        public.encrypt(&OAEP_SHA1_MGF1SHA1, &CONTENT_KEY, &mut wrapped, None).expect("a short key");
        let mut content = vec![b'x'; octets];
        cipher(&CONTENT_KEY).seal_in_place_append_tag(nonce(), Aad::empty(), &mut content).expect("a short message");
        Self { key: OaepPrivateDecryptingKey::new(private).expect("an RSA key"), wrapped, content }
    }

    fn open(&self) {
        let mut buffer = vec![0; self.key.min_output_size()];
        let key = self.key.decrypt(&OAEP_SHA1_MGF1SHA1, &self.wrapped, &mut buffer, None).expect("our key");
        let mut content = self.content.clone();
        black_box(cipher(key).open_in_place(nonce(), Aad::empty(), &mut content).expect("our content"));
    }
}

fn cipher(key: &[u8]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 octets"))
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
