//! An open vault, and the second factor before it.

use std::sync::{Arc, Mutex};

use axum::http::{Request, StatusCode};
use data_encoding::BASE64URL_NOPAD;
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_256 as SUITE;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke};
use sekisho_config::field::Field;
use sekisho_fault::{Code, Result};
use sekisho_keys::factor::recovery::Recovery;
use sekisho_keys::factor::{App, Factors};
use sekisho_signin::capabilities::Later;
use sekisho_signin::{Admits, Identity, Profile, User, Users, codes};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::idp::Answer;
use crate::world::{Everybody, Reply, World, applied, page};

const OWN: &str = "https://sso.example.com:8443";

/// Everybody is a user, with these second factors.
#[derive(Default)]
struct Guarded(Everybody, Mutex<Factors>);

impl Users for Guarded {
    fn sign_in<'a>(&'a self, who: &'a Identity, profile: &'a Profile, admits: &'a Admits) -> Later<'a, Result<User>> {
        let factors = self.1.lock().unwrap().clone();
        Box::pin(async move { Ok(User { factors, ..self.0.sign_in(who, profile, admits).await? }) })
    }

    fn stands<'a>(&'a self, who: &'a Identity, profile: &'a Profile, admits: &'a Admits) -> Later<'a, Result<User>> {
        self.sign_in(who, profile, admits)
    }

    fn catch_up(&self) -> Later<'_, bool> {
        Box::pin(async { true })
    }

    fn set_factors<'a>(&'a self, _: &'a Identity, before: &'a Factors, after: Factors) -> Later<'a, Result<()>> {
        let mut factors = self.1.lock().unwrap();
        assert!(*factors == *before);
        *factors = after;
        Box::pin(async { Ok(()) })
    }
}

fn code(reply: &Reply) -> (StatusCode, String) {
    let fault: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    (reply.status, fault["code"].as_str().unwrap_or_default().to_owned())
}

#[allow(clippy::needless_pass_by_value, reason = "codes are constants")]
fn is(status: StatusCode, code: Code) -> (StatusCode, String) {
    (status, code.as_str().to_owned())
}

/// A page that can open what is sealed to it.
struct Opener(rustls::crypto::hpke::HpkePrivateKey, String);

impl Opener {
    fn new() -> Self {
        let (public, private) = SUITE.generate_key_pair().unwrap();
        let [challenge, _] = page();
        let login = form_urlencoded::Serializer::new(String::new())
            .append_pair("client", "vault")
            .append_pair("redirect_uri", &format!("{OWN}/vault/"))
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("page_key", &BASE64URL_NOPAD.encode(&public.0))
            .append_pair("state", "state-of-the-page")
            .finish();
        Self(private, format!("/sso-connect/saml/login?{login}"))
    }

    fn open(&self, redeemed: &Value) -> Value {
        let info = &redeemed["info"];
        let mut bytes = b"sekisho-handover-v1".to_vec();
        for part in ["organisation", "connection", "subject", "redirect_uri", "flow"] {
            let part = info[part].as_str().unwrap();
            bytes.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        let decoded = |name: &str| BASE64URL_NOPAD.decode(redeemed[name].as_str().unwrap().as_bytes()).unwrap();
        let enc = EncapsulatedSecret(decoded("enc"));
        serde_json::from_slice(&SUITE.open(&enc, &bytes, b"", &decoded("ciphertext"), &self.0).unwrap()).unwrap()
    }
}

async fn ask(world: &World, path: &str, origin: &str, body: &Value) -> Reply {
    let request = Request::post(path).header("content-type", "application/json").header("origin", origin);
    world.send(request.body(body.to_string().into()).unwrap()).await
}

async fn asked(world: &World, path: &str, body: &Value) -> Value {
    let reply = ask(world, path, OWN, body).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
    serde_json::from_str(&reply.body).unwrap()
}

/// Signs Alice in, up to what her page gets for its code.
async fn redeemed(world: &World, opener: &Opener) -> Value {
    let landed = world.go(&opener.1).await;
    let code = landed.location().split_once("#code=").unwrap().1.split('&').next().unwrap().to_owned();
    asked(world, "/vault/redeem", &json!({ "code": code, "code_verifier": "verifier" })).await
}

fn guarded() -> (World, Arc<Guarded>) {
    let users = Arc::new(Guarded::default());
    let world = World::with(users.clone());
    world.face.apply(Some(applied(&[])));
    (world, users)
}

async fn session(world: &World) -> String {
    let opener = Opener::new();
    let inside = opener.open(&redeemed(world, &opener).await);
    inside["vault_session"].as_str().unwrap().to_owned()
}

fn reading(session: &str, used: bool) -> Value {
    json!({ "session": session, "after": 0, "used": used })
}

#[tokio::test]
async fn an_open_vault_is_the_own_pages_alone_and_closes_unless_it_is_used() {
    let (world, _) = guarded();
    let opened = session(&world).await;
    let change = json!({ "session": opened, "changes": "[]", "time": 1, "signature": "x" });
    let written = asked(&world, "/vault/changes", &change).await;
    assert!(written["session"].is_string());
    let read = asked(&world, "/vault/records", &reading(&opened, true)).await;
    assert_eq!((&read["head"], read["rows"].as_array().unwrap().len()), (&json!(1), 1));
    let closed = is(StatusCode::UNAUTHORIZED, codes::VAULT_CLOSED);
    for origin in ["https://evil.example", "null", "https://sso.example.com"] {
        assert_eq!(code(&ask(&world, "/vault/records", origin, &reading(&opened, true)).await), closed, "{origin}");
    }
    assert_eq!(code(&ask(&world, "/vault/records", OWN, &reading("AAAA", true)).await), closed);

    // The role's hour goes on while nobody is at it, and begins anew where somebody is.
    world.pass(50 * 60);
    let unused = asked(&world, "/vault/records", &reading(&opened, false)).await["session"].clone();
    let used = asked(&world, "/vault/records", &reading(&opened, true)).await["session"].clone();
    world.pass(20 * 60);
    assert_eq!(code(&ask(&world, "/vault/records", OWN, &reading(unused.as_str().unwrap(), true)).await), closed);
    let mut last = asked(&world, "/vault/records", &reading(used.as_str().unwrap(), true)).await["session"].clone();
    // A day after the sign-in it closes, however much it is used.
    for _ in 0..27 {
        world.pass(50 * 60);
        last = asked(&world, "/vault/records", &reading(last.as_str().unwrap(), true)).await["session"].clone();
    }
    world.pass(30 * 60);
    assert_eq!(code(&ask(&world, "/vault/records", OWN, &reading(last.as_str().unwrap(), true)).await), closed);
}

#[tokio::test]
async fn a_user_with_a_second_factor_gets_a_question_and_the_key_for_its_answer() {
    let (world, users) = guarded();
    let before = session(&world).await;
    let recovery = ["abcde-fghjk", "abcde-fghjm"].iter().filter_map(|code| Recovery::of(code)).collect();
    let app = Some(App { seed: vec![7; 20], since: 5 });
    *users.1.lock().unwrap() = Factors { app, recovery, since: 5, ..Factors::default() };
    // A vault that was opened without it closes.
    let closed = is(StatusCode::UNAUTHORIZED, codes::VAULT_CLOSED);
    assert_eq!(code(&ask(&world, "/vault/records", OWN, &reading(&before, true)).await), closed);

    let opener = Opener::new();
    let question = redeemed(&world, &opener).await["asks"].clone();
    assert_eq!((&question["app"], &question["set_up"]), (&json!(true), &Value::Null));
    let ticket = question["ticket"].as_str().unwrap();
    let prove = |proof: Value| json!({ "ticket": ticket, "proof": proof });
    let wrong = is(StatusCode::FORBIDDEN, codes::FACTOR_WRONG);
    for proof in [
        json!({ "kind": "app", "code": "000000" }),
        json!({ "kind": "recovery", "code": "abcde-fghjn" }),
        json!({ "kind": "key", "id": "AA", "client_data": "AA", "authenticator_data": "AA", "signature": "AA" }),
    ] {
        assert_eq!(code(&ask(&world, "/vault/factor", OWN, &prove(proof)).await), wrong);
    }
    // Whoever has a factor cannot set up a first one, and another origin shows none.
    let set_up = json!({ "ticket": ticket, "factor": { "kind": "app", "code": "000000" } });
    let late = is(StatusCode::UNAUTHORIZED, codes::FACTOR_LATE);
    assert_eq!(code(&ask(&world, "/vault/factor/set-up", OWN, &set_up).await), late);
    let good = prove(json!({ "kind": "recovery", "code": "abcde-fghjk" }));
    assert_eq!(code(&ask(&world, "/vault/factor", "https://evil.example", &good).await), late);
    let handed = asked(&world, "/vault/factor", &good).await;
    let inside = opener.open(&handed);
    assert_eq!(inside["email"], "alice@example.com");
    assert_eq!(code(&ask(&world, "/vault/factor", OWN, &good).await), wrong, "the code is used up");
    assert_eq!(users.1.lock().unwrap().recovery.len(), 1);
    // A question is answered once, and for ten minutes.
    let other = prove(json!({ "kind": "recovery", "code": "abcde-fghjm" }));
    world.pass(601);
    assert_eq!(code(&ask(&world, "/vault/factor", OWN, &other).await), late);

    // Changes want a sign-in of a moment ago.
    let session = inside["vault_session"].as_str().unwrap();
    let listed = asked(&world, "/vault/factors", &json!({ "session": session })).await;
    let remove = |listed: &Value| json!({ "session": listed["session"], "ticket": listed["ticket"], "act": { "act": "remove_app" } });
    world.pass(301);
    assert_eq!(code(&ask(&world, "/vault/factors/change", OWN, &remove(&listed)).await), late);
}

#[tokio::test]
async fn after_five_wrong_answers_there_is_one_a_minute() {
    let (world, users) = guarded();
    let app = Some(App { seed: vec![7; 20], since: 5 });
    *users.1.lock().unwrap() = Factors { app, since: 5, ..Factors::default() };
    let question = redeemed(&world, &Opener::new()).await["asks"].clone();
    let proof = json!({ "ticket": question["ticket"], "proof": { "kind": "app", "code": "000000" } });
    for _ in 0..5 {
        let wrong = is(StatusCode::FORBIDDEN, codes::FACTOR_WRONG);
        assert_eq!(code(&ask(&world, "/vault/factor", OWN, &proof).await), wrong);
    }
    let braked = is(StatusCode::FORBIDDEN, codes::FACTOR_TRIES);
    assert_eq!(code(&ask(&world, "/vault/factor", OWN, &proof).await), braked);
}

#[tokio::test]
async fn a_client_of_the_on_prem_protocol_gets_nothing_for_a_user_with_a_second_factor() {
    let (world, users) = guarded();
    world.face.apply(Some(applied(&[(Field::ClientProtocol, "true")])));
    let login = crate::client::login("");
    assert_eq!(world.go(&login).await.status, StatusCode::OK);
    let app = Some(App { seed: vec![7; 20], since: 5 });
    *users.1.lock().unwrap() = Factors { app, since: 5, ..Factors::default() };
    let refused = world.go(&login).await;
    assert!(refused.location().starts_with("/vault/#error="), "{}", refused.location());
    assert_eq!(world.refusal(), Some(codes::FACTOR_CLIENT));
    let left = world.leave(&login).await;
    world.arrive(&left, &Answer::alice(&left.id, world.now()), &left.cookie).await;
    assert_eq!(world.refusal(), Some(codes::FACTOR_CLIENT));
}
