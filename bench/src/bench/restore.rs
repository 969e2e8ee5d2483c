//! A new server takes in the users of its connection: how long it takes and what memory it needs, for connections that grow.

use std::path::Path;
use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use sekisho_hub::store::{Batch, Change, Claim, Expect, SqliteStore, Store};
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{Hash, ServerId};
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Organisation;
use sekisho_keys::user::{Context, Record, State, User, Writer, blinded};
use sekisho_service::secret;
use sekisho_service::store::SealedFile;
use sekisho_tests::service::Service;
use sekisho_tests::site::Site;
use tokio::runtime::Runtime;

use super::figure::{Aim, Figure};
use super::process_tree;

/// Users that are written to the hub's store together.
const PART: usize = 2_000;
/// The longest that a million may take.
const LONGEST: f64 = 60.0;
/// The most memory, in MiB.
const MOST: f64 = 200.0;

/// Measures connections of so many users, one after the other.
pub fn measure(runtime: &Runtime, home: &Path, sizes: &[usize]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut each = Vec::new();
    for users in sizes {
        let restored = restore(runtime, &home.join(users.to_string()), *users);
        each.push(restored.took.as_secs_f64() / count(*users));
        let (time, memory) = match users {
            1_000_000 => (Aim::Below(LONGEST), Aim::Below(MOST)),
            _ => (Aim::None, Aim::None),
        };
        figures.push(Figure::median(format!("restore_{users}_s"), time, &[restored.took.as_secs_f64()]));
        figures.push(Figure::median(format!("restore_{users}_peak_mib"), memory, &[restored.peak_mib]));
        figures.push(Figure::median(format!("restore_{users}_disk_mib"), Aim::None, &[restored.disk_mib]));
    }
    if let ([_, middle, ..], Some(last)) = (each.as_slice(), each.last()) {
        // Per user, of the largest beside the second: 1 when it grows as they do.
        figures.push(Figure::median("restore_growth", Aim::AtMost(1.2), &[last / middle]));
    }
    figures
}

#[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn count(users: usize) -> f64 {
    users as f64
}

struct Restored {
    took: Duration,
    peak_mib: f64,
    disk_mib: f64,
}

fn restore(runtime: &Runtime, home: &Path, users: usize) -> Restored {
    std::fs::create_dir_all(home).expect("a scratch folder");
    let mut site = Site::found(home);
    // The first server writes them, and is not there while another one takes them in.
    site.service.kill();
    site.hub.kill();
    runtime.block_on(fill(&site, users));
    site.hub.start_again();
    let fresh = Service::start(&home.join("two"));
    let cli = site.founder.at(&fresh.socket);
    let begun = Instant::now();
    let joined = cli.run(&["enrol"]);
    let took = begun.elapsed();
    assert_eq!(joined["users"], users, "{joined}");
    let folder = fresh.folder.join("data");
    let bytes: u64 = std::fs::read_dir(folder).expect("the data folder").flatten().map(|file| size(&file)).sum();
    Restored {
        took,
        peak_mib: process_tree::peak_mib(fresh.id()),
        disk_mib: count(usize::try_from(bytes).unwrap()) / 1_048_576.0,
    }
}

fn size(file: &std::fs::DirEntry) -> u64 {
    file.metadata().map_or(0, |about| about.len())
}

/// Writes users to the hub's store, each as the first server would have.
async fn fill(site: &Site, users: usize) {
    let store = SqliteStore::open(&site.hub.folder.join("hub.sqlite")).await.expect("the hub's store");
    let writer = Author::of(site, &store).await;
    let scope = format!("c/{}", writer.place.connection);
    let (mut counter, mut previous) = (0, Hash::NONE);
    for part in (0..users).collect::<Vec<_>>().chunks(PART) {
        let mut batch = Batch::default();
        for number in part {
            counter += 1;
            let (record, email) = writer.user(*number, counter, previous);
            previous = record.hash();
            let id = record.header().context.user.to_string();
            let name = format!("email/{}/{email}", writer.place.connection);
            batch.claims.push(Claim { name, holder: id.clone() });
            let (kind, body) = ("user".to_owned(), record.to_bytes());
            batch.changes.push(Change::Put { scope: scope.clone(), kind, id, expect: Expect::Absent, body });
        }
        store.commit(batch).await.expect("users");
    }
    store.close().await;
}

/// The first server, which writes.
struct Author {
    identity: Identity,
    server: ServerId,
    keyring: Keyring,
    place: Place,
}

impl Author {
    async fn of(site: &Site, store: &SqliteStore) -> Self {
        let data = site.service.folder.join("data");
        let secret = secret::read_or_make(&data).expect("the server's secret");
        let read = |name: &'static str| {
            let kept: Option<serde_json::Value> = SealedFile::new(&data, name, &secret).read().expect(name);
            kept.unwrap_or_else(|| panic!("{name} is missing"))
        };
        let (keys, membership) = (read("identity.sealed"), read("membership.sealed"));
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let seed = BASE64URL_NOPAD.decode(text(&keys["seed"]).as_bytes()).expect("a seed");
        let identity = Identity::new(Secret::new(seed.try_into().expect("32 bytes")));
        let server: ServerId = text(&keys["server"]).parse().expect("a server");
        let place = Place {
            organisation: text(&membership["organisation"]).parse().expect("an organisation"),
            connection: text(&membership["connection"]).parse().expect("a connection"),
        };
        let log = store.feed(&format!("o/{}", place.organisation), 0, 1_000).await.expect("the log");
        let organisation = Organisation::read(log.iter().map(|row| row.body.as_slice()), None).expect("a whole log");
        let connection = &organisation.connections[&place.connection];
        let sealed = connection.keyring_for(server, connection.epoch()).expect("a keyring");
        let keyring = Keyring::open_as(&identity, place, sealed).expect("ours");
        Self { identity, server, keyring, place }
    }

    /// A user's record, and the blinded e-mail address.
    fn user(&self, number: usize, counter: u64, previous: Hash) -> (Record, String) {
        let email = format!("user{number}@example.com");
        let (idp, source) = ("https://idp.example.com/saml".to_owned(), "nameid".to_owned());
        let subject = format!("{number:032x}");
        let id = blinded(&self.keyring, &["identity", &idp, &source, &subject]);
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&counter.to_be_bytes());
        let (first_name, last_name) = (format!("First{number}"), format!("Last{number}"));
        let blind = blinded(&self.keyring, &["email", &email]).to_string();
        let user = User {
            email,
            first_name,
            last_name,
            idp,
            source,
            subject,
            secret,
            state: State::Active,
            linked: None,
            former: None,
        };
        let context = Context { place: self.place, user: id, revision: 1, epoch: self.keyring.epoch };
        let time = 1_790_000_000;
        let signer = Writer { identity: &self.identity, server: self.server, counter, previous, time };
        // A key per record: any nonce is used once.
        let record = Record::sign(context, None, &user, &self.keyring, signer, [0; 12]).expect("a record");
        (record, blind)
    }
}
