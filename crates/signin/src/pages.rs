//! The few answers that are no static page.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::Response;
use url::Url;

/// Sends forms off; the same for every page, so that no page holds a script of its own.
pub(crate) const SUBMIT_JS: &str = "document.forms[0].submit();\n";
/// Where that script is.
pub(crate) const SUBMIT: &str = "/sso-connect/saml/submit.js";

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

/// A page that posts these fields to `action` at once, or at a click where scripts are off.
pub(crate) fn post_form(action: &str, fields: &[(&str, &str)]) -> Response {
    let mut form = String::new();
    for (name, value) in fields {
        // Writing to a string cannot fail.
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
    let built = Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .body(Body::from(page));
    built.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

fn escaped(text: &str) -> String {
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
