//! The port without TLS at which every server answers http-01 challenges, while that is what the authority is shown. Nothing is
//! kept for it: what stands behind a token follows from the account's key alone. Whatever else is asked is sent to the same name
//! by https, or is not there.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use sekisho_fault::{Arg, Fault};
use tokio::task::JoinHandle;

use crate::codes;
use crate::listener::{self, IsProxy};

/// The usual port (RFC 8555, 8.3).
pub(super) const PORT: u16 = 80;
/// The longest name that is looked for.
const LONGEST: usize = 256;

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answers {
    /// Of the account's key.
    pub(super) thumbprint: String,
    /// The names that are served, and where each is by https, without a path.
    pub(super) names: Vec<(String, String)>,
}

/// An open port.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) address: SocketAddr,
    pub(super) answers: Answers,
    serving: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Opens it. `is_proxy`: the addresses of balancers, behind which many stand.
///
/// Code: `ACME_PORT`.
pub(super) async fn open(address: SocketAddr, answers: Answers, is_proxy: IsProxy) -> Result<Open, Fault> {
    let socket = listener::bind(address).await.map_err(|fault| {
        let detail = match fault.args.get("detail") {
            Some(Arg::Text(detail)) => detail.clone(),
            _ => fault.code.to_string(),
        };
        Fault::new(codes::ACME_PORT).with("address", address.to_string()).with("detail", detail)
    })?;
    let serving = tokio::spawn(listener::serve_plainly(socket, router(answers.clone()), is_proxy));
    Ok(Open { address, answers, serving })
}

fn router(answers: Answers) -> Router {
    Router::new()
        .route("/.well-known/acme-challenge/{token}", get(challenge))
        .fallback(elsewhere)
        .with_state(Arc::new(answers))
}

/// A token of the authority's: 128 random bits at least, in base64url.
fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (22..=128).contains(&text.len()) && text.bytes().all(plain)
}

async fn challenge(State(answers): State<Arc<Answers>>, Path(token): Path<String>) -> Response {
    if !is_token(&token) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let text = format!("{token}.{}", answers.thumbprint);
    ([(CONTENT_TYPE, "application/octet-stream")], text).into_response()
}

async fn elsewhere(State(answers): State<Arc<Answers>>, method: Method, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let origin = answers.names.iter().find(|(name, _)| host.len() < LONGEST && name.eq_ignore_ascii_case(host));
    match origin {
        // The path alone: what stands in a query is nobody's business without TLS.
        Some((_, origin)) if [Method::GET, Method::HEAD].contains(&method) => {
            Redirect::permanent(&format!("{origin}{}", uri.path())).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    async fn asked(method: &str, host: &str, path: &str) -> (u16, String, String) {
        let names = vec![("sso.example.com".to_owned(), "https://sso.example.com:8443".to_owned())];
        let router = router(Answers { thumbprint: "print".into(), names });
        let request = Request::builder().method(method).uri(path).header(HOST, host).body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1000).await.unwrap();
        (status, to, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_token_is_answered_with_the_accounts_thumbprint_whichever_server_is_asked() {
        let token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
        let path = format!("/.well-known/acme-challenge/{token}");
        let (status, _, body) = asked("GET", "sso.example.com", &path).await;
        assert_eq!((status, body), (200, format!("{token}.print")));
        for token in
            ["short", "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ%3Cscript", &"a".repeat(129), "..%2f..%2fetc%2fpasswd%00%00"]
        {
            let path = format!("/.well-known/acme-challenge/{token}");
            assert_eq!(asked("GET", "sso.example.com", &path).await.0, 404, "{token}");
        }
    }

    #[tokio::test]
    async fn whatever_else_is_asked_goes_to_the_same_name_by_https_or_is_not_there() {
        let moved = (308, "https://sso.example.com:8443/vault/".to_owned(), String::new());
        assert_eq!(asked("GET", "SSO.example.com:80", "/vault/?a=b").await, moved);
        for host in ["evil.example.com", "", "sso.example.com.evil.example"] {
            assert_eq!(asked("GET", host, "/vault/").await.0, 404, "{host}");
        }
        assert_eq!(asked("POST", "sso.example.com", "/vault/").await.0, 404);
    }
}
