//! Signing in: by passphrase and code, or by key.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::Json;
use axum::extract::State;
use opaque_ke::{CredentialFinalization, CredentialRequest, ServerLogin, ServerLoginParameters, ServerRegistration};
use rand_core::OsRng;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::passphrase::{STRETCHING, Suite};
use sekisho_hub_api::wire::{
    Credential, FinishSignIn, GREETING_LABEL, KeySignIn, Role, Session, SignInStarted, StartSignIn, greeting,
};
use sekisho_hub_api::{Blob, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::accounts::{Account, step_of};
use super::refusal::{Answer, Body};
use super::tries::{self, Source};
use super::who::{Bearer, Who, session_key};
use crate::app::{App, HUB, account_id, digest, json, put, random, unavailable};
use crate::store::{Batch, Expect};

/// How long an administrator stays signed in, in seconds.
const ADMINISTRATOR: i64 = 8 * 3600;
/// How long keys stay signed in, in seconds.
const KEYS: i64 = 3600;
/// How long a sign-in may take, in seconds.
const PATIENCE: i64 = 120;
/// How far a greeting's moment may be off, in seconds.
pub(super) const SKEW: i64 = 300;

/// Keys that may sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Held {
    pub(super) organisation: String,
    pub(crate) credential: Credential,
    /// What a newer node has written besides: it is kept as it is.
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

/// A sign-in between its two halves; any node can finish it.
#[derive(Serialize, Deserialize)]
struct Started {
    login: String,
    state: Blob,
}

fn try_key(id: &Blob) -> [u8; 32] {
    digest(&[b"sign-in", id.as_slice()])
}

/// OPAQUE's first half. An unknown account gets an answer of the same form.
pub(super) async fn start(
    State(app): State<App>,
    source: Source,
    Body(body): Body<StartSignIn>,
) -> Answer<Json<SignInStarted>> {
    if body.login.len() > 120 {
        return Err(Fault::new(codes::REQUEST).with("detail", "login").into());
    }
    tries::count(&app, &body.login, source).await?;
    let wrong = |_| Fault::new(codes::REQUEST).with("detail", "sign-in");
    let account: Option<Account> = app.read("account", &account_id(&body.login)).await?;
    let record = account.map(|account| ServerRegistration::<Suite>::deserialize(account.record.as_slice()));
    let record = record.transpose().map_err(|_| Fault::new(codes::STORE))?;
    let request = CredentialRequest::deserialize(body.request.as_slice()).map_err(wrong)?;
    let parameters = ServerLoginParameters::default();
    let begun = ServerLogin::start(&mut OsRng, &app.opaque, record, request, body.login.as_bytes(), parameters);
    let begun = begun.map_err(wrong)?;
    let sign_in = Blob(random::<16>().to_vec());
    let started = Started { login: body.login, state: Blob(begun.state.serialize().to_vec()) };
    let ends = app.now() + PATIENCE;
    app.store.put_session(try_key(&sign_in), json(&started), ends).await.map_err(unavailable)?;
    let response = Blob(begun.message.serialize().to_vec());
    Ok(Json(SignInStarted { sign_in, response, stretching: STRETCHING }))
}

/// OPAQUE's second half, and the code: only now is the sealed identity given out.
pub(super) async fn finish(
    State(app): State<App>,
    source: Source,
    Body(body): Body<FinishSignIn>,
) -> Answer<Json<Session>> {
    let refused = || Fault::new(codes::SIGN_IN);
    let key = try_key(&body.sign_in);
    let held = app.store.session(&key, app.now()).await.map_err(unavailable)?.ok_or_else(refused)?;
    // Whoever takes the try away may finish it: of two who come at once, one.
    if !app.store.end_session(&key).await.map_err(unavailable)? {
        return Err(refused().into());
    }
    let started: Started = serde_json::from_slice(&held).map_err(|_| refused())?;
    let login = ServerLogin::<Suite>::deserialize(started.state.as_slice()).map_err(|_| refused())?;
    let proof = CredentialFinalization::deserialize(body.proof.as_slice()).map_err(|_| refused())?;
    login.finish(proof, ServerLoginParameters::default()).map_err(|_| refused())?;

    let id = account_id(&started.login);
    let row = app.store.get(HUB, "account", &id).await.map_err(unavailable)?.ok_or_else(refused)?;
    let mut account: Account = serde_json::from_slice(&row.body).map_err(|_| refused())?;
    if !account.active {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    let step = step_of(&account.totp_secret, &body.totp_code, app.now(), account.totp_step)?.ok_or_else(refused)?;
    account.totp_step = step;
    // Two who use one code at once: one of them finds the row changed.
    let used = put(HUB, "account", &id, Expect::Rev(row.rev), json(&account));
    app.commit(Batch { changes: vec![used], ..Batch::default() })
        .await
        .map_err(|fault| if fault.code == codes::STALE { refused() } else { fault })?;
    tries::succeeded(&app, &started.login, source).await?;
    let role = Role::Administrator { login: account.login };
    let who = Who { organisation: account.organisation, role, stands_on: account.generation, signing: account.signing };
    Ok(Json(open(&app, who, ADMINISTRATOR, Some(account.envelope)).await?))
}

/// Signs in by key: a fresh signature for this hub.
pub(super) async fn by_key(State(app): State<App>, Body(body): Body<KeySignIn>) -> Answer<Json<Session>> {
    let refused = || Fault::new(codes::SESSION);
    let apart = body.time - app.now();
    if apart.abs() > SKEW {
        return Err(Fault::new(codes::CLOCK).with("seconds", apart).into());
    }
    let held: Option<Held> = app.read("credential", &body.keys).await?;
    let held = held.ok_or_else(refused)?;
    let signed = [GREETING_LABEL, &greeting(&body.keys, &app.hub, &body.nonce, body.time)].concat();
    let key = UnparsedPublicKey::new(&ED25519, held.credential.signing.as_slice());
    key.verify(&signed, body.signature.as_slice()).map_err(|_| refused())?;
    if let Role::Invitation { invitation, .. } = &held.credential.role
        && !super::invitations::is_open(&app, &held.organisation, invitation).await?
    {
        return Err(refused().into());
    }
    let Credential { role, signing, .. } = held.credential;
    let who = Who { organisation: held.organisation, role, stands_on: body.keys, signing };
    Ok(Json(open(&app, who, KEYS, None).await?))
}

/// The session of whoever has just founded an organisation.
pub(super) async fn founder(app: &App, organisation: String, role: Role, stands_on: String) -> Result<Session> {
    // The key is read again with each request.
    open(app, Who { organisation, role, stands_on, signing: Blob::default() }, ADMINISTRATOR, None).await
}

async fn open(app: &App, who: Who, lasts: i64, envelope: Option<Blob>) -> Result<Session> {
    let token = data_encoding::BASE64URL_NOPAD.encode(&random::<32>());
    let ends = app.now() + lasts;
    app.store.put_session(session_key(&token), json(&who), ends).await.map_err(unavailable)?;
    Ok(Session { token, organisation: who.organisation, role: who.role, ends, envelope })
}

/// Ends the session.
pub(super) async fn end(State(app): State<App>, Bearer(token): Bearer) -> Answer<()> {
    app.store.end_session(&session_key(&token)).await.map_err(unavailable)?;
    Ok(())
}
