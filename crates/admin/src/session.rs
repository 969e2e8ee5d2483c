//! A signed-in administrator: keys, the verified log, and the hub. Lives in the console or the command line, and nowhere
//! else (R1).

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use rand_core::{OsRng, RngCore};
use sekisho_fault::{Arg, Fault, Result};
use sekisho_hub_api::wire::Append;
use sekisho_hub_api::{Blob, Hub};
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash};
use sekisho_keys::keyring::{self, Keyring, OrganisationKey, Place};
use sekisho_keys::log::{Act, Body, Connection, Entry, FORMAT, Head, Member, Organisation};

use sekisho_keys::user::User;

use crate::acts::{ConnectionInfo, SignedIn};
use crate::codes;
use crate::unanswered::Unanswered;
use crate::users::{Reading, UsersRead};

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A verified log, with the place and hash of each entry.
pub(crate) struct Log {
    pub(crate) organisation: Organisation,
    pub(crate) heads: Vec<Head>,
}

impl Log {
    /// Reads the whole log from the hub and verifies it. `genesis` is the first entry's hash, if it is known.
    pub(crate) async fn read(hub: &Hub, genesis: Option<Hash>) -> Result<Self> {
        let first = hub.log(0).await?;
        let entries = first.iter().map(|row| Entry::read(row.body.as_slice())).collect::<Result<Vec<_>>>()?;
        let empty = || Fault::new(sekisho_keys::codes::LOG_EMPTY);
        let (genesis_entry, rest) = entries.split_first().ok_or_else(empty)?;
        let mut log =
            Self { organisation: Organisation::found(genesis_entry, genesis)?, heads: vec![genesis_entry.head()] };
        for entry in rest {
            log.follow(entry)?;
        }
        log.refresh(hub).await?;
        Ok(log)
    }

    /// Follows what was appended since.
    pub(crate) async fn refresh(&mut self, hub: &Hub) -> Result<()> {
        loop {
            let more = hub.log(self.heads.len() as u64).await?;
            if more.is_empty() {
                return Ok(());
            }
            for row in more {
                self.follow(&Entry::read(row.body.as_slice())?)?;
            }
        }
    }

    fn follow(&mut self, entry: &Entry) -> Result<()> {
        self.organisation.apply(entry)?;
        self.heads.push(entry.head());
        Ok(())
    }
}

/// What follows from log entries at the hub.
pub(crate) type Effects = Append;

/// No effects.
pub(crate) fn no_effects() -> Effects {
    Append {
        after: 0,
        entries: Vec::new(),
        admit: Vec::new(),
        revoke: Vec::new(),
        enterprise_domain: None,
        mail_domains: Vec::new(),
        invitation: None,
        account: None,
        end_account: None,
        retire: Vec::new(),
        epochs: Vec::new(),
        unmoved: Vec::new(),
        delete: None,
        undelete: None,
    }
}

/// How often something is tried again when others write in between.
pub(crate) const TRIES: u32 = 8;

/// A signed-in administrator.
pub struct Session {
    pub(crate) hub: Hub,
    pub(crate) identity: Identity,
    pub(crate) key: OrganisationKey,
    pub(crate) log: Log,
    pub(crate) login: String,
    /// The exports of this session: of which revision, and at which place of the feed.
    pub(crate) exported: BTreeMap<ConnectionId, (u64, u64)>,
    /// Users of the export that was opened last, as long as the session: for which connection.
    pub(crate) arriving: Option<(ConnectionId, Vec<User>)>,
    /// The users that were read last, for looking through them.
    pub(crate) users_read: Option<UsersRead>,
    /// What was read of each connection's users.
    pub(crate) readings: BTreeMap<ConnectionId, Reading>,
    pub(crate) unanswered: Unanswered,
}

impl Session {
    /// Opens the organisation's key with the administrator's identity.
    pub(crate) fn open(
        hub: Hub,
        log: Log,
        administrator: AdministratorId,
        identity: Identity,
        login: String,
    ) -> Result<Self> {
        let organisation = &log.organisation;
        let refused = || Fault::new(sekisho_keys::codes::LOG_AUTHOR);
        let member = organisation.members.get(&administrator).filter(|member| member.active).ok_or_else(refused)?;
        if member.administrator.keys != *identity.public() {
            return Err(refused());
        }
        let sealed = member.key.as_ref().ok_or_else(refused)?;
        let key = keyring::open_organisation_key(&identity, organisation.id(), sealed)?;
        Ok(Self {
            hub,
            identity,
            key,
            log,
            login,
            exported: BTreeMap::new(),
            arriving: None,
            users_read: None,
            readings: BTreeMap::new(),
            unanswered: Unanswered::default(),
        })
    }

    /// The organisation, as far as its log was verified.
    pub fn organisation(&self) -> &Organisation {
        &self.log.organisation
    }

    /// The hub, with this session.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Follows what others have appended. Where they have replaced the organisation's key, the new one is opened.
    ///
    /// Codes: the hub's, those of the log, `LOG_AUTHOR` when this administrator was removed.
    pub(crate) async fn refresh(&mut self) -> Result<()> {
        self.log.refresh(&self.hub).await?;
        let organisation = &self.log.organisation;
        if organisation.key_number != self.key.number {
            let refused = || Fault::new(sekisho_keys::codes::LOG_AUTHOR);
            let own = |member: &&Member| member.active && member.administrator.keys == *self.identity.public();
            let member = organisation.members.values().find(own).ok_or_else(refused)?;
            let sealed = member.key.as_ref().ok_or_else(refused)?;
            self.key = keyring::open_organisation_key(&self.identity, organisation.id(), sealed)?;
        }
        Ok(())
    }

    /// Signs acts and appends them.
    ///
    /// Codes: as [`Session::append_made`].
    pub(crate) async fn append(&mut self, acts: Vec<Act>, effects: Effects) -> Result<()> {
        self.append_made(|_| Ok((acts.clone(), effects.clone()))).await
    }

    /// Makes acts of what is so now, signs them and appends them. Somebody else's entry in between is followed first, and
    /// the acts are made and signed anew on top of it: what they seal is never sealed under a key that was replaced. No acts
    /// are made of what is done already, as when an earlier append was answered to nobody.
    ///
    /// Codes: `LOG_RULE`, and the hub's.
    pub(crate) async fn append_made(&mut self, make: impl Fn(&Self) -> Result<(Vec<Act>, Effects)>) -> Result<()> {
        for _ in 1..TRIES {
            self.refresh().await?;
            let (acts, effects) = make(self)?;
            if acts.is_empty() || self.try_append(&acts, effects).await? {
                return Ok(());
            }
        }
        Err(Fault::new(sekisho_hub_api::codes::STALE))
    }

    /// Signs acts on top of what is known and appends them, each one verified before it goes out. False when somebody else
    /// wrote in between: then nothing was done.
    ///
    /// Codes: `LOG_RULE`, and the hub's.
    pub(crate) async fn try_append(&mut self, acts: &[Act], effects: Effects) -> Result<bool> {
        let after = self.log.heads.len() as u64;
        let mut organisation = self.log.organisation.clone();
        let mut entries = Vec::new();
        for act in acts {
            let Head { sequence, hash } = organisation.head();
            let body = Body {
                format: FORMAT,
                organisation: organisation.id(),
                sequence: sequence + 1,
                previous: hash,
                time: now(),
                author: self.identity.id(),
                act: act.clone(),
            };
            let entry = Entry::sign(body, &self.identity);
            organisation.apply(&entry)?;
            entries.push(entry);
        }
        let blobs = entries.iter().map(|entry| Blob(entry.to_bytes())).collect();
        let body = Append { after, entries: blobs, ..effects };
        match self.hub.append(&body).await {
            Ok(()) => {
                self.log.organisation = organisation;
                self.log.heads.extend(entries.iter().map(Entry::head));
                Ok(true)
            }
            Err(fault) if fault.code == sekisho_hub_api::codes::STALE => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// A connection of the organisation that is not deleted.
    ///
    /// Codes: `NO_CONNECTION`, `CONNECTION_DELETED`.
    pub(crate) fn connection(&self, text: &str) -> Result<(Place, &Connection)> {
        let (place, found) = self.known_connection(text)?;
        match found.undo_until() {
            Some(until) => Err(Fault::new(codes::CONNECTION_DELETED).with("until", Arg::Time(until))),
            None => Ok((place, found)),
        }
    }

    /// A connection of the organisation, deleted or not.
    ///
    /// Code: `NO_CONNECTION`.
    pub(crate) fn known_connection(&self, text: &str) -> Result<(Place, &Connection)> {
        let missing = || Fault::new(codes::NO_CONNECTION).with("connection", text);
        let id: ConnectionId = text.parse().map_err(|_| missing())?;
        let found = self.log.organisation.connections.get(&id).ok_or_else(missing)?;
        Ok((Place { organisation: self.log.organisation.id(), connection: id }, found))
    }

    /// The keyring of a connection's newest epoch.
    pub(crate) fn keyring(&self, place: Place, connection: &Connection) -> Result<Keyring> {
        let missing = || Fault::new(sekisho_keys::codes::WRONG_EPOCH);
        let epoch = connection.epochs.last().ok_or_else(missing)?;
        let keyring = Keyring::open_under(&self.key, place, &epoch.organisation)?;
        if keyring.epoch == epoch.number { Ok(keyring) } else { Err(missing()) }
    }

    /// Who is signed in, and what there is.
    pub fn describe(&self) -> SignedIn {
        let organisation = &self.log.organisation;
        let name = |of: &[u8], sealed: &[u8]| keyring::open_name(&self.key, of, sealed).unwrap_or_default();
        let there = organisation.connections.iter().filter(|(_, connection)| connection.deleted.is_none());
        let connections = there.map(|(id, connection)| ConnectionInfo {
            id: id.to_string(),
            name: name(&id.0, &connection.name),
            node: organisation
                .nodes
                .get(&connection.node)
                .map(|node| name(&connection.node.0, &node.name))
                .unwrap_or_default(),
            enterprise_domain: connection.enterprise_domain.clone(),
            domains: connection.domains.keys().cloned().collect(),
            servers: u32::try_from(connection.servers.values().filter(|one| one.active).count()).unwrap_or(u32::MAX),
        });
        let active = organisation.members.values().filter(|member| member.active);
        let mut administrators: Vec<String> = active.map(|member| member.administrator.login.clone()).collect();
        administrators.sort();
        SignedIn {
            organisation: name(&organisation.id().0, &organisation.name),
            login: self.login.clone(),
            hub: self.hub.address().url.to_string(),
            connections: connections.collect(),
            administrators,
        }
    }
}
