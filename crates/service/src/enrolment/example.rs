//! For tests: an organisation of their own with two servers, whose hub does not answer, and what they have written.

use std::path::Path;
use std::sync::Arc;

use sekisho_hub_api::wire::{Feed, Row};
use sekisho_hub_api::{Blob, HubAddress};
use sekisho_keys::derive::Secret;
use sekisho_keys::fact::{Fact, Said};
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, ConnectionId, Hash, NodeId, OrganisationId, ServerId};
use sekisho_keys::keyring::{self, Keyring, OrganisationKey, Place, seal_server_name};
use sekisho_keys::log::{Act, Administrator, Body, Entry, Epoch, FORMAT, Head, Organisation, Scope, Server};
use sekisho_keys::user::{self, Record, State, User, Writer};

use super::{Member, Papers};
use crate::connected::Connected;
use crate::heads::Fork;
use crate::replication::{HubLink, Replica};
use crate::store::SealedFile;
use crate::users;

pub(crate) const PLACE: Place = Place { organisation: OrganisationId([1; 16]), connection: ConnectionId([2; 16]) };
pub(crate) const ONE: ServerId = ServerId([4; 16]);
pub(crate) const TWO: ServerId = ServerId([5; 16]);

pub(crate) fn identity(byte: u8) -> Identity {
    Identity::new(Secret::new([byte; 32]))
}

pub(crate) fn keyring() -> Keyring {
    Keyring::first(Secret::new([21; 32]), Secret::new([22; 32]))
}

/// The founder (10), the recovery kit (11), and two servers (12, 13).
pub(crate) fn organisation() -> Organisation {
    let (founder, kit) = (identity(10), identity(11));
    let key = OrganisationKey::first(Secret::new([20; 32]));
    let keyring = keyring();
    let sealed = |to: &Identity| keyring::seal_organisation_key(&key, PLACE.organisation, to.public()).unwrap();
    let scope = Scope::Organisation;
    let (id, login, keys) = (AdministratorId([1; 16]), "founder".to_owned(), *founder.public());
    let administrator = Administrator { id, login, keys, scope };
    let entry = |sequence, previous, act| {
        let author = founder.id();
        let body = Body { format: FORMAT, organisation: PLACE.organisation, sequence, previous, time: 0, author, act };
        Entry::sign(body, &founder)
    };
    let key_of_both = vec![sealed(&founder), sealed(&kit)];
    let found = Act::Found { name: vec![], administrator, kit: *kit.public(), key: key_of_both };
    let mut organisation = Organisation::found(&entry(0, Hash::NONE, found), None).unwrap();
    let (connection, node) = (PLACE.connection, NodeId([3; 16]));
    let organisation_has = keyring.seal_under(&key, PLACE, [0; 12]).unwrap();
    let epoch = Epoch { number: 1, organisation: organisation_has, servers: vec![] };
    let enterprise_domain = "example".to_owned();
    let admit = |id, keys: Identity, name| Act::AdmitServer {
        connection,
        server: Server { id, keys: *keys.public(), name: seal_server_name(&keyring, id, [0; 12], name).unwrap() },
        keyring: keyring.seal_to(PLACE, keys.public()).unwrap(),
    };
    for act in [
        Act::AddNode { node, parent: None, name: vec![] },
        Act::AddConnection { connection, node, enterprise_domain, name: vec![], epoch },
        admit(ONE, identity(12), "tokyo"),
        admit(TWO, identity(13), "osaka"),
    ] {
        let head = organisation.head();
        organisation.apply(&entry(head.sequence + 1, head.hash, act)).unwrap();
    }
    organisation
}

pub(crate) fn member() -> Member {
    let hub = HubAddress { url: "https://127.0.0.1:9/".parse().unwrap(), pin: None };
    Member::new(PLACE, ONE, Arc::new(identity(12)), hub, organisation())
}

/// The member follows an entry of the founder's, of the first seconds of 1970.
pub(crate) fn follow(member: &Member, act: Act) {
    let time = i64::try_from(member.organisation().head().sequence + 1).unwrap();
    follow_at(member, act, time);
}

/// The same at a moment.
pub(crate) fn follow_at(member: &Member, act: Act, time: i64) {
    let mut organisation = (*member.organisation()).clone();
    let (Head { sequence, hash }, author) = (organisation.head(), identity(10));
    let (organisation_id, sequence) = (PLACE.organisation, sequence + 1);
    let body = Body {
        format: FORMAT,
        organisation: organisation_id,
        sequence,
        previous: hash,
        time,
        author: author.id(),
        act,
    };
    organisation.apply(&Entry::sign(body, &author)).unwrap();
    member.moved_on(organisation);
}

pub(crate) fn row(kind: &str, id: &str, body: Vec<u8>) -> Row {
    Row { seq: 1, kind: kind.to_owned(), id: id.to_owned(), rev: 1, body: Blob(body) }
}

/// A user whom the identity provider calls by this name.
pub(crate) fn user(subject: &str) -> User {
    User {
        email: format!("{subject}@example.com"),
        first_name: String::new(),
        last_name: String::new(),
        idp: "idp".into(),
        source: "name_id".into(),
        subject: subject.into(),
        secret: [5; 32],
        state: State::Active,
        linked: None,
        former: None,
        factors: None,
    }
}

/// A user's record as the second server writes it.
pub(crate) fn record(user: &User, keyring: &Keyring, before: Option<&Record>, counter: u64) -> Record {
    let id = user::blinded(keyring, &["identity", &user.idp, &user.source, &user.subject]);
    let id = before.map_or(id, |before| before.header().context.user);
    let revision = before.map_or(1, |before| before.header().context.revision + 1);
    let context = user::Context { place: PLACE, user: id, revision, epoch: keyring.epoch };
    let two = identity(13);
    let writer = Writer { identity: &two, server: TWO, counter, previous: Hash::NONE, time: 0 };
    Record::sign(context, before, user, keyring, writer, [1; 12]).unwrap()
}

/// The row of a record.
pub(crate) fn user_row(record: &Record) -> Row {
    row("user", &record.header().context.user.to_string(), record.to_bytes())
}

/// The row of what an administrator says of an address.
pub(crate) fn fact_row(email: &str, said: Said, number: u64, author: &Identity) -> Row {
    let (about, fact) = Fact::sign(PLACE, (email, said, number), &keyring(), author, 0, [2; 12]).unwrap();
    row("fact", &about.to_string(), fact)
}

/// The first server, with nothing stored yet.
pub(crate) async fn connected(folder: &Path) -> Connected {
    let secret = Secret::new([1; 32]);
    let file = |name| SealedFile::new(folder, name, &secret);
    let fork = Fork::open(file("fork.sealed"), file("looked.sealed"));
    let (papers, replica) = (Papers::new(folder, &secret), Replica::open(folder).await.unwrap());
    let writer = users::Writer::new(file("outgoing.sealed"));
    let waiting = users::Waiting::open(file("waiting.sealed"));
    let connected = Connected::new(papers, replica, Arc::new(HubLink::default()), (writer, waiting), fork);
    connected.enrolled(member());
    connected
}

/// The hub's feed brings these rows, and each of them counts.
pub(crate) async fn bring(connected: &Connected, rows: Vec<Row>) {
    let follower = connected.follower().unwrap();
    let after = connected.replica.place().await.unwrap().0;
    let rows: Vec<Row> = (after + 1..).zip(rows).map(|(seq, row)| Row { seq, ..row }).collect();
    let head = rows.last().map_or(after, |row| row.seq);
    let news = follower.take(Feed { log: Vec::new(), connection: rows, head }, after).await.unwrap();
    assert!(news.refused.is_empty(), "{:?}", news.refused);
}
