//! A client's key: RSA, made for one login.

use aws_lc_rs::digest;
use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicKey, PublicKeyComponents};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sekisho_fault::{Fault, Result};

use crate::codes;

/// The public key of a client: RSA of 2048 to 4096 bits with an exponent of at least 65537.
pub(crate) struct ClientKey {
    der: Vec<u8>,
    encrypting: Pkcs1PublicEncryptingKey,
}

impl ClientKey {
    /// Reads base64url of a DER `RSAPublicKey` (PKCS#1, RFC 8017 A.1.1).
    ///
    /// Code: `CLIENT_KEY`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong = |detail: &str| Fault::new(codes::CLIENT_KEY).with("detail", detail);
        let unpadded = text.trim_end_matches('=');
        let der = BASE64URL_NOPAD.decode(unpadded.as_bytes()).map_err(|_| wrong("base64url"))?;
        let public = PublicKey::from_der(&der).map_err(|_| wrong("RSAPublicKey"))?;
        // The library reads other forms too; only the one canonical form is taken.
        if public.as_ref() != der {
            return Err(wrong("RSAPublicKey"));
        }
        let components = PublicKeyComponents::<Vec<u8>>::from(&public);
        let top = components.n.first().map_or(8, |byte| byte.leading_zeros());
        let bits = components.n.len() * 8 - top as usize;
        if !(2048..=4096).contains(&bits) {
            return Err(wrong(&format!("{bits} bits")));
        }
        let exponent = components
            .e
            .iter()
            .try_fold(0u64, |value, byte| value.checked_mul(256).map(|value| value | u64::from(*byte)));
        match exponent {
            Some(small) if small < 65537 => return Err(wrong(&format!("e = {small}"))),
            _ => {}
        }
        let encrypting = components.try_into().map_err(|_| wrong("RSAPublicKey"))?;
        let encrypting = Pkcs1PublicEncryptingKey::new(encrypting).map_err(|_| wrong("RSAPublicKey"))?;
        Ok(Self { der, encrypting })
    }

    /// The canonical text of the key.
    pub(crate) fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.der)
    }

    /// Six characters to tell keys apart by: the first hexadecimal digits of the SHA-256 of the DER.
    pub(crate) fn check(&self) -> String {
        HEXLOWER.encode(&digest::digest(&digest::SHA256, &self.der).as_ref()[..3])
    }

    /// Encrypts a text, RSAES-PKCS1-v1_5, base64url.
    ///
    /// Code: `CLIENT_KEY`.
    pub(crate) fn encrypt(&self, text: &str) -> Result<String> {
        let mut buffer = vec![0; self.encrypting.ciphertext_size()];
        let failed = |_| Fault::new(codes::CLIENT_KEY).with("detail", "RSAES-PKCS1-v1_5");
        let encrypted = self.encrypting.encrypt(text.as_bytes(), &mut buffer).map_err(failed)?;
        Ok(BASE64URL_NOPAD.encode(encrypted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::KeyPair as _;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static PAIR: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

    fn integer(bytes: &[u8]) -> Vec<u8> {
        let mut value = bytes.to_vec();
        if value[0] >= 0x80 {
            value.insert(0, 0);
        }
        element(2, &value)
    }

    fn element(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        let length = match value.len() {
            0..128 => vec![length[1]],
            128..256 => vec![0x81, length[1]],
            _ => vec![0x82, length[0], length[1]],
        };
        [&[tag][..], &length, value].concat()
    }

    fn key(n: &[u8], e: &[u8]) -> String {
        BASE64URL_NOPAD.encode(&element(0x30, &[integer(n), integer(e)].concat()))
    }

    fn refused(text: &str) -> bool {
        ClientKey::parse(text).err().is_some_and(|fault| fault.code == codes::CLIENT_KEY)
    }

    #[test]
    fn a_key_of_2048_bits_is_taken_with_and_without_padding() {
        let text = BASE64URL_NOPAD.encode(PAIR.public_key().as_ref());
        let read = ClientKey::parse(&text).ok().unwrap();
        assert_eq!((read.text(), read.check().len()), (text.clone(), 6));
        assert!(ClientKey::parse(&format!("{text}==")).is_ok());
    }

    #[test]
    fn small_weak_and_disguised_keys_are_refused() {
        let n = PAIR.public_key().modulus().big_endian_without_leading_zero().to_vec();
        assert!(ClientKey::parse(&key(&n, &[1, 0, 1])).is_ok());
        for e in [&[3][..], &[17], &[0xff, 0xff], &[1], &[1, 0, 2]] {
            assert!(refused(&key(&n, e)), "{e:?}");
        }
        let odd = |length: usize| {
            let mut n = vec![0xc5; length];
            n[length - 1] = 1;
            n
        };
        for length in [64, 128, 255, 513, 1024] {
            assert!(refused(&key(&odd(length), &[1, 0, 1])), "{length}");
        }
        let spki = PAIR.public_key().as_der();
        let spki: aws_lc_rs::encoding::PublicKeyX509Der<'_> = spki.unwrap();
        assert!(refused(&BASE64URL_NOPAD.encode(spki.as_ref())));
        let longer = [PAIR.public_key().as_ref(), &[0]].concat();
        assert!(refused(&BASE64URL_NOPAD.encode(&longer)));
        assert!(refused(""));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[A-Za-z0-9_=-]{0,400}") {
            prop_assert!(refused(&text));
        }
    }
}
