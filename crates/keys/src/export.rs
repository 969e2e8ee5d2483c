//! A connection as one encrypted file: its newest document, the private keys that it names, and its users. The key follows
//! from a generated passphrase by Argon2id (RFC 9106), at the strength of an administrator's own (R10, R19).
//!
//! ```text
//! magic (16) · format (2) · lowest reader (2) · memory in KiB (4) · passes (4) · lanes (4) · salt (16) · length (8)
//! check (32) · nonce (12) · ciphertext and tag (AES-256-GCM, all of the first line bound)
//! ```
//!
//! Numbers are big-endian. What is sealed is CBOR, filled up to a multiple of 16 KiB. A later format adds fields to it, and
//! raises the lowest reader only where a reader of before would be wrong.

use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};
use zeroize::{Zeroize, Zeroizing};

use crate::derive::{Purpose, Secret};
use crate::ids::Hash;
use crate::keyring::Place;
use crate::sealed::{self, NONCE};
use crate::user::User;
use crate::{codes, wire};

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u16 = 1;
/// Bytes of a salt.
pub const SALT: usize = 16;
/// The largest file, in bytes: some hundred thousand users.
pub const LIMIT: usize = 128 * 1024 * 1024;

/// A text editor or a transfer that changes line ends changes it.
const MAGIC: &[u8; 16] = b"sekisho export\r\n";
const HEADER: usize = 56;
const CHECK: usize = 32;
const BLOCK: usize = 16 * 1024;

/// A private key that the document names.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct PrivateKey {
    /// Its name: the fingerprint of its public half.
    #[n(0)]
    pub name: Hash,
    /// PKCS#8, DER.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub pkcs8: Vec<u8>,
}

impl Drop for PrivateKey {
    fn drop(&mut self) {
        self.pkcs8.zeroize();
    }
}

/// The revision that was exported.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Origin {
    /// Its number.
    #[n(0)]
    pub revision: u64,
    /// Its hash.
    #[n(1)]
    pub hash: Hash,
    /// The name at sign-in of whoever has signed it.
    #[n(2)]
    pub author: String,
    /// When: seconds since 1970.
    #[n(3)]
    pub time: i64,
    /// The lowest schema whose readers understand the document (R18).
    #[n(4)]
    pub min_reader: u32,
    /// The document as it was signed, with whatever a newer version has added.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub document: Vec<u8>,
}

/// What is in the file.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Contents {
    /// Organisation and connection.
    #[n(0)]
    pub place: Place,
    /// The connection's name.
    #[n(1)]
    pub name: String,
    /// Its Enterprise Domain.
    #[n(2)]
    pub enterprise_domain: String,
    /// Its reserved mail domains.
    #[n(3)]
    pub domains: Vec<String>,
    /// When the file was made: seconds since 1970.
    #[n(4)]
    pub made: i64,
    /// The newest revision; none when nothing was saved yet.
    #[n(5)]
    pub origin: Option<Origin>,
    /// The private keys that its document names.
    #[n(6)]
    pub keys: Vec<PrivateKey>,
    /// The users, with their secrets: what their vaults open with.
    #[n(7)]
    pub users: Vec<User>,
}

impl Contents {
    /// Reads what was sealed.
    ///
    /// Code: `EXPORT_DAMAGED`.
    pub fn read(plain: &[u8]) -> Result<Self> {
        wire::decode_within(plain, LIMIT).map_err(|_| Fault::new(codes::EXPORT_DAMAGED))
    }
}

/// How the passphrase is stretched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretching {
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Stretching {
    /// As administrators' passphrases are (R10): 64 MiB, three passes.
    const OWN: Self = Self { memory: 64 * 1024, passes: 3, lanes: 1 };

    /// Neither weaker than our own, nor so strong that a file holds a machine up.
    fn is_sensible(self) -> bool {
        (Self::OWN.memory..=512 * 1024).contains(&self.memory)
            && (Self::OWN.passes..=16).contains(&self.passes)
            && (1..=4).contains(&self.lanes)
    }

    fn stretch(self, passphrase: &str, salt: &[u8]) -> Result<Secret> {
        let wrong = |_| Fault::new(codes::EXPORT);
        let params = Params::new(self.memory, self.passes, self.lanes, Some(32)).map_err(wrong)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut key = Zeroizing::new([0; 32]);
        argon.hash_password_into(passphrase.trim().as_bytes(), salt, &mut key[..]).map_err(wrong)?;
        Ok(Secret::new(*key))
    }
}

/// Seals a connection under a passphrase. Takes a second on purpose.
///
/// Codes: `EXPORT_TOO_LARGE`, `NOT_AUTHENTIC`.
pub fn seal(contents: &Contents, passphrase: &str, salt: [u8; SALT], nonce: [u8; NONCE]) -> Result<Vec<u8>> {
    let plain = Zeroizing::new(wire::encode(contents));
    if plain.len() > LIMIT - 2 * BLOCK {
        return Err(Fault::new(codes::EXPORT_TOO_LARGE).with("limit", LIMIT));
    }
    let own = Stretching::OWN;
    // The length and the filling, the nonce, and the tag.
    let body = (plain.len() + 4).next_multiple_of(BLOCK) + NONCE + 16;
    let numbers = [own.memory, own.passes, own.lanes].map(u32::to_be_bytes).concat();
    let versions = [FORMAT, FORMAT].map(u16::to_be_bytes).concat();
    let header = [&MAGIC[..], &versions, &numbers, &salt, &(body as u64).to_be_bytes()].concat();
    let key = own.stretch(passphrase, &salt)?;
    let check = key.derive(Purpose::ExportCheck, &header);
    let sealed = sealed::seal_padded(&key.derive(Purpose::Export, &header), nonce, &header, &plain, BLOCK)?;
    Ok([&header[..], &check.expose()[..], &sealed].concat())
}

/// A file that has the form of an export; nothing of it is known yet.
#[derive(Clone, Copy, Debug)]
pub struct Sealed<'a> {
    header: &'a [u8],
    stretching: Stretching,
    salt: &'a [u8],
    check: &'a [u8],
    body: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Reads the form of a file.
    ///
    /// Codes: `EXPORT`, `EXPORT_NEWER`, `EXPORT_CUT`, `EXPORT_DAMAGED`.
    pub fn read(file: &'a [u8]) -> Result<Self> {
        let cut = || Fault::new(codes::EXPORT_CUT);
        if file.len() < MAGIC.len() {
            let begins = !file.is_empty() && MAGIC.starts_with(file);
            return Err(if begins { cut() } else { Fault::new(codes::EXPORT) });
        }
        if !file.starts_with(MAGIC) {
            return Err(Fault::new(codes::EXPORT));
        }
        // Magic and lowest reader stand where they stand in every format to come.
        let needed =
            file.get(18..20).and_then(|bytes| bytes.try_into().ok()).map(u16::from_be_bytes).ok_or_else(cut)?;
        if needed > FORMAT {
            let (needed, known) = (u32::from(needed), u32::from(FORMAT));
            return Err(Fault::new(codes::EXPORT_NEWER).with("needed", needed).with("known", known));
        }
        let (header, rest) = file.split_at_checked(HEADER).ok_or_else(cut)?;
        let number = |at: usize| header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
        let damaged = || Fault::new(codes::EXPORT_DAMAGED);
        let (Some(memory), Some(passes), Some(lanes)) = (number(20), number(24), number(28)) else {
            return Err(damaged());
        };
        let stretching = Stretching { memory, passes, lanes };
        let salt = header.get(32..48).ok_or_else(damaged)?;
        let length = header.get(48..56).and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes);
        let length = length.and_then(|length| usize::try_from(length).ok()).filter(|length| *length <= LIMIT);
        let length = length.filter(|_| stretching.is_sensible()).ok_or_else(damaged)?;
        let (check, body) = rest.split_at_checked(CHECK).ok_or_else(cut)?;
        match body.len() {
            there if there < length => Err(cut()),
            there if there > length => Err(damaged()),
            _ => Ok(Self { header, stretching, salt, check, body }),
        }
    }

    /// Opens it. Takes a second on purpose.
    ///
    /// Codes: `EXPORT_PASSPHRASE`, `EXPORT_DAMAGED`.
    pub fn open(&self, passphrase: &str) -> Result<Contents> {
        let key = self.stretching.stretch(passphrase, self.salt)?;
        // No secret: whoever has the file tries passphrases as well with the tag of the body.
        if key.derive(Purpose::ExportCheck, self.header).expose() != self.check {
            return Err(Fault::new(codes::EXPORT_PASSPHRASE));
        }
        let plain = sealed::open_padded(&key.derive(Purpose::Export, self.header), self.header, self.body);
        Contents::read(&Zeroizing::new(plain.map_err(|_| Fault::new(codes::EXPORT_DAMAGED))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ConnectionId, OrganisationId};
    use crate::user::State;
    use std::sync::LazyLock;

    const PASSPHRASE: &str = "ljhts-7jmkz-aaaab-qqqqq";

    fn contents() -> Contents {
        let user = User {
            email: "alice@example.com".into(),
            first_name: "Alice".into(),
            last_name: "Example".into(),
            idp: "https://idp.example.com".into(),
            source: "NameID".into(),
            subject: "a1".into(),
            secret: [5; 32],
            state: State::Active,
            linked: None,
            former: None,
            factors: None,
        };
        Contents {
            place: Place { organisation: OrganisationId([1; 16]), connection: ConnectionId([2; 16]) },
            name: "東京".into(),
            enterprise_domain: "example".into(),
            domains: vec!["example.com".into()],
            made: 7,
            origin: Some(Origin {
                revision: 3,
                hash: Hash([4; 32]),
                author: "tanaka".into(),
                time: 6,
                min_reader: 1,
                document: br#"{"from_the_future":1}"#.to_vec(),
            }),
            keys: vec![PrivateKey { name: Hash([8; 32]), pkcs8: vec![9; 100] }],
            users: vec![user],
        }
    }

    static FILE: LazyLock<Vec<u8>> =
        LazyLock::new(|| seal(&contents(), PASSPHRASE, [3; SALT], [4; NONCE]).expect("it fits"));

    fn opened(file: &[u8], passphrase: &str) -> std::result::Result<Contents, sekisho_fault::Code> {
        Sealed::read(file).and_then(|file| file.open(passphrase)).map_err(|fault| fault.code)
    }

    #[test]
    fn what_was_exported_is_read_with_its_passphrase_as_it_was() {
        assert!(opened(&FILE, PASSPHRASE).unwrap() == contents());
        // As it is copied from a file or a terminal.
        assert!(opened(&FILE, &format!(" {PASSPHRASE}\n")).unwrap() == contents());
    }

    #[test]
    fn another_passphrase_is_told_from_a_damaged_file() {
        assert_eq!(opened(&FILE, "another-one").err(), Some(codes::EXPORT_PASSPHRASE));
        let mut damaged = FILE.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(opened(&damaged, PASSPHRASE).err(), Some(codes::EXPORT_DAMAGED));
    }

    #[test]
    fn a_file_that_was_cut_says_so_wherever_the_cut_is() {
        for length in [1, 15, 16, 19, 20, HEADER, HEADER + CHECK - 1, HEADER + CHECK, FILE.len() - 1] {
            assert_eq!(Sealed::read(&FILE[..length]).unwrap_err().code, codes::EXPORT_CUT, "{length}");
        }
        let longer = [&FILE[..], b"\n"].concat();
        assert_eq!(Sealed::read(&longer).unwrap_err().code, codes::EXPORT_DAMAGED);
    }

    #[test]
    fn a_file_of_a_newer_version_says_which_is_needed_and_one_that_was_added_to_is_read() {
        let mut newer = FILE.clone();
        newer[19] = 2;
        let fault = Sealed::read(&newer).unwrap_err();
        assert_eq!((fault.code, &fault.args["needed"]), (codes::EXPORT_NEWER, &2_u32.into()));
        // Its header is bound: that it may be read is believed of whoever knows the passphrase alone.
        let mut added = FILE.clone();
        added[17] = 2;
        assert_eq!(opened(&added, PASSPHRASE).err(), Some(codes::EXPORT_PASSPHRASE));
    }

    #[test]
    fn what_is_no_export_says_so() {
        for other in [&b""[..], b"PK\x03\x04 and more than sixteen bytes", b"sekisho export\n\n and more of it"] {
            assert_eq!(Sealed::read(other).unwrap_err().code, codes::EXPORT);
        }
    }

    #[test]
    fn neither_a_weaker_nor_an_endless_stretching_is_done() {
        for (at, bytes) in [(20, 1024_u32), (20, u32::MAX), (24, 1), (24, 9999), (28, 0), (28, 99)] {
            let mut changed = FILE.clone();
            changed[at..at + 4].copy_from_slice(&bytes.to_be_bytes());
            assert_eq!(Sealed::read(&changed).unwrap_err().code, codes::EXPORT_DAMAGED, "{at} {bytes}");
        }
    }

    #[test]
    fn how_much_there_is_shows_in_steps_only() {
        let mut fewer = contents();
        fewer.users.clear();
        let file = seal(&fewer, PASSPHRASE, [3; SALT], [4; NONCE]).unwrap();
        assert_eq!(file.len(), FILE.len());
        assert!(!FILE.windows(5).any(|part| part == b"Alice"));
    }
}
