//! The few answers that are no static page.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use sekisho_messages::{Language, text};
use url::Url;

/// Sends forms off; the same for every page, so that no page holds a script of its own.
const SUBMIT_JS: &str = "document.forms[0].submit();\n";
/// Where that script is.
pub(crate) const SUBMIT: &str = "/sso-connect/saml/submit.js";
/// Where the style of these pages is.
pub(crate) const STYLE: &str = "/sso-connect/page.css";

/// The browser's language.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let wish = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::preferred(wish.unwrap_or_default())
}

/// 303 See Other.
pub(crate) fn see_other(header: HeaderName, location: &str) -> Response {
    let built = Response::builder().status(StatusCode::SEE_OTHER).header(header, location).body(Body::empty());
    built.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

pub(crate) fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A page in one language. `body` is HTML; `policy` widens the policy, under which nothing but the style loads.
pub(crate) fn page(language: Language, status: StatusCode, title: &str, body: &str, policy: &str) -> Response {
    let title = escaped(title);
    let page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><link rel=\"stylesheet\" href=\"{STYLE}\"></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>",
        language.tag()
    );
    let policy = format!("default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; {policy}");
    let mut response = html(page, &policy);
    *response.status_mut() = status;
    response
}

/// A page that only tells something: the texts `page.<name>.title` and `page.<name>.text`, and a reference number.
pub(crate) fn told(language: Language, status: StatusCode, name: &str, reference: Option<&str>) -> Response {
    let say = |part: &str| text(language, &format!("signin.page.{name}.{part}"), &[]);
    let mut body = format!("<p>{}</p>", escaped(&say("text")));
    if let Some(reference) = reference {
        let label = escaped(&text(language, "signin.page.reference", &[]));
        // Writing to a string cannot fail.
        let _ =
            write!(body, "<dl><dt>{label}</dt><dd id=\"reference\" class=\"mono\">{}</dd></dl>", escaped(reference));
    }
    page(language, status, &say("title"), &body, "form-action 'none'")
}

/// Nothing is served here now.
pub(crate) fn closed(language: Language) -> Response {
    told(language, StatusCode::SERVICE_UNAVAILABLE, "closed", None)
}

/// There is no place now; a moment later there is.
pub(crate) fn busy(language: Language) -> Response {
    again(told(language, StatusCode::SERVICE_UNAVAILABLE, "busy", None), "3")
}

/// The network has sent too much that was refused.
pub(crate) fn too_many(language: Language) -> Response {
    again(told(language, StatusCode::TOO_MANY_REQUESTS, "too_many", None), "60")
}

fn again(mut response: Response, seconds: &'static str) -> Response {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(seconds));
    response
}

/// A page that posts these fields to `action` (an address, or a path of ours) at once, or at a click where scripts
/// are off.
pub(crate) fn post_form(action: &str, fields: &[(&str, &str)]) -> Response {
    let mut form = String::new();
    for (name, value) in fields {
        let _ = write!(form, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", escaped(name), escaped(value));
    }
    let page = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>Sekisho</title></head><body>\
         <form method=\"post\" action=\"{}\">{form}<noscript><button>→</button></noscript></form>\
         <script src=\"{SUBMIT}\"></script></body></html>",
        escaped(action)
    );
    // The form may go where it is meant to go, and nowhere else.
    let target = Url::parse(action).map_or_else(|_| "'self'".to_owned(), |url| url.origin().ascii_serialization());
    let policy =
        format!("default-src 'none'; script-src 'self'; form-action {target}; frame-ancestors 'none'; base-uri 'none'");
    html(page, &policy)
}

fn html(page: String, policy: &str) -> Response {
    let built = Response::builder()
        .header(CONTENT_TYPE, "text/html; charset=utf-8")
        .header(CONTENT_SECURITY_POLICY, policy)
        .body(Body::from(page));
    built.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

/// A file that is built in.
pub(crate) fn file(kind: &'static str, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

pub(crate) fn script(body: &'static str) -> Response {
    file("text/javascript; charset=utf-8", body)
}

pub(crate) async fn submit() -> Response {
    script(SUBMIT_JS)
}

pub(crate) async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("page.css"))
}

pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_cannot_leave_its_attribute() {
        assert_eq!(escaped("\"><script>&"), "&quot;&gt;&lt;script&gt;&amp;");
    }
}
