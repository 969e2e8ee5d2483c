//! Servers of one connection, and tabs of one browser: who may finish what another began (R7, R14, R15).

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use sekisho_saml::codes as saml;
use sekisho_signin::codes;

use crate::idp::{Answer, IDP};
use crate::world::{ACS, Left, Reply, World, vault_login};

/// Servers that have the connection's secret, and share nothing else.
fn servers<const N: usize>() -> [World; N] {
    [(); N].map(|()| World::new())
}

fn code_of(reply: &Reply) -> String {
    let fragment = reply.location().split_once("#code=").unwrap_or_else(|| panic!("{}", reply.location())).1;
    fragment.split_once('&').unwrap().0.to_owned()
}

async fn redeem(world: &World, code: &str, verifier: &str) -> Reply {
    redeem_with(world, code, verifier, "").await
}

async fn redeem_with(world: &World, code: &str, verifier: &str, cookie: &str) -> Reply {
    let body = serde_json::json!({ "code": code, "code_verifier": verifier }).to_string();
    let request = Request::post("/vault/redeem").header("content-type", "application/json").header(COOKIE, cookie);
    world.send(request.body(body.into()).unwrap()).await
}

async fn arrive(world: &World, left: &Left, answer: &Answer) -> Reply {
    world.arrive(left, answer, &left.cookie).await
}

#[tokio::test]
async fn a_sign_in_begun_at_one_server_ends_at_another_and_is_redeemed_at_a_third() {
    let [first, second, third] = servers();
    let left = first.leave(&vault_login()).await;
    let reply = arrive(&second, &left, &Answer::alice(&left.id, second.now())).await;
    let code = code_of(&reply);
    let redeemed = redeem(&third, &code, "verifier").await;
    assert_eq!(redeemed.status, StatusCode::OK);
    // A second time, anywhere, it is the same sealed bytes, which only the page opens (R15).
    for world in [&first, &second, &third] {
        assert_eq!(redeem(world, &code, "verifier").await.body, redeemed.body);
        assert_eq!(redeem(world, &code, "another").await.status, StatusCode::FORBIDDEN);
    }
    third.pass(61);
    assert_eq!(redeem(&third, &code, "verifier").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_stolen_answer_is_worth_nothing_at_any_server() {
    let [first, second] = servers();
    let left = first.leave(&vault_login()).await;
    let answer = Answer::alice(&left.id, first.now());
    assert!(arrive(&first, &left, &answer).await.location().contains("#code="));
    // The same server, even with the cookie.
    arrive(&first, &left, &answer).await;
    assert_eq!(first.refusal(), Some(codes::REPLAY));
    // Another one, which does not know that it was used: the thief has no state of the victim's.
    let fields = [("SAMLResponse", IDP.answer(&answer)), ("RelayState", left.handle.clone())];
    let fields = [(fields[0].0, fields[0].1.as_str()), (fields[1].0, fields[1].1.as_str()), ("reposted", "1")];
    second.post(ACS, &fields, &[]).await;
    assert_eq!(second.refusal(), Some(codes::NO_STATE));
    // The thief's own state waits for another answer, under whichever handle it is sent.
    let own = second.leave(&vault_login()).await;
    arrive(&second, &own, &answer).await;
    assert_eq!(second.refusal(), Some(saml::IN_RESPONSE_TO));
    let renamed = own.cookie.replace(&own.handle, &left.handle);
    second.arrive(&left, &answer, &renamed).await;
    assert_eq!(second.refusal(), Some(codes::NO_STATE), "a state opens under its own name alone");
    // And nothing of it is a sign-in that nobody asked for.
    second.post(ACS, &[("SAMLResponse", &IDP.answer(&answer))], &[]).await;
    assert_eq!(second.refusal(), Some(saml::IN_RESPONSE_TO));
}

#[tokio::test]
async fn after_a_restart_an_answer_to_an_older_request_begins_the_sign_in_anew() {
    let before = World::new();
    let left = before.leave(&vault_login()).await;
    let answer = Answer::alice(&left.id, before.now());
    assert!(arrive(&before, &left, &answer).await.location().contains("#code="));
    // The server starts again, and has forgotten what was used.
    let after = World::started(1);
    let reply = arrive(&after, &left, &answer).await;
    assert!(reply.location().starts_with("https://idp.example.com/sso?"), "{}", reply.location());
    assert_eq!((after.refusal(), after.signed_in()), (None, 0), "nobody was signed in");
    // The identity provider answers by itself, and the page gets what it has asked for at first.
    let next = Left::of(&reply);
    assert_ne!((&next.id, &next.handle), (&left.id, &left.handle));
    let reply = arrive(&after, &next, &Answer::alice(&next.id, after.now())).await;
    assert_eq!(redeem(&after, &code_of(&reply), "verifier").await.status, StatusCode::OK);
}

#[tokio::test]
async fn tabs_that_sign_in_at_once_each_finish_in_any_order() {
    let [first, second] = servers();
    let (one, other) = (first.leave(&vault_login()).await, second.leave(&vault_login()).await);
    let both = format!("{}; {}", one.cookie, other.cookie);
    let mut codes = Vec::new();
    for (world, left) in [(&first, &other), (&second, &one)] {
        let value = IDP.answer(&Answer::alice(&left.id, world.now()));
        let fields = [("SAMLResponse", value.as_str()), ("RelayState", &left.handle)];
        let reply = world.post(ACS, &fields, &[(COOKIE.as_str(), &both)]).await;
        codes.push(code_of(&reply));
        // Each takes its own state away, and leaves the other's.
        let set: Vec<&str> = reply.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(set.len(), 1, "{set:?}");
        assert!(set[0].starts_with(&format!("__Host-sk-{}=;", left.handle)), "{set:?}");
    }
    assert_ne!(codes[0], codes[1]);
    for code in codes {
        assert_eq!(redeem(&first, &code, "verifier").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn no_sign_in_ends_anywhere_but_at_this_connections_vault_page() {
    let world = World::new();
    let own = "https%3A%2F%2Fsso.example.com%3A8443%2Fvault%2F";
    assert!(vault_login().contains(own));
    for elsewhere in [
        "https%3A%2F%2Fevil.example%2Fvault%2F",
        "https%3A%2F%2Fsso.example.com%3A8443.evil.example%2Fvault%2F",
        "https%3A%2F%2Fsso.example.com%3A8443%40evil.example%2Fvault%2F",
        "https%3A%2F%2Fsso.example.com%2Fvault%2F",
        "http%3A%2F%2Fsso.example.com%3A8443%2Fvault%2F",
        "https%3A%2F%2Fsso.example.com%3A8443%2Fvault%2F..%2F%2Fevil.example",
        "https%3A%2F%2Fsso.example.com%3A8443%2Fvault%2F%23",
        "%2Fvault%2F",
        "%2F%2Fevil.example",
        "javascript%3Aalert(1)",
        "",
    ] {
        let reply = world.get(&vault_login().replace(own, elsewhere)).await;
        assert_eq!(world.refusal(), Some(codes::LOGIN_REQUEST), "{elsewhere}");
        assert!(reply.location().starts_with("/vault/#error="), "{elsewhere}: {}", reply.location());
    }
    // Whatever a request says of the host, the answer leads to the configured one (R30).
    let left = world.leave(&vault_login()).await;
    let value = IDP.answer(&Answer::alice(&left.id, world.now()));
    let headers = [
        (COOKIE.as_str(), left.cookie.as_str()),
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
    ];
    let reply = world.post(ACS, &[("SAMLResponse", &value), ("RelayState", &left.handle)], &headers).await;
    assert!(reply.location().starts_with("https://sso.example.com:8443/vault/#code="), "{}", reply.location());
}

#[tokio::test]
async fn a_browser_carries_what_one_server_has_seen_to_the_next_and_tells_nothing_of_it() {
    let [first, second] = servers();
    let code = code_of(&first.go(&vault_login()).await);
    assert!(redeem(&first, &code, "verifier").await.headers.get(SET_COOKIE).is_none(), "it has nothing to say yet");
    first.say(b"word of the first");
    second.say(b"word of the second");
    let set = redeem(&first, &code, "verifier").await.headers[SET_COOKIE].to_str().unwrap().to_owned();
    let (cookie, attributes) = set.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/vault/redeem; Secure; HttpOnly; SameSite=Strict; Max-Age=604800");
    let (name, value) = cookie.split_once('=').unwrap();
    let sealed = data_encoding::BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
    assert!(!sealed.windows(4).any(|part| part == b"word"));

    // Who has no code of a sign-in is not heard; nor is what was not sealed by a server of the connection.
    assert_eq!(redeem_with(&second, &code, "another", cookie).await.status, StatusCode::FORBIDDEN);
    let mut broken = value.to_owned().into_bytes();
    broken[20] ^= 1;
    let broken = format!("{name}={}", String::from_utf8(broken).unwrap());
    assert_eq!(redeem_with(&second, &code, "verifier", &broken).await.status, StatusCode::OK);
    assert!(second.heard().is_empty());

    let reply = redeem_with(&second, &code, "verifier", cookie).await;
    assert_eq!(second.heard(), [b"word of the first"]);
    let back = reply.headers[SET_COOKIE].to_str().unwrap().split_once("; ").unwrap().0.to_owned();
    redeem_with(&first, &code, "verifier", &back).await;
    assert_eq!(first.heard(), [b"word of the second"]);
}
