//! `/sso-connect/saml/sso`, the assertion consumer service: where answers of the identity provider arrive.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sekisho_config::urls;
use sekisho_fault::{Fault, Result};
use sekisho_messages::Language;
use sekisho_saml::{Flow, Verified};

use crate::face::{Face, Serving};
use crate::flow::Handle;
use crate::form::{Arrived, Form};
use crate::login::{Client, Login};
use crate::session::Session;
use crate::{SignIn, client, codes, handover, idp, pages, refusal, test_login, vault, who};

/// Takes the identity provider's answer.
pub(crate) async fn acs(State(face): State<Arc<Face>>, headers: HeaderMap, body: Bytes) -> Response {
    let served = face.served();
    let language = pages::language(&headers);
    let serving = Serving::of(&face, &served);
    if serving.is_none() && served.trial.is_none() {
        return pages::closed(language);
    }
    let form = match Form::read(&body).and_then(Form::answer) {
        Ok(form) => form,
        Err(fault) => return refusal::plain(face.activity(), fault, language),
    };
    match (form.arrived(&headers), &served.trial, serving) {
        (Arrived::WithoutCookie, ..) if !form.reposted => form.repost(urls::ACS),
        (Arrived::Test(handle, sealed), Some(trial), _) => {
            let finished = test_login::finish(trial, face.pool(), form, &handle, &sealed, face.now()).await;
            test_login::told(finished, &handle, face.activity(), language)
        }
        (Arrived::Test(..), None, _) => refusal::plain(face.activity(), Fault::new(codes::TEST_LINK), language),
        (Arrived::Login(handle, sealed), _, Some(serving)) => {
            let mut sign_in = SignIn::default();
            let response = finish(&serving, &handle, &sealed, form, language, &mut sign_in).await;
            answer(&serving, response, sign_in)
        }
        (Arrived::WithoutCookie, _, Some(serving)) => {
            answer(&serving, Err(Fault::new(codes::NO_STATE)), SignIn::default())
        }
        (Arrived::Unsolicited, _, Some(serving)) => {
            let (applied, pool, now) = (serving.applied(), serving.unsolicited(), serving.now());
            let verified = idp::verified(applied, pool, form.message, Flow::Unsolicited, now).await;
            // Verified, so that a broken set-up shows in the activity; then dropped, and answered by a sign-in that
            // the user's own page starts (R6): nobody can be signed in to another's vault by a posted form.
            answer(&serving, verified.map(|_| vault::start()), SignIn::default())
        }
        (Arrived::Unsolicited, _, None) => {
            refusal::plain(face.activity(), Fault::new(codes::UNSOLICITED_IN_TRIAL), language)
        }
        (_, _, None) => refusal::plain(face.activity(), Fault::new(codes::NO_STATE), language),
    }
}

fn answer(serving: &Serving, response: Result<Response>, sign_in: SignIn) -> Response {
    match response {
        Ok(response) => response,
        Err(fault) if fault.code == codes::BUSY => pages::status(StatusCode::SERVICE_UNAVAILABLE),
        Err(fault) => refusal::refuse(serving, fault, sign_in),
    }
}

/// Ends a sign-in: from the browser's own state and the answer to the client that asked.
async fn finish(
    serving: &Serving,
    handle: &Handle,
    sealed: &str,
    form: Form,
    language: Language,
    sign_in: &mut SignIn,
) -> Result<Response> {
    let (applied, now) = (serving.applied(), serving.now());
    let login: Login = handle.open(applied, sealed, now)?;
    let statement = idp::answer(applied, serving.pool(), form.message, &login.asked, now).await?;
    let mut response = admit(serving, &login, &statement, now, language, sign_in).await?;
    handle.forget::<Login>(response.headers_mut());
    Ok(response)
}

/// From a verified statement to the hand-over.
async fn admit(
    serving: &Serving,
    login: &Login,
    statement: &Verified,
    now: i64,
    language: Language,
    sign_in: &mut SignIn,
) -> Result<Response> {
    let applied = serving.applied();
    sign_in.facts = facts(statement);
    let lives = statement.not_on_or_after.0.saturating_sub(now);
    if !serving.replay().take(&statement.assertion_id, lives, Instant::now()) {
        return Err(Fault::new(codes::REPLAY));
    }
    let identity = who::identity(statement, &applied.configuration)?;
    let profile = who::profile(statement, &applied.configuration)?;
    sign_in.who = Some(profile.email.as_str().to_owned());
    if let Client::OnPrem(_) = login.client {
        client::allowed(applied)?;
    }
    let may_create = applied.configuration.document.just_in_time;
    let user = serving.users().sign_in(&identity, &profile, may_create).await?;
    let response = match &login.client {
        Client::Vault(page) => {
            let session = Session::of(user.email.as_str(), statement);
            pages::see_other(LOCATION, &handover::address(applied, page, &user, &profile, &session, now)?)
        }
        Client::OnPrem(asking) => client::confirm(applied, asking, &user, &profile, statement, now, language)?,
    };
    serving.activity().sign_in(SignIn { is_new: user.is_new, ..sign_in.clone() });
    Ok(response)
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
