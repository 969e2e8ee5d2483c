//! What is signed and sealed: octets as each kind of it, and a genuine one that was changed means the same or is refused.

use std::sync::LazyLock;

use sekisho_keys::acme::{self, Author, Issued, Said};
use sekisho_keys::ids::{Hash, NodeId};
use sekisho_keys::log::{Act, Entry};
use sekisho_keys::revision::Revision;
use sekisho_keys::ticket::Ticket;
use sekisho_keys::user::{Context, Record, State, User, Writer, blinded};
use sekisho_keys::witness::Report;
use sekisho_keys::{envelope, object, sealed};

use crate::organisation::{PLACE, SERVER, World};

/// One of each kind, as octets.
struct Genuine {
    world: World,
    octets: [Vec<u8>; 6],
}

static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
    let world = World::new();
    let entry = world.next(Act::AddNode { node: NodeId([9; 16]), parent: None, name: vec![7; 30] }, &world.founder);
    let octets = [
        entry.to_bytes(),
        world.revision(1, &world.founder).to_bytes(),
        record(&world).to_bytes(),
        report(&world).sign(&world.server),
        object::seal(&world.keyring, PLACE, Hash::of(b"object"), [3; 12], b"a sealed object").unwrap(),
        issued(&world),
    ];
    Genuine { world, octets }
});

fn record(world: &World) -> Record {
    let user = User {
        email: "alice@example.com".into(),
        first_name: "Alice".into(),
        last_name: String::new(),
        idp: "https://idp.example.com".into(),
        source: "NameID".into(),
        subject: "a1".into(),
        secret: [5; 32],
        state: State::Active,
        linked: None,
        former: None,
        factors: None,
    };
    let name = blinded(&world.keyring, &["identity", &user.idp, &user.source, &user.subject]);
    let context = Context { place: PLACE, user: name, revision: 1, epoch: 1 };
    let writer = Writer { identity: &world.server, server: SERVER, counter: 1, previous: Hash::NONE, time: 0 };
    Record::sign(context, None, &user, &world.keyring, writer, [2; 12]).unwrap()
}

fn issued(world: &World) -> Vec<u8> {
    let issued = Issued { setting: Hash::of(b"setting"), certificates: "PEM".into(), key: vec![7; 40] };
    let author = Author { identity: &world.server, server: SERVER, time: 0 };
    acme::sign(PLACE, 1, &Said::Certificate(issued), &world.keyring, author, [4; 12]).unwrap()
}

fn report(world: &World) -> Report {
    Report {
        place: PLACE,
        server: SERVER,
        number: 1,
        time: 0,
        version: "0.1.0".into(),
        schema: 1,
        state: "running".into(),
        revision: Some((1, Hash::NONE)),
        log: world.organisation.head(),
        feed: 3,
        counters: vec![],
        certificate: None,
        reason: None,
        synced: Some(1),
        sign_ins: None,
        sync: None,
        cloned: None,
        by_name: Some(vec![None]),
        held: None,
    }
}

/// What octets mean when they are taken as each kind in turn: nothing, where they are refused.
fn meanings(octets: &[u8]) -> [Option<String>; 6] {
    let world = &GENUINE.world;
    let entry = || {
        let entry = Entry::read(octets).ok()?;
        world.organisation.clone().apply(&entry).ok()?;
        Some(format!("{:?}", entry.body()))
    };
    let revision = || {
        let revision = Revision::read(octets).ok()?;
        revision.verify(&world.organisation, PLACE, None).ok()?;
        Some(format!("{:?} {:?}", revision.header(), revision.open(&world.keyring).ok()?))
    };
    let record = || {
        let record = Record::read(octets).ok()?;
        record.verify(&world.organisation, PLACE).ok()?;
        let user = record.open(&world.keyring).ok()?;
        Some(format!("{:?} {} {}", record.header(), user.email, user.subject))
    };
    let report = || Some(format!("{:?}", Report::verify(octets, &world.organisation, PLACE).ok()?));
    let object = || Some(format!("{:?}", object::open(&world.keyring, PLACE, Hash::of(b"object"), octets).ok()?));
    let issued = || {
        let (_, record) = acme::open(octets, &world.organisation, PLACE, &world.keyring).ok()?;
        let Said::Certificate(issued) = &record.said else { return None };
        Some(format!("{record:?} {} {} {:?}", issued.setting, issued.certificates, issued.key))
    };
    [entry(), revision(), record(), report(), object(), issued()]
}

/// The body. Octets: which of the genuine ones, then changes of three octets each (where, and what is added to it); or, where
/// the first is above all, octets as they are.
pub fn run(octets: &[u8]) {
    let Some((which, rest)) = octets.split_first() else { return };
    let Some(genuine) = GENUINE.octets.get(usize::from(*which)) else {
        // Nothing that a fuzzer writes is signed by anyone of the organisation.
        assert_eq!(meanings(rest), [const { None }; 6]);
        let _ = Ticket::read(rest);
        let _ = envelope::open(rest, &[0; 64]);
        let _ = sealed::open_padded(&GENUINE.world.keyring.key, b"", rest);
        return;
    };
    let mut changed = genuine.clone();
    for change in rest.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % changed.len();
        match change[2] {
            0 => drop(changed.remove(at)),
            1..=8 => changed.insert(at, change[2]),
            by => changed[at] = changed[at].wrapping_add(by),
        }
        if changed.is_empty() {
            break;
        }
    }
    let said = meanings(genuine);
    assert!(said[usize::from(*which)].is_some(), "a genuine one is refused");
    for (before, after) in said.iter().zip(&meanings(&changed)) {
        assert!(after.is_none() || after == before, "{which} {rest:?}");
    }
}

/// What to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    let whole = (0..6).map(|which| vec![which]);
    let changed = (0..6).flat_map(|which| (0..=255).step_by(17).map(move |at| vec![which, 0, at, 9]));
    let raw = GENUINE.octets.iter().map(|octets| [&[255], &octets[..octets.len() - 1]].concat());
    whole.chain(changed).chain(raw).collect()
}
