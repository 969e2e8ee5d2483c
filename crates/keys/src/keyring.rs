//! The keys of a connection in one epoch, and who they are sealed to.

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::derive::{Purpose, Secret};
use crate::identity::{Identity, PublicIdentity, Sealed};
use crate::ids::{ConnectionId, OrganisationId, ServerId};
use crate::sealed::{self, NONCE};
use crate::{codes, wire};

/// Where something belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Place {
    /// The organisation.
    #[n(0)]
    pub organisation: OrganisationId,
    /// The connection.
    #[n(1)]
    pub connection: ConnectionId,
}

/// The keys of a connection in one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyring {
    /// The epoch, 1 for the first.
    pub epoch: u32,
    /// What everything of the epoch is derived from.
    pub key: Secret,
    /// Blinds identifiers; the same in every epoch, so that a user is found again (R20).
    pub blind: Secret,
    /// The keys of the epochs before: whoever is admitted later reads what was sealed then, until it is sealed anew.
    pub past: Vec<Past>,
}

/// A key that another one has replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Its epoch, or its number.
    pub number: u32,
    /// The key.
    pub key: Secret,
}

#[derive(Encode, Decode)]
struct Wire {
    #[n(0)]
    epoch: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    key: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    blind: [u8; 32],
    #[n(3)]
    past: Option<Vec<PastWire>>,
}

#[derive(Encode, Decode)]
struct PastWire {
    #[n(0)]
    number: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    key: [u8; 32],
}

impl Keyring {
    /// The keyring of a first epoch.
    pub fn first(key: Secret, blind: Secret) -> Self {
        Self { epoch: 1, key, blind, past: Vec::new() }
    }

    /// The keyring of the epoch after this one.
    #[must_use]
    pub fn next(&self, key: Secret) -> Self {
        let mut past = self.past.clone();
        past.push(Past { number: self.epoch, key: self.key.clone() });
        Self { epoch: self.epoch + 1, key, blind: self.blind.clone(), past }
    }

    /// The keyring as it was in an epoch.
    ///
    /// Code: `WRONG_EPOCH`, when the epoch is none of this one's past.
    pub fn of_epoch(&self, epoch: u32) -> Result<Self> {
        if epoch == self.epoch {
            return Ok(self.clone());
        }
        let at = self.past.iter().position(|past| past.number == epoch);
        let (before, from) = at.map(|at| self.past.split_at(at)).ok_or_else(|| Fault::new(codes::WRONG_EPOCH))?;
        let key = from.first().map(|past| past.key.clone()).ok_or_else(|| Fault::new(codes::WRONG_EPOCH))?;
        Ok(Self { epoch, key, blind: self.blind.clone(), past: before.to_vec() })
    }

    fn bytes(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let past = self.past.iter().map(|past| PastWire { number: past.number, key: *past.key.expose() }).collect();
        let past = Some(past).filter(|past: &Vec<PastWire>| !past.is_empty());
        let wire = Wire { epoch: self.epoch, key: *self.key.expose(), blind: *self.blind.expose(), past };
        zeroize::Zeroizing::new(wire::encode(&wire))
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let wire: Wire = wire::decode(bytes)?;
        let past = wire.past.unwrap_or_default().into_iter();
        let past = past.map(|past| Past { number: past.number, key: Secret::new(past.key) }).collect();
        Ok(Self { epoch: wire.epoch, key: Secret::new(wire.key), blind: Secret::new(wire.blind), past })
    }

    /// Seals the keyring to a server.
    ///
    /// Code: `NOT_AUTHENTIC`, when the server's key is none.
    pub fn seal_to(&self, place: Place, server: &PublicIdentity) -> Result<Sealed> {
        server.seal(&context(place), &self.bytes())
    }

    /// Opens a keyring as a server.
    ///
    /// Codes: `NOT_AUTHENTIC`, `FORMAT`.
    pub fn open_as(server: &Identity, place: Place, sealed: &Sealed) -> Result<Self> {
        Self::read(&zeroize::Zeroizing::new(server.open(&context(place), sealed)?))
    }

    /// Seals the keyring under the organisation's key.
    ///
    /// Code: `NOT_AUTHENTIC`.
    pub fn seal_under(&self, organisation: &OrganisationKey, place: Place, nonce: [u8; NONCE]) -> Result<Vec<u8>> {
        organisation.seal(Purpose::Wrap, b"keyring", &context(place), nonce, &self.bytes())
    }

    /// Opens a keyring with the organisation's key.
    ///
    /// Codes: `WRONG_EPOCH`, `NOT_AUTHENTIC`, `FORMAT`.
    pub fn open_under(organisation: &OrganisationKey, place: Place, sealed: &[u8]) -> Result<Self> {
        let plain = organisation.open(Purpose::Wrap, b"keyring", &context(place), sealed)?;
        Self::read(&zeroize::Zeroizing::new(plain))
    }
}

fn context(place: Place) -> Vec<u8> {
    [b"sekisho/keyring/1\0".to_vec(), wire::encode(&place)].concat()
}

/// The organisation's key. It has a number, because it is replaced when an administrator is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationKey {
    /// 1 for the first.
    pub number: u32,
    /// The key.
    pub secret: Secret,
    /// The keys before it: names and keyrings that they sealed stay readable to those who remain.
    pub past: Vec<Past>,
}

impl OrganisationKey {
    /// An organisation's first key.
    pub fn first(secret: Secret) -> Self {
        Self { number: 1, secret, past: Vec::new() }
    }

    /// The key that replaces this one.
    #[must_use]
    pub fn next(&self, secret: Secret) -> Self {
        let mut past = self.past.clone();
        past.push(Past { number: self.number, key: self.secret.clone() });
        Self { number: self.number + 1, secret, past }
    }

    /// Seals something under the key; its number stands in front and is bound into the seal.
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        of: &[u8],
        context: &[u8],
        nonce: [u8; NONCE],
        plain: &[u8],
    ) -> Result<Vec<u8>> {
        let number = self.number.to_be_bytes();
        let bound = [&number, context].concat();
        let sealed = sealed::seal_padded(&self.secret.derive(purpose, of), nonce, &bound, plain, 64)?;
        Ok([&number[..], &sealed].concat())
    }

    /// Opens what [`OrganisationKey::seal`] made.
    pub(crate) fn open(&self, purpose: Purpose, of: &[u8], context: &[u8], bytes: &[u8]) -> Result<Vec<u8>> {
        let (number, sealed) = bytes.split_first_chunk::<4>().ok_or_else(|| Fault::new(codes::FORMAT))?;
        let known = match u32::from_be_bytes(*number) {
            own if own == self.number => Some(&self.secret),
            before => self.past.iter().find(|past| past.number == before).map(|past| &past.key),
        };
        let secret = known.ok_or_else(|| Fault::new(codes::WRONG_EPOCH))?;
        sealed::open_padded(&secret.derive(purpose, of), &[number, context].concat(), sealed)
    }
}

/// Bytes of a key with its number.
const KEY: usize = 4 + 32;

/// Seals the organisation's key, with those before it, to an administrator or a kit.
///
/// Code: `NOT_AUTHENTIC`, when the receiver's key is none.
pub fn seal_organisation_key(
    key: &OrganisationKey,
    organisation: OrganisationId,
    receiver: &PublicIdentity,
) -> Result<Sealed> {
    let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(KEY * (1 + key.past.len())));
    let before = key.past.iter().map(|past| (past.number, &past.key));
    for (number, secret) in std::iter::once((key.number, &key.secret)).chain(before) {
        plain.extend_from_slice(&number.to_be_bytes());
        plain.extend_from_slice(secret.expose());
    }
    receiver.seal(&organisation_context(organisation), &plain)
}

/// Opens the organisation's key.
///
/// Codes: `NOT_AUTHENTIC`, `FORMAT`.
pub fn open_organisation_key(
    receiver: &Identity,
    organisation: OrganisationId,
    sealed: &Sealed,
) -> Result<OrganisationKey> {
    let bytes = zeroize::Zeroizing::new(receiver.open(&organisation_context(organisation), sealed)?);
    let read = |part: &[u8]| {
        let (number, key) = part.split_first_chunk::<4>()?;
        Some(Past { number: u32::from_be_bytes(*number), key: Secret::new(key.try_into().ok()?) })
    };
    let keys: Option<Vec<Past>> = bytes.chunks(KEY).map(read).collect();
    let mut keys = keys.unwrap_or_default().into_iter();
    let newest = keys.next().ok_or_else(|| Fault::new(codes::FORMAT))?;
    Ok(OrganisationKey { number: newest.number, secret: newest.key, past: keys.collect() })
}

fn organisation_context(organisation: OrganisationId) -> Vec<u8> {
    [b"sekisho/organisation-key/1\0".to_vec(), wire::encode(&organisation)].concat()
}

/// Seals a name that the hub must not read, of the organisation, a node or a connection.
///
/// Code: `NOT_AUTHENTIC`.
pub fn seal_name(key: &OrganisationKey, of: &[u8], nonce: [u8; NONCE], name: &str) -> Result<Vec<u8>> {
    key.seal(Purpose::Name, of, of, nonce, name.as_bytes())
}

/// Opens a name.
///
/// Codes: `WRONG_EPOCH`, `NOT_AUTHENTIC`, `FORMAT`.
pub fn open_name(key: &OrganisationKey, of: &[u8], sealed: &[u8]) -> Result<String> {
    String::from_utf8(key.open(Purpose::Name, of, of, sealed)?).map_err(|_| Fault::new(codes::FORMAT))
}

/// Seals a server's name under its connection's key.
///
/// Code: `NOT_AUTHENTIC`.
pub fn seal_server_name(keyring: &Keyring, server: ServerId, nonce: [u8; NONCE], name: &str) -> Result<Vec<u8>> {
    let key = keyring.key.derive(Purpose::Name, &server.0);
    sealed::seal_padded(&key, nonce, &server.0, name.as_bytes(), 64)
}

/// Opens a server's name, with the keyring of the epoch in which the server was admitted or of a later one.
///
/// Codes: `NOT_AUTHENTIC`, `FORMAT`.
pub fn open_server_name(keyring: &Keyring, server: ServerId, sealed: &[u8]) -> Result<String> {
    let keys = keyring.past.iter().rev().map(|past| &past.key);
    let mut plain = Err(Fault::new(codes::NOT_AUTHENTIC));
    for key in std::iter::once(&keyring.key).chain(keys) {
        plain = sealed::open_padded(&key.derive(Purpose::Name, &server.0), &server.0, sealed);
        if plain.is_ok() {
            break;
        }
    }
    String::from_utf8(plain?).map_err(|_| Fault::new(codes::FORMAT))
}
