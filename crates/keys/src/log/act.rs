//! What an entry can say.

use minicbor::{Decode, Encode};

use crate::identity::{PublicIdentity, Sealed};
use crate::ids::{AdministratorId, ConnectionId, Hash, InvitationId, NodeId, ServerId, UserId};

/// What an administrator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Scope {
    /// Everything, with the organisation's key.
    #[n(0)]
    Organisation,
    /// One connection's configuration, without the organisation's key.
    #[n(1)]
    Connection(#[n(0)] ConnectionId),
}

/// An administrator, as admitted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Administrator {
    /// The name for good.
    #[n(0)]
    pub id: AdministratorId,
    /// The name at sign-in, which the hub knows too.
    #[n(1)]
    pub login: String,
    /// The keys.
    #[n(2)]
    pub keys: PublicIdentity,
    /// What they may do.
    #[n(3)]
    pub scope: Scope,
}

/// A server, as admitted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Server {
    /// The name for good.
    #[n(0)]
    pub id: ServerId,
    /// The keys, made on that machine.
    #[n(1)]
    pub keys: PublicIdentity,
    /// The machine's name, sealed under the connection's key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub name: Vec<u8>,
}

/// A key epoch of a connection: who can open its keyring.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Epoch {
    /// 1 for the first.
    #[n(0)]
    pub number: u32,
    /// The keyring, sealed under the organisation's key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub organisation: Vec<u8>,
    /// The keyring, sealed to each live server.
    #[n(2)]
    pub servers: Vec<Sealed>,
}

/// What an entry says. Numbers are for good.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Act {
    /// The organisation is founded. The first entry, and only the first.
    #[n(0)]
    Found {
        /// The organisation's name, sealed under its key.
        #[cbor(n(0), with = "minicbor::bytes")]
        name: Vec<u8>,
        /// The first administrator.
        #[n(1)]
        administrator: Administrator,
        /// The recovery kit's keys.
        #[n(2)]
        kit: PublicIdentity,
        /// The organisation's key, sealed to the administrator and to the kit.
        #[n(3)]
        key: Vec<Sealed>,
    },
    /// Another administrator.
    #[n(1)]
    AdmitAdministrator {
        /// Who.
        #[n(0)]
        administrator: Administrator,
        /// The invitation that authenticated the keys.
        #[n(1)]
        invitation: InvitationId,
        /// The organisation's key, sealed to them; none for an administrator of one connection.
        #[n(2)]
        key: Option<Sealed>,
    },
    /// No administrator any more. What they could open is replaced in the same breath, and what they saved still counts.
    #[n(2)]
    RemoveAdministrator {
        /// Who.
        #[n(0)]
        administrator: AdministratorId,
        /// The next organisation key's number.
        #[n(1)]
        number: u32,
        /// The next organisation key, sealed to each remaining administrator of the organisation and to the kit.
        #[n(2)]
        keys: Vec<Sealed>,
        /// Another recovery kit: they may have seen the one before.
        #[n(3)]
        kit: PublicIdentity,
        /// The newest revision of each connection: it and what led up to it count, whoever signed.
        #[n(4)]
        kept: Vec<Kept>,
    },
    /// Signed by the recovery kit: a new administrator, and a new kit, because a kit is used once.
    #[n(3)]
    Recover {
        /// Who.
        #[n(0)]
        administrator: Administrator,
        /// The next kit's keys.
        #[n(1)]
        kit: PublicIdentity,
        /// The organisation's key, sealed to the administrator and to the next kit.
        #[n(2)]
        key: Vec<Sealed>,
    },
    /// Another recovery kit instead of the one before.
    #[n(4)]
    NewKit {
        /// Its keys.
        #[n(0)]
        kit: PublicIdentity,
        /// The organisation's key, sealed to it.
        #[n(1)]
        key: Sealed,
    },
    /// A node below another, or below the root.
    #[n(5)]
    AddNode {
        /// The new node.
        #[n(0)]
        node: NodeId,
        /// The node above; none for the root.
        #[n(1)]
        parent: Option<NodeId>,
        /// Its name, sealed under the organisation's key.
        #[cbor(n(2), with = "minicbor::bytes")]
        name: Vec<u8>,
    },
    /// A connection on a node.
    #[n(6)]
    AddConnection {
        /// The new connection.
        #[n(0)]
        connection: ConnectionId,
        /// Its node.
        #[n(1)]
        node: NodeId,
        /// The alias that users type; unique at the hub.
        #[n(2)]
        enterprise_domain: String,
        /// Its name, sealed under the organisation's key.
        #[cbor(n(3), with = "minicbor::bytes")]
        name: Vec<u8>,
        /// Its first epoch.
        #[n(4)]
        epoch: Epoch,
    },
    /// A server of a connection.
    #[n(7)]
    AdmitServer {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
        /// The server.
        #[n(1)]
        server: Server,
        /// The connection's keyring of the newest epoch, sealed to the server.
        #[n(2)]
        keyring: Sealed,
    },
    /// A server goes. A new epoch follows (R9).
    #[n(8)]
    RetireServer {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
        /// The server.
        #[n(1)]
        server: ServerId,
        /// Whether its disk is in wrong hands.
        #[n(2)]
        compromised: bool,
        /// The last of its records that counts: what its keys sign after it is nobody's.
        #[n(3)]
        records: u64,
    },
    /// The next key epoch of a connection.
    #[n(9)]
    NewEpoch {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
        /// The epoch.
        #[n(1)]
        epoch: Epoch,
    },
    /// A mail domain whose users belong to a connection (R11).
    #[n(10)]
    ReserveDomain {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
        /// The domain, in A-labels.
        #[n(1)]
        domain: String,
        /// Whether the administrator's program has seen what proves it ([`crate::domain`]). Once it has, it may say so later.
        #[n(2)]
        proven: Option<bool>,
    },
    /// The domain is free again.
    #[n(11)]
    ReleaseDomain {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
        /// The domain.
        #[n(1)]
        domain: String,
    },
    /// From here on, servers that do not know this configuration schema must not write (R18).
    #[n(12)]
    MinimumSchema {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
        /// The schema.
        #[n(1)]
        schema: u32,
    },
    /// A user may not sign in, or may again (R18: in the log, where no hub can hold it back unseen).
    #[n(13)]
    LockUser {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
        /// The blinded e-mail address.
        #[n(1)]
        about: UserId,
        /// Whether they are locked.
        #[n(2)]
        locked: bool,
    },
    /// A connection is deleted. Until it is taken back nothing else is said of it; its servers go on with what they have.
    #[n(20)]
    DeleteConnection {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
    },
    /// The deletion is taken back, within [`super::UNDO`].
    #[n(21)]
    UndeleteConnection {
        /// Which connection.
        #[n(0)]
        connection: ConnectionId,
    },
}

/// A revision that counts for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Kept {
    /// Which connection.
    #[n(0)]
    pub connection: ConnectionId,
    /// Its number.
    #[n(1)]
    pub revision: u64,
    /// Its hash.
    #[n(2)]
    pub hash: Hash,
}
