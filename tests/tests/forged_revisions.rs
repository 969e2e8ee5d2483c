//! Revisions that no console would sign: from a newer version, and from whoever has the connection's key alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::sync::Arc;

use sekisho_hub_api::wire::{FinishSignIn, NewRevision, StartSignIn};
use sekisho_hub_api::{Blob, Hub, Network, SetupCode, passphrase};
use sekisho_keys::derive::Secret;
use sekisho_keys::envelope;
use sekisho_keys::identity::{Identity, Signing};
use sekisho_keys::ids::SaveId;
use sekisho_keys::keyring::{Keyring, Place, open_organisation_key};
use sekisho_keys::log::Organisation;
use sekisho_keys::revision::{Context, Draft, Revision};
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::{PASSPHRASE, Site};
use sekisho_tests::totp;
use serde_json::Value;

/// An administrator with their keys in the hand: what the product's own programs refuse to sign is signed with it.
struct Hand {
    hub: Hub,
    identity: Identity,
    keyring: Keyring,
    place: Place,
    newest: Revision,
}

impl Hand {
    async fn sign_in(site: &Site) -> Self {
        let code = SetupCode::read(&std::fs::read_to_string(site.founder.file("setup-code")).unwrap()).unwrap();
        let hub = Hub::at(code.hub, &Network::default()).unwrap();
        let (signing_in, request) = passphrase::sign_in(PASSPHRASE).unwrap();
        let started = hub.start_sign_in(&StartSignIn { login: "tanaka".to_owned(), request }).await.unwrap();
        let (proof, export_key) = signing_in.finish(PASSPHRASE, started.stretching, &started.response).unwrap();
        // The code of this half minute was used to found the organisation.
        let totp_code = totp::next(&site.founder.file("totp"));
        let finish = FinishSignIn { sign_in: started.sign_in, proof, totp_code };
        let session = hub.finish_sign_in(&finish).await.unwrap();
        let (owner, identity) = envelope::open(session.envelope.unwrap().as_slice(), &export_key).unwrap();
        let hub = hub.with_session(&session.token, Arc::new(identity.signer(Signing::HubWrite)));

        let log = hub.log(0).await.unwrap();
        let organisation = Organisation::read(log.iter().map(|row| row.body.as_slice()), Some(owner.genesis)).unwrap();
        let sealed = organisation.members[&owner.administrator].key.clone().unwrap();
        let key = open_organisation_key(&identity, organisation.id(), &sealed).unwrap();
        let (connection, found) = organisation.connections.iter().next().unwrap();
        let place = Place { organisation: organisation.id(), connection: *connection };
        let keyring = Keyring::open_under(&key, place, &found.epochs.last().unwrap().organisation).unwrap();
        let newest = hub.revision(&connection.to_string(), None).await.unwrap();
        let newest = Revision::read(newest.body.as_slice()).unwrap();
        Self { hub, identity, keyring, place, newest }
    }

    /// Puts the next revision in its place: the same document, in a schema that a reader of `min_reader` understands.
    async fn save(&self, author: &Identity, min_reader: u32) {
        let plain = self.newest.open(&self.keyring).unwrap();
        let before = self.newest.header();
        let revision = before.context.revision + 1;
        let context = Context { place: self.place, revision, min_reader, ..before.context };
        let draft = Draft {
            context,
            previous: self.newest.hash(),
            time: before.time + 1,
            save: SaveId([9; 16]),
            plain: &plain,
        };
        let signed = Revision::sign(&draft, &self.keyring, author, [5; 12]).unwrap();
        let body = NewRevision { epoch: context.epoch, revision: Blob(signed.to_bytes()), objects: Vec::new() };
        self.hub.save(&self.place.connection.to_string(), revision, &body).await.unwrap();
    }
}

fn running(site: &Site, warning: &str) -> Value {
    site.status(&format!("{warning} is told"), |status| {
        status["state"]["state"] == "running" && status["warnings"].to_string().contains(warning)
    })
}

/// A site that runs, and the founder's keys in the hand.
fn site(home: &std::path::Path) -> (Site, SimpleSaml, tokio::runtime::Runtime, Hand) {
    let site = Site::found(home);
    let sp = site.draft(&[]);
    let idp = SimpleSaml::start(&home.join("idp"), &sp, "");
    site.save(&idp.metadata);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let hand = runtime.block_on(Hand::sign_in(&site));
    (site, idp, runtime, hand)
}

#[test]
fn a_revision_of_a_newer_version_is_told_and_what_is_understood_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let (mut site, _idp, runtime, hand) = site(home.path());
    runtime.block_on(hand.save(&hand.identity, 99));
    assert_eq!(running(&site, "config.newer_schema")["revision"], 1);
    // Nothing lower than what was seen is served after a restart: the reason says what to do.
    site.service.kill();
    site.service.start_again();
    let status = site.status("it has seen a newer one", |status| status["state"]["state"] == "stopped");
    assert_eq!(status["state"]["reason"]["code"], "config.newer_schema", "{status}");
}

#[test]
fn a_revision_signed_by_who_has_only_the_connections_key_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let (mut site, _idp, runtime, hand) = site(home.path());
    runtime.block_on(hand.save(&Identity::new(Secret::new([3; 32])), 1));
    assert_eq!(running(&site, "keys.log_author")["revision"], 1);
    site.service.kill();
    site.service.start_again();
    let status = site.status("it runs again", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 1);
}
