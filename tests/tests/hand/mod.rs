//! Keys in the hand: what the product's own programs refuse to sign or to send is signed and sent with them.
#![allow(dead_code, reason = "shared by several tests")]

use std::path::Path;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use sekisho_hub_api::wire::{Append, FinishSignIn, KeySignIn, Row, StartSignIn, greeting};
use sekisho_hub_api::{Blob, Hub, Network, SetupCode, passphrase};
use sekisho_keys::derive::Secret;
use sekisho_keys::envelope;
use sekisho_keys::identity::{Identity, Signing};
use sekisho_keys::ids::ServerId;
use sekisho_keys::keyring::{Keyring, OrganisationKey, Place, open_organisation_key};
use sekisho_keys::log::{Act, Body, Entry, FORMAT, Organisation};
use sekisho_service::secret;
use sekisho_service::store::SealedFile;
use sekisho_tests::service::Service;
use sekisho_tests::site::{PASSPHRASE, Site};
use sekisho_tests::totp;

fn hub(site: &Site) -> Hub {
    let code = SetupCode::read(&std::fs::read_to_string(site.founder.file("setup-code")).unwrap()).unwrap();
    Hub::at(code.hub, &Network::default()).unwrap()
}

/// An administrator with their keys in the hand.
pub struct Hand {
    pub hub: Hub,
    pub identity: Identity,
    pub key: OrganisationKey,
    pub place: Place,
}

impl Hand {
    /// The founder.
    pub async fn sign_in(site: &Site) -> Self {
        let hub = hub(site);
        let (signing_in, request) = passphrase::sign_in(PASSPHRASE).unwrap();
        let started = hub.start_sign_in(&StartSignIn { login: "tanaka".to_owned(), request }).await.unwrap();
        let (proof, export_key) = signing_in.finish(PASSPHRASE, started.stretching, &started.response).unwrap();
        // The code of this half minute was used to found the organisation.
        let totp_code = totp::next(&site.founder.file("totp"));
        let finish = FinishSignIn { sign_in: started.sign_in, proof, totp_code };
        let session = hub.finish_sign_in(&finish).await.unwrap();
        let (owner, identity) = envelope::open(session.envelope.unwrap().as_slice(), &export_key).unwrap();
        let hub = hub.with_session(&session.token, Arc::new(identity.signer(Signing::HubWrite)));
        let organisation = organisation(&hub).await;
        let sealed = organisation.members[&owner.administrator].key.clone().unwrap();
        let key = open_organisation_key(&identity, organisation.id(), &sealed).unwrap();
        let connection = *organisation.connections.keys().next().unwrap();
        Self { hub, identity, key, place: Place { organisation: organisation.id(), connection } }
    }

    /// The organisation, as its log is now.
    pub async fn organisation(&self) -> Organisation {
        organisation(&self.hub).await
    }

    /// The keyring of the newest epoch.
    pub async fn keyring(&self) -> Keyring {
        let organisation = self.organisation().await;
        let epoch = organisation.connections[&self.place.connection].epochs.last().unwrap();
        Keyring::open_under(&self.key, self.place, &epoch.organisation).unwrap()
    }

    /// Appends one entry, with these effects and no others.
    pub async fn append(&self, act: Act, effects: Append) {
        let head = self.organisation().await.head();
        let body = Body {
            format: FORMAT,
            organisation: self.place.organisation,
            sequence: head.sequence + 1,
            previous: head.hash,
            time: 1_800_000_000,
            author: self.identity.id(),
            act,
        };
        let entries = vec![Blob(Entry::sign(body, &self.identity).to_bytes())];
        self.hub.append(&Append { after: head.sequence + 1, entries, ..effects }).await.unwrap();
    }

    /// The rows of the connection.
    pub async fn rows(&self, kind: &str) -> Vec<Row> {
        let feed = self.hub.feed(&self.place.connection.to_string(), u64::MAX >> 1, 0, 0).await.unwrap();
        feed.connection.into_iter().filter(|row| row.kind == kind).collect()
    }
}

async fn organisation(hub: &Hub) -> Organisation {
    let log = hub.log(0).await.unwrap();
    Organisation::read(log.iter().map(|row| row.body.as_slice()), None).unwrap()
}

/// No effects.
pub fn none() -> Append {
    serde_json::from_value(serde_json::json!({"after": 0, "entries": []})).unwrap()
}

/// The keys of a server, off its disk.
pub fn stolen(service: &Service) -> (ServerId, Identity) {
    let data = service.folder.join("data");
    let file = SealedFile::new(Path::new(&data), "identity.sealed", &secret::read_or_make(&data).unwrap());
    let kept: serde_json::Value = file.read().unwrap().unwrap();
    let seed = BASE64URL_NOPAD.decode(kept["seed"].as_str().unwrap().as_bytes()).unwrap();
    (kept["server"].as_str().unwrap().parse().unwrap(), Identity::new(Secret::new(seed.try_into().unwrap())))
}

/// The hub, signed in with keys.
pub async fn by_key(site: &Site, identity: &Identity) -> Result<Hub, String> {
    let hub = hub(site);
    let info = hub.info().await.unwrap();
    let (keys, nonce, time) = (identity.id().to_string(), Blob(vec![7; 16]), info.time);
    let signature = identity.sign(Signing::HubSession, &greeting(&keys, &info.hub, &nonce, time));
    let body = KeySignIn { keys, nonce, time, signature: Blob(signature.0.to_vec()) };
    let session = hub.sign_in_by_key(&body).await.map_err(|fault| fault.code.as_str().to_owned())?;
    Ok(hub.with_session(&session.token, Arc::new(identity.signer(Signing::HubWrite))))
}
