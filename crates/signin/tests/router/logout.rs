//! Single logout: begun here, and begun at the identity provider.

use axum::http::StatusCode;
use axum::http::header::COOKIE;
use data_encoding::BASE64URL_NOPAD;
use sekisho_config::field::Field;
use sekisho_fault::Code;
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::sealed;
use sekisho_saml::logout::{LogoutRequest, LogoutResponse, LogoutStatus};
use sekisho_saml::outgoing::Outgoing;
use sekisho_saml::response::NameId;
use sekisho_saml::{UnixTime, codes as saml};
use sekisho_signin::codes;
use url::form_urlencoded;

use crate::idp::{ENTITY, IDP, request};
use crate::world::{Left, Reply, World, applied};

const LOGOUT: &str = "/sso-connect/saml/logout";
const SLO: &str = "https://sso.example.com:8443/sso-connect/saml/logout";

/// A handle as a sign-in gives it out.
fn handle(idp: &str) -> String {
    let session = serde_json::json!({
        "subject": "alice@example.com",
        "name_id": { "value": "alice", "format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "name_qualifier": null, "sp_name_qualifier": null },
        "index": "_s",
        "idp": idp,
    });
    let key = Secret::new([7; 32]).derive(Purpose::Session, b"");
    BASE64URL_NOPAD.encode(&sealed::seal(&key, [3; 12], b"session", session.to_string().as_bytes()).unwrap())
}

fn leaving(session: &str, user: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client", "vault")
        .append_pair("session_id", session)
        .append_pair("user", user)
        .finish();
    format!("{LOGOUT}?{query}")
}

async fn left(world: &World) -> Left {
    world.leave_for(&leaving(&handle(ENTITY), "alice@example.com"), "https://idp.example.com/slo?").await
}

fn answer(world: &World, to: &str, status: LogoutStatus) -> Outgoing {
    let response = LogoutResponse {
        id: "_answer".into(),
        issue_instant: UnixTime(world.now()),
        destination: SLO.into(),
        issuer: ENTITY.into(),
        in_response_to: to.into(),
        status,
    };
    response.message().unwrap()
}

fn ending(world: &World, index: Option<&str>) -> Outgoing {
    let request = LogoutRequest {
        id: "_ending".into(),
        issue_instant: UnixTime(world.now()),
        destination: SLO.into(),
        issuer: ENTITY.into(),
        not_on_or_after: UnixTime(world.now() + 60),
        name_id: NameId { value: "alice".into(), format: None, name_qualifier: None, sp_name_qualifier: None },
        session_index: index.map(str::to_owned),
    };
    request.message().unwrap()
}

/// Sends a message in the query, signed.
async fn redirected(world: &World, message: &Outgoing, state: &str, cookie: &str) -> Reply {
    let url = message.redirect_url(Some(state), Some(&IDP.key())).unwrap();
    let path = url.strip_prefix("https://sso.example.com:8443").unwrap();
    let request = axum::http::Request::get(path).header(COOKIE, cookie).body(axum::body::Body::empty()).unwrap();
    world.send(request).await
}

async fn posted(world: &World, message: &Outgoing, state: &str, cookie: &str) -> Reply {
    let value = message.post_value(Some(&IDP.key())).unwrap();
    let fields = [(message.field.name(), value.as_str()), ("RelayState", state)];
    world.post(LOGOUT, &fields, &[(COOKIE.as_str(), cookie)]).await
}

fn refused(world: &World, reply: &Reply, code: &Code) {
    assert_eq!((reply.status, world.refusal().as_ref()), (StatusCode::FORBIDDEN, Some(code)), "{}", reply.body);
    assert!(!reply.body.contains("ended.js"), "a refused message ends nothing");
}

#[tokio::test]
async fn a_client_logs_out_at_the_identity_provider_and_comes_back_to_a_page_that_says_so() {
    let world = World::new();
    for (status, how) in [(LogoutStatus::Success, "everywhere"), (LogoutStatus::Partial, "not_everywhere")] {
        let left = left(&world).await;
        assert!(
            left.xml.contains("<samlp:LogoutRequest ") && left.xml.contains(">alice</saml:NameID>"),
            "{}",
            left.xml
        );
        assert!(left.xml.contains("<samlp:SessionIndex>_s</samlp:SessionIndex>"), "{}", left.xml);
        let reply = redirected(&world, &answer(&world, &left.id, status), &left.handle, &left.cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{:?}", world.refusal());
        assert_eq!(reply.between("data-how=\"", "\""), how);
        let marks = reply.between("data-marks=\"", "\"");
        assert_eq!(marks.split(' ').filter(|mark| mark.len() == 32).count(), 2, "{marks}");
    }
    assert_eq!(world.signed_out(), [Some("alice@example.com".into()), Some("alice@example.com".into())]);
}

#[tokio::test]
async fn the_on_prem_clients_words_are_understood() {
    let world = World::new();
    let session = handle(ENTITY);
    for query in [
        format!("embedded=true&username=alice%40example.com&session_id={session}&dest=vault"),
        format!("embedded&token&user=Alice%40example.com&session_id={session}"),
    ] {
        world.leave_for(&format!("{LOGOUT}?{query}"), "https://idp.example.com/slo?").await;
    }
}

#[tokio::test]
async fn a_handle_ends_the_session_of_its_own_user_alone() {
    let world = World::new();
    let session = handle(ENTITY);
    let other = format!("{}A", &session[..session.len() - 1]);
    for (session, user) in [(session.as_str(), "mallory@example.com"), (other.as_str(), "alice@example.com"), ("", "")]
    {
        refused(&world, &world.get(&leaving(session, user)).await, &codes::SESSION);
    }
    let reply = world.get(&format!("{LOGOUT}?session_id={session}")).await;
    refused(&world, &reply, &codes::LOGOUT_REQUEST);
    let reply = world.get(&format!("{}&next=https%3A%2F%2Fevil.example", leaving(&session, "a"))).await;
    refused(&world, &reply, &codes::LOGOUT_REQUEST);
}

#[tokio::test]
async fn where_the_identity_provider_cannot_be_told_the_page_says_that_it_goes_on_there() {
    let world = World::new();
    let reply = world.get(&leaving(&handle("https://former.example.com"), "alice@example.com")).await;
    assert_eq!((reply.status, reply.between("data-how=\"", "\"")), (StatusCode::OK, "here_only"));
    world.face.apply(Some(applied(&[(Field::SingleLogout, "false")])));
    let reply = world.get(&leaving(&handle(ENTITY), "alice@example.com")).await;
    assert_eq!((reply.status, reply.between("data-how=\"", "\"")), (StatusCode::OK, "here_only"));
    assert_eq!(world.get(LOGOUT).await.between("data-how=\"", "\""), "nothing");
}

#[tokio::test]
async fn an_answer_counts_for_the_logout_of_this_browser_alone() {
    let world = World::new();
    let left = left(&world).await;
    let good = answer(&world, &left.id, LogoutStatus::Success);
    refused(&world, &redirected(&world, &good, &left.handle, "").await, &codes::NO_LOGOUT);
    refused(&world, &redirected(&world, &good, "https://evil.example", &left.cookie).await, &codes::NO_LOGOUT);
    let other = answer(&world, "_other", LogoutStatus::Success);
    refused(&world, &redirected(&world, &other, &left.handle, &left.cookie).await, &codes::NO_LOGOUT);
    world.pass(601);
    let late = answer(&world, &left.id, LogoutStatus::Success);
    refused(&world, &redirected(&world, &late, &left.handle, &left.cookie).await, &codes::NO_LOGOUT);
    assert!(world.signed_out().is_empty());
}

#[tokio::test]
async fn a_posted_answer_without_its_cookie_is_posted_again_once_from_our_own_page() {
    let world = World::new();
    let left = left(&world).await;
    let good = answer(&world, &left.id, LogoutStatus::Success);
    let page = posted(&world, &good, &left.handle, "").await;
    assert!(page.body.contains(&format!("action=\"{LOGOUT}\"")) && page.policy().contains("form-action 'self'"));
    let reply = posted(&world, &good, &left.handle, &left.cookie).await;
    assert_eq!(reply.between("data-how=\"", "\""), "everywhere");
}

#[tokio::test]
async fn the_identity_provider_ends_a_session_and_gets_its_answer_where_it_wants_it() {
    let world = World::new();
    let reply = redirected(&world, &ending(&world, Some("_s")), "their state", "").await;
    assert_eq!(reply.status, StatusCode::OK, "{:?}", world.refusal());
    let onward = reply.between("id=\"onward\" href=\"", "\"").replace("&amp;", "&");
    assert!(onward.starts_with("https://idp.example.com/slo/answer?SAMLResponse="), "{onward}");
    let (xml, state) = request(&onward.replace("SAMLResponse=", "SAMLRequest="));
    assert_eq!(state, "their state");
    assert!(xml.contains("InResponseTo=\"_ending\"") && xml.contains("status:Success"), "{xml}");
    assert_eq!(world.signed_out(), [None]);
}

#[tokio::test]
async fn the_marks_that_are_told_are_those_that_the_page_was_given() {
    let world = World::new();
    let own = left(&world).await;
    let reply = redirected(&world, &answer(&world, &own.id, LogoutStatus::Success), &own.handle, &own.cookie).await;
    let given: Vec<String> = reply.between("data-marks=\"", "\"").split(' ').map(str::to_owned).collect();
    let told = |reply: &Reply| reply.between("data-marks=\"", "\"").to_owned();
    let whole = told(&redirected(&World::new(), &ending(&world, None), "", "").await);
    let this = told(&redirected(&World::new(), &ending(&world, Some("_s")), "", "").await);
    let other = told(&redirected(&World::new(), &ending(&world, Some("_t")), "", "").await);
    assert_eq!([whole, this].as_slice(), given.as_slice());
    assert!(!given.contains(&other));
}

#[tokio::test]
async fn a_request_of_the_identity_provider_counts_once_and_only_with_its_signature() {
    let world = World::new();
    let ending = ending(&world, None);
    let unsigned = ending.redirect_url(None, None).unwrap();
    let reply = world.get(unsigned.strip_prefix("https://sso.example.com:8443").unwrap()).await;
    refused(&world, &reply, &saml::UNSIGNED);
    assert_eq!(posted(&world, &ending, "", "").await.status, StatusCode::OK);
    refused(&world, &posted(&world, &ending, "", "").await, &codes::REPLAY);
    refused(&world, &redirected(&world, &ending, "", "").await, &codes::REPLAY);
}

#[tokio::test]
async fn with_single_logout_off_nothing_is_ended_and_the_metadata_names_no_address() {
    let world = World::new();
    assert!(world.get("/sso-connect").await.body.contains("SingleLogoutService"));
    world.face.apply(Some(applied(&[(Field::SingleLogout, "false")])));
    assert!(!world.get("/sso-connect").await.body.contains("SingleLogoutService"));
    let reply = redirected(&world, &ending(&world, None), "", "").await;
    refused(&world, &reply, &codes::LOGOUT_OFF);
}

#[tokio::test]
async fn a_relay_state_leads_nowhere_and_cannot_leave_its_field() {
    let world = World::new();
    let reply = redirected(&world, &ending(&world, None), "\"><script>https://evil.example", "").await;
    let onward = reply.between("id=\"onward\" href=\"", "\"");
    assert!(onward.starts_with("https://idp.example.com/slo/answer?"), "{onward}");
    assert!(!reply.body.contains("<script>"), "{}", reply.body);
}
