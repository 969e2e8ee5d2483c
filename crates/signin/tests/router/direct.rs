//! Answers that nobody asked for, where a switch lets them in (R6, R7).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::header::{COOKIE, ORIGIN, SET_COOKIE};
use axum::http::{Request, StatusCode};
use sekisho_config::field::Field;
use sekisho_fault::{Fault, Result, Severity};
use sekisho_keys::factor::Factors;
use sekisho_signin::capabilities::Later;
use sekisho_signin::{Admits, Condition, Identity, Profile, Pulse, Trial, User, Users, codes};

use crate::idp::{Answer, IDP};
use crate::world::{ACS, Everybody, Hub, Reply, Untouchable, World, applied, built, page, vault_login};

const ON: &[(Field, &str)] = &[(Field::UnsolicitedDirect, "true")];
const OWN: &str = "https://sso.example.com:8443";

/// A server that takes such answers.
fn server(hub: &Arc<Hub>, users: Arc<dyn Users>) -> World {
    let world = World::at(hub.clone(), users);
    world.face.apply(Some(applied(ON)));
    world.face.pulse(Pulse { configuration: Condition::Running, ..Pulse::default() });
    world
}

fn servers<const N: usize>() -> ([World; N], Arc<Hub>) {
    let hub = Arc::new(Hub::default());
    ([(); N].map(|()| server(&hub, Arc::new(Everybody::default()))), hub)
}

fn tile(world: &World, number: u32) -> String {
    IDP.answer(&Answer { request: None, ..Answer::alice(&format!("_t{number}"), world.now()) })
}

async fn post(world: &World, value: &str) -> Reply {
    world.post(ACS, &[("SAMLResponse", value), ("RelayState", "https://portal.example/")], &[]).await
}

/// What waits in the browser.
#[derive(Clone)]
struct Waiting {
    handle: String,
    cookie: String,
}

fn waiting(reply: &Reply) -> Waiting {
    let handle = reply.location().strip_prefix("/vault/#direct=").unwrap_or_else(|| panic!("{}", reply.location()));
    let cookie = reply.headers[SET_COOKIE].to_str().unwrap();
    let cookie = cookie.strip_suffix("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60").unwrap();
    assert!(cookie.starts_with(&format!("__Host-skd-{handle}=")), "{cookie}");
    Waiting { handle: handle.to_owned(), cookie: cookie.to_owned() }
}

/// A tile's answer that was taken.
async fn taken(world: &World, number: u32) -> Waiting {
    waiting(&post(world, &tile(world, number)).await)
}

/// The page asks for what waits for it, with these headers.
async fn ask_with(world: &World, waiting: &Waiting, headers: &[(&str, &str)], key: &str) -> Reply {
    let [challenge, _] = page();
    let body = serde_json::json!({
        "handle": waiting.handle, "code_challenge": challenge, "page_key": key, "state": "state-of-the-page",
    });
    let mut request = Request::post("/vault/direct").header("content-type", "application/json");
    for (name, value) in headers.iter().chain(&[(COOKIE.as_str(), waiting.cookie.as_str())]) {
        request = request.header(*name, *value);
    }
    world.send(request.body(body.to_string().into()).unwrap()).await
}

async fn ask(world: &World, waiting: &Waiting) -> Reply {
    ask_with(world, waiting, &[(ORIGIN.as_str(), OWN), ("sec-fetch-site", "same-origin")], &page()[1]).await
}

async fn is_refused(world: &World, waiting: &Waiting, why: &str) {
    let reply = ask(world, waiting).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "{why}: {}", reply.body);
    assert!(reply.body.contains("signin.code"), "{why}: {}", reply.body);
}

fn code(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    let answer: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    answer["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_answer_that_came_by_itself_is_handed_to_the_page_by_any_server() {
    let ([first, second, third], hub) = servers();
    let waiting = taken(&first, 1).await;
    assert_eq!(hub.claimed(), 1);
    let written = first.last().unwrap();
    assert_eq!((written.who.as_deref(), written.refusal), (Some("alice@example.com"), None));
    assert_eq!(written.facts[0], ("@unsolicited".to_owned(), "_at1".to_owned()));

    let reply = ask(&second, &waiting).await;
    let forgotten = reply.headers[SET_COOKIE].to_str().unwrap();
    assert!(forgotten.starts_with(&format!("__Host-skd-{}=;", waiting.handle)), "{forgotten}");
    assert!(forgotten.ends_with("Max-Age=0"), "{forgotten}");
    let redeem = serde_json::json!({ "code": code(&reply), "code_verifier": "verifier" }).to_string();
    let request = Request::post("/vault/redeem").header("content-type", "application/json").body(redeem.into());
    let redeemed = third.send(request.unwrap()).await;
    let redeemed: serde_json::Value = serde_json::from_str(&redeemed.body).unwrap();
    assert_eq!(redeemed["info"]["subject"], "alice@example.com");
    assert_eq!(redeemed["info"]["redirect_uri"], "https://sso.example.com:8443/vault/");
    assert_eq!(redeemed["info"]["flow"], "state-of-the-page");
}

#[tokio::test]
async fn where_the_switch_is_off_nothing_waits_and_the_hub_is_not_asked() {
    let ([world], hub) = servers();
    world.face.apply(Some(applied(&[])));
    for _ in 0..2 {
        let reply = post(&world, &tile(&world, 1)).await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/vault/#start"));
        assert!(!reply.headers.contains_key(SET_COOKIE));
    }
    assert_eq!((hub.claimed(), world.last().is_none()), (0, true));
}

#[tokio::test]
async fn a_client_of_the_on_prem_protocol_gets_nothing_that_it_has_not_asked_for() {
    let ([world], _) = servers();
    world.face.apply(Some(applied(&[ON[0], (Field::ClientProtocol, "true")])));
    taken(&world, 1).await;
}

#[tokio::test]
async fn an_answer_counts_once_whichever_server_it_is_sent_to() {
    let ([first, second], _) = servers();
    let value = tile(&first, 1);
    waiting(&post(&first, &value).await);
    for world in [&first, &second, &second] {
        let reply = post(world, &value).await;
        assert!(reply.location().starts_with("/vault/#error="), "{}", reply.location());
        assert!(!reply.headers.contains_key(SET_COOKIE));
        assert_eq!(world.refusal(), Some(codes::REPLAY));
        assert_eq!(world.last().unwrap().who, None, "who sends it again is a stranger");
    }
}

#[tokio::test]
async fn all_servers_claim_an_answer_until_no_revision_accepts_it_any_more() {
    let ([first, second], hub) = servers();
    second.face.apply(Some(applied(&[ON[0], (Field::SkewSeconds, "300")])));
    let value = tile(&first, 1);
    for world in [&first, &second] {
        post(world, &value).await;
    }
    // The answer is good for five minutes, and for five more where the clocks may differ most.
    assert_eq!(hub.ends(), [first.now() + 600; 2]);
}

#[tokio::test]
async fn while_nobody_can_say_whether_it_was_used_the_page_signs_in_by_itself() {
    let hub = Arc::new(Hub::default());
    let world = server(&hub, Arc::new(Untouchable));
    hub.is_away.store(true, Ordering::Relaxed);
    let value = tile(&world, 1);
    let reply = post(&world, &value).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/vault/#start"));
    assert!(!reply.headers.contains_key(SET_COOKIE));
    let written = world.last().unwrap();
    assert_eq!(written.who.as_deref(), Some("alice@example.com"));
    let refusal = written.refusal.unwrap();
    assert_eq!((refusal.code, refusal.severity), (codes::CLAIM_UNKNOWN, Severity::Warning));
    // What was dropped is not taken at this server later.
    hub.is_away.store(false, Ordering::Relaxed);
    assert!(post(&world, &value).await.location().starts_with("/vault/#error="));
    assert_eq!(world.refusal(), Some(codes::REPLAY));
}

#[tokio::test]
async fn a_draft_on_trial_lets_nothing_in_by_itself() {
    let hub = Arc::new(Hub::default());
    let world = World::at(hub.clone(), Arc::new(Untouchable));
    world.face.try_draft(Some(Arc::new(Trial::new(built(ON), "draft-1".into()).unwrap())));
    let reply = post(&world, &tile(&world, 1)).await;
    assert_eq!((reply.status, world.refusal()), (StatusCode::FORBIDDEN, Some(codes::UNSOLICITED_IN_TRIAL)));
    world.face.apply(Some(applied(&[])));
    assert_eq!(post(&world, &tile(&world, 2)).await.location(), "/vault/#start");
    assert_eq!(hub.claimed(), 0);
}

#[tokio::test]
async fn what_waits_is_given_once_for_the_first_key() {
    let ([world], _) = servers();
    let waiting = taken(&world, 1).await;
    // What is no key, or no page of this origin, uses nothing up.
    let own = [(ORIGIN.as_str(), OWN)];
    assert_eq!(ask_with(&world, &waiting, &own, "AAAA").await.status, StatusCode::FORBIDDEN);
    code(&ask_with(&world, &waiting, &own, &page()[1]).await);
    is_refused(&world, &waiting, "again").await;
}

#[tokio::test]
async fn no_page_of_another_origin_gets_what_waits_or_uses_it_up() {
    let ([world], _) = servers();
    let waiting = taken(&world, 1).await;
    let evil = "https://evil.example";
    let origins: [&[(&str, &str)]; 7] = [
        &[],
        &[("origin", evil)],
        &[("origin", "null")],
        &[("origin", "https://sso.example.com")],
        &[("origin", evil), ("sec-fetch-site", "cross-site")],
        &[("origin", OWN), ("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "same-origin")],
    ];
    for headers in origins {
        let reply = ask_with(&world, &waiting, headers, &page()[1]).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(!reply.headers.contains_key(SET_COOKIE), "{headers:?}");
    }
    // A form cannot even say it.
    let form = world.post("/vault/direct", &[("handle", &waiting.handle)], &[("origin", OWN)]).await;
    assert_eq!(form.status, StatusCode::BAD_REQUEST);
    code(&ask(&world, &waiting).await);
}

#[tokio::test]
async fn what_waits_is_bound_to_its_browser_its_handle_and_a_minute() {
    let ([world], _) = servers();
    let (one, other) = (taken(&world, 1).await, taken(&world, 2).await);
    is_refused(&world, &Waiting { cookie: String::new(), ..one.clone() }, "without the cookie").await;
    is_refused(&world, &Waiting { cookie: other.cookie.clone(), ..one.clone() }, "another's cookie").await;
    let renamed = other.cookie.replace(&other.handle, &one.handle);
    is_refused(&world, &Waiting { cookie: renamed, ..one.clone() }, "another's under its name").await;
    let last = if one.cookie.ends_with('A') { "B" } else { "A" };
    let changed = format!("{}{last}", &one.cookie[..one.cookie.len() - 1]);
    is_refused(&world, &Waiting { cookie: changed, ..one.clone() }, "changed").await;
    is_refused(&world, &Waiting { handle: "x".into(), ..one.clone() }, "no handle").await;
    world.pass(60);
    code(&ask(&world, &one).await);
    world.pass(1);
    is_refused(&world, &other, "too old").await;
}

#[tokio::test]
async fn what_waits_is_no_state_of_a_sign_in_and_no_state_of_a_sign_in_waits() {
    let ([world], _) = servers();
    let waiting = taken(&world, 1).await;
    let left = world.leave(&vault_login()).await;
    let answer = Answer::alice(&left.id, world.now());
    let as_sign_in = waiting.cookie.replacen("__Host-skd-", "__Host-sk-", 1).replace(&waiting.handle, &left.handle);
    world.arrive(&left, &answer, &as_sign_in).await;
    assert_eq!(world.refusal(), Some(codes::NO_STATE));
    let cookie = left.cookie.replacen("__Host-sk-", "__Host-skd-", 1);
    is_refused(&world, &Waiting { handle: left.handle.clone(), cookie }, "a sign-in's").await;
    assert!(world.arrive(&left, &answer, &left.cookie).await.location().contains("#code="));
}

/// Users who are locked at some moment.
#[derive(Default)]
struct Lockable(Everybody, AtomicBool);

impl Users for Lockable {
    fn sign_in<'a>(
        &'a self,
        identity: &'a Identity,
        profile: &'a Profile,
        admits: &'a Admits,
    ) -> Later<'a, Result<User>> {
        if self.1.load(Ordering::Relaxed) {
            return Box::pin(async { Err(Fault::new(codes::LOCKED)) });
        }
        self.0.sign_in(identity, profile, admits)
    }

    fn stands<'a>(&'a self, who: &'a Identity, profile: &'a Profile, admits: &'a Admits) -> Later<'a, Result<User>> {
        self.sign_in(who, profile, admits)
    }

    fn catch_up(&self) -> Later<'_, bool> {
        Box::pin(async { true })
    }

    fn set_factors<'a>(&'a self, who: &'a Identity, before: &'a Factors, after: Factors) -> Later<'a, Result<()>> {
        self.0.set_factors(who, before, after)
    }
}

#[tokio::test]
async fn what_was_locked_or_switched_off_meanwhile_is_not_handed_over() {
    let users = Arc::new(Lockable::default());
    let world = server(&Arc::new(Hub::default()), users.clone());
    let (one, other) = (taken(&world, 1).await, taken(&world, 2).await);
    world.face.apply(Some(applied(&[])));
    is_refused(&world, &one, "switched off").await;
    world.face.apply(Some(applied(ON)));
    users.1.store(true, Ordering::Relaxed);
    is_refused(&world, &other, "locked").await;
    // Who is locked already is refused at once, as in any sign-in.
    post(&world, &tile(&world, 3)).await;
    assert_eq!(world.refusal(), Some(codes::LOCKED));
}

#[tokio::test]
async fn what_no_browser_would_keep_is_answered_by_a_sign_in() {
    let ([world], _) = servers();
    let long = ("First", "a".repeat(3000));
    let mut answer = Answer { request: None, ..Answer::alice("_long", world.now()) };
    answer.attributes[1] = long;
    let reply = post(&world, &IDP.answer(&answer)).await;
    assert_eq!((reply.location(), reply.headers.contains_key(SET_COOKIE)), ("/vault/#start", false));
}
