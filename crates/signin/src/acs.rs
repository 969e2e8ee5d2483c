//! `/sso-connect/saml/sso`, the assertion consumer service: where answers of the identity provider arrive.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::LOCATION;
use axum::response::Response;
use sekisho_config::urls;
use sekisho_fault::{Fault, Result};
use sekisho_messages::Language;
use sekisho_saml::Verified;

use crate::face::{Face, Served, Serving};
use crate::flow::Handle;
use crate::form::{Arrived, Form};
use crate::handover::SignedIn;
use crate::load::pool::Pool;
use crate::load::standing::Standing;
use crate::login::{self, Client, Login};
use crate::opened::Opened;
use crate::session::Session;
use crate::{
    Applied, Entry, Identity, Profile, SignIn, client, codes, factor, handover, idp, pages, refusal, roles, test_login,
    unsolicited, who,
};

/// Takes the identity provider's answer.
pub(crate) async fn acs(
    State(face): State<Arc<Face>>,
    standing: Standing,
    opened: Opened,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let served = face.served();
    let language = pages::language(&headers);
    let serving = Serving::of(&face, &served, &opened);
    if serving.is_none() && served.trial.is_none() {
        return pages::closed(language);
    }
    let plain = |fault| standing.refused(fault, language, |fault| refusal::plain(face.activity(), fault, language));
    let form = match Form::read(&body).and_then(Form::answer) {
        Ok(form) => form,
        Err(fault) => return plain(fault),
    };
    match (form.arrived(&headers), &served.trial, serving) {
        (Arrived::WithoutCookie, ..) if !form.reposted => form.repost(urls::ACS),
        (Arrived::WithoutCookie, ..) if let Some(address) = elsewhere(&form, &served, &opened) => {
            form.pass_on(&address)
        }
        (Arrived::Test(handle, sealed), Some(trial), _) => {
            let finished = test_login::finish(trial, standing.room(), form, &handle, &sealed, face.now()).await;
            test_login::told(finished, &handle, plain, language)
        }
        (Arrived::Test(..), None, _) => plain(Fault::new(codes::TEST_LINK)),
        (Arrived::Login(handle, sealed), _, Some(serving)) => {
            let mut sign_in = serving.new_sign_in();
            let response = match handle.open::<Login>(serving.applied(), &sealed, serving.now()) {
                Ok(login) if serving.replay().reaches(login.asked.time, serving.now()) => {
                    finish(&serving, standing.room(), &handle, login, form, language, &mut sign_in).await
                }
                // Whether the answer was used already, this server has forgotten: another one is asked for (R7).
                Ok(login) => again(&serving, &standing, &handle, login, &headers).await,
                Err(fault) => Err(fault),
            };
            answer(&serving, &standing, response, sign_in, language)
        }
        (Arrived::WithoutCookie, _, Some(serving)) => {
            answer(&serving, &standing, Err(Fault::new(codes::NO_STATE)), serving.new_sign_in(), language)
        }
        (Arrived::Unsolicited, _, Some(serving)) => {
            let mut sign_in = serving.new_sign_in();
            let response = unsolicited::receive(&serving, &standing, form, &headers, &mut sign_in).await;
            answer(&serving, &standing, response, sign_in, language)
        }
        (Arrived::Unsolicited, _, None) => plain(Fault::new(codes::UNSOLICITED_IN_TRIAL)),
        (_, _, None) => plain(Fault::new(codes::NO_STATE)),
    }
}

/// Where an answer may find its browser's cookie, that has found none here.
fn elsewhere(form: &Form, served: &Served, opened: &Opened) -> Option<String> {
    let names = served.names();
    Some(form.next(&names, opened.among(&names)?)?.at(urls::ACS))
}

fn answer(
    serving: &Serving,
    standing: &Standing,
    response: Result<Response>,
    sign_in: SignIn,
    language: Language,
) -> Response {
    match response {
        Ok(response) => response,
        // The identity provider has signed it: whoever is refused now is no stranger.
        Err(fault) if !sign_in.facts.is_empty() => refusal::refuse(serving, fault, sign_in),
        Err(fault) => standing.refused(fault, language, |fault| refusal::refuse(serving, fault, sign_in)),
    }
}

/// Begins a sign-in anew, for the same client.
async fn again(
    serving: &Serving,
    standing: &Standing,
    handle: &Handle,
    login: Login,
    headers: &HeaderMap,
) -> Result<Response> {
    let Login { client, relogin, .. } = login;
    let mut response = login::ask(serving, standing.leaving(), client, relogin, headers).await?;
    handle.forget::<Login>(response.headers_mut());
    Ok(response)
}

/// Ends a sign-in: from the browser's own state and the answer to the client that asked.
async fn finish(
    serving: &Serving,
    room: &Pool,
    handle: &Handle,
    login: Login,
    form: Form,
    language: Language,
    sign_in: &mut SignIn,
) -> Result<Response> {
    let (applied, now) = (serving.applied(), serving.now());
    let statement = idp::answer(applied, room, form.message, &login.asked, now).await?;
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
    let (identity, profile) = recognized(applied, statement, sign_in)?;
    if let Client::OnPrem(_) = login.client {
        client::allowed(applied)?;
    }
    let user = serving.user(&identity, &profile).await?;
    let asks = factor::is_needed(applied, &user, &profile);
    if asks && let Client::OnPrem(_) = login.client {
        return Err(Fault::new(codes::FACTOR_CLIENT).with("email", user.email.as_str()));
    }
    let signed_in = SignedIn { identity: &identity, profile: &profile, user: &user };
    let response = match &login.client {
        Client::Vault(page) => {
            let session = Session::of(user.email.as_str(), statement);
            pages::see_other(LOCATION, &handover::address(applied, page, signed_in, &session, now)?)
        }
        Client::OnPrem(asking) => client::confirm(applied, asking, &user, &profile, statement, now, language)?,
    };
    // A client of the on-prem protocol is told of no role.
    if let Client::Vault(_) = &login.client {
        sign_in.facts.extend(roles::facts(&applied.configuration.document, &user, &profile));
    }
    // Whoever is asked for a second factor has signed in once it was shown. That they are here for the first time is so already.
    if !asks || user.entry != Entry::Known {
        serving.activity().sign_in(SignIn { entry: user.entry, ..sign_in.clone() });
    }
    Ok(response)
}

/// Who a verified statement speaks of; from here on the activity knows it too.
pub(crate) fn recognized(applied: &Applied, statement: &Verified, sign_in: &mut SignIn) -> Result<(Identity, Profile)> {
    let identity = who::identity(statement, &applied.configuration)?;
    let profile = who::profile(statement, &applied.configuration)?;
    sign_in.who = Some(profile.email.as_str().to_owned());
    Ok((identity, profile))
}

/// What an administrator may see of a statement: decoded, without signatures or raw XML (R29). Names with `@` are
/// ours and have texts; the others are the identity provider's attributes.
pub(crate) fn facts(statement: &Verified) -> Vec<(String, String)> {
    let mut facts = vec![("@signing_key".to_owned(), statement.key_fingerprint.clone())];
    if let Some(name) = &statement.name_id {
        facts.push(("@name_id_format".to_owned(), name.format.clone().unwrap_or_default()));
    }
    for attribute in &statement.attributes {
        facts.push((attribute.name.clone(), attribute.values.join(", ")));
    }
    facts
}
