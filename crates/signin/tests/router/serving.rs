//! What is served, and how it changes.

use sekisho_config::field::Field;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, Version};
use sekisho_keys::derive::Secret;
use sekisho_signin::{Condition, Previous, Pulse, StateSecrets, codes};

use crate::idp::{Answer, IDP};
use crate::world::{ACS, NOW, World, applied, built_under, vault_login};

#[tokio::test]
async fn a_sign_in_ends_at_the_vault_page_with_a_code_for_organisation_and_connection() {
    let world = World::new();
    let back = world.go(&vault_login()).await;
    let (page, fragment) = back.location().split_once('#').unwrap();
    assert_eq!(page, "https://sso.example.com:8443/vault/");
    let code = fragment.strip_prefix("code=").unwrap().strip_suffix("&state=state-of-the-page").unwrap();
    let redeem = serde_json::json!({ "code": code, "code_verifier": "verifier" }).to_string();
    let request = Request::post("/vault/redeem").header("content-type", "application/json").body(redeem.into());
    let redeemed = world.send(request.unwrap()).await;
    let redeemed: serde_json::Value = serde_json::from_str(&redeemed.body).unwrap();
    assert_eq!(redeemed["info"]["organisation"], "organisation-1");
    assert_eq!(redeemed["info"]["connection"], "connection-1");
    assert_eq!(redeemed["info"]["subject"], "alice@example.com");
}

#[tokio::test]
async fn a_used_answer_stays_used_when_the_configuration_changes() {
    let world = World::new();
    let left = world.leave(&vault_login()).await;
    let answer = Answer::alice(&left.id, world.now());
    assert!(world.arrive(&left, &answer, &left.cookie).await.location().contains("#code="));
    world.face.apply(Some(applied(&[(Field::ForceAuthn, "true")])));
    assert!(world.arrive(&left, &answer, &left.cookie).await.location().starts_with("/vault/#error="));
    assert_eq!(world.refusal(), Some(codes::REPLAY));
}

#[tokio::test]
async fn a_sign_in_that_left_before_a_change_arrives_after_it() {
    let world = World::new();
    let left = world.leave(&vault_login()).await;
    world.face.apply(Some(applied(&[(Field::SkewSeconds, "120")])));
    let answer = Answer::alice(&left.id, world.now());
    assert!(world.arrive(&left, &answer, &left.cookie).await.location().contains("#code="));
}

fn secrets(current: u8, previous: Option<(u8, i64, i64)>) -> StateSecrets {
    let previous = previous.map(|(byte, seals_until, opens_until)| Previous {
        secret: Secret::new([byte; 32]),
        seals_until: NOW + seals_until,
        opens_until: NOW + opens_until,
    });
    StateSecrets { current: Secret::new([current; 32]), previous }
}

#[tokio::test]
async fn the_secret_before_opens_what_it_sealed_for_its_time_and_another_does_not() {
    for (next, code) in [
        (secrets(8, Some((7, 0, 600))), None),
        (secrets(8, Some((7, 0, 0))), Some(codes::NO_STATE)),
        (secrets(8, None), Some(codes::NO_STATE)),
    ] {
        let world = World::new();
        let left = world.leave(&vault_login()).await;
        world.face.apply(Some(Arc::new(built_under(&[], next))));
        world.arrive(&left, &Answer::alice(&left.id, world.now()), &left.cookie).await;
        assert_eq!(world.refusal(), code);
    }
}

#[tokio::test]
async fn what_begins_at_a_server_that_knows_the_new_epoch_ends_at_one_that_does_not_know_it_yet() {
    for (seals_until, code) in [(10, None), (0, Some(codes::NO_STATE))] {
        let world = World::new();
        world.face.apply(Some(Arc::new(built_under(&[], secrets(8, Some((7, seals_until, 600)))))));
        let left = world.leave(&vault_login()).await;
        world.face.apply(Some(Arc::new(built_under(&[], secrets(7, None)))));
        world.arrive(&left, &Answer::alice(&left.id, world.now()), &left.cookie).await;
        assert_eq!(world.refusal(), code);
    }
}

#[tokio::test]
async fn while_nothing_is_applied_everything_but_ping_says_so() {
    let world = World::new();
    world.face.apply(None);
    for path in ["/vault/", "/sso-connect", "/sso-connect/saml/login", &vault_login()] {
        let reply = world.get(path).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(
            reply.body.contains("lang=\"ja\"") && reply.body.contains("現在サインインできません"),
            "{}",
            reply.body
        );
    }
    let posted = world.post(ACS, &[("SAMLResponse", "x")], &[]).await;
    assert_eq!(posted.status, StatusCode::SERVICE_UNAVAILABLE);
    let redeemed = world.post("/vault/redeem", &[], &[]).await;
    assert_eq!(redeemed.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn ping_answers_a_bare_probe_and_is_good_only_while_running() {
    let world = World::new();
    let ping = || Request::get("/ping").version(Version::HTTP_10).body(Body::empty()).unwrap();
    let pulse = |configuration| Pulse { configuration, sync_revision: 42, sync: Some(1_795_513_267) };
    world.face.pulse(pulse(Condition::Running));
    let reply = world.send(ping()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body, r#"{"configuration":"Running","sync_revision":42,"sync":"2026-11-24T09:41:07Z"}"#);
    for other in [Condition::Stopped, Condition::NotConfigured, Condition::Trial, Condition::Detached] {
        world.face.pulse(pulse(other));
        let reply = world.send(ping()).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(reply.body.contains(&format!("{{\"configuration\":\"{other:?}\"")), "{}", reply.body);
    }
}

#[tokio::test]
async fn ping_does_not_call_a_server_running_that_serves_nothing() {
    let world = World::new();
    world.face.apply(None);
    let reply = world.get("/ping").await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.body, r#"{"configuration":"Stopped","sync_revision":0,"sync":""}"#);
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_starts_a_sign_in() {
    let world = World::new();
    let answer = Answer { request: None, ..Answer::alice("_x", world.now()) };
    let value = IDP.answer(&answer);
    let reply = world.post(ACS, &[("SAMLResponse", &value), ("RelayState", "https://evil.example")], &[]).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/vault/#start"));
    assert_eq!(world.refusal(), None);
    let forged = value.replace('A', "B");
    world.post(ACS, &[("SAMLResponse", &forged)], &[]).await;
    assert!(world.refusal().is_some());
}

#[tokio::test]
async fn an_answer_without_its_cookie_is_posted_again_once_from_our_own_page() {
    let world = World::new();
    let left = world.leave(&vault_login()).await;
    let value = IDP.answer(&Answer::alice(&left.id, world.now()));
    let fields = [("SAMLResponse", value.as_str()), ("RelayState", &left.handle)];
    let page = world.post(ACS, &fields, &[]).await;
    assert!(page.body.contains(&format!("action=\"{ACS}\"")) && page.policy().contains("form-action 'self'"));
    world.post(ACS, &[&fields[..], &[("reposted", "1")]].concat(), &[]).await;
    assert_eq!(world.refusal(), Some(codes::NO_STATE));
}

#[tokio::test]
async fn a_login_with_a_parameter_twice_or_unknown_is_refused() {
    let world = World::new();
    for more in ["&client=vault", "&x=1", "&redirect_uri=https%3A%2F%2Fevil.example"] {
        world.get(&format!("{}{more}", vault_login())).await;
        assert_eq!(world.refusal(), Some(codes::LOGIN_REQUEST), "{more}");
    }
}

#[tokio::test]
async fn a_request_travels_by_the_chosen_binding_and_says_how_users_have_to_authenticate() {
    let world = World::new();
    let class = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
    let two = format!("{class}  urn:federation:authentication:windows");
    world.face.apply(Some(applied(&[(Field::AuthnContext, &two), (Field::ForceAuthn, "true")])));
    let left = world.leave(&vault_login()).await;
    assert!(left.xml.contains("ForceAuthn=\"true\"") && left.xml.contains("Comparison=\"exact\""), "{}", left.xml);
    assert_eq!(left.xml.matches("</saml:AuthnContextClassRef>").count(), 2, "{}", left.xml);
    world.face.apply(Some(applied(&[(Field::RequestBinding, "post")])));
    let page = world.get(&vault_login()).await;
    assert!(page.body.contains("action=\"https://idp.example.com/sso/post\""), "{}", page.body);
    assert!(page.policy().contains("form-action https://idp.example.com;"), "{}", page.policy());
    let xml = data_encoding::BASE64.decode(page.between("name=\"SAMLRequest\" value=\"", "\"").as_bytes()).unwrap();
    assert!(!String::from_utf8(xml).unwrap().contains("RequestedAuthnContext"));
}

#[tokio::test]
async fn of_too_many_flows_in_one_browser_the_oldest_is_given_up() {
    let world = World::new();
    let names: Vec<String> = (0..5).map(|number| format!("__Host-sk-{number:032x}")).collect();
    let cookies = |names: &[String]| names.iter().map(|name| format!("{name}=x")).collect::<Vec<_>>().join("; ");
    for (kept, given_up) in [(4, None), (5, Some(&names[0]))] {
        let request = Request::get(vault_login()).header("cookie", format!("a=b; {}", cookies(&names[..kept])));
        let reply = world.send(request.body(Body::empty()).unwrap()).await;
        let set: Vec<&str> = reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        let gone: Vec<&&str> = set.iter().filter(|cookie| cookie.ends_with("Max-Age=0")).collect();
        assert_eq!(gone.len(), given_up.iter().count(), "{set:?}");
        assert!(given_up.is_none_or(|name| gone[0].starts_with(&format!("{name}=;"))), "{set:?}");
    }
}
