//! The on-prem clients' protocol.

use sekisho_config::field::Field;
use std::sync::{Arc, LazyLock};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::KeyPair as _;
use axum::http::{Request, StatusCode};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sekisho_keys::derive::Secret;
use sekisho_signin::codes;

use crate::idp::Answer;
use crate::world::{Everybody, Reply, World, applied, vault_login};

static CLIENT: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

const RELEASE: &str = "/sso-connect/saml/release";

fn world() -> World {
    let world = World::with(Arc::new(Everybody::default()));
    world.face.apply(Some(applied(&[(Field::ClientProtocol, "true")])));
    world
}

pub fn login(more: &str) -> String {
    let key = BASE64URL_NOPAD.encode(CLIENT.public_key().as_ref());
    format!("/sso-connect/saml/login?embedded&key={key}{more}")
}

fn decrypted(text: &str) -> String {
    let pkcs8: Pkcs8V1Der<'_> = CLIENT.as_der().unwrap();
    let key = Pkcs1PrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(pkcs8.as_ref()).unwrap()).unwrap();
    let mut buffer = vec![0; key.min_output_size()];
    let plain = key.decrypt(&BASE64URL_NOPAD.decode(text.as_bytes()).unwrap(), &mut buffer).unwrap();
    String::from_utf8(plain.to_vec()).unwrap()
}

fn closed_to_others(reply: &Reply) {
    let header = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
    assert!(reply.policy().contains("default-src 'none'") && reply.policy().contains("frame-ancestors 'none'"));
    assert_eq!(header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    assert_eq!((header("cache-control"), header("referrer-policy")), ("no-store".into(), "no-referrer".into()));
    assert!(!reply.headers.contains_key("location"));
}

pub async fn clicked(world: &World, page: &Reply) -> Reply {
    let code = page.between("name=\"code\" value=\"", "\"");
    world.post(RELEASE, &[("code", code)], &[("sec-fetch-site", "same-origin")]).await
}

#[tokio::test]
async fn a_client_gets_its_token_only_after_a_click_on_a_page_that_names_it() {
    let world = world();
    let page = world.go(&login("")).await;
    assert_eq!(page.status, StatusCode::OK, "{:?}", world.refusal());
    closed_to_others(&page);
    assert!(page.policy().contains("form-action 'self'") && !page.policy().contains("script-src"));
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, CLIENT.public_key().as_ref());
    assert_eq!(page.between("id=\"check\" class=\"mono\">", "<"), &HEXLOWER.encode(hash.as_ref())[..6]);
    assert_eq!(page.between("id=\"client\">", "<"), "Vault app");
    assert_eq!(page.between("id=\"account\">", "<"), "alice@example.com Alice Ng");
    assert!(!page.body.contains("password"));

    let token = clicked(&world, &page).await;
    assert_eq!(token.status, StatusCode::OK, "{:?}", world.refusal());
    closed_to_others(&token);
    assert!(!token.policy().contains("script-src"), "the token is data");
    let json = token.between("<script type=\"application/json\" id=\"token\">", "</script>");
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!((&json["result"], &json["email"]), (&"success".into(), &"alice@example.com".into()));
    assert_eq!(json["provider_name"], "example");
    let password = decrypted(json["password"].as_str().unwrap());
    assert_eq!(password, BASE64URL_NOPAD.encode(Secret::new([2; 32]).expose()));
    let session = BASE64URL_NOPAD.decode(json["session_id"].as_str().unwrap().as_bytes()).unwrap();
    let key = Secret::new([7; 32]).derive(sekisho_keys::derive::Purpose::Session, b"");
    let session = sekisho_keys::sealed::open(&key, b"session", &session).unwrap();
    let session: serde_json::Value = serde_json::from_slice(&session).unwrap();
    assert_eq!((&session["subject"], &session["index"]), (&"alice@example.com".into(), &"_s".into()));
}

#[tokio::test]
async fn a_click_counts_once_within_a_minute_and_from_our_own_page() {
    let world = world();
    let page = world.go(&login("")).await;
    let code = page.between("name=\"code\" value=\"", "\"").to_owned();
    for site in ["cross-site", "same-site", "none"] {
        world.post(RELEASE, &[("code", &code)], &[("sec-fetch-site", site)]).await;
        assert_eq!(world.refusal(), Some(codes::CODE), "{site}");
    }
    assert_eq!(clicked(&world, &page).await.status, StatusCode::OK);
    assert!(clicked(&world, &page).await.headers.contains_key("location"));
    assert_eq!(world.refusal(), Some(codes::CODE));
    let late = world.go(&login("")).await;
    world.pass(61);
    assert!(clicked(&world, &late).await.headers.contains_key("location"));
    // A code of the vault page's hand-over is none of these.
    let vault = world.go(&vault_login()).await;
    let code = vault.location().split("#code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let reply = world.post(RELEASE, &[("code", &code)], &[]).await;
    assert!(reply.location().starts_with("/vault/#error="));
}

#[tokio::test]
async fn a_command_line_gets_its_token_to_copy() {
    let world = world();
    let page = world.go(&login("&dest=commander")).await;
    assert_eq!(page.between("id=\"client\">", "<"), "Command line");
    let token = clicked(&world, &page).await;
    closed_to_others(&token);
    let json = token.between("readonly>", "</textarea>").replace("&quot;", "\"");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["result"], "success");
    assert!(token.policy().contains("script-src 'self'"));
    assert!(world.get(token.between("<script src=\"", "\"")).await.body.contains("clipboard"));
}

#[tokio::test]
async fn relogin_asks_for_a_fresh_authentication() {
    let world = world();
    assert!(world.leave(&login("&relogin")).await.xml.contains("ForceAuthn=\"true\""));
    assert!(!world.leave(&login("")).await.xml.contains("ForceAuthn"));
}

#[tokio::test]
async fn while_the_switch_is_off_nothing_is_handed_over() {
    let world = World::new();
    world.get(&login("")).await;
    assert_eq!(world.refusal(), Some(codes::CLIENT_PROTOCOL_OFF));
    // Switched off on the way, and between page and click.
    world.face.apply(Some(applied(&[(Field::ClientProtocol, "true")])));
    let left = world.leave(&login("")).await;
    let page = world.go(&login("")).await;
    world.face.apply(Some(applied(&[])));
    world.arrive(&left, &Answer::alice(&left.id, world.now()), &left.cookie).await;
    assert_eq!(world.refusal(), Some(codes::CLIENT_PROTOCOL_OFF));
    clicked(&world, &page).await;
    assert_eq!(world.refusal(), Some(codes::CLIENT_PROTOCOL_OFF));
}

#[tokio::test]
async fn requests_that_no_client_makes_are_refused() {
    let world = world();
    for more in ["&dest=https%3A%2F%2Fevil.example", "&dest=", "&relogin=x", "&embedded", "&redirect_uri=x"] {
        world.get(&login(more)).await;
        assert_eq!(world.refusal(), Some(codes::LOGIN_REQUEST), "{more}");
    }
    world.get("/sso-connect/saml/login?embedded&key=AAAA").await;
    assert_eq!(world.refusal(), Some(codes::CLIENT_KEY));
    let framed = Request::get(login("")).header("sec-fetch-dest", "iframe").body(axum::body::Body::empty());
    world.send(framed.unwrap()).await;
    assert_eq!(world.refusal(), Some(codes::LOGIN_REQUEST));
}

#[tokio::test]
async fn names_are_text_and_never_markup() {
    let world = world();
    let left = world.leave(&login("")).await;
    let mut answer = Answer::alice(&left.id, world.now());
    answer.attributes[1].1 = "<img src=x onerror=alert(1)>\"'&".into();
    let page = world.arrive(&left, &answer, &left.cookie).await;
    assert!(page.body.contains("&lt;img src=x onerror=alert(1)&gt;&quot;"), "{}", page.body);
    assert!(!page.body.contains("<img"));
}
