//! The second factor, shown: `/vault/factor`.

use std::time::Instant;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use sekisho_config::Urls;
use sekisho_fault::{Fault, Result};
use sekisho_keys::factor::{Factors, totp, webauthn};
use serde::Deserialize;

use super::asked::SIGN_IN;
use super::ticket::{Pending, Ticket};
use crate::direct::is_own;
use crate::face::Serving;
use crate::handover::{self, Redeemed, SignedIn};
use crate::load::standing::Standing;
use crate::vault::answered;
use crate::{Claimed, Entry, SignIn, User, codes, roles};

/// How long a code is remembered as used, in seconds: as long as its step is taken.
const STEPS: i64 = 120;
/// Longer at the hub, whose clock may be ahead.
const CLAIMED: i64 = 420;

/// What is shown.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Proof {
    /// A code of the authenticator app.
    App { code: String },
    /// A security key's answer, base64url.
    Key { id: String, client_data: String, authenticator_data: String, signature: String },
    /// A recovery code.
    Recovery { code: String },
}

impl Proof {
    fn name(&self) -> &'static str {
        match self {
            Self::App { .. } => "app",
            Self::Key { .. } => "key",
            Self::Recovery { .. } => "recovery",
        }
    }
}

/// What the page sends.
#[derive(Deserialize)]
pub(crate) struct Proving {
    ticket: String,
    proof: Proof,
}

/// Answers a second factor with what the page had redeemed its code for.
pub(crate) async fn prove(
    serving: Serving,
    standing: Standing,
    headers: HeaderMap,
    proving: Result<Json<Proving>, JsonRejection>,
) -> Response {
    let Ok(Json(proving)) = proving else { return StatusCode::BAD_REQUEST.into_response() };
    answered(&standing, &headers, proved(&serving, &headers, &proving).await)
}

async fn proved(serving: &Serving, headers: &HeaderMap, Proving { ticket, proof }: &Proving) -> Result<Redeemed> {
    if !is_own(serving.at(), headers) {
        return Err(Fault::new(codes::FACTOR_LATE));
    }
    let (applied, now) = (serving.applied(), serving.now());
    let ticket: Ticket<Pending> = Ticket::open(applied, SIGN_IN, ticket, now)?;
    let Pending { identity, profile, .. } = &ticket.about;
    if identity.idp != applied.idp.entity_id {
        return Err(Fault::new(codes::FACTOR_LATE));
    }
    let user = serving.stands(identity, profile).await?;
    let mut sign_in = serving.new_sign_in();
    sign_in.who = Some(user.email.as_str().to_owned());
    sign_in.facts = vec![("@second_factor".to_owned(), proof.name().to_owned())];
    let shown = show(serving, &user, &ticket, proof).await;
    if let Err(fault) = shown {
        // As many as there are tries: whoever goes on without one fills no pages.
        if fault.code == codes::FACTOR_WRONG {
            serving.activity().sign_in(SignIn { refusal: Some(fault.clone()), ..sign_in });
        }
        return Err(fault);
    }
    sign_in.facts.extend(roles::facts(&applied.configuration.document, &user, profile));
    serving.activity().sign_in(SignIn { entry: Entry::Known, ..sign_in });
    handed(serving, &ticket.about, &user)
}

/// What a sign-in hands over once its second factor was shown.
pub(super) fn handed(serving: &Serving, pending: &Pending, user: &User) -> Result<Redeemed> {
    let signed_in = SignedIn { identity: &pending.identity, profile: &pending.profile, user };
    handover::redeemed(serving.applied(), &pending.page, signed_in, &pending.session, serving.now())
}

/// A question is answered once at this server.
pub(super) fn once(serving: &Serving, name: &str) -> Result<()> {
    let taken = serving.replay().take(&format!("factor {name}"), crate::flow::LIFETIME, Instant::now());
    if taken { Ok(()) } else { Err(Fault::new(codes::FACTOR_LATE)) }
}

/// Judges what is shown; what is wrong costs a try.
///
/// Codes: `FACTOR_WRONG`, `FACTOR_TRIES`, `HUB_NEEDED`.
async fn show(serving: &Serving, user: &User, ticket: &Ticket<Pending>, proof: &Proof) -> Result<()> {
    let wrong = || Fault::new(codes::FACTOR_WRONG);
    if !serving.tries().take(user.account, Instant::now()) {
        return Err(Fault::new(codes::FACTOR_TRIES));
    }
    let shown = match proof {
        Proof::App { code } => app(serving, user, code).await,
        Proof::Key { id, client_data, authenticator_data, signature } => {
            let asked = ticket.challenge()?;
            let parts = [id, client_data, authenticator_data, signature];
            key(serving.at(), &user.factors, &asked, parts).ok_or_else(wrong)
        }
        Proof::Recovery { code } => {
            // It counts once the hub has taken that it is used.
            match user
                .factors
                .without(code)
                .ok_or_else(wrong)
                .and_then(|left| once(serving, &ticket.name).map(|()| left))
            {
                Ok(left) => serving.set_factors(&ticket.about.identity, &user.factors, left).await,
                Err(fault) => Err(fault),
            }
        }
    };
    let shown = match proof {
        Proof::App { .. } | Proof::Key { .. } => shown.and_then(|()| once(serving, &ticket.name)),
        Proof::Recovery { .. } => shown,
    };
    if shown.as_ref().err().is_none_or(|fault| fault.code != codes::FACTOR_WRONG) {
        serving.tries().forget(user.account);
    }
    shown
}

/// A code counts once: at this server, and at the others as far as they can be asked.
async fn app(serving: &Serving, user: &User, code: &str) -> Result<()> {
    let wrong = || Fault::new(codes::FACTOR_WRONG);
    let app = user.factors.app.as_ref().ok_or_else(wrong)?;
    let step = totp::step(app, code.trim(), serving.now()).ok_or_else(wrong)?;
    let name = format!("{} {step}", user.account);
    if !serving.replay().take(&format!("totp {name}"), STEPS, Instant::now()) {
        return Err(wrong());
    }
    match serving.claiming().claim_code(&name, serving.now().saturating_add(CLAIMED)).await {
        Claimed::Again => Err(wrong()),
        Claimed::First | Claimed::Unknown => Ok(()),
    }
}

fn key(at: &Urls, factors: &Factors, challenge: &[u8; webauthn::CHALLENGE], parts: [&String; 4]) -> Option<()> {
    let [id, client_data, authenticator_data, signature] =
        parts.map(|part| BASE64URL_NOPAD.decode(part.as_bytes()).ok());
    let key = factors.key(&id?)?;
    let asked = webauthn::Asked { challenge, origins: &[at.origin().to_owned()], host: at.host() };
    // How often it has answered is not compared: most keys that people have do not count, or count apart on each device.
    webauthn::answered(&asked, &key.key, &client_data?, &authenticator_data?, &signature?).ok().map(|_| ())
}
