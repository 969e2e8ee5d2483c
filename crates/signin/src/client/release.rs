//! After the click: the page that carries the token.

use std::time::Instant;

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sekisho_fault::{Fault, Result};
use sekisho_messages::{Language, text};
use serde::Deserialize;

use super::COPY;
use super::request::{Dest, allowed};
use super::token::{Code, LIFETIME, Token};
use crate::face::Serving;
use crate::pages::{self, escaped};
use crate::{SignIn, codes, refusal};

const COPY_JS: &str = include_str!("copy.js");

/// What the click sends.
#[derive(Deserialize)]
pub(crate) struct Click {
    code: String,
}

/// Answers the click.
pub(crate) async fn release(
    serving: Serving,
    headers: HeaderMap,
    click: Result<Form<Click>, FormRejection>,
) -> Response {
    let released = click.map_err(|_| Fault::new(codes::CODE)).and_then(|Form(click)| take(&serving, &headers, &click));
    match released {
        Ok(code) => shown(&code, pages::language(&headers)),
        Err(fault) => refusal::refuse(&serving, fault, SignIn::default()),
    }
}

fn take(serving: &Serving, headers: &HeaderMap, click: &Click) -> Result<Code> {
    allowed(serving.applied())?;
    // `Origin` is no help: under `no-referrer` browsers send `null` for our own page as well.
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return Err(Fault::new(codes::CODE));
    }
    let code = Code::open(serving.applied(), &click.code, serving.now())?;
    if serving.replay().take(&format!("client code {}", code.id), LIFETIME, Instant::now()) {
        Ok(code)
    } else {
        Err(Fault::new(codes::CODE))
    }
}

fn shown(code: &Code, language: Language) -> Response {
    let json = json(&code.token);
    let say = |key: &str| escaped(&text(language, key, &[]));
    let title = text(language, "signin.client.token.title", &[]);
    match code.dest {
        // Data, not a script: browsers do not run this type, and the policy allows no script at all.
        Dest::Vault => {
            let lead = say("signin.client.token.vault");
            let body = format!("<p>{lead}</p><script type=\"application/json\" id=\"token\">{json}</script>");
            pages::page(language, StatusCode::OK, &title, &body, "form-action 'none'")
        }
        Dest::Commander => {
            let body = format!(
                "<p>{}</p><textarea id=\"token\" class=\"mono\" rows=\"8\" readonly>{}</textarea>\
                 <button id=\"copy\" class=\"primary\" data-copied=\"{}\">{}</button><script src=\"{COPY}\"></script>",
                say("signin.client.token.commander"),
                escaped(&json),
                say("signin.client.token.copied"),
                say("signin.client.token.copy"),
            );
            pages::page(language, StatusCode::OK, &title, &body, "form-action 'none'; script-src 'self'")
        }
    }
}

/// The token as JSON that cannot leave an element: `<` is written as its escape.
fn json(token: &Token) -> String {
    serde_json::to_string(token).unwrap_or_default().replace('<', "\\u003c")
}

/// The script that copies the token.
pub(crate) async fn copy() -> Response {
    pages::script(COPY_JS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_cannot_end_its_element() {
        let token = Token {
            result: "success".into(),
            email: "</script><script>alert(1)</script>".into(),
            password: String::new(),
            provider_name: "<!--".into(),
            session_id: String::new(),
        };
        let json = json(&token);
        assert!(!json.contains('<'), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["email"], "</script><script>alert(1)</script>");
        assert!(read.get("new_password").is_none());
    }
}
