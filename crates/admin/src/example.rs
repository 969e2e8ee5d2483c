//! For tests: an organisation of a founder and one connection, what the founder has said of users, and what a server has written.

use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::Row;
use sekisho_keys::derive::Secret;
use sekisho_keys::fact::{Fact, Said};
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, NodeId, OrganisationId, ServerId};
use sekisho_keys::keyring::{Keyring, OrganisationKey, Place, seal_organisation_key};
use sekisho_keys::log::{Act, Administrator, Body, Entry, Epoch, FORMAT, Organisation, Scope, Server};
use sekisho_keys::user::{Context, Record, State, User, Writer, blinded};

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
        apply(&mut organisation, act);
    }
    organisation
}

fn entry(sequence: u64, previous: Hash, act: Act) -> Entry {
    let founder = founder();
    let author = founder.id();
    let body = Body { format: FORMAT, organisation: PLACE.organisation, sequence, previous, time: 0, author, act };
    Entry::sign(body, &founder)
}

/// The founder does something.
pub(crate) fn apply(organisation: &mut Organisation, act: Act) {
    let head = organisation.head();
    organisation.apply(&entry(head.sequence + 1, head.hash, act)).unwrap();
}

pub(crate) const SERVER: ServerId = ServerId([4; 16]);

fn server() -> Identity {
    Identity::new(Secret::new([12; 32]))
}

/// The only server is admitted.
pub(crate) fn admit(organisation: &mut Organisation) {
    let keys = *server().public();
    let keyring = keyring().seal_to(PLACE, &keys).unwrap();
    let server = Server { id: SERVER, keys, name: vec![] };
    apply(organisation, Act::AdmitServer { connection: PLACE.connection, server, keyring });
}

/// The row of a user whom that server has written, as its record of this number.
pub(crate) fn user_row(email: &str, counter: u64) -> Row {
    changed_user_row(email, counter, |user| user)
}

/// The same with something else about them.
pub(crate) fn changed_user_row(email: &str, counter: u64, change: impl Fn(User) -> User) -> Row {
    let (keyring, identity) = (keyring(), server());
    let user = change(User {
        email: email.to_owned(),
        first_name: String::new(),
        last_name: String::new(),
        idp: "idp".to_owned(),
        source: "name_id".to_owned(),
        subject: email.to_owned(),
        secret: [7; 32],
        state: State::Active,
        linked: None,
        former: None,
        factors: None,
    });
    let id = blinded(&keyring, &["identity", &user.idp, &user.source, &user.subject]);
    let context = Context { place: PLACE, user: id, revision: 1, epoch: keyring.epoch };
    let writer = Writer { identity: &identity, server: SERVER, counter, previous: Hash::NONE, time: 0 };
    let record = Record::sign(context, None, &user, &keyring, writer, [0; 12]).unwrap();
    Row { seq: counter, kind: "user".to_owned(), id: id.to_string(), rev: 1, body: Blob(record.to_bytes()) }
}

/// The row of what the founder says of an address, written so often.
pub(crate) fn fact_row(email: &str, said: Said, keyring: &Keyring, rev: u64) -> Row {
    let (about, fact) = Fact::sign(PLACE, (email, said, 5), keyring, &founder(), 0, [2; 12]).unwrap();
    Row { seq: rev, kind: "fact".to_owned(), id: about.to_string(), rev, body: Blob(fact) }
}
