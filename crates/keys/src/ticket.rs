//! The enrolment ticket: an administrator tells a new server, out of the hub's reach, what it must find at the hub (R8).

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::identity::{Identity, Signature, Signing};
use crate::ids::{Hash, KeyId, ServerId};
use crate::keyring::Place;
use crate::log::{Head, Organisation};
use crate::{codes, wire};

/// How long a ticket may be used, in seconds.
pub const LIFETIME: i64 = 3600;

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Body {
    /// 1.
    #[n(0)]
    pub format: u32,
    /// Organisation and connection.
    #[n(1)]
    pub place: Place,
    /// The name that the server was given.
    #[n(2)]
    pub server: ServerId,
    /// The keys that it is for.
    #[n(3)]
    pub keys: KeyId,
    /// The first entry of the organisation log.
    #[n(4)]
    pub genesis: Hash,
    /// The log must reach at least this far, through this very entry.
    #[n(5)]
    pub log: Head,
    /// The newest revision and its hash; none while there is none.
    #[n(6)]
    pub revision: Option<(u64, Hash)>,
    /// The place in the connection's feed that must be reached before the server serves.
    #[n(7)]
    pub feed: u64,
    /// Whose keys sign.
    #[n(8)]
    pub author: KeyId,
    /// Until when it may be used: seconds since 1970.
    #[n(9)]
    pub ends: i64,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

/// A ticket as it was read; [`Ticket::verify`] says whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    bytes: Vec<u8>,
    signature: Signature,
    body: Body,
}

impl Ticket {
    /// Signs a ticket.
    pub fn sign(body: Body, author: &Identity) -> Self {
        let bytes = wire::encode(&body);
        Self { signature: author.sign(Signing::Ticket, &bytes), bytes, body }
    }

    /// Reads the bytes.
    ///
    /// Codes: `FORMAT`, `NEWER_FORMAT`.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let envelope: Envelope = wire::decode(bytes)?;
        let body: Body = wire::decode(&envelope.body)?;
        if body.format != 1 {
            return Err(Fault::new(codes::NEWER_FORMAT));
        }
        Ok(Self { bytes: envelope.body, signature: envelope.signature, body })
    }

    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(&Envelope { body: self.bytes.clone(), signature: self.signature })
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Whether it counts for the server with these keys, now, with the log as it was found at the hub.
    ///
    /// Codes: `TICKET_ENDED`, `TICKET_FOR_ANOTHER`, `LOG_WRONG_ORGANISATION`, `LOG_TOO_SHORT`, `LOG_AUTHOR`,
    /// `SIGNATURE`, `NO_SUCH_SERVER`.
    pub fn verify(&self, organisation: &Organisation, log: &[Head], keys: KeyId, now: i64) -> Result<()> {
        let body = &self.body;
        if now > body.ends || body.ends > now + LIFETIME {
            return Err(Fault::new(codes::TICKET_ENDED).at("ends", body.ends));
        }
        if body.keys != keys {
            return Err(Fault::new(codes::TICKET_FOR_ANOTHER));
        }
        if organisation.id() != body.place.organisation || organisation.genesis() != body.genesis {
            return Err(Fault::new(codes::LOG_WRONG_ORGANISATION));
        }
        if !log.contains(&body.log) {
            return Err(Fault::new(codes::LOG_TOO_SHORT));
        }
        let author = organisation.may_change(body.place.connection, body.author)?;
        author.keys.verify(Signing::Ticket, &self.bytes, &self.signature)?;
        let server = organisation.server(body.place.connection, body.server)?;
        if server.keys.id() == keys { Ok(()) } else { Err(Fault::new(codes::TICKET_FOR_ANOTHER)) }
    }
}
