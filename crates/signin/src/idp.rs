//! The two ends of the way to the identity provider: the request that leaves, and the answer that comes back.

use std::sync::Arc;

use axum::http::header::LOCATION;
use axum::response::Response;
use sekisho_config::document::RequestBinding;
use sekisho_config::{Urls, idp_error, urls};
use sekisho_fault::{Fault, Result};
use sekisho_saml::keys::SpKey;
use sekisho_saml::metadata::{Binding, Endpoint};
use sekisho_saml::outgoing::Outgoing;
use sekisho_saml::request::{AuthnContext, AuthnRequest, Comparison};
use sekisho_saml::response::verify;
use sekisho_saml::{Expectations, Flow, UnixTime, Verified};

use crate::flow::{Asked, Handle};
use crate::load::pool::Pool;
use crate::{Applied, pages};

/// Sends the browser to the identity provider, from the name that it has opened. `relogin`: with a fresh authentication, whatever the configuration says.
/// The request is signed in the pool: anybody can ask for one, and signing is dearer than verifying.
///
/// Codes: `BUSY`, and those of the message.
pub(crate) async fn ask(
    applied: &Arc<Applied>,
    pool: &Pool,
    asked: &Asked,
    handle: &Handle,
    from: &Urls,
    relogin: bool,
) -> Result<Response> {
    let (applied, asked, handle, acs_url) = (applied.clone(), asked.clone(), handle.clone(), applied.acs(from));
    pool.run(move || request(&applied, &asked, &handle, &acs_url, relogin)).await
}

fn request(applied: &Applied, asked: &Asked, handle: &Handle, acs_url: &str, relogin: bool) -> Result<Response> {
    let document = &applied.configuration.document;
    let request = |destination: &str| AuthnRequest {
        id: asked.request_id.clone(),
        issue_instant: UnixTime(asked.time),
        destination: destination.to_owned(),
        issuer: applied.entity_id.clone(),
        acs_url: acs_url.to_owned(),
        name_id_format: document.name_id_format.clone(),
        authn_context: document.authn_context.as_deref().map(|classes| AuthnContext {
            classes: classes.split(' ').map(str::to_owned).collect(),
            comparison: Comparison::Exact,
        }),
        force_authn: document.force_authn || relogin,
        is_passive: false,
    };
    let endpoint = match document.request_binding {
        RequestBinding::Any => applied.idp.sign_in(),
        RequestBinding::Redirect => applied.idp.sso_by(&Binding::Redirect),
        RequestBinding::Post => applied.idp.sso_by(&Binding::Post),
    };
    let endpoint = endpoint.ok_or_else(|| Fault::new(sekisho_saml::codes::METADATA_NO_SSO))?;
    send(applied, &request(&endpoint.location).message()?, endpoint, Some(handle.as_str()))
}

/// The verified answer to a request of ours.
///
/// Codes: `BUSY`, and those of the response.
pub(crate) async fn answer(
    applied: &Arc<Applied>,
    pool: &Pool,
    saml_response: String,
    asked: &Asked,
    now: i64,
) -> Result<Verified> {
    let flow = Flow::Solicited { request_id: asked.request_id.clone() };
    verified(applied, pool, saml_response, flow, now).await
}

/// The key that signs what we send.
pub(crate) fn key(applied: &Applied) -> Option<&SpKey> {
    applied.saml.first()
}

/// Sends the browser to the identity provider with a message, in the way of the endpoint.
///
/// Codes: those of the message.
pub(crate) fn send(
    applied: &Applied,
    message: &Outgoing,
    endpoint: &Endpoint,
    relay_state: Option<&str>,
) -> Result<Response> {
    if endpoint.binding == Binding::Redirect {
        return Ok(pages::see_other(LOCATION, &message.redirect_url(relay_state, key(applied))?));
    }
    let value = message.post_value(key(applied))?;
    let fields = [Some((message.field.name(), value.as_str())), relay_state.map(|state| ("RelayState", state))];
    let fields: Vec<(&str, &str)> = fields.into_iter().flatten().collect();
    Ok(pages::post_form(&endpoint.location, &fields))
}

/// Verifies in the pool; sheds when it is full.
///
/// Codes: `BUSY`, and those of the response.
pub(crate) async fn verified(
    applied: &Arc<Applied>,
    pool: &Pool,
    saml_response: String,
    flow: Flow,
    now: i64,
) -> Result<Verified> {
    let applied = applied.clone();
    let judge = move || verify(&saml_response, &expectations(&applied, flow, now)).map_err(idp_error::with_cause);
    pool.run(judge).await
}

pub(crate) fn expectations(applied: &Applied, flow: Flow, now: i64) -> Expectations {
    let document = &applied.configuration.document;
    Expectations {
        sp_entity_id: applied.entity_id.clone(),
        // The configured addresses, never what Host or a proxy's header says (R30).
        acs_urls: applied.at_all(urls::ACS),
        idp_entity_id: applied.idp.entity_id.clone(),
        idp_keys: applied.idp_keys.clone(),
        now: UnixTime(now),
        skew_seconds: i64::from(document.skew_seconds),
        flow,
        signing: applied.signing(),
        decryption_keys: applied.saml.clone(),
        allow_sha1: document.allow_sha1,
    }
}
