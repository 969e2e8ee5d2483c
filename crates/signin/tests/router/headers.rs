//! The headers of everything that is served, and what pages may hold (R4, R5).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use sekisho_config::field::Field;

use crate::idp::{Answer, IDP};
use crate::world::{ACS, Everybody, Reply, World, applied, trial, vault_login};

const FIXED: [(&str, &str); 7] = [
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// A policy, by directive.
fn policy(reply: &Reply) -> BTreeMap<&str, Vec<&str>> {
    assert_eq!(reply.headers.get_all("content-security-policy").iter().count(), 1);
    let directives = reply.policy().split(';').map(str::trim).filter(|directive| !directive.is_empty());
    let mut policy = BTreeMap::new();
    for directive in directives {
        let mut words = directive.split_whitespace();
        // Of a directive that stands twice browsers take the first.
        let twice = policy.insert(words.next().unwrap(), words.collect());
        assert_eq!(twice, None, "{directive}");
    }
    policy
}

/// What holds for every answer. `form`: where its form may go.
fn safe(name: &str, reply: &Reply, form: &str) {
    for (header, value) in FIXED {
        assert_eq!(reply.headers.get(header).map(|found| found.to_str().unwrap()), Some(value), "{name}: {header}");
    }
    assert!(!reply.headers.contains_key("access-control-allow-origin"), "{name}");
    let policy = policy(reply);
    for directive in ["default-src", "frame-ancestors", "base-uri"] {
        assert_eq!(policy[directive], ["'none'"], "{name}: {directive}");
    }
    assert_eq!(policy["form-action"], [form], "{name}");
    for (directive, sources) in policy.iter().filter(|(directive, _)| **directive != "form-action") {
        let known =
            ["default-src", "frame-ancestors", "base-uri", "script-src", "style-src", "connect-src", "worker-src"];
        assert!(known.contains(directive), "{name}: {directive}");
        assert!(sources.iter().all(|source| ["'none'", "'self'"].contains(source)), "{name}: {directive} {sources:?}");
    }
    let is_page = reply.headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"));
    if is_page {
        nothing_inline(name, &reply.body);
    }
}

/// No script, style or handler stands in the page, and nothing is loaded from elsewhere.
fn nothing_inline(name: &str, body: &str) {
    for tag in body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
        let is = |kind: &str| tag.split_whitespace().next() == Some(kind);
        if is("script") {
            assert!(tag.contains(" src=\"") || tag.contains(" type=\"application/json\""), "{name}: <{tag}>");
        }
        assert!(!is("style") && !is("iframe") && !is("base") && !is("object") && !is("embed"), "{name}: <{tag}>");
        for (attribute, value) in attributes(tag) {
            assert!(!attribute.starts_with("on") && attribute != "style", "{name}: <{tag}>");
            let loads = attribute == "src" || (is("link") && attribute == "href");
            assert!(
                !loads || value.starts_with('/') && !value.starts_with("//") || value.starts_with("./"),
                "{name}: {tag}"
            );
        }
    }
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = tag.split('"').collect();
    let pairs = parts.chunks_exact(2);
    pairs.map(|pair| (pair[0].trim_end_matches('=').rsplit(' ').next().unwrap(), pair[1])).collect()
}

#[tokio::test]
async fn every_answer_of_every_route_has_its_headers_and_a_policy_that_lets_in_nothing_of_others() {
    let world = World::new();
    let post = "https://idp.example.com";
    world.face.apply(Some(applied(&[(Field::RequestBinding, "post")])));
    let login = vault_login();
    let paths = [
        ("/", "'none'"),
        ("/ping", "'none'"),
        ("/vault/", "'none'"),
        ("/vault/vault.js", "'none'"),
        ("/vault/vault.css", "'none'"),
        ("/vault/worker.js", "'none'"),
        ("/sso-connect", "'none'"),
        ("/sso-connect/page.css", "'none'"),
        ("/sso-connect/saml/submit.js", "'none'"),
        ("/sso-connect/saml/ended.js", "'none'"),
        ("/sso-connect/saml/copy.js", "'none'"),
        ("/sso-connect/saml/login", "'none'"),
        (&login, post),
        ("/sso-connect/saml/login?x=1", "'none'"),
        ("/sso-connect/saml/logout", "'none'"),
        ("/sso-connect/saml/logout?x=1", "'none'"),
        ("/sso-connect/saml/sso", "'none'"),
        ("/sso-connect/test/none", "'none'"),
        ("/nothing", "'none'"),
    ];
    for (path, form) in paths {
        safe(path, &world.get(path).await, form);
    }
    for method in [Method::POST, Method::PUT, Method::OPTIONS, Method::HEAD] {
        for path in [
            "/vault/",
            "/vault/redeem",
            "/vault/direct",
            "/vault/records",
            "/vault/changes",
            "/vault/factor",
            "/vault/factor/set-up",
            "/vault/factors",
            "/vault/factors/change",
            ACS,
            "/sso-connect/saml/logout",
            "/sso-connect/saml/release",
        ] {
            let request = Request::builder().method(&method).uri(path).header("origin", "https://evil.example");
            safe(&format!("{method} {path}"), &world.send(request.body(Body::empty()).unwrap()).await, "'none'");
        }
    }
    let large = Request::post(ACS).body(Body::from(vec![b'a'; 500 * 1024])).unwrap();
    let reply = world.send(large).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    safe("too large", &reply, "'none'");
    world.face.apply(None);
    safe("nothing served", &world.get("/vault/").await, "'none'");
}

#[tokio::test]
async fn every_page_on_the_way_of_a_sign_in_is_as_closed() {
    let world = World::with(Arc::new(Everybody::default()));
    world.face.apply(Some(applied(&[(Field::ClientProtocol, "true")])));
    let left = world.leave(&vault_login()).await;
    let value = IDP.answer(&Answer::alice(&left.id, world.now()));
    let fields = [("SAMLResponse", value.as_str()), ("RelayState", &left.handle)];
    safe("posted again", &world.post(ACS, &fields, &[]).await, "'self'");
    safe("handed over", &world.post(ACS, &fields, &[("cookie", &left.cookie)]).await, "'none'");
    safe("refused", &world.post(ACS, &[("SAMLResponse", "x")], &[]).await, "'none'");
    safe("no form", &world.post(ACS, &[("x", "y")], &[]).await, "'none'");
    for (dest, script) in [("vault", false), ("commander", true)] {
        let page = world.go(&crate::client::login(&format!("&dest={dest}"))).await;
        safe("asked for a click", &page, "'self'");
        assert!(!page.policy().contains("script-src"), "nothing clicks but the user");
        let token = crate::client::clicked(&world, &page).await;
        safe("token", &token, "'none'");
        assert_eq!(token.policy().contains("script-src 'self'"), script, "{dest}");
    }
    world.face.apply(Some(applied(&[(Field::UnsolicitedDirect, "true")])));
    let tile = IDP.answer(&Answer { request: None, ..Answer::alice("_tile", world.now()) });
    let waits = world.post(ACS, &[("SAMLResponse", &tile)], &[]).await;
    assert!(waits.location().starts_with("/vault/#direct="), "{}", waits.location());
    safe("waits for the page", &waits, "'none'");
    let trial = trial();
    let link = trial.start_test(world.now()).unwrap();
    world.face.try_draft(Some(trial));
    let test = world.leave(&link).await;
    let reply = world.arrive(&test, &Answer::alice(&test.id, world.now()), &test.cookie).await;
    assert_eq!(reply.status, StatusCode::OK);
    safe("tested", &reply, "'none'");
}

#[tokio::test]
async fn the_vault_page_runs_its_own_files_alone_and_speaks_with_its_own_server_alone() {
    let page = World::new().get("/vault/").await;
    let policy = policy(&page);
    for directive in ["script-src", "style-src", "connect-src", "worker-src"] {
        assert_eq!(policy[directive], ["'self'"], "{directive}");
    }
    assert!(page.body.contains("src=\"./vault.js\"") && page.body.contains("href=\"./vault.css\""), "{}", page.body);
}
