//! The routes, and the headers that every answer carries.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use sekisho_config::urls;
use tokio::sync::Semaphore;

use crate::replay::Replay;
use crate::{Activity, Applied, Clock, Users, acs, handover, login, pages, vault};

/// The largest request body, in bytes: the largest response in base64 and URL-encoded, with room.
const BODY: usize = 400 * 1024;
/// Verifications at once; more are shed.
const POOL: usize = 64;

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) applied: Arc<Applied>,
    pub(crate) users: Arc<dyn Users>,
    pub(crate) activity: Arc<dyn Activity>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) replay: Arc<Replay>,
    pub(crate) pool: Arc<Semaphore>,
}

/// The public face of an applied configuration.
pub fn router(
    applied: Arc<Applied>,
    users: Arc<dyn Users>,
    activity: Arc<dyn Activity>,
    clock: Arc<dyn Clock>,
) -> Router {
    let shared =
        Shared { applied, users, activity, clock, replay: Arc::default(), pool: Arc::new(Semaphore::new(POOL)) };
    Router::new()
        .route("/", get(|| async { Redirect::to(urls::VAULT) }))
        .route(urls::PING, get(ping))
        .route(urls::VAULT, get(vault::page))
        .route("/vault/vault.js", get(vault::script))
        .route("/vault/vault.css", get(vault::style))
        .route("/vault/redeem", post(handover::redeem))
        .route(pages::SUBMIT, get(vault::submit))
        .route(urls::ENTITY_ID, get(metadata))
        .route(urls::LOGIN, get(login::login))
        .route(urls::ACS, post(acs::acs))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(headers))
        .with_state(shared)
}

/// The health check that balancers read; it answers without SNI and for any Host.
async fn ping() -> Response {
    ([(CONTENT_TYPE, "application/json")], "{\"configuration\":\"Running\"}").into_response()
}

/// Our metadata, at the Entity ID.
async fn metadata(State(shared): State<Shared>) -> Response {
    match shared.applied.sp_metadata() {
        Ok(xml) => ([(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response(),
        Err(_) => pages::status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let fixed = [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("x-frame-options"), "DENY"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
