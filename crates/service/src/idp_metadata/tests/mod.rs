//! An identity provider changes its metadata, and nobody is there.

mod idp;
mod world;

use sekisho_admin_api::idp::{Fate, IdpDifference, IdpDifferences};
use sekisho_config::Document;
use sekisho_fault::{Arg, Code, Fault};
use sekisho_saml::metadata::refresh::Change;

use super::differing::differences;
use crate::codes;
use idp::{ENTITY, Key, SIGN_IN, metadata};
use world::{DAY, NOW, World};

fn told(warnings: &[Fault]) -> Vec<Code> {
    warnings.iter().map(|warning| warning.code.clone()).collect()
}

fn added(warning: &Fault) -> &[String] {
    match &warning.args["added"] {
        Arg::List(added) => added,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_key_that_was_removed_stops_verifying() {
    let world = World::with_both().await;
    assert!(world.accepts(&world.old) && world.accepts(&world.new));
    world.publishes(&[&world.new]);
    let look = world.look(NOW).await.unwrap();
    assert_eq!((look.applied, look.held), (vec![Change::KeyRemoved { sha256: world.old.sha256() }], Vec::new()));
    assert!(!world.accepts(&world.old));
    assert!(world.accepts(&world.new));
    assert!(world.warnings(NOW).is_empty());
    // Brought back, it is a key like any other that was added.
    world.publishes(&[&world.old, &world.new]);
    assert_eq!(world.look(NOW + DAY).await.unwrap().held, [Change::KeyAdded { sha256: world.old.sha256() }]);
    assert!(!world.accepts(&world.old));
}

#[tokio::test]
async fn a_key_that_was_added_waits_and_is_told_once() {
    let world = World::with_the_old().await;
    world.publishes(&[&world.old, &world.new]);
    let look = world.look(NOW).await.unwrap();
    assert_eq!((look.applied, look.held), (Vec::new(), vec![Change::KeyAdded { sha256: world.new.sha256() }]));
    assert!(world.accepts(&world.old) && !world.accepts(&world.new));
    let warnings = world.warnings(NOW);
    assert_eq!(told(&warnings), [codes::METADATA_HELD]);
    assert_eq!(added(&warnings[0]), [format!("SHA-256 {}", world.new.sha256())]);
    assert!(world.look(NOW + DAY).await.unwrap().held.is_empty(), "it is no news any more");
    assert_eq!(told(&world.warnings(NOW + DAY)), [codes::METADATA_HELD]);
}

#[tokio::test]
async fn what_waits_and_what_the_draft_brings_are_compared_with_what_is_served() {
    let mut world = World::with_both().await;
    let fates = |difference: &IdpDifference| {
        difference.certificates.iter().map(|one| (one.fate, one.certificate.sha256.clone())).collect::<Vec<_>>()
    };
    let compared =
        |world: &World, draft: &Document| differences(&world.draft.document, draft, world.watch.kept().as_ref());
    let saved = world.document().clone();
    let nothing = compared(&world, &saved);
    assert_eq!((nothing.draft, nothing.held), (None, None));

    // One key goes at once, another one waits beside another address.
    let third = Key::new();
    let published = metadata(ENTITY, &[&world.new, &third], "https://idp.example.test/other", "");
    world.site.says(&published);
    world.look(NOW).await.unwrap();
    let held = compared(&world, &saved).held.unwrap();
    assert_eq!((held.url.as_str(), held.fetched), (world.site.url.as_str(), NOW));
    let expected = [(Fate::Added, third.shown()), (Fate::Kept, world.new.shown())];
    assert_eq!(fates(&held.difference), expected, "what went is gone already");
    let sha1 = &held.difference.certificates[0].certificate.sha1;
    assert_eq!(sha1.len(), 59, "AD FS shows SHA-1: {sha1}");
    let [changed] = &held.difference.addresses[..] else { panic!("{held:?}") };
    assert_eq!(changed.from.as_deref(), Some(SIGN_IN));
    assert_eq!(changed.to.as_deref(), Some("https://idp.example.test/other"));

    // The draft, whatever it has: the former file brings the old key back.
    let mut draft = saved.clone();
    draft.idp.metadata = Some(published);
    assert_eq!(compared(&world, &draft).draft.unwrap(), held.difference);
    draft.idp = saved.idp.clone();
    draft.idp.metadata_url = None;
    let back = compared(&world, &draft).draft.unwrap();
    assert_eq!(fates(&back), [(Fate::Added, world.old.shown()), (Fate::Kept, world.new.shown())]);

    // Over a restart; and once it is approved, nothing waits.
    world.restart();
    assert_eq!(compared(&world, &saved).held, Some(held));
    world.document().idp.metadata = Some(metadata(ENTITY, &[&world.new, &third], "https://idp.example.test/other", ""));
    let saved = world.document().clone();
    assert_eq!(compared(&world, &saved), IdpDifferences { draft: None, held: None });
    assert_eq!(differences(&Document::default(), &saved, None), IdpDifferences { draft: None, held: None });
}

#[tokio::test]
async fn an_address_that_was_changed_waits_and_is_told() {
    let world = World::with_the_old().await;
    world.site.says(&metadata(ENTITY, &[&world.old], "https://evil.example/sso", ""));
    world.look(NOW).await.unwrap();
    assert_eq!(added(&world.warnings(NOW)[0]), ["https://evil.example/sso"]);
}

#[tokio::test]
async fn with_leave_a_key_that_was_added_is_taken_but_no_other_entity_id() {
    let mut world = World::with_the_old().await;
    world.document().metadata_additions = true;
    world.publishes(&[&world.old, &world.new]);
    let look = world.look(NOW).await.unwrap();
    assert_eq!(look.applied, [Change::KeyAdded { sha256: world.new.sha256() }]);
    assert!(world.accepts(&world.old) && world.accepts(&world.new));

    let stranger = Key::new();
    world.site.says(&metadata("https://other.example", &[&stranger], SIGN_IN, ""));
    world.look(NOW + DAY).await.unwrap();
    assert!(world.accepts(&world.new) && !world.accepts(&stranger));
    assert_eq!(added(&world.warnings(NOW + DAY)[0]), ["https://other.example"]);

    // Without the leave, what was taken by it goes, at once and after a restart.
    world.document().metadata_additions = false;
    assert!(world.accepts(&world.old) && !world.accepts(&world.new));
    world.publishes(&[&world.old, &world.new]);
    assert_eq!(world.look(NOW + DAY).await.unwrap().held, [Change::KeyAdded { sha256: world.new.sha256() }]);
    world.restart();
    assert!(!world.accepts(&world.new));
}

#[tokio::test]
async fn an_identity_provider_that_is_away_is_told_after_a_day() {
    let mut world = World::with_both().await;
    world.publishes(&[&world.new]);
    world.look(NOW).await.unwrap();
    world.site.close().await;
    let look = world.look(NOW + DAY).await.unwrap();
    assert!(look.applied.is_empty() && look.held.is_empty());
    assert!(world.warnings(NOW + DAY).is_empty(), "not for an outage of hours");
    assert!(world.look(NOW + DAY + 60).await.is_none(), "it is not asked again at once");
    world.watch.try_again(sekisho_saml::UnixTime(NOW + DAY + 60));
    assert!(world.look(NOW + DAY + 60).await.is_some(), "unless what was in the way may be mended");
    world.look(NOW + 2 * DAY).await.unwrap();
    world.restart();
    let warnings = world.warnings(NOW + 2 * DAY);
    assert_eq!(told(&warnings), [codes::METADATA_UNREACHABLE]);
    assert_eq!(warnings[0].args["since"], Arg::Time(NOW + DAY));
    assert!(world.accepts(&world.new) && !world.accepts(&world.old), "the last good goes on");
}

#[tokio::test]
async fn what_is_no_metadata_of_this_provider_changes_nothing() {
    let world = World::with_both().await;
    world.publishes(&[&world.new]);
    world.look(NOW).await.unwrap();
    let stranger = Key::new();
    let ended = "validUntil=\"2020-01-01T00:00:00Z\"";
    let bodies = [
        String::new(),
        "<html>sign in</html>".to_owned(),
        "x".repeat(sekisho_saml::metadata::LIMIT + 1),
        metadata("https://other.example", &[&stranger], SIGN_IN, ""),
        metadata(ENTITY, &[], SIGN_IN, ""),
        metadata(ENTITY, &[&stranger], SIGN_IN, ended),
    ];
    for (day, body) in (1..).zip(&bodies) {
        world.site.says(body);
        let look = world.look(NOW + day * DAY).await.unwrap();
        assert!(look.applied.is_empty(), "{}", &body[..body.len().min(80)]);
        assert!(world.accepts(&world.new) && !world.accepts(&world.old) && !world.accepts(&stranger));
    }
}

#[tokio::test]
async fn what_was_refreshed_outlives_a_restart_and_is_not_asked_for_again() {
    let mut world = World::with_both().await;
    world.publishes(&[&world.new]);
    world.look(NOW).await.unwrap();
    world.restart();
    assert!(world.accepts(&world.new) && !world.accepts(&world.old));
    assert!(world.look(NOW + 60).await.is_none());
    assert_eq!(world.site.asked(), 1);
}

#[tokio::test]
async fn other_metadata_that_was_saved_puts_an_end_to_what_was_kept() {
    let mut world = World::with_both().await;
    world.publishes(&[&world.new]);
    world.look(NOW).await.unwrap();
    let saved = metadata(ENTITY, &[&world.old], SIGN_IN, "");
    world.document().idp.metadata = Some(saved);
    assert!(world.accepts(&world.old) && !world.accepts(&world.new), "what was signed is served, before any look");
    let look = world.look(NOW + 60).await.unwrap();
    assert_eq!(look.held.first(), Some(&Change::KeyAdded { sha256: world.new.sha256() }));
    assert!(world.accepts(&world.old) && !world.accepts(&world.new));
}

#[tokio::test]
async fn metadata_without_an_address_is_not_fetched_and_leaves_nothing_behind() {
    let mut world = World::with_both().await;
    world.publishes(&[&world.new]);
    world.look(NOW).await.unwrap();
    assert!(world.keeps_a_file());
    let url = world.document().idp.metadata_url.take();
    assert!(world.look(NOW + 9 * DAY).await.is_none());
    assert!(world.accepts(&world.old) && world.accepts(&world.new));
    assert_eq!(world.site.asked(), 1);
    assert!(!world.keeps_a_file());
    // Saved with the same address again, it begins anew.
    world.document().idp.metadata_url = url;
    assert!(world.accepts(&world.old) && world.accepts(&world.new));
}

#[tokio::test]
async fn metadata_that_ends_is_told_before_and_after() {
    let mut world = World::with_the_old().await;
    let until = sekisho_saml::UnixTime(NOW + 5 * DAY).to_xml();
    let xml = metadata(ENTITY, &[&world.old], SIGN_IN, &format!("validUntil=\"{until}\""));
    world.site.says(&xml);
    world.document().idp.metadata = Some(xml);
    world.look(NOW).await.unwrap();
    assert!(world.warnings(NOW + 3 * DAY).is_empty(), "it is renewed by itself");
    world.site.close().await;
    world.look(NOW + 3 * DAY).await.unwrap();
    assert_eq!(told(&world.warnings(NOW + 3 * DAY)), [codes::METADATA_EXPIRES]);
    let after = [codes::METADATA_EXPIRED, codes::METADATA_UNREACHABLE];
    assert_eq!(told(&world.warnings(NOW + 5 * DAY)), after);
    assert!(world.accepts(&world.old), "sign-in goes on");
}
