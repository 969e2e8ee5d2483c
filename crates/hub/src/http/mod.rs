//! The hub over HTTP. `hub-api` has the words of it.

mod accounts;
mod connections;
mod feed;
mod invitations;
mod log;
mod organisations;
mod refusal;
mod sessions;
mod signed;
mod tries;
mod who;

use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use sekisho_hub_api::wire::HubInfo;

use crate::app::App;

/// The largest request body, in bytes.
const BODY: usize = 12 * 1024 * 1024;

/// The routes.
pub fn router(app: App) -> Router {
    let connection = Router::new()
        .route("/revisions/{revision}", get(connections::revision).put(connections::save))
        .route("/objects/{object}", get(connections::object))
        .route("/users/{user}", put(connections::put_user))
        .route("/facts/{fact}", put(connections::put_fact))
        .route("/reports", get(connections::reports))
        .route("/reports/{server}", put(connections::report));
    let v1 = Router::new()
        .route("/hub", get(info))
        .route("/registrations", post(accounts::start))
        .route("/organisations", post(organisations::found))
        .route("/sign-ins", post(sessions::start))
        .route("/sessions", post(sessions::finish).delete(sessions::end))
        .route("/key-sessions", post(sessions::by_key))
        .route("/log", get(log::read).post(log::append))
        .route("/feed", get(feed::feed))
        .route("/invitations", get(invitations::list).post(invitations::invite))
        .route("/invitations/{invitation}", delete(invitations::withdraw))
        .route("/acceptances", post(invitations::accept))
        .nest("/connections/{connection}", connection);
    Router::new().nest("/v1", v1).layer(DefaultBodyLimit::max(BODY)).with_state(app)
}

async fn info(axum::extract::State(app): axum::extract::State<App>) -> Json<HubInfo> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Json(HubInfo { time: app.now(), hub: app.hub, version })
}
