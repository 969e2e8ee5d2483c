//! `/sso-connect/saml/sso`, the assertion consumer service: from the identity provider back to the vault page.

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sekisho_config::urls;
use sekisho_fault::{Fault, Result};
use sekisho_saml::response::{Unverified, verify};
use sekisho_saml::{Expectations, UnixTime, Verified};
use url::form_urlencoded;

use crate::flow::{Flow, Handle};
use crate::routes::Shared;
use crate::{Applied, SignIn, codes, handover, pages, refusal, vault, who};

/// The fields of the posted form.
struct Form {
    saml_response: String,
    relay_state: Option<String>,
    reposted: bool,
}

/// How a posted answer stands to this browser.
enum Arrived {
    /// It answers a flow of this browser.
    Flow(Handle, Flow),
    /// It names a flow, but the browser did not send the cookie: a cross-site post does not carry it.
    WithoutCookie,
    /// It came by itself.
    Unsolicited,
}

/// Takes the identity provider's answer.
pub(crate) async fn acs(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let mut sign_in = SignIn::default();
    match take(&shared, &headers, &body, &mut sign_in).await {
        Ok(response) => response,
        Err(fault) if fault.code == codes::BUSY => pages::status(StatusCode::SERVICE_UNAVAILABLE),
        Err(fault) => refusal::refuse(&shared, fault, sign_in),
    }
}

async fn take(shared: &Shared, headers: &HeaderMap, body: &[u8], sign_in: &mut SignIn) -> Result<Response> {
    let form = read(body)?;
    let now = shared.clock.now();
    match arrived(&shared.applied, &form, headers, now)? {
        // One post from our own page to ourselves carries the cookie, if there is one.
        Arrived::WithoutCookie if !form.reposted => {
            let relay_state = form.relay_state.as_deref().unwrap_or_default();
            let fields =
                [("SAMLResponse", form.saml_response.as_str()), ("RelayState", relay_state), ("reposted", "1")];
            Ok(pages::post_form(&shared.applied.urls.at(urls::ACS), &fields))
        }
        Arrived::WithoutCookie => Err(Fault::new(codes::NO_STATE)),
        Arrived::Unsolicited => {
            // Verified, so that a broken set-up shows in the activity; then dropped, and answered by a sign-in that
            // the user's own page starts (R6): nobody can be signed in to another's vault by a posted form.
            verified(shared, form.saml_response, sekisho_saml::Flow::Unsolicited, now).await?;
            Ok(vault::start())
        }
        Arrived::Flow(handle, flow) => {
            // Cheap before dear: the claim must name our request before any RSA is done (R22).
            let claim = Unverified::read(&form.saml_response)?;
            if claim.in_response_to.as_deref() != Some(flow.request_id.as_str()) {
                let received = claim.in_response_to.unwrap_or_default();
                let fault = Fault::new(sekisho_saml::codes::IN_RESPONSE_TO).with("expected", flow.request_id);
                return Err(fault.with("received", received));
            }
            let solicited = sekisho_saml::Flow::Solicited { request_id: flow.request_id.clone() };
            let statement = verified(shared, form.saml_response, solicited, now).await?;
            let address = admit(shared, &flow, &statement, now, sign_in).await?;
            let mut response = pages::see_other(LOCATION, &address);
            let gone = format!("{}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", handle.cookie());
            if let Ok(gone) = gone.parse() {
                response.headers_mut().append(SET_COOKIE, gone);
            }
            Ok(response)
        }
    }
}

/// From a verified statement to the hand-over.
async fn admit(shared: &Shared, flow: &Flow, statement: &Verified, now: i64, sign_in: &mut SignIn) -> Result<String> {
    let applied = &shared.applied;
    sign_in.facts = facts(statement);
    let lives = statement.not_on_or_after.0.saturating_sub(now);
    if !shared.replay.take(&statement.assertion_id, lives, Instant::now()) {
        return Err(Fault::new(codes::REPLAY));
    }
    let identity = who::identity(statement, &applied.configuration)?;
    let profile = who::profile(statement, &applied.configuration)?;
    sign_in.who = Some(profile.email.as_str().to_owned());
    let may_create = applied.configuration.provisioning.just_in_time;
    let user = shared.users.sign_in(&identity, &profile, may_create).await?;
    let address = handover::address(applied, flow, &user, &profile, now)?;
    shared.activity.sign_in(SignIn { is_new: user.is_new, ..sign_in.clone() });
    Ok(address)
}

/// Verifies on the bounded pool; sheds when it is full.
async fn verified(shared: &Shared, saml_response: String, flow: sekisho_saml::Flow, now: i64) -> Result<Verified> {
    let permit = shared.pool.clone().try_acquire_owned().map_err(|_| Fault::new(codes::BUSY))?;
    let applied = shared.applied.clone();
    let judged = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        verify(&saml_response, &expectations(&applied, flow, now))
    });
    judged.await.map_err(|_| Fault::new(codes::BUSY))?
}

fn expectations(applied: &Applied, flow: sekisho_saml::Flow, now: i64) -> Expectations {
    let connection = &applied.configuration.connection;
    Expectations {
        sp_entity_id: applied.entity_id.clone(),
        // The configured address, never what Host or a proxy's header says (R30).
        acs_urls: vec![applied.urls.at(urls::ACS)],
        idp_entity_id: applied.idp.entity_id.clone(),
        idp_keys: applied.idp_keys.clone(),
        now: UnixTime(now),
        skew_seconds: connection.skew_seconds,
        flow,
        signing: applied.signing(),
        decryption_keys: applied.saml.iter().map(|pair| pair.key.clone()).collect(),
        allow_sha1: connection.allow_sha1,
    }
}

/// Each known field once; a field that comes twice is refused, because two readers could take two values.
fn read(body: &[u8]) -> Result<Form> {
    let wrong = |detail: &str| Fault::new(codes::FORM).with("detail", detail);
    let mut form = Form { saml_response: String::new(), relay_state: None, reposted: false };
    let mut seen = Vec::new();
    for (name, value) in form_urlencoded::parse(body) {
        if seen.contains(&name) {
            return Err(wrong(&format!("{} twice", name.chars().take(40).collect::<String>())));
        }
        match &*name {
            "SAMLResponse" => form.saml_response = value.into_owned(),
            "RelayState" => form.relay_state = Some(value.into_owned()),
            "reposted" => form.reposted = true,
            _ => {}
        }
        seen.push(name);
        if seen.len() > 16 {
            return Err(wrong("too many fields"));
        }
    }
    if form.saml_response.is_empty() { Err(wrong("SAMLResponse")) } else { Ok(form) }
}

fn arrived(applied: &Applied, form: &Form, headers: &HeaderMap, now: i64) -> Result<Arrived> {
    // A RelayState that is no handle of ours is the identity provider's own, or nobody's: never an address to go to.
    let Some(handle) = form.relay_state.as_deref().and_then(Handle::parse) else { return Ok(Arrived::Unsolicited) };
    let name = handle.cookie();
    let pairs =
        headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split("; "));
    let sealed = pairs.filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name);
    match sealed {
        Some((_, sealed)) => Ok(Arrived::Flow(handle.clone(), Flow::open(applied, &handle, sealed, now)?)),
        None => Ok(Arrived::WithoutCookie),
    }
}

/// What an administrator may see of a statement: decoded, without signatures or raw XML (R29). Names with `@` are
/// ours and have texts; the others are the identity provider's attributes.
fn facts(statement: &Verified) -> Vec<(String, String)> {
    let mut facts = vec![("@signing_key".to_owned(), statement.key_fingerprint.clone())];
    if let Some(name) = &statement.name_id {
        facts.push(("@name_id_format".to_owned(), name.format.clone().unwrap_or_default()));
    }
    for attribute in &statement.attributes {
        facts.push((attribute.name.clone(), attribute.values.join(", ")));
    }
    facts
}
