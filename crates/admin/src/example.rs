//! For tests: an organisation of a founder and one connection, and what the founder has said of users.

use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::Row;
use sekisho_keys::derive::Secret;
use sekisho_keys::fact::{Fact, Said};
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, NodeId, OrganisationId};
use sekisho_keys::keyring::{Keyring, OrganisationKey, Place, seal_organisation_key};
use sekisho_keys::log::{Act, Administrator, Body, Entry, Epoch, FORMAT, Organisation, Scope};

pub(crate) const PLACE: Place = Place { organisation: OrganisationId([1; 16]), connection: ConnectionId([2; 16]) };

pub(crate) fn founder() -> Identity {
    Identity::new(Secret::new([10; 32]))
}

pub(crate) fn keyring() -> Keyring {
    Keyring::first(Secret::new([21; 32]), Secret::new([22; 32]))
}

/// That of the epoch after it.
pub(crate) fn next_keyring() -> Keyring {
    keyring().next(Secret::new([23; 32]))
}

pub(crate) fn organisation() -> Organisation {
    let (founder, kit) = (founder(), Identity::new(Secret::new([11; 32])));
    let key = OrganisationKey::first(Secret::new([20; 32]));
    let sealed = |to: &Identity| seal_organisation_key(&key, PLACE.organisation, to.public()).unwrap();
    let (id, login, scope) = (AdministratorId([1; 16]), "founder".to_owned(), Scope::Organisation);
    let administrator = Administrator { id, login, keys: *founder.public(), scope };
    let entry = |sequence, previous, act| {
        let author = founder.id();
        let body = Body { format: FORMAT, organisation: PLACE.organisation, sequence, previous, time: 0, author, act };
        Entry::sign(body, &founder)
    };
    let key_of_both = vec![sealed(&founder), sealed(&kit)];
    let found = Act::Found { name: vec![], administrator, kit: *kit.public(), key: key_of_both };
    let mut organisation = Organisation::found(&entry(0, Hash::NONE, found), None).unwrap();
    let (connection, node) = (PLACE.connection, NodeId([3; 16]));
    let sealed = keyring().seal_under(&key, PLACE, [0; 12]).unwrap();
    let epoch = Epoch { number: 1, organisation: sealed, servers: vec![] };
    for act in [
        Act::AddNode { node, parent: None, name: vec![] },
        Act::AddConnection { connection, node, enterprise_domain: "example".to_owned(), name: vec![], epoch },
    ] {
        let head = organisation.head();
        organisation.apply(&entry(head.sequence + 1, head.hash, act)).unwrap();
    }
    organisation
}

/// The row of what the founder says of an address, written so often.
pub(crate) fn fact_row(email: &str, said: Said, keyring: &Keyring, rev: u64) -> Row {
    let (about, fact) = Fact::sign(PLACE, (email, said, 5), keyring, &founder(), 0, [2; 12]).unwrap();
    Row { seq: rev, kind: "fact".to_owned(), id: about.to_string(), rev, body: Blob(fact) }
}
