//! The organisation, as far as its log has been verified.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_fault::{Fault, Result};

use super::act::{Administrator, Epoch, Scope, Server};
use super::entry::{Entry, Head};
use super::rules;
use crate::codes;
use crate::identity::{PublicIdentity, Sealed};
use crate::ids::{AdministratorId, ConnectionId, Hash, KeyId, NodeId, OrganisationId, ServerId, UserId};

/// An administrator in the log.
#[derive(Clone, Debug)]
pub struct Member {
    /// As admitted.
    pub administrator: Administrator,
    /// The organisation's key, sealed to them.
    pub key: Option<Sealed>,
    /// Whether they still are one.
    pub active: bool,
    /// Until when they were one, by the signer's clock: seconds since 1970.
    pub left: Option<i64>,
}

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// The node above; none for the root.
    pub parent: Option<NodeId>,
    /// Sealed under the organisation's key.
    pub name: Vec<u8>,
}

/// A server in the log.
#[derive(Clone, Debug)]
pub struct ServerState {
    /// As admitted.
    pub server: Server,
    /// The keyring of the epoch at admission.
    pub keyring: Sealed,
    /// Whether it still belongs to the connection.
    pub active: bool,
    /// The last of its records that counts, once it was retired.
    pub records: Option<u64>,
    /// How it left, once it was retired.
    pub retired: Option<Retired>,
}

/// How a server left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retired {
    /// When, by the signer's clock: seconds since 1970.
    pub time: i64,
    /// Whether its disk was in wrong hands.
    pub compromised: bool,
}

/// A mail domain that is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// When, by the signer's clock: seconds since 1970.
    pub time: i64,
    /// Whether the administrator's program had seen then what proves it.
    pub proven: bool,
}

/// A connection in the log.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its node.
    pub node: NodeId,
    /// The alias that users type.
    pub enterprise_domain: String,
    /// Sealed under the organisation's key.
    pub name: Vec<u8>,
    /// All epochs; the last one is in force.
    pub epochs: Vec<Epoch>,
    /// Whether somebody who has left could open the last one: the next one is due (R9).
    pub epoch_due: bool,
    /// All servers that ever were.
    pub servers: BTreeMap<ServerId, ServerState>,
    /// Reserved mail domains.
    pub domains: BTreeMap<String, Reserved>,
    /// The lowest configuration schema that a writer must know.
    pub minimum_schema: u32,
    /// Users who may not sign in, by their blinded e-mail addresses.
    pub locked: BTreeSet<UserId>,
    /// A revision that counts, with what led up to it, whoever signed.
    pub kept: Option<(u64, Hash)>,
    /// When it was deleted, if it is, by the signer's clock: seconds since 1970.
    pub deleted: Option<i64>,
}

impl Connection {
    /// The newest epoch's number.
    pub fn epoch(&self) -> u32 {
        self.epochs.last().map_or(0, |epoch| epoch.number)
    }

    /// The keyring of an epoch that is sealed to this server.
    pub fn keyring_for(&self, server: ServerId, epoch: u32) -> Option<&Sealed> {
        let state = self.servers.get(&server)?;
        let receiver = state.server.keys.id();
        let listed = self.epochs.iter().find(|known| known.number == epoch)?;
        listed.servers.iter().find(|sealed| sealed.receiver == receiver).or(Some(&state.keyring))
    }
}

/// The organisation.
#[derive(Clone, Debug)]
pub struct Organisation {
    pub(super) id: OrganisationId,
    pub(super) genesis: Hash,
    pub(super) head: Head,
    /// Sealed under the organisation's key.
    pub name: Vec<u8>,
    /// The recovery kit's keys.
    pub kit: PublicIdentity,
    /// The organisation's key, sealed to the kit.
    pub kit_key: Option<Sealed>,
    /// The number of the organisation's key.
    pub key_number: u32,
    /// Every kit and every key that ever had a role: none has a second one.
    pub(super) used: BTreeSet<KeyId>,
    /// All administrators that ever were.
    pub members: BTreeMap<AdministratorId, Member>,
    /// All nodes.
    pub nodes: BTreeMap<NodeId, Node>,
    /// All connections.
    pub connections: BTreeMap<ConnectionId, Connection>,
}

impl Organisation {
    /// Verifies the first entry. Whoever knows the fingerprint of the right one passes it as `genesis`.
    ///
    /// Codes: `LOG_WRONG_ORGANISATION`, `LOG_RULE`, `SIGNATURE`.
    pub fn found(first: &Entry, genesis: Option<Hash>) -> Result<Self> {
        if genesis.is_some_and(|known| known != first.head().hash) {
            return Err(Fault::new(codes::LOG_WRONG_ORGANISATION));
        }
        rules::found(first)
    }

    /// Verifies a whole log.
    ///
    /// Codes: as [`Organisation::found`] and [`Organisation::apply`]; `LOG_EMPTY`.
    pub fn read<'a>(entries: impl IntoIterator<Item = &'a [u8]>, genesis: Option<Hash>) -> Result<Self> {
        let mut entries = entries.into_iter();
        let first = entries.next().ok_or_else(|| Fault::new(codes::LOG_EMPTY))?;
        let mut organisation = Self::found(&Entry::read(first)?, genesis)?;
        for entry in entries {
            organisation.apply(&Entry::read(entry)?)?;
        }
        Ok(organisation)
    }

    /// Verifies the next entry and follows it. A refused entry changes nothing.
    ///
    /// Codes: `LOG_CHAIN`, `LOG_AUTHOR`, `LOG_RULE`, `SIGNATURE`.
    pub fn apply(&mut self, entry: &Entry) -> Result<()> {
        let mut next = self.clone();
        rules::follow(&mut next, entry)?;
        *self = next;
        Ok(())
    }

    /// Its name for good.
    pub fn id(&self) -> OrganisationId {
        self.id
    }

    /// The hash of the first entry: what the recovery kit pins.
    pub fn genesis(&self) -> Hash {
        self.genesis
    }

    /// How far the log has come.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The active administrator with these keys.
    pub fn administrator(&self, key: KeyId) -> Option<&Administrator> {
        self.members
            .values()
            .find(|member| member.active && member.administrator.keys.id() == key)
            .map(|member| &member.administrator)
    }

    /// The active administrator with these keys, if they may change this connection.
    ///
    /// Code: `LOG_AUTHOR`.
    pub fn may_change(&self, connection: ConnectionId, key: KeyId) -> Result<&Administrator> {
        let may = |found: &&Administrator| match found.scope {
            Scope::Organisation => true,
            Scope::Connection(own) => own == connection,
        };
        self.administrator(key).filter(may).ok_or_else(|| Fault::new(codes::LOG_AUTHOR))
    }

    /// An administrator who may, or once might, change this connection: for what is known by its hash anyway.
    ///
    /// Code: `LOG_AUTHOR`.
    pub fn might_change(&self, connection: ConnectionId, key: KeyId) -> Result<&Administrator> {
        let ever = self.members.values().map(|member| &member.administrator);
        let mut might = ever.filter(|found| match found.scope {
            Scope::Organisation => true,
            Scope::Connection(own) => own == connection,
        });
        might.find(|found| found.keys.id() == key).ok_or_else(|| Fault::new(codes::LOG_AUTHOR))
    }

    /// A server that belongs to a connection now.
    ///
    /// Code: `NO_SUCH_SERVER`.
    pub fn server(&self, connection: ConnectionId, server: ServerId) -> Result<&Server> {
        let state = self.connections.get(&connection).and_then(|connection| connection.servers.get(&server));
        state.filter(|state| state.active).map(|state| &state.server).ok_or_else(|| Fault::new(codes::NO_SUCH_SERVER))
    }

    /// The keys of a server for one of its records: of one that was retired, only those up to its last count.
    pub fn server_keys(&self, connection: ConnectionId, server: ServerId, record: u64) -> Option<&PublicIdentity> {
        let state = self.connections.get(&connection)?.servers.get(&server)?;
        let counts = state.active || state.records.is_some_and(|last| record <= last);
        counts.then_some(&state.server.keys)
    }

    /// An administrator who may change this connection, or might until `time` (seconds since 1970).
    ///
    /// Code: `LOG_AUTHOR`.
    pub fn might_change_at(&self, connection: ConnectionId, key: KeyId, time: i64) -> Result<&Administrator> {
        let found = self.might_change(connection, key)?;
        let member = self.members.get(&found.id);
        let then = member.is_some_and(|member| member.active || member.left.is_some_and(|left| time <= left));
        if then { Ok(found) } else { Err(Fault::new(codes::LOG_AUTHOR)) }
    }
}
