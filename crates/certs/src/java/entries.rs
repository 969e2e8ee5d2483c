//! The frame of a Java key store: a head, entries one after the other, and a proof of all before it.

use sekisho_fault::{Fault, Result};

use crate::codes;

/// What the files begin with: JKS, JCEKS.
pub(super) const MAGICS: [[u8; 4]; 2] = [[0xfe, 0xed, 0xfe, 0xed], [0xce; 4]];
/// The version since Java 2.
const VERSION: u32 = 2;
/// The length of the proof, a SHA-1 digest.
const PROOF: usize = 20;

const KEY: u32 = 1;
const TRUSTED_CERTIFICATE: u32 = 2;
const SECRET_KEY: u32 = 3;

/// The fewest octets of an entry (kind, alias, time, length of its content) and of a certificate (type, length).
const SMALLEST_ENTRY: usize = 18;
const SMALLEST_CERTIFICATE: usize = 6;

/// What stands in a store. The names and times of its entries are of no use here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entries<'a> {
    /// The certificates of chains and those that are trusted, DER.
    pub certificates: Vec<&'a [u8]>,
    /// The keys, each an `EncryptedPrivateKeyInfo`.
    pub keys: Vec<&'a [u8]>,
    /// All octets before the proof.
    pub proven: &'a [u8],
    /// The proof: a digest of the store's password and those octets.
    pub proof: &'a [u8],
}

/// Takes a file apart. Its counts and lengths are believed only as far as there are octets for them.
///
/// Codes: `DAMAGED`, `SECRET_KEYS`.
pub(super) fn read(bytes: &[u8]) -> Result<Entries<'_>> {
    let damaged = || Fault::new(codes::DAMAGED);
    let (proven, proof) = bytes.len().checked_sub(PROOF).map(|at| bytes.split_at(at)).ok_or_else(damaged)?;
    let mut entries = Entries { proven, proof, ..Entries::default() };
    let mut reader = Reader(proven);
    reader.take(4).ok_or_else(damaged)?;
    let version = reader.number().ok_or_else(damaged)?;
    let count = reader.count(SMALLEST_ENTRY).filter(|_| version == VERSION).ok_or_else(damaged)?;
    for _ in 0..count {
        match reader.number() {
            // A serialised Java object: without knowing its class nobody can tell where it ends.
            Some(SECRET_KEY) => return Err(Fault::new(codes::SECRET_KEYS)),
            kind => reader.entry(kind, &mut entries).ok_or_else(damaged)?,
        }
    }
    if reader.0.is_empty() { Ok(entries) } else { Err(damaged()) }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn entry(&mut self, kind: Option<u32>, entries: &mut Entries<'a>) -> Option<()> {
        self.text()?;
        self.take(8)?; // The time it was made.
        match kind? {
            KEY => {
                entries.keys.push(self.block()?);
                for _ in 0..self.count(SMALLEST_CERTIFICATE)? {
                    entries.certificates.push(self.certificate()?);
                }
            }
            TRUSTED_CERTIFICATE => entries.certificates.push(self.certificate()?),
            _ => return None,
        }
        Some(())
    }

    /// A certificate; what else it might be by its type does not occur.
    fn certificate(&mut self) -> Option<&'a [u8]> {
        self.text()?;
        self.block()
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// A number of things, if there is room for as many that are as small as can be.
    fn count(&mut self, smallest: usize) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.0.len() / smallest).then_some(count)
    }

    fn block(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length)
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.take(2)?.try_into().ok().map(u16::from_be_bytes)?;
        self.take(usize::from(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store with `count` entries said, and these octets for them.
    fn store(count: u32, entries: &[u8]) -> Vec<u8> {
        [&MAGICS[0][..], &VERSION.to_be_bytes(), &count.to_be_bytes(), entries, &[7; PROOF]].concat()
    }

    fn code(bytes: &[u8]) -> sekisho_fault::Code {
        read(bytes).unwrap_err().code
    }

    #[test]
    fn an_empty_store_is_read_and_what_follows_it_is_not() {
        assert_eq!(read(&store(0, &[])).unwrap().proof, [7; PROOF]);
        assert_eq!(code(&store(0, &[0])), codes::DAMAGED);
    }

    #[test]
    fn counts_and_lengths_beyond_the_file_are_refused() {
        assert_eq!(code(&store(u32::MAX, &[0; 64])), codes::DAMAGED);
        let entry = |kind: u32, rest: &[u8]| [&kind.to_be_bytes()[..], &[0, 0], &[0; 8], rest].concat();
        // A key of four thousand million octets, a chain of as many certificates, an entry of no known kind.
        assert_eq!(code(&store(1, &entry(KEY, &[0xff; 4]))), codes::DAMAGED);
        assert_eq!(code(&store(1, &entry(KEY, &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]))), codes::DAMAGED);
        assert_eq!(code(&store(1, &entry(4, &[0; 8]))), codes::DAMAGED);
        assert_eq!(code(&store(1, &entry(SECRET_KEY, &[0; 8]))), codes::SECRET_KEYS);
        assert_eq!(read(&store(1, &entry(KEY, &[0; 8]))).unwrap().keys, [b"".as_slice()]);
    }
}
