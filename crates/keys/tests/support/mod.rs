//! An organisation that tests can write a log for.
#![allow(dead_code, clippy::unwrap_used, clippy::missing_panics_doc, reason = "shared by several tests")]

use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, NodeId, OrganisationId, SaveId, ServerId};
use sekisho_keys::keyring::{self, Keyring, OrganisationKey, Place};
use sekisho_keys::log::{Act, Administrator, Body, Entry, Epoch, FORMAT, Kept, Organisation, Scope, Server};
use sekisho_keys::revision::{Context, Draft, Revision};

pub const ORGANISATION: OrganisationId = OrganisationId([1; 16]);
pub const CONNECTION: ConnectionId = ConnectionId([2; 16]);
pub const NODE: NodeId = NodeId([3; 16]);
pub const SERVER: ServerId = ServerId([4; 16]);
pub const PLACE: Place = Place { organisation: ORGANISATION, connection: CONNECTION };

pub fn identity(byte: u8) -> Identity {
    Identity::new(Secret::new([byte; 32]))
}

/// The organisation with its founder, node, connection and one server.
pub struct World {
    pub founder: Identity,
    pub kit: Identity,
    pub server: Identity,
    pub key: OrganisationKey,
    pub keyring: Keyring,
    pub log: Vec<Entry>,
    pub organisation: Organisation,
}

impl World {
    pub fn new() -> Self {
        let (founder, kit, server) = (identity(10), identity(11), identity(12));
        let key = OrganisationKey::first(Secret::new([13; 32]));
        let keyring = Keyring::first(Secret::new([14; 32]), Secret::new([15; 32]));
        let sealed = |to: &Identity| keyring::seal_organisation_key(&key, ORGANISATION, to.public()).unwrap();
        let act = Act::Found {
            name: vec![],
            administrator: administrator(1, "founder", &founder, Scope::Organisation),
            kit: *kit.public(),
            key: vec![sealed(&founder), sealed(&kit)],
        };
        let first = Entry::sign(
            Body {
                format: FORMAT,
                organisation: ORGANISATION,
                sequence: 0,
                previous: Hash::NONE,
                time: 0,
                author: founder.id(),
                act,
            },
            &founder,
        );
        let organisation = Organisation::found(&first, None).unwrap();
        let mut world = Self { founder, kit, server, key, keyring, log: vec![first], organisation };
        world.add(Act::AddNode { node: NODE, parent: None, name: vec![] });
        let epoch = Epoch {
            number: 1,
            organisation: world.keyring.seal_under(&world.key, PLACE, [0; 12]).unwrap(),
            servers: vec![],
        };
        let enterprise_domain = "example".to_owned();
        world.add(Act::AddConnection { connection: CONNECTION, node: NODE, enterprise_domain, name: vec![], epoch });
        let admitted = Server { id: SERVER, keys: *world.server.public(), name: vec![] };
        let keyring = world.keyring.seal_to(PLACE, world.server.public()).unwrap();
        world.add(Act::AdmitServer { connection: CONNECTION, server: admitted, keyring });
        world
    }

    /// The next entry, by this author.
    pub fn next(&self, act: Act, author: &Identity) -> Entry {
        let head = self.organisation.head();
        let body = Body {
            format: FORMAT,
            organisation: ORGANISATION,
            sequence: head.sequence + 1,
            previous: head.hash,
            time: 0,
            author: author.id(),
            act,
        };
        Entry::sign(body, author)
    }

    pub fn add(&mut self, act: Act) {
        let entry = self.next(act, &self.founder);
        self.organisation.apply(&entry).unwrap();
        self.log.push(entry);
    }

    pub fn admit(&self, byte: u8, login: &str, who: &Identity) -> Act {
        Act::AdmitAdministrator {
            administrator: administrator(byte, login, who, Scope::Organisation),
            invitation: sekisho_keys::ids::InvitationId([byte; 16]),
            key: Some(keyring::seal_organisation_key(&self.key, ORGANISATION, who.public()).unwrap()),
        }
    }

    /// Removes an administrator in favour of the founder alone.
    pub fn remove(&self, who: AdministratorId, kept: Vec<Kept>) -> Act {
        let (kit, next) = (identity(90), self.key.next(Secret::new([91; 32])));
        let sealed = |to: &Identity| keyring::seal_organisation_key(&next, ORGANISATION, to.public()).unwrap();
        let keys = vec![sealed(&self.founder), sealed(&kit)];
        Act::RemoveAdministrator { administrator: who, number: 2, keys, kit: *kit.public(), kept }
    }

    pub fn revision(&self, number: u64, author: &Identity) -> Revision {
        let context = Context { place: PLACE, revision: number, epoch: 1, schema: 1, min_reader: 1 };
        let draft = Draft { context, previous: Hash::NONE, time: 0, save: SaveId([0; 16]), plain: b"{\"host\":\"a\"}" };
        Revision::sign(&draft, &self.keyring, author, [1; 12]).unwrap()
    }
}

pub fn administrator(byte: u8, login: &str, who: &Identity, scope: Scope) -> Administrator {
    Administrator { id: AdministratorId([byte; 16]), login: login.to_owned(), keys: *who.public(), scope }
}
