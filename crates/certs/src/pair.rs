//! A certificate with its chain and its key.

use sekisho_fault::{Fault, Result};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::key::PrivateKey;
use crate::{codes, coverage};

/// A certificate chain and the key of its leaf: they belong together, or there is no such value.
#[derive(Clone, Debug)]
pub struct Pair {
    chain: Vec<Vec<u8>>,
    key: PrivateKey,
}

impl Pair {
    /// Finds the leaf by the key and orders the others behind it, each signed by the next as far as names tell.
    ///
    /// Codes: `NO_CERTIFICATE`, `CERTIFICATE`, `KEY_MISMATCH`.
    pub fn assemble(certificates: &[Vec<u8>], key: PrivateKey) -> Result<Self> {
        if certificates.is_empty() {
            return Err(Fault::new(codes::NO_CERTIFICATE));
        }
        let mut parsed = certificates.iter().map(|der| parse(der)).collect::<Result<Vec<_>>>()?;
        let Some(leaf) = parsed.iter().position(|one| one.public_key().raw == key.spki()) else {
            let names: Vec<String> =
                certificates.iter().flat_map(|der| coverage::names(der).unwrap_or_default()).collect();
            return Err(Fault::new(codes::KEY_MISMATCH).with("names", names));
        };
        let mut chain = vec![parsed.swap_remove(leaf)];
        while let Some(next) =
            chain.last().and_then(|last| parsed.iter().position(|one| one.subject() == last.issuer()))
        {
            chain.push(parsed.swap_remove(next));
        }
        let chain = chain.into_iter().map(|one| one.as_raw().to_vec()).collect();
        Ok(Self { chain, key })
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

pub(crate) fn parse(der: &[u8]) -> Result<X509Certificate<'_>> {
    X509Certificate::from_der(der).map(|(_, certificate)| certificate).map_err(|_| Fault::new(codes::CERTIFICATE))
}
