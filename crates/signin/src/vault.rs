//! The vault page: three files that are built into the service, and come from nowhere else (R4).

use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, LOCATION};
use axum::response::Response;
use sekisho_config::urls;

use crate::face::Serving;
use crate::flow::Handle;
use crate::pages;

const HTML: &str = include_str!("../../../ui/dist-vault/vault.html");
const SCRIPT: &str = include_str!("../../../ui/dist-vault/vault.js");
const STYLE: &str = include_str!("../../../ui/dist-vault/vault.css");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

pub(crate) async fn page(_: Serving) -> Response {
    answer("text/html; charset=utf-8", HTML)
}

pub(crate) async fn script() -> Response {
    answer("text/javascript; charset=utf-8", SCRIPT)
}

pub(crate) async fn style() -> Response {
    answer("text/css; charset=utf-8", STYLE)
}

/// To the vault page, which starts a sign-in by itself: it alone can make the key that the answer is sealed to.
pub(crate) fn start() -> Response {
    pages::see_other(LOCATION, &format!("{}#start", urls::VAULT))
}

/// To the vault page, which fetches what waits for it under this handle.
pub(crate) fn direct(handle: &Handle) -> Response {
    pages::see_other(LOCATION, &format!("{}#direct={}", urls::VAULT, handle.as_str()))
}

fn answer(kind: &'static str, body: &'static str) -> Response {
    let mut response = pages::file(kind, body);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
