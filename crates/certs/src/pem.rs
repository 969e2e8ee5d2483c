//! PEM files. The only module that uses rustls-pemfile.

use std::borrow::Cow;
use std::fmt::Write as _;

use data_encoding::BASE64;
use rustls_pemfile::Item;
use sekisho_fault::{Fault, Result};
use zeroize::Zeroizing;

use crate::codes;
use crate::key::PrivateKey;
use crate::shape::{self, Shape};

/// The largest file, in bytes.
pub const LIMIT: usize = 1024 * 1024;

/// Labels that rustls-pemfile does not know, and one that it reads instead: what a section holds is told by its
/// content.
const LABELS: [(&str, &str); 6] = [
    ("ENCRYPTED PRIVATE KEY", "PRIVATE KEY"),
    ("PKCS7", "CERTIFICATE"),
    ("PKCS #7 SIGNED DATA", "CERTIFICATE"),
    ("CMS", "CERTIFICATE"),
    ("X509 CERTIFICATE", "CERTIFICATE"),
    ("NEW CERTIFICATE REQUEST", "CERTIFICATE REQUEST"),
];

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// Certificates, DER, in the file's order.
    pub certificates: Vec<Vec<u8>>,
    /// The private key, if there is one.
    pub key: Option<PrivateKey>,
}

/// Reads a PEM file of certificates, a key that is not encrypted, or both.
///
/// Codes: `TOO_LARGE`, `NOT_PEM`, `KEY_ENCRYPTED`, `KEY_KIND`.
pub fn read(bytes: &[u8]) -> Result<Contents> {
    within_limit(bytes)?;
    if has_encrypted_section(bytes) {
        return Err(Fault::new(codes::KEY_ENCRYPTED));
    }
    let mut contents = Contents::default();
    for section in sections(bytes)? {
        match shape::of(&section) {
            Some((Shape::Signed, der)) => contents.certificates.push(der.to_vec()),
            Some((Shape::Pkcs8, der)) => contents.key = Some(PrivateKey::from_pkcs8(der)?),
            Some((Shape::Pkcs1, der)) => contents.key = Some(PrivateKey::from_pkcs1(der)?),
            Some((Shape::Sec1, der)) => contents.key = Some(PrivateKey::from_sec1(der)?),
            _ => {}
        }
    }
    if contents.certificates.is_empty() && contents.key.is_none() {
        return Err(Fault::new(codes::NOT_PEM));
    }
    Ok(contents)
}

/// Refuses what is over [`LIMIT`]. Code: `TOO_LARGE`.
pub(crate) fn within_limit(bytes: &[u8]) -> Result<()> {
    if bytes.len() > LIMIT {
        return Err(Fault::new(codes::TOO_LARGE).with("size", bytes.len()).with("limit", LIMIT));
    }
    Ok(())
}

/// Whether there is a PEM section in it.
pub(crate) fn is_pem(bytes: &[u8]) -> bool {
    text(bytes).contains("-----BEGIN ")
}

/// Whether a key is encrypted the way that came before PKCS#8 (RFC 1421 headers), which nothing here reads.
pub(crate) fn has_old_encryption(bytes: &[u8]) -> bool {
    text(bytes).contains("Proc-Type: 4,ENCRYPTED")
}

fn has_encrypted_section(bytes: &[u8]) -> bool {
    has_old_encryption(bytes) || text(bytes).contains("-----BEGIN ENCRYPTED PRIVATE KEY")
}

/// The sections of a PEM file, decoded. Text around them is skipped.
///
/// Code: `NOT_PEM`.
pub(crate) fn sections(bytes: &[u8]) -> Result<Vec<Zeroizing<Vec<u8>>>> {
    let mut lines = Zeroizing::new(String::with_capacity(bytes.len() + 1));
    for line in text(bytes).lines() {
        lines.push_str(&known_label(line.trim()));
        lines.push('\n');
    }
    let mut sections = Vec::new();
    for item in rustls_pemfile::read_all(&mut lines.as_bytes()) {
        let der = match item.map_err(|_| Fault::new(codes::NOT_PEM))? {
            Item::X509Certificate(der) => der.to_vec(),
            Item::Pkcs8Key(key) => key.secret_pkcs8_der().to_vec(),
            Item::Pkcs1Key(key) => key.secret_pkcs1_der().to_vec(),
            Item::Sec1Key(key) => key.secret_sec1_der().to_vec(),
            Item::Csr(der) => der.to_vec(),
            _ => continue,
        };
        sections.push(Zeroizing::new(der));
    }
    Ok(sections)
}

fn known_label(line: &str) -> Cow<'_, str> {
    for edge in ["-----BEGIN ", "-----END "] {
        let label = line.strip_prefix(edge).and_then(|rest| rest.strip_suffix("-----"));
        if let Some((_, known)) = LABELS.iter().find(|(name, _)| Some(*name) == label) {
            return format!("{edge}{known}-----").into();
        }
    }
    line.into()
}

/// The text of a file: UTF-8 as far as it goes, or UTF-16 with a byte order mark, as Windows shells write it.
fn text(bytes: &[u8]) -> Zeroizing<String> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    Zeroizing::new(match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    })
}

/// Adds one section to `out` (RFC 7468).
pub(crate) fn write(out: &mut String, label: &str, der: &[u8]) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "-----BEGIN {label}-----");
    // 48 bytes are one line of 64 characters.
    for line in der.chunks(48) {
        BASE64.encode_append(line, out);
        out.push('\n');
    }
    let _ = writeln!(out, "-----END {label}-----");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(der in proptest::collection::vec(any::<u8>(), 1..300)) {
            let mut text = String::new();
            write(&mut text, "CERTIFICATE", &der);
            let read = sections(text.as_bytes()).unwrap();
            prop_assert_eq!(read.iter().map(|one| one.to_vec()).collect::<Vec<_>>(), vec![der]);
        }
    }
}
