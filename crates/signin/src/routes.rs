//! The routes, and the headers that every answer carries.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use sekisho_config::urls;

use crate::face::{Face, Serving};
use crate::load::bodies;
use crate::{acs, client, direct, factor, handover, login, logout, pages, ping, test_login, trial, vault};

/// The policy of what is no page.
const NOTHING: &str = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The routes of a face. They stay; what they serve changes with the face.
pub fn router(face: Arc<Face>) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to(urls::VAULT) }))
        .route(urls::PING, get(ping::ping))
        .route(urls::VAULT, get(vault::page))
        .route("/vault/vault.js", get(vault::script))
        .route("/vault/vault.css", get(vault::style))
        .route("/vault/worker.js", get(vault::worker))
        .route("/vault/redeem", post(handover::redeem))
        .route("/vault/direct", post(direct::direct))
        .route("/vault/records", post(vault::read))
        .route("/vault/changes", post(vault::write))
        .route("/vault/factor", post(factor::prove))
        .route("/vault/factor/set-up", post(factor::set_up))
        .route("/vault/factors", post(factor::list))
        .route("/vault/factors/change", post(factor::change))
        .route(pages::SUBMIT, get(pages::submit))
        .route(pages::STYLE, get(pages::style))
        .route(urls::ENTITY_ID, get(metadata))
        .route(urls::LOGIN, get(login::login))
        .route(urls::ACS, post(acs::acs))
        .route(urls::LOGOUT, get(logout::get).post(logout::post))
        .route(logout::SCRIPT, get(logout::script))
        .route(client::RELEASE, post(client::release))
        .route(client::COPY, get(client::copy))
        .route(&format!("{}{{nonce}}", trial::TEST), get(test_login::open))
        // Its size was bounded as it was read.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(face.clone(), bodies::read))
        .layer(middleware::from_fn(headers))
        .with_state(face)
}

/// Our metadata, at the Entity ID.
async fn metadata(serving: Serving) -> Response {
    let xml = serving.applied().sp_metadata().to_owned();
    ([(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response()
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
    // A page has a policy of its own; whatever else is answered shows nothing, anywhere.
    response.headers_mut().entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING));
    response
}
