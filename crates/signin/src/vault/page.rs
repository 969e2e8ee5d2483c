//! The vault page: files that are built into the service, and come from nowhere else (R4).

use aws_lc_rs::digest;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, LOCATION};
use axum::response::Response;
use data_encoding::HEXLOWER;
use sekisho_config::urls;

use crate::face::Serving;
use crate::flow::Handle;
use crate::pages;

const HTML: &str = include_str!("../../../../ui/dist-vault/vault.html");
const SCRIPT: &str = include_str!("../../../../ui/dist-vault/vault.js");
const STYLE: &str = include_str!("../../../../ui/dist-vault/vault.css");
const WORKER: &str = include_str!("../../../../ui/src/vault/offline/worker.js");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; \
    form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

pub(crate) async fn page(_: Serving) -> Response {
    answer("text/html; charset=utf-8", HTML)
}

pub(crate) async fn script() -> Response {
    answer("text/javascript; charset=utf-8", SCRIPT)
}

pub(crate) async fn worker() -> Response {
    answer("text/javascript; charset=utf-8", WORKER)
}

/// SHA-256 over the page's files in this order, each behind its length in eight octets: who builds the same version gets the same.
pub fn fingerprint() -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    for file in [HTML, SCRIPT, STYLE, WORKER] {
        hash.update(&(file.len() as u64).to_be_bytes());
        hash.update(file.as_bytes());
    }
    HEXLOWER.encode(hash.finish().as_ref())
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
