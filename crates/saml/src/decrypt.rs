//! XML encryption of an assertion or of a name: AES under RSA-OAEP.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::OaepAlgorithm;
use sekisho_fault::{Fault, Result};
use uppsala::NodeId;

use crate::algorithms::{self, Cipher};
use crate::codes;
use crate::keys::SpKey;
use crate::names::{DS, XENC, XENC11};
use crate::xml::{Xml, base64, shape};

/// Decrypts an `EncryptedAssertion` or an `EncryptedID` with the first of our keys that fits.
///
/// `authentic`: the octets around it are signed, without which CBC is refused (its padding would be an oracle).
/// Codes: `CBC_UNSIGNED`, `ALGORITHM`, and `DECRYPTION` for whatever else goes wrong, so that nothing is learnt from it.
pub(crate) fn content(xml: &Xml<'_>, encrypted: NodeId, keys: &[SpKey], authentic: bool) -> Result<String> {
    let parts = xml.children(encrypted)?;
    let data = *parts.first().filter(|id| xml.is(**id, XENC, "EncryptedData")).ok_or_else(|| shape("EncryptedData"))?;
    let cipher = algorithms::cipher(method(xml, data)?)?;
    if matches!(cipher, Cipher::Cbc(_)) && !authentic {
        return Err(Fault::new(codes::CBC_UNSIGNED));
    }
    let content = value(xml, data)?;
    // The key is inside KeyInfo, or beside EncryptedData (both are in use).
    let inside = match xml.only(data, DS, "KeyInfo")? {
        Some(info) => xml.named(info, XENC, "EncryptedKey")?,
        None => Vec::new(),
    };
    let mut encrypted_keys = inside;
    for part in &parts[1..] {
        if !xml.is(*part, XENC, "EncryptedKey") {
            return Err(shape("an encrypted element with other parts"));
        }
        encrypted_keys.push(*part);
    }
    if encrypted_keys.is_empty() || encrypted_keys.len() > 4 {
        return Err(shape("EncryptedKey"));
    }
    for encrypted_key in encrypted_keys {
        let oaep = key_transport(xml, encrypted_key)?;
        let wrapped = value(xml, encrypted_key)?;
        for key in keys.iter().filter_map(SpKey::decrypting) {
            let mut buffer = vec![0; key.min_output_size()];
            if let Ok(plain) = key.decrypt(oaep, &wrapped, &mut buffer, None)
                && let Some(text) = open(&cipher, plain, &content)
            {
                return Ok(text);
            }
        }
    }
    Err(Fault::new(codes::DECRYPTION))
}

fn method<'a>(xml: &'a Xml<'_>, id: NodeId) -> Result<&'a str> {
    xml.required_attribute(xml.required(id, XENC, "EncryptionMethod")?, "Algorithm")
}

fn value(xml: &Xml<'_>, id: NodeId) -> Result<Vec<u8>> {
    let data = xml.required(id, XENC, "CipherData")?;
    let value = xml.required(data, XENC, "CipherValue")?;
    base64(xml.text(value)?).ok_or_else(|| Fault::new(codes::DECRYPTION))
}

fn key_transport(xml: &Xml<'_>, encrypted_key: NodeId) -> Result<&'static OaepAlgorithm> {
    let method = xml.required(encrypted_key, XENC, "EncryptionMethod")?;
    let algorithm = |id: Option<NodeId>| id.map(|id| xml.required_attribute(id, "Algorithm")).transpose();
    let digest = algorithm(xml.only(method, DS, "DigestMethod")?)?;
    let mask = algorithm(xml.only(method, XENC11, "MGF")?)?;
    algorithms::key_transport(xml.required_attribute(method, "Algorithm")?, digest, mask)
}

fn open(cipher: &Cipher, key: &[u8], content: &[u8]) -> Option<String> {
    let plain = match cipher {
        Cipher::Gcm(algorithm) => {
            let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
            let (nonce, sealed) = content.split_at_checked(12)?;
            let mut buffer = sealed.to_vec();
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let length = key.open_in_place(nonce, Aad::empty(), &mut buffer).ok()?.len();
            buffer.truncate(length);
            buffer
        }
        Cipher::Cbc(algorithm) => {
            let key = DecryptingKey::cbc(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
            let (iv, sealed) = content.split_at_checked(16)?;
            let mut buffer = sealed.to_vec();
            let with_iv = DecryptionContext::Iv128(FixedLength::try_from(iv).ok()?);
            let padded = key.decrypt(&mut buffer, with_iv).ok()?;
            // ISO 10126 padding (XML encryption 5.2): the last octet counts, the others are random.
            let padding = usize::from(*padded.last()?);
            let end = padded.len().checked_sub(padding).filter(|_| (1..=16).contains(&padding))?;
            buffer.truncate(end);
            buffer
        }
    };
    String::from_utf8(plain).ok()
}
