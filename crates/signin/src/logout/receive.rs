//! What the identity provider says of logouts: answers to ours, and requests of its own.

use std::time::Instant;

use axum::http::HeaderMap;
use axum::response::Response;
use sekisho_fault::{Fault, Result};
use sekisho_saml::UnixTime;
use sekisho_saml::logout::{LogoutResponse, LogoutStatus};
use sekisho_saml::logout_received::{self, EndSession, LogoutExpectations, ReceivedLogout};
use sekisho_saml::outgoing::Field;
use sekisho_saml::redirect::Redirected;

use super::begin::Leaving;
use super::ended::{self, How};
use crate::face::Serving;
use crate::flow::{Asked, Handle};
use crate::form::Form;
use crate::load::standing::Standing;
use crate::session::marks_of;
use crate::{Applied, codes, idp, pages};
use sekisho_config::urls;
use sekisho_saml::metadata::Binding;

/// The longest `RelayState` that is given back; the bindings allow 80 bytes.
const RELAY_STATE: usize = 512;

/// A message in a query.
pub(super) async fn redirected(
    serving: &Serving,
    standing: &Standing,
    message: Redirected,
    headers: &HeaderMap,
) -> Result<Response> {
    let (field, relay_state) = (message.field, message.relay_state.clone());
    let judge = move |wanted: &LogoutExpectations| logout_received::redirected(&message, wanted);
    received(serving, standing, field, relay_state.as_deref(), headers, judge).await
}

/// A message in a form. An answer whose state the browser did not send along is posted once more, by our own page.
pub(super) async fn posted(
    serving: &Serving,
    standing: &Standing,
    form: Form,
    headers: &HeaderMap,
) -> Result<Response> {
    let handle = form.relay_state.as_deref().and_then(Handle::parse);
    let waits = handle.is_some_and(|handle| handle.kept::<Leaving>(headers).is_none());
    if form.field == Field::Response && waits {
        if !form.reposted {
            return Ok(form.repost(urls::LOGOUT));
        }
        if let Some(next) = form.next(serving.applied().names(), serving.at()) {
            return Ok(form.pass_on(&next.at(urls::LOGOUT)));
        }
    }
    let (field, relay_state) = (form.field, form.relay_state.clone());
    let judge = move |wanted: &LogoutExpectations| logout_received::posted(field, &form.message, wanted);
    received(serving, standing, field, relay_state.as_deref(), headers, judge).await
}

async fn received(
    serving: &Serving,
    standing: &Standing,
    field: Field,
    relay_state: Option<&str>,
    headers: &HeaderMap,
    judge: impl FnOnce(&LogoutExpectations) -> Result<ReceivedLogout> + Send + 'static,
) -> Result<Response> {
    super::allowed(serving)?;
    // Cheap before dear: an answer must belong to a logout of this browser before any RSA is done (R22).
    let leaving = match field {
        Field::Request => None,
        Field::Response => Some(waiting(serving, relay_state, headers)?),
    };
    let wanted = expectations(serving.applied(), serving.now());
    let pool = if leaving.is_some() { standing.room() } else { standing.strangers()? };
    match (pool.run(move || judge(&wanted)).await?, leaving) {
        (ReceivedLogout::Request(request), _) => end(serving, &request, relay_state, headers),
        (ReceivedLogout::Response(answer), Some((handle, leaving))) => {
            if answer.in_response_to != leaving.asked.request_id {
                return Err(Fault::new(codes::NO_LOGOUT));
            }
            serving.activity().sign_out(Some(leaving.subject), &[]);
            let how = if answer.complete { How::Everywhere } else { How::NotEverywhere };
            let mut response = ended::page(pages::language(headers), how, &leaving.marks);
            handle.forget::<Leaving>(response.headers_mut());
            Ok(response)
        }
        (ReceivedLogout::Response(_), None) => Err(Fault::new(codes::NO_LOGOUT)),
    }
}

/// The logout of this browser that an answer belongs to.
fn waiting(serving: &Serving, relay_state: Option<&str>, headers: &HeaderMap) -> Result<(Handle, Leaving)> {
    let missing = || Fault::new(codes::NO_LOGOUT);
    let handle = relay_state.and_then(Handle::parse).ok_or_else(missing)?;
    let sealed = handle.kept::<Leaving>(headers).ok_or_else(missing)?;
    let leaving = handle.open(serving.applied(), sealed, serving.now()).map_err(|_| missing())?;
    Ok((handle, leaving))
}

/// The identity provider ends sessions: the pages of this browser are told, then the identity provider is.
fn end(serving: &Serving, request: &EndSession, relay_state: Option<&str>, headers: &HeaderMap) -> Result<Response> {
    let (applied, now) = (serving.applied(), serving.now());
    let lives = request.not_on_or_after.0.saturating_sub(now);
    if !serving.replay().take(&format!("logout {}", request.id), lives, Instant::now()) {
        return Err(Fault::new(codes::REPLAY));
    }
    let marks = marks_of(applied, &applied.idp.entity_id, &request.name_id, &request.session_indexes);
    serving.activity().sign_out(None, &[("@name_id".to_owned(), request.name_id.value.clone())]);
    let language = pages::language(headers);
    let Some(endpoint) = applied.idp.logout() else { return Ok(ended::page(language, How::Everywhere, &marks)) };
    let response = LogoutResponse {
        id: Asked::new(applied, now)?.request_id,
        issue_instant: UnixTime(now),
        destination: endpoint.answers_to().to_owned(),
        issuer: applied.entity_id.clone(),
        in_response_to: request.id.clone(),
        status: LogoutStatus::Success,
    };
    let message = response.message()?;
    let relay_state = relay_state.filter(|state| state.len() <= RELAY_STATE);
    let onward = match endpoint.binding {
        Binding::Redirect => ended::Onward::Address(message.redirect_url(relay_state, idp::key(applied))?),
        Binding::Post => ended::Onward::Form {
            action: endpoint.answers_to().to_owned(),
            message: message.post_value(idp::key(applied))?,
            relay_state: relay_state.map(str::to_owned),
        },
    };
    Ok(ended::on_the_way(language, &marks, &onward))
}

fn expectations(applied: &Applied, now: i64) -> LogoutExpectations {
    let document = &applied.configuration.document;
    LogoutExpectations {
        // The configured addresses, never what Host or a proxy's header says (R30).
        urls: applied.at_all(urls::LOGOUT),
        idp_entity_id: applied.idp.entity_id.clone(),
        idp_keys: applied.idp_keys.clone(),
        now: UnixTime(now),
        skew_seconds: i64::from(document.skew_seconds),
        allow_sha1: document.allow_sha1,
        decryption_keys: applied.saml.clone(),
    }
}
