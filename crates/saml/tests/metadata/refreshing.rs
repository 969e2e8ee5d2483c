//! What new metadata may change by itself (R17).

use sekisho_saml::metadata::refresh::{Change, Refreshed, Service, Trust, next, refresh};
use sekisho_saml::metadata::{Binding, Endpoint, IdpMetadata};
use sekisho_saml::{UnixTime, codes};

use crate::made::{certificate, metadata};
use crate::support::NOW;

fn last() -> IdpMetadata {
    let one = IdpMetadata::parse(metadata(&certificate(), "IDPSSODescriptor").as_bytes()).unwrap();
    let other = IdpMetadata::parse(metadata(&certificate(), "IDPSSODescriptor").as_bytes()).unwrap();
    let signing_certificates = [one.signing_certificates.clone(), other.signing_certificates].concat();
    let sso = vec![
        endpoint(Binding::Redirect, "https://idp.example.com/sso"),
        endpoint(Binding::Post, "https://idp.example.com/post"),
    ];
    let slo = vec![endpoint(Binding::Redirect, "https://idp.example.com/slo")];
    IdpMetadata { signing_certificates, sso, slo, ..one }
}

fn endpoint(binding: Binding, location: &str) -> Endpoint {
    Endpoint { binding, location: location.into(), response_location: None }
}

fn now() -> UnixTime {
    UnixTime::parse(NOW).unwrap()
}

fn sha256(metadata: &IdpMetadata, key: usize) -> String {
    metadata.certificates().unwrap()[key].sha256.clone()
}

fn with(last: &IdpMetadata, new: &IdpMetadata, trust: Trust) -> Refreshed {
    refresh(last, new, trust, now()).unwrap()
}

#[test]
fn nothing_new_changes_nothing() {
    let last = last();
    for trust in [Trust::Unsigned, Trust::Additions] {
        let refreshed = with(&last, &last, trust);
        assert_eq!((refreshed.metadata, refreshed.applied, refreshed.held), (last.clone(), Vec::new(), Vec::new()));
    }
}

#[test]
fn a_key_beside_the_old_ones_waits_for_an_administrator() {
    let last = last();
    let mut new = last.clone();
    new.signing_certificates.extend(self::last().signing_certificates.into_iter().take(1));
    let added = Change::KeyAdded { sha256: sha256(&new, 2) };
    let refreshed = with(&last, &new, Trust::Unsigned);
    assert_eq!(refreshed.metadata, last);
    assert_eq!((refreshed.applied, refreshed.held), (Vec::new(), vec![added.clone()]));
    let refreshed = with(&last, &new, Trust::Additions);
    assert_eq!(refreshed.metadata, new);
    assert_eq!((refreshed.applied, refreshed.held), (vec![added], Vec::new()));
}

#[test]
fn a_key_that_was_removed_is_removed_unless_none_remains() {
    let last = last();
    let new = IdpMetadata { signing_certificates: last.signing_certificates[1..].to_vec(), ..last.clone() };
    let refreshed = with(&last, &new, Trust::Unsigned);
    assert_eq!(refreshed.metadata, new);
    assert_eq!(refreshed.applied, [Change::KeyRemoved { sha256: sha256(&last, 0) }]);
    assert!(refreshed.held.is_empty());

    // All replaced at once: the attack, or a change without an overlap. A person has to tell them apart.
    let replaced = IdpMetadata { signing_certificates: self::last().signing_certificates, ..last.clone() };
    let refreshed = with(&last, &replaced, Trust::Unsigned);
    assert_eq!(refreshed.metadata, last);
    assert!(refreshed.applied.is_empty());
    assert_eq!(refreshed.held.len(), 4);
    let refreshed = with(&last, &replaced, Trust::Additions);
    assert_eq!(refreshed.metadata, replaced);
    assert_eq!((refreshed.applied.len(), refreshed.held.len()), (4, 0));

    // One removed, one added: the removal does not wait for the addition.
    let mut swapped = new.clone();
    swapped.signing_certificates.extend(self::last().signing_certificates.into_iter().take(1));
    let refreshed = with(&last, &swapped, Trust::Unsigned);
    assert_eq!(refreshed.metadata.signing_certificates, new.signing_certificates);
    assert_eq!((refreshed.applied.len(), refreshed.held.len()), (1, 1));
}

#[test]
fn another_address_waits_and_the_old_one_goes_on() {
    let last = last();
    let mut new = last.clone();
    new.sso[0].location = "https://evil.example/sso".into();
    let refreshed = with(&last, &new, Trust::Unsigned);
    assert_eq!(refreshed.metadata, last);
    assert!(refreshed.applied.is_empty());
    let (from, to) = (last.sso[0].clone(), new.sso[0].clone());
    assert_eq!(
        refreshed.held,
        [Change::EndpointAdded(Service::SignIn, to), Change::EndpointRemoved(Service::SignIn, from)]
    );
    assert_eq!(with(&last, &new, Trust::Additions).metadata, new);

    let mut answers = last.clone();
    answers.slo[0].response_location = Some("https://evil.example/slo".into());
    assert_eq!(with(&last, &answers, Trust::Unsigned).metadata, last);
}

#[test]
fn an_address_that_was_removed_is_removed() {
    let last = last();
    let new = IdpMetadata { sso: last.sso[1..].to_vec(), slo: Vec::new(), ..last.clone() };
    let refreshed = with(&last, &new, Trust::Unsigned);
    assert_eq!(refreshed.metadata, new);
    assert_eq!((refreshed.applied.len(), refreshed.held.len()), (2, 0));
    // Another binding alone: sign-in would have no address left.
    let only_redirect = IdpMetadata { sso: last.sso[..1].to_vec(), ..last.clone() };
    let only_post = IdpMetadata { sso: last.sso[1..].to_vec(), ..last.clone() };
    let refreshed = with(&only_redirect, &only_post, Trust::Unsigned);
    assert_eq!(refreshed.metadata, only_redirect);
    assert_eq!((refreshed.applied.len(), refreshed.held.len()), (0, 2));
}

#[test]
fn another_entity_id_is_held_with_all_that_comes_with_it() {
    let last = last();
    let new = IdpMetadata { entity_id: "https://other.example".into(), ..self::last() };
    for trust in [Trust::Unsigned, Trust::Additions] {
        let refreshed = with(&last, &new, trust);
        assert_eq!(refreshed.metadata, last);
        let (from, to) = (last.entity_id.clone(), new.entity_id.clone());
        assert_eq!((refreshed.applied, refreshed.held), (Vec::new(), vec![Change::EntityId { from, to }]));
    }
}

#[test]
fn what_grants_nothing_is_applied() {
    let last = last();
    let until = now().plus(1_000_000);
    let new = IdpMetadata {
        want_authn_requests_signed: true,
        name_id_formats: vec!["urn:x".into()],
        valid_until: Some(until),
        ..last.clone()
    };
    let refreshed = with(&last, &new, Trust::Unsigned);
    assert_eq!(refreshed.metadata, new);
    assert_eq!(refreshed.applied, [Change::WantsSignedRequests(true), Change::NameIdFormats(vec!["urn:x".into()])]);
}

#[test]
fn metadata_that_has_ended_changes_nothing() {
    let last = last();
    let new = IdpMetadata { valid_until: Some(now()), ..last.clone() };
    assert_eq!(refresh(&last, &new, Trust::Additions, now()).unwrap_err().code, codes::METADATA_EXPIRED);
}

#[test]
fn the_next_look_is_after_three_quarters_between_an_hour_and_a_day() {
    let wait = |until: Option<i64>, cache_seconds: Option<i64>| {
        let metadata = IdpMetadata { valid_until: until.map(|seconds| now().plus(seconds)), cache_seconds, ..last() };
        next(&metadata, now()).0 - now().0
    };
    assert_eq!(wait(None, None), 86_400);
    assert_eq!(wait(None, Some(8 * 3_600)), 6 * 3_600);
    assert_eq!(wait(Some(8 * 3_600), None), 6 * 3_600);
    assert_eq!(wait(Some(8 * 3_600), Some(4 * 3_600)), 3 * 3_600);
    assert_eq!(wait(Some(14 * 86_400), Some(7 * 86_400)), 86_400);
    assert_eq!(wait(None, Some(60)), 3_600, "not more often than hourly");
    assert_eq!(wait(None, Some(0)), 3_600);
    assert_eq!(wait(Some(1_800), None), 1_350, "but before it ends");
    assert_eq!(wait(Some(10), None), 60);
    assert_eq!(wait(Some(-10), None), 60);
    assert_eq!(wait(Some(i64::MAX - 2_000_000_000), Some(i64::MAX)), 86_400);
}
