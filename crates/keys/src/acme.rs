//! What a server has come to, by itself, with the authority of an administrator's ACME setting: a certificate with its key, or
//! how far the order is (R17). Signed by the server and sealed for all of them; of two, the one of the later key epoch
//! counts, and within an epoch the one with the higher number: whatever a server has written that was compromised, there is a next one.
//! It is no revision, and says nothing but what stands here: whoever reads it judges it by the setting that was signed.

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};
use zeroize::Zeroizing;

use crate::derive::Purpose;
use crate::identity::{Identity, PublicIdentity, Signature, Signing};
use crate::ids::{Hash, ServerId};
use crate::keyring::{Keyring, Place};
use crate::log::Organisation;
use crate::sealed::{self, NONCE};
use crate::{codes, wire};

const FORMAT: u32 = 1;
const BLOCK: usize = 1024;
/// The largest record, in bytes: a chain of several certificates with its key fits.
pub const LARGEST: usize = 32 * 1024;

/// Which of the two rows a record is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Which {
    /// The certificate.
    #[n(0)]
    Certificate,
    /// The work on it.
    #[n(1)]
    Work,
}

impl Which {
    /// The name of its row.
    pub fn row(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Work => "work",
        }
    }
}

/// A certificate as the authority has issued it.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Issued {
    /// The hash of the setting, and of the names, under which it was ordered.
    #[n(0)]
    pub setting: Hash,
    /// The certificates, PEM, the leaf first.
    #[n(1)]
    pub certificates: String,
    /// The private key, PKCS#8.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub key: Vec<u8>,
}

impl Drop for Issued {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.key);
    }
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issued")
    }
}

/// How far the work is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Phase {
    /// An order is on its way, at this address of the authority once it was made.
    #[n(0)]
    Ordering(#[n(0)] Option<String>),
    /// It did not come to an end.
    #[n(1)]
    Failed(#[n(0)] Failure),
    /// The certificate of this number has come of it.
    #[n(2)]
    Done(#[n(0)] u64),
}

/// Why an order did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Failure {
    /// How often in a row.
    #[n(0)]
    pub times: u32,
    /// No try before this moment: seconds since 1970.
    #[n(1)]
    pub next: i64,
    /// The reason, as a fault in JSON.
    #[n(2)]
    pub reason: String,
}

/// The work on a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Work {
    /// The hash of the setting, and of the names, that it is for.
    #[n(0)]
    pub setting: Hash,
    /// How far it is.
    #[n(1)]
    pub phase: Phase,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Said {
    /// A certificate.
    #[n(0)]
    Certificate(#[n(0)] Issued),
    /// The work on it.
    #[n(1)]
    Work(#[n(0)] Work),
}

impl Said {
    /// The row that it is for.
    pub fn which(&self) -> Which {
        match self {
            Self::Certificate(_) => Which::Certificate,
            Self::Work(_) => Which::Work,
        }
    }
}

#[derive(Encode, Decode)]
struct Header {
    #[n(0)]
    format: u32,
    #[n(1)]
    place: Place,
    #[n(2)]
    which: Which,
    #[n(3)]
    number: u64,
    #[n(4)]
    epoch: u32,
    #[n(5)]
    server: ServerId,
    #[n(6)]
    time: i64,
    #[cbor(n(7), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    header: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

/// The place of a word among those of its row: key epoch and number. Of two, the higher one counts.
pub type Order = (u32, u64);

/// A record, verified and opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The higher number counts.
    pub number: u64,
    /// The key epoch that it is sealed under.
    pub epoch: u32,
    /// The server that has signed it.
    pub server: ServerId,
    /// When, by its clock: seconds since 1970.
    pub time: i64,
    /// What it says.
    pub said: Said,
}

impl Record {
    /// Its place among the words of its row, as [`order`] has it.
    pub fn order(&self) -> Order {
        (self.epoch, self.number)
    }
}

/// The last number of an epoch.
const LAST: u64 = u32::MAX as u64;

/// The number of the word after another one, or of the first.
pub fn next(before: Option<Order>, epoch: u32) -> u64 {
    match before {
        Some((of, number)) if of >= epoch => number.saturating_add(1),
        _ => 1,
    }
}

/// Who signs.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    /// Its keys.
    pub identity: &'a Identity,
    /// Its name.
    pub server: ServerId,
    /// Now, by its clock: seconds since 1970.
    pub time: i64,
}

fn context(place: Place, which: Which, number: u64) -> Vec<u8> {
    wire::encode(&(place, which, number))
}

fn header(envelope: &Envelope) -> Result<Header> {
    let header: Header = wire::decode(&envelope.header)?;
    if header.format == FORMAT { Ok(header) } else { Err(Fault::new(codes::NEWER_FORMAT)) }
}

fn read(bytes: &[u8]) -> Result<(Envelope, Header)> {
    let envelope: Envelope = wire::decode_within(bytes, LARGEST)?;
    let header = header(&envelope)?;
    Ok((envelope, header))
}

/// The key epoch that a record is sealed under, and its number.
///
/// Codes: `FORMAT`, `NEWER_FORMAT`.
pub fn order(bytes: &[u8]) -> Result<Order> {
    read(bytes).map(|(_, header)| (header.epoch, header.number))
}

/// Whether a record of this would be taken.
///
/// Code: `TOO_LARGE`.
pub fn fits(said: &Said) -> Result<()> {
    let size = Zeroizing::new(wire::encode(said)).len().next_multiple_of(BLOCK) + BLOCK;
    if size > LARGEST {
        return Err(Fault::new(codes::TOO_LARGE).with("size", size).with("limit", LARGEST));
    }
    Ok(())
}

/// The place of a word that nobody takes in any more, because the server that has signed it does not belong to the connection now: others
/// may have taken it in before. Nothing of a place that no server could have had.
pub fn left(bytes: &[u8], organisation: &Organisation, place: Place) -> Option<Order> {
    let (envelope, header) = read(bytes).ok()?;
    let connection = organisation.connections.get(&place.connection)?;
    let server = connection.servers.get(&header.server).filter(|server| server.retired.is_some())?;
    server.server.keys.verify(Signing::Acme, &envelope.header, &envelope.signature).ok()?;
    let is_place = header.place == place && header.epoch <= connection.epoch() && header.number <= LAST;
    is_place.then_some((header.epoch, header.number))
}

/// The bytes of a record for the hub and the disk.
///
/// Codes: `TOO_LARGE`, `NOT_AUTHENTIC`, `FORMAT` after the last number of the epoch, which the next one ends.
pub fn sign(
    place: Place,
    number: u64,
    said: &Said,
    keyring: &Keyring,
    author: Author<'_>,
    nonce: [u8; NONCE],
) -> Result<Vec<u8>> {
    if number > LAST {
        return Err(Fault::new(codes::FORMAT));
    }
    let which = said.which();
    let bound = context(place, which, number);
    let plain = Zeroizing::new(wire::encode(said));
    let ciphertext = sealed::seal_padded(&keyring.key.derive(Purpose::Acme, &bound), nonce, &bound, &plain, BLOCK)?;
    let (epoch, server, time) = (keyring.epoch, author.server, author.time);
    let header = wire::encode(&Header { format: FORMAT, place, which, number, epoch, server, time, ciphertext });
    let signature = author.identity.sign(Signing::Acme, &header);
    let bytes = wire::encode(&Envelope { header, signature });
    if bytes.len() > LARGEST {
        return Err(Fault::new(codes::TOO_LARGE).with("size", bytes.len()).with("limit", LARGEST));
    }
    Ok(bytes)
}

/// Reads what a server that belongs to the connection now has signed.
///
/// Codes: `FORMAT`, `NEWER_FORMAT`, `WRONG_PLACE`, `NO_SUCH_SERVER`, `SIGNATURE`, `WRONG_EPOCH`, `NOT_AUTHENTIC`.
pub fn open(bytes: &[u8], organisation: &Organisation, place: Place, keyring: &Keyring) -> Result<(Which, Record)> {
    let (envelope, header) = read(bytes)?;
    let server = organisation.server(place.connection, header.server)?;
    opened(&envelope, &header, place, &server.keys, keyring)
}

/// Reads what was taken in before, whose server may have been retired since: users go on being served.
///
/// Codes: as [`open`].
pub fn open_kept(
    bytes: &[u8],
    organisation: &Organisation,
    place: Place,
    keyring: &Keyring,
) -> Result<(Which, Record)> {
    let (envelope, header) = read(bytes)?;
    let known = organisation.connections.get(&place.connection);
    let server = known.and_then(|connection| connection.servers.get(&header.server));
    let server = server.ok_or_else(|| Fault::new(codes::NO_SUCH_SERVER))?;
    opened(&envelope, &header, place, &server.server.keys, keyring)
}

fn opened(
    envelope: &Envelope,
    header: &Header,
    place: Place,
    keys: &PublicIdentity,
    keyring: &Keyring,
) -> Result<(Which, Record)> {
    if header.place != place {
        return Err(Fault::new(codes::WRONG_PLACE));
    }
    // There must be a next one within the epoch.
    if header.number > LAST {
        return Err(Fault::new(codes::FORMAT));
    }
    keys.verify(Signing::Acme, &envelope.header, &envelope.signature)?;
    if header.epoch != keyring.epoch {
        return Err(Fault::new(codes::WRONG_EPOCH));
    }
    let bound = context(place, header.which, header.number);
    let key = keyring.key.derive(Purpose::Acme, &bound);
    let plain = Zeroizing::new(sealed::open_padded(&key, &bound, &header.ciphertext)?);
    let said: Said = wire::decode(&plain)?;
    if said.which() != header.which {
        return Err(Fault::new(codes::FORMAT));
    }
    let &Header { number, epoch, server, time, .. } = header;
    Ok((header.which, Record { number, epoch, server, time, said }))
}
