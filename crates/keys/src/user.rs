//! A user record: sealed under the connection's key, signed by the server that wrote it (R2, R12).

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::derive::{Purpose, Secret};
use crate::factor::Factors;
use crate::identity::{Identity, Signature, Signing, signing_key_of};
use crate::ids::{AccountId, Hash, ServerId, UserId};
use crate::keyring::{Keyring, Place};
use crate::log::Organisation;
use crate::sealed::{self, NONCE};
use crate::{codes, wire};

/// The format of user records.
pub const FORMAT: u32 = 1;
/// That of users with a second factor: a version that does not know how to ask for one opens no vault of theirs.
pub const FORMAT_WITH_FACTORS: u32 = 2;
const BLOCK: usize = 512;
/// So many addresses that a user had before are kept.
const FORMER: usize = 4;

/// Where a record stands; bound into the ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Context {
    /// Organisation and connection.
    #[n(0)]
    pub place: Place,
    /// The user, blinded.
    #[n(1)]
    pub user: UserId,
    /// 1 for the first.
    #[n(2)]
    pub revision: u64,
    /// The key epoch.
    #[n(3)]
    pub epoch: u32,
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// [`FORMAT`], or [`FORMAT_WITH_FACTORS`].
    #[n(0)]
    pub format: u32,
    /// Where it stands.
    #[n(1)]
    pub context: Context,
    /// Of the ciphertext.
    #[n(2)]
    pub ciphertext: Hash,
    /// The server that wrote it.
    #[n(3)]
    pub server: ServerId,
    /// Counts this server's records from 1, without a gap; one that comes twice means a cloned server.
    #[n(4)]
    pub counter: u64,
    /// The hash of the server's record before.
    #[n(5)]
    pub previous: Hash,
    /// When: seconds since 1970.
    #[n(6)]
    pub time: i64,
    /// The user's public signing key at the hub.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub hub_key: [u8; 32],
    /// The counters of the records that this one stands for, its predecessors': so that a record that was withheld
    /// leaves a gap, and one that was replaced does not.
    #[n(8)]
    pub replaces: Vec<Counted>,
}

/// A server's record, by its counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Counted {
    /// The server.
    #[n(0)]
    pub server: ServerId,
    /// Its counter.
    #[n(1)]
    pub counter: u64,
}

/// Who a user is, and the secret.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct User {
    /// The e-mail address.
    #[n(0)]
    pub email: String,
    /// First name.
    #[n(1)]
    pub first_name: String,
    /// Last name.
    #[n(2)]
    pub last_name: String,
    /// The identity provider's entity ID; empty while the user is only invited.
    #[n(3)]
    pub idp: String,
    /// Where the subject comes from.
    #[n(4)]
    pub source: String,
    /// The subject.
    #[n(5)]
    pub subject: String,
    /// The user's secret.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    /// Whether the user may sign in.
    #[n(7)]
    pub state: State,
    /// Where it is a second identity of a user who was recognised by the address: the record of the one before (R16).
    #[n(8)]
    pub linked: Option<Linked>,
    /// The addresses before this one, the last one first: what administrators have said of the user, they said under these.
    #[n(9)]
    pub former: Option<Vec<String>>,
    /// What the user has besides the sign-in at the identity provider.
    #[n(10)]
    pub factors: Option<Factors>,
}

/// Whose user a second identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Linked {
    /// The record of the identity before, which has the same secret.
    #[n(0)]
    pub from: UserId,
    /// The window in which it was recognised, by the moment at which that was opened: seconds since 1970.
    #[n(1)]
    pub window: i64,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("User")
    }
}

impl User {
    /// What is left of a removed user when the time to take it back is over: the identity and the address, by which the
    /// name is still known, and no secret. Locked, so that no version takes it for a user.
    #[must_use]
    pub fn shred(self) -> Self {
        Self {
            first_name: String::new(),
            last_name: String::new(),
            secret: [0; 32],
            state: State::Locked,
            factors: None,
            ..self
        }
    }

    /// The blinded name that the hub keeps to one holder: the address, or, of a second identity, the record of the one
    /// before. So nobody has two accounts, and each record is followed by one other at most.
    pub fn claim(&self, keyring: &Keyring) -> UserId {
        // Whoever is gone keeps no address from anybody.
        if self.is_shredded() {
            return blinded(keyring, &["gone", &self.idp, &self.source, &self.subject]);
        }
        match self.linked {
            None => blinded(keyring, &["email", &self.email]),
            Some(linked) => blinded(keyring, &["linked", &linked.from.to_string()]),
        }
    }

    /// The account: what all identities of one person share.
    pub fn account(&self) -> AccountId {
        AccountId(hub_key(self))
    }

    /// The blinded address, by which a server finds the records of a user.
    pub fn address(&self, keyring: &Keyring) -> UserId {
        blinded(keyring, &["email", &self.email])
    }

    /// The same user under what the identity provider says now.
    #[must_use]
    pub fn follow(self, email: &str, first_name: &str, last_name: &str) -> Self {
        let mut former = self.former.unwrap_or_default();
        if self.email != email {
            former.insert(0, self.email);
            former.retain(|known| known != email);
            former.truncate(FORMER);
        }
        Self {
            email: email.to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            former: (!former.is_empty()).then_some(former),
            ..self
        }
    }

    /// All addresses under which something may have been said of the user, the one of now first.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.email).chain(self.former.iter().flatten()).map(String::as_str)
    }

    /// Whether the secret is gone. No random secret is all zeros; nothing that is signed with this one counts.
    pub fn is_shredded(&self) -> bool {
        self.secret == [0; 32]
    }
}

/// The states of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum State {
    /// By name only: signs in for the first time as soon as the identity provider vouches.
    #[n(0)]
    Invited,
    /// May sign in.
    #[n(1)]
    Active,
    /// May not.
    #[n(2)]
    Locked,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    header: Vec<u8>,
    #[cbor(n(1), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
    #[n(2)]
    signature: Signature,
}

/// What the writing server adds.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// Its keys.
    pub identity: &'a Identity,
    /// Its name.
    pub server: ServerId,
    /// The next counter.
    pub counter: u64,
    /// The hash of its record before.
    pub previous: Hash,
    /// Now: seconds since 1970.
    pub time: i64,
}

/// A record as it was read; [`Record::verify`] says whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    header_bytes: Vec<u8>,
    header: Header,
    ciphertext: Vec<u8>,
    signature: Signature,
}

impl Record {
    /// Seals and signs. `before` is the record that this one replaces.
    ///
    /// Code: `WRONG_EPOCH`.
    pub fn sign(
        context: Context,
        before: Option<&Self>,
        user: &User,
        keyring: &Keyring,
        writer: Writer<'_>,
        nonce: [u8; NONCE],
    ) -> Result<Self> {
        if keyring.epoch != context.epoch {
            return Err(Fault::new(codes::WRONG_EPOCH));
        }
        let bound = wire::encode(&context);
        let plain = zeroize::Zeroizing::new(wire::encode(user));
        let ciphertext =
            sealed::seal_padded(&keyring.key.derive(Purpose::Record, &bound), nonce, &bound, &plain, BLOCK)?;
        let header = Header {
            format: if user.factors.is_some() { FORMAT_WITH_FACTORS } else { FORMAT },
            context,
            ciphertext: Hash::of(&ciphertext),
            server: writer.server,
            counter: writer.counter,
            previous: writer.previous,
            time: writer.time,
            hub_key: hub_key(user),
            replaces: before.map(|before| before.stands_for().collect()).unwrap_or_default(),
        };
        let header_bytes = wire::encode(&header);
        let signature = writer.identity.sign(Signing::User, &header_bytes);
        Ok(Self { header_bytes, header, ciphertext, signature })
    }

    /// Reads the bytes.
    ///
    /// Codes: `FORMAT`, `NEWER_FORMAT`, `SIGNATURE`.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let envelope: Envelope = wire::decode(bytes)?;
        let header: Header = wire::decode(&envelope.header)?;
        if ![FORMAT, FORMAT_WITH_FACTORS].contains(&header.format) {
            return Err(Fault::new(codes::NEWER_FORMAT));
        }
        if header.ciphertext != Hash::of(&envelope.ciphertext) {
            return Err(Fault::new(codes::SIGNATURE));
        }
        Ok(Self {
            header_bytes: envelope.header,
            header,
            ciphertext: envelope.ciphertext,
            signature: envelope.signature,
        })
    }

    /// The bytes, for the hub and the disk.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(&Envelope {
            header: self.header_bytes.clone(),
            ciphertext: self.ciphertext.clone(),
            signature: self.signature,
        })
    }

    /// What was signed.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.header_bytes)
    }

    /// The counters that this record accounts for: its own, and its predecessors'.
    pub fn stands_for(&self) -> impl Iterator<Item = Counted> {
        let own = Counted { server: self.header.server, counter: self.header.counter };
        self.header.replaces.iter().copied().chain([own])
    }

    /// Whether it counts: signed by a server of the connection, or by one that was retired after it.
    ///
    /// Codes: `WRONG_PLACE`, `NO_SUCH_SERVER`, `SIGNATURE`.
    pub fn verify(&self, organisation: &Organisation, place: Place) -> Result<()> {
        if self.header.context.place != place || organisation.id() != place.organisation {
            return Err(Fault::new(codes::WRONG_PLACE));
        }
        let keys = organisation.server_keys(place.connection, self.header.server, self.header.counter);
        let keys = keys.ok_or_else(|| Fault::new(codes::NO_SUCH_SERVER))?;
        keys.verify(Signing::User, &self.header_bytes, &self.signature)
    }

    /// Opens the user.
    ///
    /// Codes: `WRONG_EPOCH`, `NOT_AUTHENTIC`, `FORMAT`, `SIGNATURE`.
    pub fn open(&self, keyring: &Keyring) -> Result<User> {
        if keyring.epoch != self.header.context.epoch {
            return Err(Fault::new(codes::WRONG_EPOCH));
        }
        let bound = wire::encode(&self.header.context);
        let plain = sealed::open_padded(&keyring.key.derive(Purpose::Record, &bound), &bound, &self.ciphertext)?;
        let user: User = wire::decode(&zeroize::Zeroizing::new(plain))?;
        // The name and the public key follow from what is inside: a server cannot give one user's record another's name.
        let named = blinded(keyring, &["identity", &user.idp, &user.source, &user.subject]);
        if named != self.header.context.user || hub_key(&user) != self.header.hub_key {
            return Err(Fault::new(codes::SIGNATURE));
        }
        Ok(user)
    }
}

fn hub_key(user: &User) -> [u8; 32] {
    signing_key_of(&Secret::new(user.secret).derive(Purpose::HubKey, b""))
}

/// The Ed25519 seed of the key that the account is named by, from the user's secret: for the user's page, which signs with it.
pub fn hub_seed(secret: &Secret) -> Secret {
    secret.derive(Purpose::HubKey, b"").derive(Purpose::Signing, b"")
}

/// The blinded name of something about a user (an identity, an e-mail address): tells nothing without the keyring.
pub fn blinded(keyring: &Keyring, parts: &[&str]) -> UserId {
    UserId(keyring.blind.derive(Purpose::Blind, b"user").blinded(parts))
}
