//! The hub over HTTP. `hub-api` has the words of it.

mod accounts;
mod acme;
mod claims;
mod connections;
mod deletion;
mod epochs;
mod feed;
mod invitations;
mod log;
mod organisations;
mod refusal;
mod routing;
mod sessions;
mod signed;
mod signposts;
pub mod tries;
mod vaults;
mod version;
mod who;

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use sekisho_hub_api::version::Speaks;
use sekisho_hub_api::wire::HubInfo;

use crate::app::App;
pub(crate) use deletion::{Deleted, KIND as KIND_DELETED};
pub(crate) use sessions::Held;
pub(crate) use signposts::{MAIL_DOMAIN, Reserved, SIGNPOST};
pub(crate) use who::connection_scope;

/// The largest request body, in bytes: anyone may send as much.
const BODY: usize = 128 * 1024;
/// The largest entries of the organisation log, in bytes.
const LOG: usize = 2 * 1024 * 1024;
/// The largest revision with its sealed keys, in bytes.
const REVISION: usize = 12 * 1024 * 1024;
/// The largest change of a vault, in bytes.
const VAULT: usize = 512 * 1024;
/// The largest facts that are written at once, in bytes.
const FACTS: usize = 12 * 1024 * 1024;
/// How long a request may take, with its body and the longest wait of a feed.
const PATIENCE: Duration = Duration::from_mins(1);

/// The routes.
pub fn router(app: App) -> Router {
    router_of(app, &Speaks::own())
}

/// The routes of a hub of this version.
pub fn router_of(app: App, version: &Speaks) -> Router {
    let connection = Router::new()
        .route(
            "/revisions/{revision}",
            get(connections::revision).put(connections::save).layer(DefaultBodyLimit::max(REVISION)),
        )
        .route("/objects/{object}", get(connections::object).put(connections::reseal_object))
        .route("/users/{user}", put(connections::put_user))
        .route("/facts", post(connections::put_facts).layer(DefaultBodyLimit::max(FACTS)))
        .route("/facts/{fact}", put(connections::put_fact))
        .route("/acme", get(acme::read))
        .route("/acme/{row}", put(acme::write))
        .route("/claims/{claim}", put(claims::claim))
        .route("/vaults/{account}", get(vaults::read).post(vaults::write).layer(DefaultBodyLimit::max(VAULT)))
        .route("/sync", put(connections::ask_for_sync))
        .route("/checklists", get(connections::checklists))
        .route("/checklists/{server}", put(connections::put_checklist))
        .route("/reports", get(connections::reports))
        .route("/reports/{server}", put(connections::report));
    let v1 = Router::new()
        .route("/registrations", post(accounts::start))
        .route("/organisations", post(organisations::found))
        .route("/sign-ins", post(sessions::start))
        .route("/sessions", post(sessions::finish).delete(sessions::end))
        .route("/key-sessions", post(sessions::by_key))
        .route("/log", get(log::read).post(log::append).layer(DefaultBodyLimit::max(LOG)))
        .route("/feed", get(feed::feed))
        .route("/invitations", get(invitations::list).post(invitations::invite))
        .route("/invitations/{invitation}", delete(invitations::withdraw))
        .route("/acceptances", post(invitations::accept))
        .nest("/connections/{connection}", connection);
    // What the hub is, everybody may ask.
    let v1 = v1
        .layer(middleware::from_fn_with_state(version.clone(), version::together))
        .route("/hub", get(info))
        .route("/leads", get(signposts::lead));
    let v1 = v1.layer(middleware::from_fn_with_state(version.clone(), version::say));
    let limits = (DefaultBodyLimit::max(BODY), middleware::from_fn(in_time));
    Router::new().nest("/v1", v1).merge(routing::router()).layer(limits).with_state(app)
}

/// A request that does not come to its end is given up: whoever sends slowly holds no memory for long.
async fn in_time(request: Request, next: Next) -> Response {
    let late = || StatusCode::REQUEST_TIMEOUT.into_response();
    tokio::time::timeout(PATIENCE, next.run(request)).await.unwrap_or_else(|_| late())
}

async fn info(axum::extract::State(app): axum::extract::State<App>) -> Json<HubInfo> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Json(HubInfo { time: app.now(), hub: app.hub, version })
}
