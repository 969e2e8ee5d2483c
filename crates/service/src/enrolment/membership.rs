//! Where this server belongs, and its keys.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use sekisho_fault::{Arg, Fault, Result};
use sekisho_hub_api::HubAddress;
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::{Identity, Sealed};
use sekisho_keys::ids::{Hash, ServerId};
use sekisho_keys::keyring::{Keyring, Place, open_server_name};
use sekisho_keys::log::{Connection, Epoch, Head, Organisation, ServerState};
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::store::SealedFile;

/// The keys that this server has made for itself.
#[derive(Serialize, Deserialize)]
pub(super) struct OwnKeys {
    pub(super) server: String,
    pub(super) seed: String,
}

/// Where this server belongs, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Membership {
    pub(super) organisation: String,
    pub(super) connection: String,
    pub(super) hub: HubAddress,
    pub(super) genesis: String,
}

/// The highest that this server has seen: nothing lower is ever accepted (R8, R28).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heads {
    /// Of the organisation log.
    pub log: Option<Head>,
    /// The newest revision and its hash.
    pub revision: Option<(u64, Hash)>,
    /// How many records this server has signed, and the hash of the last.
    pub records: (u64, Hash),
    /// While the hub's rows are taken in for the first time: the place in the feed that has to be reached before anybody
    /// signs in here.
    pub floor: Option<u64>,
}

/// The form in which [`Heads`] are kept.
#[derive(Serialize, Deserialize)]
struct KeptHeads {
    log: Option<(u64, String)>,
    revision: Option<(u64, String)>,
    records: (u64, String),
    /// Versions before this one did not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<u64>,
}

/// The three sealed files.
#[derive(Clone, Debug)]
pub struct Papers {
    pub(super) keys: SealedFile,
    pub(super) membership: SealedFile,
    heads: SealedFile,
    turn: Arc<Mutex<()>>,
}

impl Papers {
    /// The papers in a data folder.
    pub fn new(folder: &Path, secret: &Secret) -> Self {
        let file = |name| SealedFile::new(folder, name, secret);
        Self {
            keys: file("identity.sealed"),
            membership: file("membership.sealed"),
            heads: file("heads.sealed"),
            turn: Arc::default(),
        }
    }

    /// The highest heads.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub fn heads(&self) -> Result<Heads> {
        let Some(kept) = self.heads.read::<KeptHeads>()? else {
            return Ok(Heads { log: None, revision: None, records: (0, Hash::NONE), floor: None });
        };
        let head = |(sequence, hash): (u64, String)| Ok::<_, Fault>(Head { sequence, hash: hash.parse()? });
        let revision = |(number, hash): (u64, String)| Ok::<_, Fault>((number, hash.parse()?));
        Ok(Heads {
            log: kept.log.map(head).transpose()?,
            revision: kept.revision.map(revision).transpose()?,
            records: (kept.records.0, kept.records.1.parse()?),
            floor: kept.floor,
        })
    }

    /// Changes the highest heads; one change at a time, since each reads what the other wrote.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub fn raise(&self, change: impl FnOnce(&mut Heads)) -> Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.heads()?;
        let mut heads = before;
        change(&mut heads);
        if heads == before {
            return Ok(());
        }
        self.heads.write(&KeptHeads {
            log: heads.log.map(|head| (head.sequence, head.hash.to_string())),
            revision: heads.revision.map(|(number, hash)| (number, hash.to_string())),
            records: (heads.records.0, heads.records.1.to_string()),
            floor: heads.floor,
        })
    }
}

/// A server that belongs to a connection.
pub struct Member {
    /// Organisation and connection.
    pub place: Place,
    /// Its name.
    pub server: ServerId,
    /// Its keys.
    pub identity: Arc<Identity>,
    /// Where the hub is.
    pub hub: HubAddress,
    /// The hash of the organisation log's first entry.
    pub genesis: Hash,
    organisation: RwLock<Arc<Organisation>>,
    /// Keyrings that were opened, by epoch, each beside what it came from.
    opened: Mutex<BTreeMap<u32, (Sealed, Keyring)>>,
}

impl Member {
    /// A member with the organisation as it was verified.
    pub(crate) fn new(
        place: Place,
        server: ServerId,
        identity: Arc<Identity>,
        hub: HubAddress,
        organisation: Organisation,
    ) -> Self {
        let genesis = organisation.genesis();
        let organisation = RwLock::new(Arc::new(organisation));
        Self { place, server, identity, hub, genesis, organisation, opened: Mutex::default() }
    }

    /// The organisation, as far as its log was verified.
    pub fn organisation(&self) -> Arc<Organisation> {
        // The value is replaced as a whole: a panic elsewhere leaves it whole.
        self.organisation.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The organisation has moved on.
    pub(crate) fn moved_on(&self, organisation: Organisation) {
        *self.organisation.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(organisation);
    }

    /// The connection in the log.
    ///
    /// Code: `NO_SUCH_SERVER` of the keys.
    pub fn connection(organisation: &Organisation, place: Place) -> Result<&Connection> {
        let found = organisation.connections.get(&place.connection);
        found.ok_or_else(|| Fault::new(sekisho_keys::codes::NO_SUCH_SERVER))
    }

    /// The keyring of an epoch.
    ///
    /// Codes: `NO_SUCH_SERVER`, `WRONG_EPOCH`, `NOT_AUTHENTIC` of the keys.
    pub fn keyring(&self, epoch: u32) -> Result<Keyring> {
        let organisation = self.organisation();
        let connection = Self::connection(&organisation, self.place)?;
        let missing = || Fault::new(sekisho_keys::codes::WRONG_EPOCH);
        let sealed = connection.keyring_for(self.server, epoch).ok_or_else(missing)?;
        // Each sign-in asks for it, and opening one takes longer than verifying a response. What the log names now decides;
        // the map is whole at every moment.
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, keyring)) = opened.get(&epoch).filter(|(from, _)| from == sealed) {
            return Ok(keyring.clone());
        }
        // One of a later epoch has the keys of those before it.
        let keyring = Keyring::open_as(&self.identity, self.place, sealed)?.of_epoch(epoch)?;
        opened.insert(epoch, (sealed.clone(), keyring.clone()));
        Ok(keyring)
    }

    /// The keyring of the newest epoch.
    ///
    /// Codes: as [`Member::keyring`].
    pub fn newest_keyring(&self) -> Result<Keyring> {
        let organisation = self.organisation();
        self.keyring(Self::connection(&organisation, self.place)?.epoch())
    }

    /// The machine's name of a server of the connection; the beginning of its name for good when this one cannot be read.
    pub fn server_name(&self, server: ServerId) -> String {
        let organisation = self.organisation();
        let connection = Self::connection(&organisation, self.place).ok();
        let read = connection.and_then(|connection| {
            let sealed = &connection.servers.get(&server)?.server.name;
            // Sealed in the epoch in which the server was admitted, which nobody has written down.
            let mut keyrings = (1..=connection.epoch()).rev().filter_map(|epoch| self.keyring(epoch).ok());
            keyrings.find_map(|keyring| open_server_name(&keyring, server, sealed).ok())
        });
        read.unwrap_or_else(|| server.to_string().chars().take(8).collect())
    }

    /// Why this server serves no more, if an administrator has taken it out of the connection.
    pub fn retirement(&self) -> Option<Fault> {
        let organisation = self.organisation();
        if organisation.server(self.place.connection, self.server).is_ok() {
            return None;
        }
        let connection = Self::connection(&organisation, self.place).ok();
        let state = connection.and_then(|connection| connection.servers.get(&self.server));
        let compromised = state.and_then(|state| state.retired).is_some_and(|retired| retired.compromised);
        Some(Fault::new(if compromised { codes::COMPROMISED } else { codes::RETIRED }))
    }

    /// Why nothing of the connection can be changed, if an administrator has deleted it.
    pub fn detachment(&self) -> Option<Fault> {
        let organisation = self.organisation();
        let until = Self::connection(&organisation, self.place).ok()?.undo_until()?;
        Some(Fault::new(codes::DETACHED).with("until", Arg::Time(until)))
    }

    /// Whether the keys of the epoch before may be in wrong hands: those of any server that had them and was compromised. No
    /// clock is asked which server left last: administrators' clocks differ.
    pub fn past_is_stolen(&self) -> bool {
        let organisation = self.organisation();
        let Ok(connection) = Self::connection(&organisation, self.place) else { return false };
        let before = connection.epoch().saturating_sub(1);
        let listed = |server: &ServerState| {
            let receiver = server.server.keys.id();
            let has = |epoch: &&Epoch| epoch.servers.iter().any(|sealed| sealed.receiver == receiver);
            let mut numbers = connection.epochs.iter().filter(has).map(|epoch| epoch.number).peekable();
            // One that never saw a new epoch begin is listed in none: it counts for each.
            numbers.peek().is_none() || numbers.any(|number| number == before)
        };
        let is_lost = |state: &&ServerState| state.retired.is_some_and(|retired| retired.compromised);
        connection.servers.values().filter(is_lost).any(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_the_version_before_are_read_and_name_no_place_to_be_reached() {
        let folder = tempfile::tempdir().unwrap();
        let secret = Secret::new([1; 32]);
        let none = Hash::NONE.to_string();
        let before = serde_json::json!({ "log": null, "revision": [3, none], "records": [7, none] });
        SealedFile::new(folder.path(), "heads.sealed", &secret).write(&before).unwrap();
        let heads = Papers::new(folder.path(), &secret).heads().unwrap();
        assert_eq!((heads.revision, heads.records, heads.floor), (Some((3, Hash::NONE)), (7, Hash::NONE), None));
    }
}
