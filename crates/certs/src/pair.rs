//! A certificate with its chain and its key.

use sekisho_fault::{Fault, Result};
use x509_parser::prelude::{FromDer, X509Certificate};
use zeroize::Zeroizing;

use crate::key::PrivateKey;
use crate::{codes, coverage, describe, issuing, pem, pkcs12};

/// A certificate chain and the key of its leaf: they belong together, or there is no such value.
#[derive(Clone, Debug)]
pub struct Pair {
    chain: Vec<Vec<u8>>,
    key: PrivateKey,
}

impl Pair {
    /// Finds the leaf by the key (the one that holds longest, where an old one is among them) and puts those behind
    /// it that issued it, each followed by its own issuer. Certificates that do not belong are left out.
    ///
    /// Codes: `NO_CERTIFICATE`, `CERTIFICATE`, `KEY_MISMATCH`.
    pub fn assemble(certificates: &[Vec<u8>], key: PrivateKey) -> Result<Self> {
        if certificates.is_empty() {
            return Err(Fault::new(codes::NO_CERTIFICATE));
        }
        let parsed = certificates.iter().map(|der| parse(der)).collect::<Result<Vec<_>>>()?;
        let fitting = parsed.iter().enumerate().filter(|(_, one)| one.public_key().raw == key.spki());
        let Some((leaf, _)) = fitting.max_by_key(|(_, one)| one.validity().not_after.timestamp()) else {
            let names: Vec<String> = parsed.iter().flat_map(names_or_title).collect();
            return Err(Fault::new(codes::KEY_MISMATCH).with("names", names));
        };
        let chain = issuing::chain(parsed, leaf).into_iter().map(|one| one.as_raw().to_vec()).collect();
        Ok(Self { chain, key })
    }

    /// The chain and the key as PEM, the leaf first and the key last.
    pub fn to_pem(&self) -> Zeroizing<String> {
        let chain = self.chain_pem();
        // Room for the whole text, so that no copy of the key stays behind when it grows.
        let mut text = Zeroizing::new(String::with_capacity(chain.len() + 2 * self.key.pkcs8().len() + 128));
        text.push_str(&chain);
        pem::write(&mut text, "PRIVATE KEY", self.key.pkcs8());
        text
    }

    /// The chain and the key as one PKCS#12 file under a passphrase: AES-256, from a key that 600,000 rounds of PBKDF2 with
    /// HMAC-SHA256 give. Takes a second on purpose.
    ///
    /// Code: `NOT_MADE`.
    pub fn to_pkcs12(&self, passphrase: &str) -> Result<Vec<u8>> {
        pkcs12::write(self, passphrase)
    }

    /// The chain as PEM, the leaf first.
    pub fn chain_pem(&self) -> String {
        let mut text = String::new();
        for certificate in &self.chain {
            pem::write(&mut text, "CERTIFICATE", certificate);
        }
        text
    }

    /// The certificates, DER, the leaf first.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// The leaf, DER.
    pub fn leaf(&self) -> &[u8] {
        // `assemble` puts the leaf in first.
        self.chain.first().map_or(&[], Vec::as_slice)
    }

    /// The key.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }
}

/// What a certificate covers; its title, for one that covers no host.
fn names_or_title(certificate: &X509Certificate<'_>) -> Vec<String> {
    let names = coverage::names(certificate.as_raw()).unwrap_or_default();
    if names.is_empty() { vec![describe::title(certificate)] } else { names }
}

pub(crate) fn parse(der: &[u8]) -> Result<X509Certificate<'_>> {
    X509Certificate::from_der(der).map(|(_, certificate)| certificate).map_err(|_| Fault::new(codes::CERTIFICATE))
}
