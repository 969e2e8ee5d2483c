//! `/sso-connect/saml/logout`: the end of a session, begun by a client or by the identity provider (R21).
//!
//! Servers keep no sessions. What ends is the session at the identity provider, and every vault page of it in this
//! browser: these are told by their marks.

mod begin;
mod ended;
mod receive;

use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use sekisho_fault::{Fault, Result};
use sekisho_saml::redirect::Redirected;

use crate::face::Serving;
use crate::form::Form;
use crate::load::standing::Standing;
use crate::{codes, pages, refusal};

pub(crate) use ended::{SCRIPT, script};

/// A client that logs out, or a message of the identity provider in the query.
pub(crate) async fn get(
    serving: Serving,
    standing: Standing,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let answered = match Redirected::read(&query) {
        Ok(Some(message)) => receive::redirected(&serving, &standing, message, &headers).await,
        Ok(None) => begin::begin(&serving, &query, &headers),
        Err(fault) => Err(fault),
    };
    answer(&serving, &standing, answered, &headers)
}

/// A message of the identity provider in a form.
pub(crate) async fn post(serving: Serving, standing: Standing, headers: HeaderMap, body: Bytes) -> Response {
    let answered = match Form::read(&body) {
        Ok(form) => receive::posted(&serving, &standing, form, &headers).await,
        Err(fault) => Err(fault),
    };
    answer(&serving, &standing, answered, &headers)
}

fn answer(serving: &Serving, standing: &Standing, answered: Result<Response>, headers: &HeaderMap) -> Response {
    let language = pages::language(headers);
    let refuse = |fault| refusal::logout(serving.activity(), fault, language);
    answered.unwrap_or_else(|fault| standing.refused(fault, language, refuse))
}

/// Whether this connection takes part in single logout.
///
/// Code: `LOGOUT_OFF`.
fn allowed(serving: &Serving) -> Result<()> {
    let on = serving.applied().configuration.document.single_logout;
    if on { Ok(()) } else { Err(Fault::new(codes::LOGOUT_OFF)) }
}
