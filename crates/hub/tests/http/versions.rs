//! Clients and hubs of other versions, and rows that a newer node has written.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use sekisho_hub::app::{App, system_clock};
use sekisho_hub::store::{Batch, Change, Expect, MemoryStore, Store};
use sekisho_hub::{certificate, http, listener};
use sekisho_hub_api::version::{HEADER, Speaks};
use sekisho_hub_api::wire::{Accept, Append, EnterpriseDomain, NewInvitation, Role};
use sekisho_hub_api::{Blob, Hub, HubAddress, Network};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::append;
use crate::world::{self, World, credential};

fn speaks(api: u32) -> Speaks {
    Speaks { api, program: format!("0.{api}.0") }
}

async fn router(api: u32) -> Router {
    http::router_of(App::open(Arc::new(MemoryStore::new()), system_clock).await.unwrap(), &speaks(api))
}

/// The client of a hub that is served over TLS.
async fn served(router: Router) -> Hub {
    let folder = tempfile::tempdir().unwrap();
    let identity = certificate::read_or_make(folder.path(), &["127.0.0.1".to_owned()]).unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", socket.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { listener::serve(socket, identity.tls, router, &[]).await });
    Hub::at(HubAddress { url, pin: Some(identity.pin) }, &Network::default()).unwrap()
}

#[tokio::test]
async fn clients_one_version_before_and_after_the_hub_are_served_and_others_told_the_order_of_upgrade() {
    let hub = served(router(3).await).await;
    for (client, code) in [
        (1, "hub.client_too_old"),
        // It is let through, and told that it has not signed in.
        (2, "hub.session"),
        (3, "hub.session"),
        (4, "hub.session"),
        (5, "hub.hub_too_old"),
    ] {
        let fault = hub.spoken_to_by(speaks(client)).log(0).await.unwrap_err();
        assert_eq!(fault.code.as_str(), code, "client {client}");
        if code != "hub.session" {
            let versions = (&fault.args["client"], &fault.args["hub"]);
            assert_eq!(versions, (&format!("0.{client}.0").into(), &"0.3.0".into()));
        }
    }
}

#[tokio::test]
async fn a_hub_that_says_nothing_of_its_version_is_of_the_first() {
    let silent = router(1).await;
    let silent = silent
        .layer(axum::middleware::map_response(async |mut response: Response| {
            response.headers_mut().remove(HEADER);
            response
        }))
        .layer(axum::middleware::map_request(async |mut request: Request| {
            request.headers_mut().remove(HEADER);
            request
        }));
    let hub = served(silent).await;
    for client in [1, 2] {
        assert!(hub.spoken_to_by(speaks(client)).info().await.is_ok());
    }
    let fault = hub.spoken_to_by(speaks(3)).info().await.unwrap_err();
    assert_eq!(fault.code.as_str(), "hub.hub_too_old");
}

#[tokio::test]
async fn everybody_may_ask_what_the_hub_is() {
    for said in [None, Some("99 9.9.9"), Some("nonsense")] {
        let mut request = Request::builder().uri("/v1/hub");
        if let Some(said) = said {
            request = request.header(HEADER, said);
        }
        let answer = router(3).await.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        assert!(answer.status().is_success());
        assert_eq!(answer.headers()[HEADER], "3 0.3.0");
    }
}

/// Writes into the row that has this in it, as a newer node does.
async fn add(store: &dyn Store, scope: &str, kind: &str, part: &str) -> String {
    let rows = store.list(scope, kind, None, 9).await.unwrap();
    let is_meant = |body: &[u8]| String::from_utf8_lossy(body).contains(part);
    let row = rows.into_iter().find(|row| is_meant(&row.body)).unwrap();
    let mut body: Value = serde_json::from_slice(&row.body).unwrap();
    body["later"] = json!({"than": ["this"]});
    let (scope, kind, id) = (scope.to_owned(), kind.to_owned(), row.id.clone());
    let put = Change::Put { scope, kind, id, expect: Expect::Rev(row.rev), body: serde_json::to_vec(&body).unwrap() };
    store.commit(Batch { changes: vec![put], ..Batch::default() }).await.unwrap();
    row.id
}

async fn has_it(store: &dyn Store, scope: &str, kind: &str, id: &str, rev: u64) {
    let row = store.get(scope, kind, id).await.unwrap().unwrap();
    let body: Value = serde_json::from_slice(&row.body).unwrap();
    assert_eq!((row.rev, &body["later"]), (rev, &json!({"than": ["this"]})), "{kind}");
}

#[tokio::test]
async fn what_a_newer_node_has_written_into_a_row_is_kept_by_one_that_does_not_know_it() {
    let (world, founder) = World::founded().await;
    let store = &*world.store;
    let id = "a".repeat(32);
    let role = Role::Invitation { invitation: id.clone(), login: "suzuki".to_owned() };
    let credential_of_invitation = credential(7, role);
    let (login, sealed, ends) = ("suzuki".to_owned(), Blob(vec![1]), world::now() + 60);
    let invitation =
        NewInvitation { invitation: id.clone(), login, credential: credential_of_invitation, sealed, ends };
    assert_eq!(world.write("POST", "invitations", &founder, &invitation).await, Ok(()));
    let scope = format!("o/{}/invitations", world::ORGANISATION);
    add(store, &scope, "invitation", "suzuki").await;
    let invited = world.by_key(7).await.unwrap();
    let account = world.account("suzuki", 8, &invited).await;
    let accept = Accept { account, keys: Blob(vec![3]), mark: Blob(vec![4]) };
    assert_eq!(world.write("POST", "acceptances", &invited, &accept).await, Ok(()));
    has_it(store, &scope, "invitation", &id, 3).await;

    let account = add(store, "hub", "account", "suzuki").await;
    let admit = Append { invitation: Some(id), ..append(1) };
    assert_eq!(world.write("POST", "log", &founder, &admit).await, Ok(()));
    has_it(store, "hub", "account", &account, 3).await;

    let connection = "c".repeat(32);
    let server = Role::Server { connection: connection.clone(), server: "d".repeat(32) };
    let domain = EnterpriseDomain { name: "example".to_owned(), connection };
    let made = Append { admit: vec![credential(5, server)], enterprise_domain: Some(domain), ..append(2) };
    assert_eq!(world.write("POST", "log", &founder, &made).await, Ok(()));
    let keys = add(store, "hub", "credential", "server").await;
    let retired = Append { retire: vec![keys.clone()], ..append(3) };
    assert_eq!(world.write("POST", "log", &founder, &retired).await, Ok(()));
    has_it(store, "hub", "credential", &keys, 3).await;
}
