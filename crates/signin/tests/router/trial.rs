//! Drafts on trial, and their tests.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::COOKIE;
use data_encoding::BASE64;
use sekisho_fault::{Arg, Severity};
use sekisho_saml::UnixTime;
use sekisho_saml::response::SignedPart;
use sekisho_signin::{Trial, codes};

use crate::idp::{Answer, IDP};
use crate::world::{ACS, Left, Untouchable, World, trial, vault_login};

/// A world whose users nobody may touch, with a draft on trial.
fn world() -> (World, Arc<Trial>) {
    let (world, trial) = (World::with(Arc::new(Untouchable)), trial());
    world.face.try_draft(Some(trial.clone()));
    (world, trial)
}

/// A test that waits for its answer; and its nonce.
async fn started(world: &World, trial: &Trial) -> (String, Left) {
    let path = trial.start_test(world.now()).unwrap();
    let nonce = path.strip_prefix("/sso-connect/test/").unwrap().to_owned();
    (nonce, world.leave(&path).await)
}

#[tokio::test]
async fn a_test_reports_what_came_and_touches_no_user() {
    let (world, trial) = world();
    let (nonce, left) = started(&world, &trial).await;
    assert!(left.cookie.starts_with("__Host-skt-") && left.xml.contains(ACS));
    assert_eq!(trial.report(&nonce), None);
    let waiting = tokio::spawn({
        let (trial, nonce) = (trial.clone(), nonce.clone());
        async move { trial.reported(&nonce).await }
    });
    world.pass(20);
    let answer = Answer::alice(&left.id, world.now() + 7);
    let page = world.arrive(&left, &answer, &left.cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("The test is over") && !page.body.contains("alice"), "{}", page.body);
    assert!(page.policy().starts_with("default-src 'none'"));
    let report = waiting.await.unwrap().unwrap();
    assert_eq!(report.outcome, Ok(()));
    assert_eq!((report.time, report.clock_difference), (world.now(), Some(7)));
    assert_eq!((report.who.as_deref(), report.name_id.as_deref()), (Some("alice@example.com"), Some("alice")));
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    assert_eq!(report.name_id_format.as_deref(), Some(persistent));
    assert_eq!(report.identity_source, Some(format!("name_id:{persistent}")));
    assert_eq!(report.attributes[1], ("First".into(), vec!["Alice".into()]));
    assert_eq!((report.signed, report.encrypted), (vec![SignedPart::Assertion], false));
    assert!(report.signing_key.is_some() && report.warnings.is_empty());
    assert_eq!(world.refusal(), None);
}

#[tokio::test]
async fn a_link_works_twice_until_a_test_through_it_is_finished() {
    let (world, trial) = world();
    let path = trial.start_test(world.now()).unwrap();
    let (first, second) = (world.leave(&path).await, world.leave(&path).await);
    world.arrive(&second, &Answer::alice(&second.id, world.now()), &second.cookie).await;
    let reply = world.arrive(&first, &Answer::alice(&first.id, world.now()), &first.cookie).await;
    assert_eq!((reply.status, world.refusal()), (StatusCode::FORBIDDEN, Some(codes::TEST_LINK)));
    let reply = world.get(&path).await;
    assert_eq!((reply.status, world.refusal()), (StatusCode::FORBIDDEN, Some(codes::TEST_LINK)));
}

#[tokio::test]
async fn a_link_is_over_after_ten_minutes_and_with_its_trial() {
    let (world, trial) = world();
    let path = trial.start_test(world.now()).unwrap();
    world.pass(600);
    let left = world.leave(&path).await;
    world.pass(1);
    world.get(&path).await;
    assert_eq!(world.refusal(), Some(codes::TEST_LINK));
    world.arrive(&left, &Answer::alice(&left.id, world.now()), &left.cookie).await;
    assert_eq!(world.refusal(), Some(codes::TEST_LINK));
    let path = trial.start_test(world.now()).unwrap();
    world.face.try_draft(None);
    world.get(&path).await;
    assert_eq!(world.refusal(), Some(codes::TEST_LINK));
    assert_eq!(trial.reported("unknown").await, None);
}

#[tokio::test]
async fn a_refused_test_is_finished_and_shows_a_number_only() {
    let (world, trial) = world();
    let (nonce, left) = started(&world, &trial).await;
    let other = Answer::alice("_of_another_request", world.now());
    let page = world.arrive(&left, &other, &left.cookie).await;
    let report = trial.report(&nonce).unwrap();
    assert_eq!(report.outcome.unwrap_err().code, sekisho_saml::codes::IN_RESPONSE_TO);
    assert_eq!(page.between("id=\"reference\" class=\"mono\">", "<"), report.reference.unwrap());
    assert!(!page.body.contains("_of_another_request"), "{}", page.body);
    world.get(&format!("/sso-connect/test/{nonce}")).await;
    assert_eq!(world.refusal(), Some(codes::TEST_LINK));
}

#[tokio::test]
async fn what_would_refuse_a_user_is_the_outcome_and_the_rest_is_a_warning() {
    let (world, trial) = world();
    let (nonce, left) = started(&world, &trial).await;
    let answer = Answer {
        format: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient".into(),
        attributes: vec![("Email", "alice@other.example".into()), ("firstname", "Alice".into())],
        ..Answer::alice(&left.id, world.now())
    };
    world.arrive(&left, &answer, &left.cookie).await;
    let report = trial.report(&nonce).unwrap();
    assert_eq!(report.outcome.unwrap_err().code, codes::TRANSIENT_SUBJECT);
    let warned: Vec<_> = report.warnings.iter().map(|fault| fault.code.clone()).collect();
    assert_eq!(warned, [codes::DOMAIN_NOT_RESERVED, codes::ATTRIBUTE_SPELLING, codes::ATTRIBUTE_MISSING]);
    assert!(report.warnings[1].to_string().contains("firstname"), "{:?}", report.warnings);
    assert_eq!(report.warnings[1].severity, Severity::Warning);
    assert_eq!(report.who.as_deref(), Some("alice@other.example"));
}

/// The same cookie under the other kind's name.
fn disguised(cookie: &str, from: &str, to: &str) -> String {
    assert!(cookie.starts_with(from), "{cookie}");
    cookie.replacen(from, to, 1)
}

#[tokio::test]
async fn a_tests_cookie_opens_nothing_where_users_sign_in() {
    let (world, trial) = world();
    world.face.apply(Some(crate::world::applied(&[])));
    let (_, left) = started(&world, &trial).await;
    let answer = Answer::alice(&left.id, world.now());
    let cookie = disguised(&left.cookie, "__Host-skt-", "__Host-sk-");
    world.arrive(&left, &answer, &cookie).await;
    assert_eq!(world.refusal(), Some(codes::NO_STATE));
    // And as itself, once the trial is over.
    world.face.try_draft(None);
    world.arrive(&left, &answer, &left.cookie).await;
    assert_eq!(world.refusal(), Some(codes::TEST_LINK));
    // A later trial has another secret.
    world.face.try_draft(Some(crate::world::trial()));
    world.arrive(&left, &answer, &left.cookie).await;
    assert_eq!(world.refusal(), Some(codes::NO_STATE));
}

#[tokio::test]
async fn a_sign_ins_cookie_opens_nothing_at_a_trial() {
    let world = World::new();
    world.face.try_draft(Some(trial()));
    let left = world.leave(&vault_login()).await;
    let answer = Answer::alice(&left.id, world.now());
    world.arrive(&left, &answer, &disguised(&left.cookie, "__Host-sk-", "__Host-skt-")).await;
    assert_eq!(world.refusal(), Some(codes::NO_STATE));
    // Untouched by all that, the sign-in ends well beside the trial.
    assert!(world.arrive(&left, &answer, &left.cookie).await.location().contains("#code="));
    // And as itself, when there is nothing but the trial.
    let left = world.leave(&vault_login()).await;
    world.face.apply(None);
    let reply = world.arrive(&left, &Answer::alice(&left.id, world.now()), &left.cookie).await;
    assert_eq!((reply.status, world.refusal()), (StatusCode::FORBIDDEN, Some(codes::NO_STATE)));
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_refused_at_a_trial() {
    let (world, _) = world();
    let value = IDP.answer(&Answer { request: None, ..Answer::alice("_x", world.now()) });
    let reply = world.post(ACS, &[("SAMLResponse", &value)], &[(COOKIE.as_str(), "a=b")]).await;
    assert_eq!((reply.status, world.refusal()), (StatusCode::FORBIDDEN, Some(codes::UNSOLICITED_IN_TRIAL)));
    assert_eq!(world.get(&vault_login()).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_refusal_of_the_identity_provider_carries_its_own_reason() {
    let (world, trial) = world();
    let (nonce, left) = started(&world, &trial).await;
    let response = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\" Version=\"2.0\" \
         IssueInstant=\"{now}\" InResponseTo=\"{to}\"><samlp:Status><samlp:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/><samlp:StatusMessage>AADSTS50105: The signed in user \
         is not assigned to a role for the application.</samlp:StatusMessage></samlp:Status></samlp:Response>",
        now = UnixTime(world.now()).to_xml(),
        to = left.id,
    );
    let value = BASE64.encode(response.as_bytes());
    let form = [("SAMLResponse", value.as_str()), ("RelayState", &left.handle)];
    world.post(ACS, &form, &[(COOKIE.as_str(), &left.cookie)]).await;
    let refusal = trial.report(&nonce).unwrap().outcome.unwrap_err();
    assert_eq!(refusal.code, sekisho_saml::codes::STATUS);
    assert_eq!(refusal.args.get("cause"), Some(&Arg::Text("preset.aadsts50105".to_owned())));
}
