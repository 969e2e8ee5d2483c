//! The one-time code of a hand-over, and `/vault/redeem`. The code carries nothing but what is sealed to the page
//! anyway (R15): a second redemption gives the same bytes, which only the page can open.

use aws_lc_rs::{constant_time, digest};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::Purpose;
use sekisho_keys::handover::{Info, PageKey, seal};
use serde::{Deserialize, Serialize};

use crate::face::Serving;
use crate::factor::{self, Pending};
use crate::login::VaultPage;
use crate::roles::Enforced;
use crate::session::Session;
use crate::vault::OpenVault;
use crate::{Applied, Identity, Profile, User, codes, flow, heads};

/// How long a code may be redeemed, in seconds.
const LIFETIME: i64 = 60;
const CONTEXT: &str = "vault";

/// What the sealed key is bound to, as the page reads it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bound {
    organisation: String,
    connection: String,
    subject: String,
    redirect_uri: String,
    flow: String,
}

/// What the page gets for its code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Redeemed {
    enc: String,
    ciphertext: String,
    info: Bound,
}

/// What is in a code.
#[derive(Debug, Serialize, Deserialize)]
struct Code {
    minted: i64,
    challenge: String,
    gives: Gives,
}

/// What the page gets for a code.
#[derive(Debug, Serialize, Deserialize)]
enum Gives {
    /// What was sealed to it.
    Redeemed(Redeemed),
    /// The question for a second factor; nothing is sealed yet.
    Question(Box<Pending>),
}

#[derive(Serialize)]
struct Inside<'a> {
    user_key: String,
    /// The seed of the key that signs changes of the vault.
    hub_seed: String,
    /// The account, which is that key's public half.
    account: String,
    /// What the page shows when it asks for records.
    vault_session: String,
    email: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    /// The handle of the session at the identity provider, for the logout.
    session_id: String,
    /// What this page answers to when sessions end.
    session_marks: Vec<String>,
    /// What the user's role enforces.
    policies: Enforced,
}

/// Who has signed in.
#[derive(Clone, Copy)]
pub(crate) struct SignedIn<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) profile: &'a Profile,
    pub(crate) user: &'a User,
}

/// The address to send the browser to: the page, with a code and its own state in the fragment.
pub(crate) fn address(
    applied: &Applied,
    page: &VaultPage,
    signed_in: SignedIn<'_>,
    session: &Session,
    now: i64,
) -> Result<String> {
    let code = code(applied, page, signed_in, session, now)?;
    Ok(format!("{}#code={code}&state={}", page.redirect_uri, page.page_state))
}

/// A code, which the page redeems.
pub(crate) fn code(
    applied: &Applied,
    page: &VaultPage,
    signed_in: SignedIn<'_>,
    session: &Session,
    now: i64,
) -> Result<String> {
    let gives = if factor::is_needed(applied, signed_in.user, signed_in.profile) {
        let (identity, profile) = (signed_in.identity.clone(), signed_in.profile.clone());
        Gives::Question(Box::new(Pending { identity, profile, session: session.clone(), page: page.clone() }))
    } else {
        Gives::Redeemed(redeemed(applied, page, signed_in, session, now)?)
    };
    let code = Code { minted: now, challenge: page.code_challenge.clone(), gives };
    flow::seal(applied, Purpose::Code, CONTEXT, &code, now)
}

/// The user's keys, sealed to the page.
pub(crate) fn redeemed(
    applied: &Applied,
    page: &VaultPage,
    signed_in: SignedIn<'_>,
    session: &Session,
    now: i64,
) -> Result<Redeemed> {
    let SignedIn { identity, profile, user } = signed_in;
    let key = BASE64URL_NOPAD.decode(page.page_key.as_bytes()).map_err(|_| Fault::new(codes::CODE))?;
    let bound = Bound {
        organisation: applied.ids.organisation.clone(),
        connection: applied.ids.connection.clone(),
        subject: user.email.as_str().to_owned(),
        redirect_uri: page.redirect_uri.clone(),
        flow: page.page_state.clone(),
    };
    let inside = Inside {
        user_key: BASE64URL_NOPAD.encode(user.vault_key.expose()),
        hub_seed: BASE64URL_NOPAD.encode(user.hub_seed.expose()),
        account: user.account.to_string(),
        vault_session: OpenVault::new(applied, identity, profile, user, now).seal(applied)?,
        email: user.email.as_str(),
        first_name: &profile.first_name,
        last_name: &profile.last_name,
        session_id: session.seal(applied)?,
        session_marks: session.marks(applied),
        policies: Enforced::of(&applied.configuration.document, user, profile),
    };
    let plain = serde_json::to_vec(&inside).map_err(|_| Fault::new(codes::CODE))?;
    let info = Info {
        organisation: &bound.organisation,
        connection: &bound.connection,
        subject: &bound.subject,
        redirect_uri: &bound.redirect_uri,
        flow: &bound.flow,
    };
    let sealed = seal(&PageKey::parse(&key)?, &info, &plain)?;
    Ok(Redeemed {
        enc: BASE64URL_NOPAD.encode(&sealed.enc),
        ciphertext: BASE64URL_NOPAD.encode(&sealed.ciphertext),
        info: bound,
    })
}

/// What the page sends.
#[derive(Deserialize)]
pub(crate) struct Redeem {
    code: String,
    code_verifier: String,
}

/// Answers a code with what was sealed to the page, or with the question for a second factor.
pub(crate) async fn redeem(
    serving: Serving,
    sent: HeaderMap,
    request: Result<Json<Redeem>, JsonRejection>,
) -> Response {
    let Ok(Json(request)) = request else { return StatusCode::BAD_REQUEST.into_response() };
    let refused = |fault: Fault| (StatusCode::FORBIDDEN, Json(Fault::new(fault.code))).into_response();
    let mut response = match opened(serving.applied(), &request, serving.now()) {
        Some(Gives::Redeemed(redeemed)) => Json(redeemed).into_response(),
        Some(Gives::Question(pending)) => match factor::asked(&serving, *pending).await {
            Ok(asked) => Json(asked).into_response(),
            Err(fault) => return refused(fault),
        },
        None => return refused(Fault::new(codes::CODE)),
    };
    heads::exchange(&serving, &sent, response.headers_mut());
    response
}

fn opened(applied: &Applied, request: &Redeem, now: i64) -> Option<Gives> {
    let code: Code = flow::open(applied, Purpose::Code, CONTEXT, &request.code, now)?;
    let challenge = BASE64URL_NOPAD.decode(code.challenge.as_bytes()).ok()?;
    let computed = digest::digest(&digest::SHA256, request.code_verifier.as_bytes());
    constant_time::verify_slices_are_equal(computed.as_ref(), &challenge).ok()?;
    (0..=LIFETIME).contains(&(now - code.minted)).then_some(code.gives)
}
