//! `/sso-connect/saml/login`: from the vault page to the identity provider.

use axum::extract::{RawQuery, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::response::Response;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sekisho_config::urls;
use sekisho_fault::{Fault, Result};
use sekisho_keys::handover::PageKey;
use sekisho_saml::UnixTime;
use sekisho_saml::metadata::Binding;
use sekisho_saml::request::AuthnRequest;
use url::form_urlencoded;

use crate::flow::{Flow, Handle, LIFETIME, random};
use crate::routes::Shared;
use crate::{Applied, codes, pages, refusal, vault};

/// Answers with the way to the identity provider, and the flow's cookie.
pub(crate) async fn login(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    // A bookmark, or an identity provider's tile: the vault page starts the sign-in, because it makes the key.
    let Some(query) = query.filter(|query| !query.is_empty()) else { return vault::start() };
    match begin(&shared.applied, &query, shared.clock.now()) {
        Ok(response) => response,
        Err(fault) => refusal::refuse(&shared, fault, crate::SignIn::default()),
    }
}

fn begin(applied: &Applied, query: &str, now: i64) -> Result<Response> {
    let handle = Handle::new()?;
    let flow = requested(applied, query, now)?;
    let sealed = flow.seal(applied, &handle)?;
    let connection = &applied.configuration.connection;
    let request = |destination: &str| AuthnRequest {
        id: flow.request_id.clone(),
        issue_instant: UnixTime(now),
        destination: destination.to_owned(),
        issuer: applied.entity_id.clone(),
        acs_url: applied.urls.at(urls::ACS),
        name_id_format: connection.name_id_format.clone(),
        force_authn: connection.force_authn,
        is_passive: false,
    };
    let key = applied.saml.as_ref().map(|pair| &pair.key);
    let mut response = if let Some(destination) = applied.idp.sso_for(&Binding::Redirect) {
        pages::see_other(LOCATION, &request(destination).redirect_url(handle.as_str(), key)?)
    } else {
        // Metadata without either binding was refused when it was read.
        let destination = applied.idp.sso_for(&Binding::Post).unwrap_or_default();
        let value = request(destination).post_value(key)?;
        pages::post_form(destination, &[("SAMLRequest", &value), ("RelayState", handle.as_str())])
    };
    let cookie = format!("{}={sealed}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LIFETIME}", handle.cookie());
    if let Ok(cookie) = cookie.parse() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The flow that the vault page asks for. Every parameter once; anything else is refused.
fn requested(applied: &Applied, query: &str, now: i64) -> Result<Flow> {
    let wrong = |detail: &str| Fault::new(codes::LOGIN_REQUEST).with("detail", detail);
    let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let value = |name: &str| match parameters.iter().filter(|(known, _)| known == name).collect::<Vec<_>>()[..] {
        [(_, value)] => Ok(value.as_str()),
        _ => Err(wrong(name)),
    };
    let known = ["client", "redirect_uri", "code_challenge", "code_challenge_method", "page_key", "state"];
    if let Some((name, _)) = parameters.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(wrong(&name.chars().take(40).collect::<String>()));
    }
    if value("client")? != "vault" {
        return Err(wrong("client"));
    }
    let redirect_uri = value("redirect_uri")?;
    if redirect_uri != applied.urls.at(urls::VAULT) {
        return Err(wrong("redirect_uri"));
    }
    let challenge = value("code_challenge")?;
    let decoded = BASE64URL_NOPAD.decode(challenge.as_bytes()).map_err(|_| wrong("code_challenge"))?;
    if value("code_challenge_method")? != "S256" || decoded.len() != 32 {
        return Err(wrong("code_challenge"));
    }
    let page_key = value("page_key")?;
    PageKey::parse(&BASE64URL_NOPAD.decode(page_key.as_bytes()).map_err(|_| wrong("page_key"))?)?;
    let page_state = value("state")?;
    let plain = page_state.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !plain || !(16..=128).contains(&page_state.len()) {
        return Err(wrong("state"));
    }
    Ok(Flow {
        request_id: format!("_{}", HEXLOWER.encode(&random::<20>()?)),
        idp: applied.idp.entity_id.clone(),
        started: now,
        redirect_uri: redirect_uri.to_owned(),
        code_challenge: challenge.to_owned(),
        page_key: page_key.to_owned(),
        page_state: page_state.to_owned(),
    })
}
