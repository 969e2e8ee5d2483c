//! Where users are led who know no more than a domain.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use sekisho_hub::app::system_clock;
use sekisho_hub::store::{Batch, Change, Expect, Store};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{Append, MailDomain, NewRevision, Signpost};
use tower::ServiceExt;

use crate::world::{Holder, World};
use crate::{append, connected};

const DAY: i64 = 24 * 60 * 60;

fn domain(connection: &str, after: u64, reserved: bool) -> Append {
    let (domain, connection) = ("example.com".to_owned(), connection.to_owned());
    Append { mail_domains: vec![MailDomain { domain, connection, reserved }], ..append(after) }
}

async fn lead(world: &World, query: &str) -> Result<Signpost, String> {
    world.ask("GET", &format!("leads?{query}"), None, &()).await
}

async fn save(world: &World, who: &Holder, connection: &str, number: u8, signpost: Signpost) -> Result<(), String> {
    let (revision, signpost) = (Blob(vec![number]), Some(signpost));
    let body = NewRevision { epoch: 1, revision, objects: vec![], signpost, domains: vec![] };
    world.write("PUT", &format!("connections/{connection}/revisions/{number}"), who, &body).await
}

fn signpost(vault: &str) -> Signpost {
    Signpost { vault: vault.to_owned(), idp: Some("login.example.com".to_owned()) }
}

#[tokio::test]
async fn a_domain_leads_where_its_connection_was_saved_until_it_is_released() {
    let (world, founder, connection) = connected().await;
    let missing = Err("hub.not_found".to_owned());
    assert_eq!(lead(&world, "domain=example.com").await, missing, "nobody has it");
    assert_eq!(world.write("POST", "log", &founder, &domain(&connection, 2, true)).await, Ok(()));
    assert_eq!(lead(&world, "domain=example.com").await, missing, "nothing was saved");
    let there = signpost("https://sso.example.com:8443/vault/");
    assert_eq!(save(&world, &founder, &connection, 1, there.clone()).await, Ok(()));
    let expected = Ok(there);
    for query in ["domain=example.com", "domain=Example.COM", "name=Example", "name=example"] {
        assert_eq!(lead(&world, query).await, expected, "{query}");
    }
    for query in ["domain=a.example.com", "domain=alice@example.com", "name=other", "domain="] {
        assert_eq!(lead(&world, query).await, missing, "{query}");
    }
    for query in ["", "domain=example.com&name=example"] {
        assert_eq!(lead(&world, query).await, Err("hub.request".to_owned()), "{query}");
    }
    assert_eq!(world.write("POST", "log", &founder, &domain(&connection, 3, false)).await, Ok(()));
    assert_eq!(lead(&world, "domain=example.com").await, missing);
    // Whoever has released it takes it back at once.
    assert_eq!(world.write("POST", "log", &founder, &domain(&connection, 4, true)).await, Ok(()));
    assert_eq!(lead(&world, "domain=example.com").await, expected);
}

#[tokio::test]
async fn a_domain_of_another_organisation_is_taken_until_a_week_after_it_was_released() {
    let (world, founder, connection) = connected().await;
    let now = system_clock();
    for (released, taken) in
        [(None, true), (Some(now), true), (Some(now - 7 * DAY + 60), true), (Some(now - 7 * DAY), false)]
    {
        let theirs =
            serde_json::json!({"connection": "f".repeat(32), "organisation": "e".repeat(32), "released": released});
        let (scope, kind, id) = ("hub".to_owned(), "mail-domain".to_owned(), "example.com".to_owned());
        let body = theirs.to_string().into_bytes();
        let change = Change::Put { scope, kind, id, expect: Expect::Any, body };
        world.store.commit(Batch { changes: vec![change], ..Batch::default() }).await.unwrap();
        let reserved = world.write("POST", "log", &founder, &domain(&connection, 2, true)).await;
        assert_eq!(reserved, if taken { Err("hub.taken".to_owned()) } else { Ok(()) }, "{released:?}");
    }
    let elsewhere = domain(&"f".repeat(32), 3, true);
    assert_eq!(world.write("POST", "log", &founder, &elsewhere).await, Err("hub.stale".to_owned()), "not theirs");
}

#[tokio::test]
async fn a_signpost_leads_to_a_page_by_https_and_to_nothing_else() {
    let (world, founder, connection) = connected().await;
    let wrong = Err("hub.request".to_owned());
    for vault in [
        "http://sso.example.com/vault/",
        "https://user@sso.example.com/vault/",
        "https://sso.example.com/vault/?next=https://evil.example/",
        "https://sso.example.com/vault/#x",
        "javascript:alert(1)",
        "HTTPS://sso.example.com/vault/",
        "",
    ] {
        assert_eq!(save(&world, &founder, &connection, 1, signpost(vault)).await, wrong, "{vault}");
    }
    for idp in ["a b", "login.example.com/verified", "a@b.example", "login.example.com:443", "lögin.example", ""] {
        let idp = Signpost { idp: Some(idp.to_owned()), ..signpost("https://sso.example.com/vault/") };
        assert_eq!(save(&world, &founder, &connection, 1, idp.clone()).await, wrong, "{idp:?}");
    }
}

#[tokio::test]
async fn a_save_brings_the_domains_that_the_hub_does_not_know_and_takes_nobody_elses() {
    let (world, founder, connection) = connected().await;
    let theirs = serde_json::json!({"connection": "f".repeat(32), "organisation": "e".repeat(32)});
    let (scope, kind, id) = ("hub".to_owned(), "mail-domain".to_owned(), "theirs.example".to_owned());
    let change = Change::Put { scope, kind, id, expect: Expect::Any, body: theirs.to_string().into_bytes() };
    world.store.commit(Batch { changes: vec![change], ..Batch::default() }).await.unwrap();
    let save = async |number: u8, signpost: Option<Signpost>| {
        let domains = vec!["example.com".to_owned(), "theirs.example".to_owned()];
        let body = NewRevision { epoch: 1, revision: Blob(vec![number]), objects: vec![], signpost, domains };
        world.write("PUT", &format!("connections/{connection}/revisions/{number}"), &founder, &body).await
    };
    assert_eq!(save(1, Some(signpost("https://sso.example.com/vault/"))).await, Ok(()));
    assert!(lead(&world, "domain=example.com").await.is_ok());
    assert_eq!(lead(&world, "domain=theirs.example").await, Err("hub.not_found".to_owned()));
    assert_eq!(save(2, None).await, Ok(()));
    assert_eq!(lead(&world, "domain=example.com").await, Err("hub.not_found".to_owned()), "it leads nowhere now");
}

#[tokio::test]
async fn the_page_is_the_hubs_own_alone_and_is_framed_by_nobody() {
    let (world, ..) = connected().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/to/example", "text/html"),
        ("/routing.js", "text/javascript"),
        ("/routing.css", "text/css"),
    ] {
        let answer = world.router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(answer.status().is_success() && header("content-type").starts_with(kind), "{path}");
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';") && policy.contains("frame-ancestors 'none'")
        );
        assert_eq!(
            (header("referrer-policy"), header("x-content-type-options")),
            ("no-referrer".into(), "nosniff".into())
        );
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        assert!(!body.is_empty());
        let html = String::from_utf8_lossy(&body);
        assert!(kind != "text/html" || (html.contains("/routing.js") && !html.contains("src=\"http")), "{html}");
    }
}
