//! Revisions that no console would sign: from a newer version, and from whoever has the connection's key alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

mod hand;

use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::NewRevision;
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::SaveId;
use sekisho_keys::revision::{Context, Draft, Revision};
use sekisho_tests::idp::SimpleSaml;
use sekisho_tests::site::Site;
use serde_json::Value;

use hand::Hand;

/// Puts the next revision in its place: the same document, in a schema that a reader of `min_reader` understands.
async fn save(hand: &Hand, author: &Identity, min_reader: u32) {
    let connection = hand.place.connection.to_string();
    let keyring = hand.keyring().await;
    let newest = Revision::read(hand.hub.revision(&connection, None).await.unwrap().body.as_slice()).unwrap();
    let plain = newest.open(&keyring).unwrap();
    let before = newest.header();
    let revision = before.context.revision + 1;
    let context = Context { place: hand.place, revision, min_reader, ..before.context };
    let (previous, time) = (newest.hash(), before.time + 1);
    let draft = Draft { context, previous, time, save: SaveId([9; 16]), plain: &plain };
    let signed = Revision::sign(&draft, &keyring, author, [5; 12]).unwrap();
    let body = NewRevision {
        epoch: context.epoch,
        revision: Blob(signed.to_bytes()),
        objects: Vec::new(),
        signpost: None,
        domains: vec![],
    };
    hand.hub.save(&connection, revision, &body).await.unwrap();
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
    runtime.block_on(save(&hand, &hand.identity, 99));
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
    runtime.block_on(save(&hand, &Identity::new(Secret::new([3; 32])), 1));
    assert_eq!(running(&site, "keys.log_author")["revision"], 1);
    site.service.kill();
    site.service.start_again();
    let status = site.status("it runs again", |status| status["state"]["state"] == "running");
    assert_eq!(status["revision"], 1);
}
