//! Identities that wait for an administrator: the identity provider gives somebody an address that another user has. Each server tells
//! those that it has met in its signed report, sealed under the connection's key.

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::derive::Purpose;
use crate::ids::{ServerId, UserId};
use crate::keyring::{Keyring, Place};
use crate::sealed::{self, NONCE};
use crate::{codes, wire};

/// So many are told, the newest: a report is small.
pub const MOST: usize = 16;
const BLOCK: usize = 1024;

/// An identity that waits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Held {
    /// The blinded identity.
    #[n(0)]
    pub user: UserId,
    /// The address that it came with.
    #[n(1)]
    pub email: String,
    /// First and last name, as far as they came.
    #[n(2)]
    pub name: String,
    /// The identity provider's entity ID.
    #[n(3)]
    pub idp: String,
    /// Where the subject comes from.
    #[n(4)]
    pub source: String,
    /// The subject.
    #[n(5)]
    pub subject: String,
    /// When it came last, by the server's clock: seconds since 1970.
    #[n(6)]
    pub time: i64,
}

/// Those that a server has met, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SealedHeld {
    /// The key epoch.
    #[n(0)]
    pub epoch: u32,
    #[cbor(n(1), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
}

impl Held {
    /// What is said of a stranger, each text no longer than a line: it came from the identity provider, and a report is small.
    #[must_use]
    pub fn short(self) -> Self {
        let Self { name, idp, source, subject, .. } = &self;
        let (name, idp, source, subject) = (cut(name, 96), cut(idp, 192), cut(source, 160), cut(subject, 160));
        Self { name, idp, source, subject, ..self }
    }
}

/// The beginning of a text, in so many bytes.
fn cut(text: &str, most: usize) -> String {
    text[..text.floor_char_boundary(most)].to_owned()
}

fn context(place: Place, server: ServerId) -> Vec<u8> {
    wire::encode(&(place, server))
}

impl SealedHeld {
    /// Seals what a server has met.
    ///
    /// Code: `NOT_AUTHENTIC`.
    pub fn seal(held: &[Held], place: Place, server: ServerId, keyring: &Keyring, nonce: [u8; NONCE]) -> Result<Self> {
        let bound = context(place, server);
        let key = keyring.key.derive(Purpose::Held, &bound);
        let ciphertext = sealed::seal_padded(&key, nonce, &bound, &wire::encode(&held), BLOCK)?;
        Ok(Self { epoch: keyring.epoch, ciphertext })
    }

    /// Opens it.
    ///
    /// Codes: `WRONG_EPOCH`, `NOT_AUTHENTIC`, `FORMAT`.
    pub fn open(&self, place: Place, server: ServerId, keyring: &Keyring) -> Result<Vec<Held>> {
        if self.epoch != keyring.epoch {
            return Err(Fault::new(codes::WRONG_EPOCH));
        }
        let bound = context(place, server);
        let key = keyring.key.derive(Purpose::Held, &bound);
        wire::decode(&sealed::open_padded(&key, &bound, &self.ciphertext)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::Secret;
    use crate::ids::{ConnectionId, OrganisationId};

    #[test]
    fn what_a_stranger_brings_is_cut_so_that_a_report_stays_small() {
        let long = "東".repeat(20_000);
        let held = |at: u8| Held {
            user: UserId([at; 32]),
            email: format!("{}@{}.example", "a".repeat(64), "b".repeat(240)),
            name: long.clone(),
            idp: long.clone(),
            source: long.clone(),
            subject: long.clone(),
            time: 7,
        };
        let all: Vec<Held> = (0..16).map(|at| held(at).short()).collect();
        assert_eq!(all[0].name.chars().count(), 32);
        assert!(wire::encode(&all).len() < 20 * 1024);
    }

    #[test]
    fn what_waits_is_read_by_the_connection_alone_and_as_the_servers_who_has_met_it() {
        let place = Place { organisation: OrganisationId([1; 16]), connection: ConnectionId([2; 16]) };
        let keyring = |epoch| Keyring { epoch, ..Keyring::first(Secret::new([5; 32]), Secret::new([6; 32])) };
        let held = Held {
            user: UserId([1; 32]),
            email: "alice@example.com".into(),
            name: "Alice".into(),
            idp: "https://idp.example".into(),
            source: "name_id:persistent".into(),
            subject: "a2".into(),
            time: 7,
        };
        let (one, two) = (ServerId([1; 16]), ServerId([2; 16]));
        let sealed = SealedHeld::seal(std::slice::from_ref(&held), place, one, &keyring(1), [0; NONCE]).unwrap();
        assert!(!String::from_utf8_lossy(&wire::encode(&sealed)).contains("alice"));
        assert_eq!(sealed.open(place, one, &keyring(1)).unwrap(), [held]);
        assert_eq!(sealed.open(place, two, &keyring(1)).unwrap_err().code, codes::NOT_AUTHENTIC);
        assert_eq!(sealed.open(place, one, &keyring(2)).unwrap_err().code, codes::WRONG_EPOCH);
    }
}
