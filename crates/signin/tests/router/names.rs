//! Several names of one connection, while it moves from one to another.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{Request, StatusCode};
use sekisho_config::field::Field;
use sekisho_config::{Document, Host};
use sekisho_keys::derive::Secret;
use sekisho_signin::{StateSecrets, codes};

use crate::idp::{Answer, IDP};
use crate::world::{ACS, Left, Reply, World, built_with, vault_login};

const NEW: &str = "sso.example.com:8443";
const OLD: &str = "old.example.com";

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

/// A server that answers the old name too. `answers_on`: where the identity provider's answers arrive.
fn moving(answers_on: Option<&str>) -> World {
    let change = |document: &mut Document| {
        document.add_name(host(OLD), 443).unwrap();
        document.take_answers(answers_on.map(host)).unwrap();
    };
    let secrets = StateSecrets { current: Secret::new([7; 32]), previous: None };
    let world = World::new();
    world.face.apply(Some(Arc::new(built_with(&[(Field::SingleLogout, "true")], change, secrets))));
    world
}

fn acs(authority: &str) -> String {
    format!("https://{authority}{ACS}")
}

/// A sign-in that the vault page of this name has begun.
async fn leave(world: &World, authority: &str) -> Left {
    let path = vault_login().replace("sso.example.com%3A8443", &authority.replace(':', "%3A"));
    let request = Request::get(path).header(HOST, authority).body(Body::empty()).unwrap();
    let reply = world.send(request).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{} {:?}", reply.body, world.refusal());
    assert!(reply.location().starts_with("https://idp.example.com/sso?"), "{} {:?}", reply.location(), world.refusal());
    Left::of(&reply)
}

async fn post(world: &World, authority: &str, fields: &[(&str, &str)], cookie: &str) -> Reply {
    world.post(ACS, fields, &[(HOST.as_str(), authority), (COOKIE.as_str(), cookie)]).await
}

#[tokio::test]
async fn each_name_asks_for_its_own_answers_and_hands_over_to_its_own_page() {
    let world = moving(None);
    for authority in [NEW, OLD] {
        let left = leave(&world, authority).await;
        assert!(left.xml.contains(&format!("AssertionConsumerServiceURL=\"{}\"", acs(authority))), "{}", left.xml);
        let value = IDP.answer_at(&Answer::alice(&left.id, world.now()), &acs(authority));
        let fields = [("SAMLResponse", value.as_str()), ("RelayState", &left.handle)];
        let reply = post(&world, authority, &fields, &left.cookie).await;
        assert!(reply.location().starts_with(&format!("https://{authority}/vault/#code=")), "{}", reply.location());
        assert_eq!(world.last().unwrap().host.as_deref(), authority.split(':').next(), "it is counted under its name");
    }
}

#[tokio::test]
async fn an_answer_that_arrives_at_another_of_the_names_is_passed_on_to_where_it_was_begun() {
    let world = moving(Some(OLD));
    let left = leave(&world, NEW).await;
    assert!(left.xml.contains(&format!("AssertionConsumerServiceURL=\"{}\"", acs(OLD))), "{}", left.xml);
    let value = IDP.answer_at(&Answer::alice(&left.id, world.now()), &acs(OLD));

    // At the old name, the browser has no cookie: first its own page asks once more, then the other name is asked.
    let fields = [("SAMLResponse", value.as_str()), ("RelayState", &left.handle)];
    let again = post(&world, OLD, &fields, "").await;
    assert_eq!(again.between("action=\"", "\""), ACS);
    let passed = post(&world, OLD, &[fields[0], fields[1], ("reposted", "1")], "").await;
    assert_eq!(passed.between("action=\"", "\""), acs(NEW));
    assert!(passed.policy().contains(&format!("form-action https://{NEW};")), "{}", passed.policy());
    assert!(passed.body.contains("name=\"passed\" value=\"1\""), "{}", passed.body);
    assert!(!passed.body.contains("reposted"), "there it begins anew");

    // There too the cookie comes with the second post alone.
    let fields = [fields[0], fields[1], ("passed", "1")];
    let again = post(&world, NEW, &fields, "").await;
    assert!(again.body.contains("name=\"passed\" value=\"1\""), "{}", again.body);
    let reply = post(&world, NEW, &[fields[0], fields[1], fields[2], ("reposted", "1")], &left.cookie).await;
    assert!(reply.location().starts_with(&format!("https://{NEW}/vault/#code=")), "{}", reply.location());
    assert_eq!(world.last().unwrap().host.as_deref(), Some("sso.example.com"), "where it was begun");
}

#[tokio::test]
async fn an_answer_whose_cookie_is_nowhere_goes_round_once_and_is_refused() {
    let world = moving(None);
    let left = leave(&world, NEW).await;
    let value = IDP.answer(&Answer::alice(&left.id, world.now()));
    let fields = [("SAMLResponse", value.as_str()), ("RelayState", &left.handle), ("reposted", "1")];
    for (passed, address) in [("0", Some(acs(OLD))), ("1", None), ("7", None), ("18446744073709551615", None)] {
        let reply = post(&world, NEW, &[fields[0], fields[1], fields[2], ("passed", passed)], "").await;
        match address {
            Some(address) => assert_eq!(reply.between("action=\"", "\""), address),
            None => assert_eq!(world.refusal(), Some(codes::NO_STATE), "{passed}"),
        }
    }
    for passed in ["", "-1", "one"] {
        post(&world, NEW, &[fields[0], fields[1], fields[2], ("passed", passed)], "").await;
        assert_eq!(world.refusal(), Some(codes::FORM), "{passed}");
    }
}

#[tokio::test]
async fn with_one_name_nothing_is_passed_on() {
    let world = World::new();
    let left = world.leave(&vault_login()).await;
    let value = IDP.answer(&Answer::alice(&left.id, world.now()));
    let fields = [("SAMLResponse", value.as_str()), ("RelayState", &left.handle), ("reposted", "1")];
    world.post(ACS, &fields, &[]).await;
    assert_eq!(world.refusal(), Some(codes::NO_STATE));
}

#[tokio::test]
async fn a_page_of_one_name_gets_nothing_from_another() {
    let world = moving(None);
    // The vault page of one name, opened under the other.
    let path = vault_login();
    let request = Request::get(&path).header(HOST, OLD).body(Body::empty()).unwrap();
    world.send(request).await;
    assert_eq!(world.refusal(), Some(codes::LOGIN_REQUEST));
    // Whatever else a request says of its host, it is at the advertised name.
    for said in ["evil.example", "sso.example.com.evil.example", "old.example.com.evil.example:8443", "@", "[::1"] {
        let request = Request::get(&path).header(HOST, said).body(Body::empty()).unwrap();
        assert!(world.send(request).await.location().starts_with("https://idp.example.com/sso?"), "{said}");
    }
    let asking = serde_json::json!({ "handle": "", "code_challenge": "", "page_key": "", "state": "" }).to_string();
    let request = Request::post("/vault/direct").header(HOST, OLD).header(ORIGIN, format!("https://{NEW}"));
    let request = request.header("content-type", "application/json").body(asking.into()).unwrap();
    assert_eq!(world.send(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn our_metadata_has_all_addresses_the_one_for_answers_first() {
    for (answers_on, first, second) in [(None, NEW, OLD), (Some(OLD), OLD, NEW)] {
        let metadata = moving(answers_on).get("/sso-connect").await.body;
        let place = |authority| metadata.find(&format!("Location=\"{}\" index", acs(authority))).unwrap();
        assert!(place(first) < place(second), "{metadata}");
        let default = metadata.split("<md:AssertionConsumerService").nth(1).unwrap();
        assert!(default.contains("isDefault=\"true\""), "{metadata}");
    }
}
