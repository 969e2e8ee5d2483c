//! Accounts of administrators: what is needed to let them in, and nothing that opens anything.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::extract::State;
use axum::http::request::Parts;
use opaque_ke::{RegistrationRequest, RegistrationUpload, ServerRegistration};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::passphrase::Suite;
use sekisho_hub_api::wire::{NewAccount, RegistrationStarted, Role, StartRegistration};
use sekisho_hub_api::{Blob, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use totp_rs::{Algorithm, Builder};

use super::refusal::{Answer, Body, Refusal};
use super::who::Who;
use crate::app::{App, HUB, account_id, json, put};
use crate::setup;
use crate::store::{Change, Claim, Expect};

/// The row of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
    pub(super) organisation: String,
    pub(super) record: Blob,
    pub(super) stretching: u32,
    pub(super) envelope: Blob,
    /// The Ed25519 public key that signs what is written.
    pub(super) signing: Blob,
    pub(super) totp_secret: Blob,
    /// The step of the last code that was used: each counts once (RFC 6238, section 5.2).
    pub(super) totp_step: u64,
    /// Whether an administrator has admitted it.
    pub(super) active: bool,
    /// Random: an account that was made anew under the same name is another one.
    pub(super) generation: String,
    /// What a newer node has written besides: it is kept as it is.
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

/// A session, if there is one.
pub(super) struct Perhaps(Option<Who>);

impl FromRequestParts<App> for Perhaps {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(Who::from_request_parts(parts, app).await.ok()))
    }
}

/// OPAQUE's first half of a registration.
pub(super) async fn start(
    State(app): State<App>,
    Perhaps(who): Perhaps,
    Body(body): Body<StartRegistration>,
) -> Answer<Json<RegistrationStarted>> {
    if body.login.len() > 120 {
        return Err(Refusal(Fault::new(codes::REQUEST).with("detail", "login")));
    }
    match (&body.setup_token, who.map(|who| who.role)) {
        (Some(token), _) => setup::check(&app, token.as_slice()).await?,
        (None, Some(Role::Invitation { login, .. })) if login == body.login => {}
        (None, Some(Role::Kit)) => {}
        _ => return Err(Refusal(Fault::new(codes::FORBIDDEN))),
    }
    let wrong = |_| Fault::new(codes::REQUEST).with("detail", "registration");
    let request = RegistrationRequest::deserialize(body.request.as_slice()).map_err(wrong)?;
    let started = ServerRegistration::<Suite>::start(&app.opaque, request, body.login.as_bytes()).map_err(wrong)?;
    Ok(Json(RegistrationStarted { response: Blob(started.message.serialize().to_vec()) }))
}

/// Whether nobody has this name for signing in. The claim decides; this says it in words before.
///
/// Code: `TAKEN`.
pub(super) async fn free(app: &App, login: &str) -> Result<()> {
    match app.read::<Account>("account", &account_id(login)).await? {
        Some(_) => Err(Fault::new(codes::TAKEN).with("name", login)),
        None => Ok(()),
    }
}

/// The change that makes an account, the claim of its name, and its generation.
///
/// Codes: `REQUEST`, `TOTP_CODE`.
pub(super) fn made(app: &App, organisation: &str, new: &NewAccount, active: bool) -> Result<(Change, Claim, String)> {
    let wrong = |detail: &str| Fault::new(codes::REQUEST).with("detail", detail);
    if new.login.is_empty() || new.login.len() > 120 || new.login.chars().any(char::is_control) {
        return Err(wrong("login"));
    }
    let upload = RegistrationUpload::<Suite>::deserialize(new.record.as_slice()).map_err(|_| wrong("registration"))?;
    let record = ServerRegistration::<Suite>::finish(upload).serialize().to_vec();
    let step = step_of(&new.totp_secret, &new.totp_code, app.now(), 0)?.ok_or_else(|| Fault::new(codes::TOTP_CODE))?;
    let account = Account {
        login: new.login.clone(),
        organisation: organisation.to_owned(),
        record: Blob(record),
        stretching: new.stretching,
        envelope: new.envelope.clone(),
        signing: new.signing.clone(),
        totp_secret: new.totp_secret.clone(),
        totp_step: step,
        active,
        generation: data_encoding::HEXLOWER.encode(&crate::app::random::<16>()),
        rest: Map::new(),
    };
    let id = account_id(&new.login);
    let change = put(HUB, "account", &id, Expect::Absent, json(&account));
    Ok((change, Claim { name: format!("login/{id}"), holder: organisation.to_owned() }, account.generation))
}

/// The step of a code that is right now and was not used before.
///
/// Code: `REQUEST`, when the secret is none.
pub(super) fn step_of(secret: &Blob, code: &str, now: i64, last: u64) -> Result<Option<u64>> {
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_skew(1).with_secret(secret.0.clone()).build();
    let totp = totp.map_err(|error| Fault::new(codes::REQUEST).with("detail", error.to_string()))?;
    let digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let time = u64::try_from(now).unwrap_or_default();
    Ok(digits.then(|| totp.check(code, time)).flatten().filter(|step| *step > last))
}
