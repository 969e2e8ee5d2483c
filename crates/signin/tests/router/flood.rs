//! Floods, and those who sign in meanwhile.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::StatusCode;
use data_encoding::BASE64;
use sekisho_config::field::Field;
use sekisho_fault::Fault;
use sekisho_signin::codes;
use tokio::task::JoinSet;

use crate::idp::{Answer, IDP};
use crate::world::{Left, Reply, World, applied, vault_login};

/// As many refusals as a network may cause at once.
const BURST: usize = 120;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// What is sent in a flood: no form, no XML, a forged answer that nobody asked for, and one with a cookie that is none.
fn garbage(world: &World, number: usize) -> (Vec<(&'static str, String)>, String) {
    let forged = || {
        let signed = IDP.answer(&Answer { request: None, ..Answer::alice(&format!("_f{number}"), world.now()) });
        let xml = String::from_utf8(BASE64.decode(signed.as_bytes()).unwrap()).unwrap();
        BASE64.encode(xml.replace("alice@example.com", "mallory@example.com").as_bytes())
    };
    match number % 4 {
        0 => (vec![("x", "y".into())], String::new()),
        1 => (vec![("SAMLResponse", "nonsense".into())], String::new()),
        2 => (vec![("SAMLResponse", forged())], String::new()),
        _ => {
            let handle = format!("{number:032x}");
            let cookie = format!("__Host-sk-{handle}=AAAA");
            (vec![("SAMLResponse", forged()), ("RelayState", handle)], cookie)
        }
    }
}

async fn send(world: &World, peer: IpAddr, fields: &[(&str, String)], cookie: &str) -> Reply {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    world.post_from(peer, &fields, cookie).await
}

/// A sign-in that comes back; the cookie is left out first, as a browser does that is posted to from another site.
async fn comes_back(world: &World, peer: IpAddr, left: &Left, answer: &Answer) -> Reply {
    let fields = vec![("SAMLResponse", IDP.answer(answer)), ("RelayState", left.handle.clone())];
    let page = send(world, peer, &fields, "").await;
    assert!(page.body.contains("name=\"reposted\""), "{} {}", page.status, page.body);
    send(world, peer, &fields, &left.cookie).await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_strangers_flood_whoever_was_asked_signs_in_even_from_the_same_network() {
    let world = Arc::new(World::new());
    let attacker = address("203.0.113.66");
    let mut tasks = JoinSet::new();
    for number in 0..2000 {
        let flooded = world.clone();
        tasks.spawn(async move {
            let (fields, cookie) = garbage(&flooded, number);
            (false, send(&flooded, attacker, &fields, &cookie).await)
        });
        if number % 40 == 39 {
            // One colleague of the attacker, and one from elsewhere.
            let from = if number % 80 == 79 { address("203.0.113.9") } else { address("2001:db8:1::1") };
            let world = world.clone();
            tasks.spawn(async move {
                let left = world.leave(&vault_login()).await;
                let answer = Answer::alice(&left.id, world.now());
                (true, comes_back(&world, from, &left, &answer).await)
            });
        }
    }
    let (mut good, mut judged) = (0, 0);
    while let Some(done) = tasks.join_next().await {
        let (is_genuine, reply) = done.unwrap();
        if is_genuine {
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{} {:?}", reply.body, reply.headers);
            assert!(reply.location().contains("#code="), "{}", reply.location());
            good += 1;
        } else if matches!(reply.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            assert!(reply.headers.contains_key("retry-after"));
        } else {
            judged += 1;
        }
    }
    assert_eq!(good, 50);
    // What was under way when the last token went is judged too: no more than the rooms hold, and a token a second.
    assert!((BURST..BURST * 3).contains(&judged), "{judged} of 2000 were judged");
    let told = Fault::new(codes::TOO_MANY).with("network", "203.0.113.0/24");
    assert_eq!(world.refusals(&codes::TOO_MANY), [told], "the flood itself is written down once");
}

#[tokio::test]
async fn sign_ins_that_go_well_or_are_refused_for_a_proven_reason_cost_nothing() {
    let world = World::new();
    let company = address("203.0.113.9");
    for number in 0..BURST * 2 {
        let left = world.leave(&vault_login()).await;
        let mut answer = Answer::alice(&left.id, world.now());
        if number % 2 == 0 {
            answer.attributes.clear();
        }
        assert_eq!(comes_back(&world, company, &left, &answer).await.status, StatusCode::SEE_OTHER);
    }
    // Nor do answers that come by themselves and are genuine: the tile at the identity provider.
    for number in 0..BURST * 2 {
        let tile = Answer { request: None, ..Answer::alice(&format!("_t{number}"), world.now()) };
        let reply = send(&world, company, &[("SAMLResponse", IDP.answer(&tile))], "").await;
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/vault/#start"));
    }
    send(&world, company, &[("x", "y".into())], "").await;
    assert_eq!(world.refusal(), Some(codes::FORM), "there are tokens left");
}

#[tokio::test]
async fn answers_that_are_taken_directly_cost_nothing_and_the_same_one_again_does() {
    let world = World::new();
    world.face.apply(Some(applied(&[(Field::UnsolicitedDirect, "true")])));
    let (company, attacker) = (address("203.0.113.9"), address("198.51.100.7"));
    let tile = |number: usize| Answer { request: None, ..Answer::alice(&format!("_t{number}"), world.now()) };
    for number in 0..BURST * 2 {
        let reply = send(&world, company, &[("SAMLResponse", IDP.answer(&tile(number)))], "").await;
        assert!(reply.location().starts_with("/vault/#direct="), "{}", reply.location());
    }
    let again = [("SAMLResponse", IDP.answer(&tile(0)))];
    for _ in 0..BURST {
        assert_eq!(send(&world, attacker, &again, "").await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(send(&world, attacker, &again, "").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn forged_answers_of_a_browser_with_a_state_of_its_own_are_answered_more_and_more_shortly() {
    let world = World::new();
    let left = world.leave(&vault_login()).await;
    let answer = Answer { name_id: "mallory".into(), ..Answer::alice(&left.id, world.now()) };
    let forged = BASE64.decode(IDP.answer(&answer).as_bytes()).unwrap();
    let forged = BASE64.encode(String::from_utf8(forged).unwrap().replace("mallory", "alice").as_bytes());
    let fields = [("SAMLResponse", forged), ("RelayState", left.handle.clone())];
    let mut statuses = Vec::new();
    for _ in 0..BURST + 40 {
        statuses.push(send(&world, address("198.51.100.7"), &fields, &left.cookie).await.status);
    }
    assert!(statuses[..BURST].iter().all(|status| *status == StatusCode::SEE_OTHER), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    // The browser's own genuine answer still counts.
    let fields = [("SAMLResponse", IDP.answer(&Answer::alice(&left.id, world.now()))), ("RelayState", left.handle)];
    let reply = send(&world, address("198.51.100.7"), &fields, &left.cookie).await;
    assert!(reply.location().contains("#code="), "{:?}", world.refusal());
}

#[tokio::test]
async fn behind_a_listed_proxy_the_clients_network_counts_and_elsewhere_the_header_is_nothing() {
    let world = World::new();
    let flood = async |peer: &str, client: &str| {
        let mut last = StatusCode::OK;
        for _ in 0..=BURST {
            let request = axum::http::Request::post(crate::world::ACS)
                .header("x-forwarded-for", client)
                .extension(sekisho_signin::Peer(address(peer)))
                .body("x=y".into());
            last = world.send(request.unwrap()).await.status;
        }
        last
    };
    world.face.apply(Some(applied(&[(Field::TrustedProxies, "10.0.0.7")])));
    assert_eq!(flood("10.0.0.7", "203.0.113.9").await, StatusCode::TOO_MANY_REQUESTS);
    let reply = world.post_from(address("198.51.100.1"), &[("x", "y")], "").await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "another client is not held");
    let reply = world.post_from(address("203.0.113.200"), &[("x", "y")], "").await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "the client's network is, on whatever way it comes");
    assert_eq!(flood("192.0.2.1", "198.51.100.1").await, StatusCode::TOO_MANY_REQUESTS);
    let reply = world.post_from(address("198.51.100.1"), &[("x", "y")], "").await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "nobody spends another's tokens by a header");
}
