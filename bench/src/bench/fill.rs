//! Fills a hub with users, as if each had signed in at the first server, by the signer's word.

use data_encoding::BASE64URL_NOPAD;
use sekisho_hub::store::{Batch, Change, Claim, Expect, Store};
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{Hash, ServerId};
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Organisation;
use sekisho_keys::user::{Context, Record, State, User, Writer, blinded};
use sekisho_service::secret;
use sekisho_service::store::SealedFile;
use sekisho_tests::site::Site;

use super::idp::{ENTITY_ID, message};

/// Users that are written to the hub's store together.
const PART: usize = 2_000;

/// The e-mail address of one of them.
pub fn address(number: usize) -> String {
    format!("user{number}@example.com")
}

/// Writes users to the hub's store, each as the first server would have. Neither that server nor the hub may run.
pub async fn fill(site: &Site, store: &dyn Store, users: usize) {
    let writer = Author::of(site, store).await;
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
}

/// The first server, which writes.
struct Author {
    identity: Identity,
    server: ServerId,
    keyring: Keyring,
    place: Place,
}

impl Author {
    async fn of(site: &Site, store: &dyn Store) -> Self {
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
        let email = address(number);
        let (idp, source) = (ENTITY_ID.to_owned(), format!("name_id:{}", message::FORMAT));
        // The signer calls everybody by their address.
        let subject = email.clone();
        let id = blinded(&self.keyring, &["identity", &idp, &source, &subject]);
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&counter.to_be_bytes());
        // Under another name the record would be written anew when the user comes.
        let (first_name, last_name) = (message::FIRST.to_owned(), message::LAST.to_owned());
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
            factors: None,
        };
        let context = Context { place: self.place, user: id, revision: 1, epoch: self.keyring.epoch };
        let time = 1_790_000_000;
        let signer = Writer { identity: &self.identity, server: self.server, counter, previous, time };
        // A key per record: any nonce is used once.
        let record = Record::sign(context, None, &user, &self.keyring, signer, [0; 12]).expect("a record");
        (record, blind)
    }
}
