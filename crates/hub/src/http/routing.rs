//! The page on which users say where they belong, and are shown where it leads before they go. Three files that are built into the
//! hub; none of them opens a key (R4).

use axum::Router;
use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::routing::get;

use crate::app::App;

const HTML: &str = include_str!("../../../../ui/dist-routing/routing.html");
const SCRIPT: &str = include_str!("../../../../ui/dist-routing/routing.js");
const STYLE: &str = include_str!("../../../../ui/dist-routing/routing.css");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The page, at the hub's root and under the deep link of each Enterprise Domain.
pub(super) fn router() -> Router<App> {
    let html = get(async || file("text/html; charset=utf-8", HTML));
    Router::new()
        .route("/", html.clone())
        .route("/to/{name}", html)
        .route("/routing.js", get(async || file("text/javascript; charset=utf-8", SCRIPT)))
        .route("/routing.css", get(async || file("text/css; charset=utf-8", STYLE)))
}

fn file(kind: &'static str, body: &'static str) -> ([(HeaderName, &'static str); 5], &'static str) {
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Where users go next learns nothing of where they were.
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, body)
}
