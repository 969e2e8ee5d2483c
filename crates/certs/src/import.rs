//! What an administrator drops on the console: one or several files, in any order, recognised by their content.

use sekisho_fault::{Fault, Result};
use x509_parser::prelude::{CertificateRevocationList, FromDer, X509Certificate, X509CertificationRequest};

use crate::key::PrivateKey;
use crate::pair::{Pair, parse};
use crate::shape::{self, Shape};
use crate::store::Store;
use crate::{codes, encrypted, issuing, java, pem, pkcs7, pkcs12};

/// One file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its name, for messages only.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// The passwords that were given. Where one is missing the other is tried in its place.
#[derive(Clone, Copy, Default)]
pub struct Passwords<'a> {
    /// Of PKCS#12 files and Java key stores.
    pub store: Option<&'a str>,
    /// Of encrypted keys, also those in Java key stores.
    pub key: Option<&'a str>,
}

impl<'a> Passwords<'a> {
    /// One password for whatever needs one.
    pub fn one(password: &'a str) -> Self {
        Self { store: Some(password), key: Some(password) }
    }

    fn for_store(self) -> Vec<&'a str> {
        self.store.or(self.key).into_iter().collect()
    }

    fn for_key(self) -> Vec<&'a str> {
        self.key.or(self.store).into_iter().collect()
    }
}

/// What the files hold together.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// All certificates, DER, each once.
    pub certificates: Vec<Vec<u8>>,
    /// The private key, if there is one.
    pub key: Option<PrivateKey>,
}

impl Import {
    /// The chain that belongs to the key, with the key.
    ///
    /// Codes: `NO_CERTIFICATE`, `NO_KEY`, and those of [`Pair::assemble`].
    pub fn pair(self) -> Result<Pair> {
        if self.certificates.is_empty() {
            return Err(Fault::new(codes::NO_CERTIFICATE));
        }
        Pair::assemble(&self.certificates, self.key.ok_or_else(|| Fault::new(codes::NO_KEY))?)
    }
}

impl Import {
    /// The server's certificate and those behind it, DER, whether its key is there or not. Without a key the server's is the
    /// one that has issued no other; of several, the one that holds longest.
    ///
    /// Codes: `NO_CERTIFICATE`, `CERTIFICATE`, and those of [`Pair::assemble`].
    pub fn chain(self) -> Result<Vec<Vec<u8>>> {
        if self.key.is_some() {
            return Ok(self.pair()?.chain().to_vec());
        }
        let parsed = self.certificates.iter().map(|der| parse(der)).collect::<Result<Vec<_>>>()?;
        let issues = |one: &X509Certificate<'_>| {
            parsed.iter().any(|other| other.as_raw() != one.as_raw() && issuing::issued(one, other))
        };
        let ends = parsed.iter().enumerate().filter(|(_, one)| !issues(one));
        let leaf = ends.max_by_key(|(_, one)| one.validity().not_after.timestamp()).map(|(at, _)| at);
        let leaf = leaf.ok_or_else(|| Fault::new(codes::NO_CERTIFICATE))?;
        Ok(issuing::chain(parsed, leaf).into_iter().map(|one| one.as_raw().to_vec()).collect())
    }
}

/// Reads files: PEM, DER, PKCS#7, PKCS#12, JKS, JCEKS.
///
/// Codes, each with the argument `file`: `TOO_LARGE`, `UNRECOGNISED`, `DAMAGED`, `IS_REQUEST`, `CERTIFICATE`,
/// `KEY_KIND`, `PASSWORD_NEEDED`, `STORE_PASSWORD`, `KEY_PASSWORD`, `ENCRYPTION_KIND`, `SECRET_KEYS`. Of all files
/// together: `SEVERAL_KEYS`.
pub fn read(files: &[File<'_>], passwords: &Passwords<'_>) -> Result<Import> {
    let mut found = Found::default();
    for file in files {
        let before = found.count();
        found.file(file.bytes, *passwords).map_err(|fault| fault.with("file", file.name))?;
        if found.count() == before {
            return Err(Fault::new(codes::UNRECOGNISED).with("file", file.name));
        }
        if found.certificates.is_empty() && found.requests > 0 {
            found.request_file.get_or_insert_with(|| file.name.to_owned());
        }
    }
    found.finish()
}

/// Reads files and assembles what they hold.
///
/// Codes: those of [`read`] and [`Import::pair`].
pub fn pair(files: &[File<'_>], passwords: &Passwords<'_>) -> Result<Pair> {
    read(files, passwords)?.pair()
}

#[derive(Default)]
struct Found {
    certificates: Vec<Vec<u8>>,
    keys: Vec<PrivateKey>,
    requests: usize,
    request_file: Option<String>,
}

impl Found {
    fn count(&self) -> usize {
        self.certificates.len() + self.keys.len() + self.requests
    }

    fn file(&mut self, bytes: &[u8], passwords: Passwords<'_>) -> Result<()> {
        pem::within_limit(bytes)?;
        if java::is_store(bytes) {
            return self.store(java::read(bytes, &passwords.for_store(), &passwords.for_key())?);
        }
        if shape::of(bytes).is_some() {
            return self.der(bytes, passwords);
        }
        if shape::cut_off(bytes) {
            return Err(Fault::new(codes::DAMAGED));
        }
        if !pem::is_pem(bytes) {
            return Ok(());
        }
        if pem::has_old_encryption(bytes) {
            return Err(Fault::new(codes::ENCRYPTION_KIND));
        }
        let sections = pem::sections(bytes).map_err(|_| Fault::new(codes::DAMAGED))?;
        sections.iter().try_for_each(|section| self.der(section, passwords))
    }

    fn der(&mut self, bytes: &[u8], passwords: Passwords<'_>) -> Result<()> {
        let Some((shape, der)) = shape::of(bytes) else { return Ok(()) };
        match shape {
            Shape::Signed => self.signed(der)?,
            Shape::Pkcs7 => {
                let certificates = pkcs7::certificates(der).ok_or_else(|| Fault::new(codes::DAMAGED))?;
                certificates.iter().try_for_each(|certificate| self.signed(certificate))?;
            }
            Shape::Pkcs12 => self.store(pkcs12::read(der, &passwords.for_store())?)?,
            Shape::EncryptedKey => self.keys.push(encrypted::read(der, &passwords.for_key())?),
            Shape::Pkcs8 => self.keys.push(PrivateKey::from_pkcs8(der)?),
            Shape::Pkcs1 => self.keys.push(PrivateKey::from_pkcs1(der)?),
            Shape::Sec1 => self.keys.push(PrivateKey::from_sec1(der)?),
        }
        Ok(())
    }

    fn store(&mut self, store: Store) -> Result<()> {
        store.certificates.iter().try_for_each(|certificate| self.signed(certificate))?;
        for key in store.keys {
            self.keys.push(PrivateKey::from_pkcs8(&key)?);
        }
        Ok(())
    }

    fn signed(&mut self, der: &[u8]) -> Result<()> {
        if X509CertificationRequest::from_der(der).is_ok() {
            self.requests += 1;
        } else if CertificateRevocationList::from_der(der).is_err() {
            parse(der)?;
            self.certificates.push(der.to_vec());
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Import> {
        if let (true, Some(file)) = (self.certificates.is_empty(), self.request_file.take()) {
            return Err(Fault::new(codes::IS_REQUEST).with("file", file));
        }
        let mut certificates: Vec<Vec<u8>> = Vec::new();
        for certificate in self.certificates {
            if !certificates.contains(&certificate) {
                certificates.push(certificate);
            }
        }
        let key = the_key(self.keys, &certificates)?;
        Ok(Import { certificates, key })
    }
}

/// The key that is meant: the only one, or the only one that a certificate belongs to.
fn the_key(mut keys: Vec<PrivateKey>, certificates: &[Vec<u8>]) -> Result<Option<PrivateKey>> {
    keys.sort_by(|a, b| a.spki().cmp(b.spki()));
    keys.dedup_by(|a, b| a.spki() == b.spki());
    let count = keys.len();
    if count > 1 {
        let certified = |key: &PrivateKey| {
            certificates.iter().any(|der| parse(der).is_ok_and(|one| one.public_key().raw == key.spki()))
        };
        keys.retain(certified);
        if keys.len() != 1 {
            return Err(Fault::new(codes::SEVERAL_KEYS).with("count", count));
        }
    }
    Ok(keys.pop())
}
