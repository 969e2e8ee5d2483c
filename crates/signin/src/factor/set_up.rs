//! A first factor, where the role requires one: `/vault/factor/set-up`. There is no key before it.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use sekisho_config::Urls;
use sekisho_fault::{Fault, Result};
use sekisho_keys::factor::recovery::{self, Recovery};
use sekisho_keys::factor::{App, Factors, MOST_KEYS, SecurityKey, totp, webauthn};
use serde::{Deserialize, Serialize};

use super::asked::SIGN_IN;
use super::proof::{handed, once};
use super::ticket::{Pending, Ticket};
use crate::direct::is_own;
use crate::face::Serving;
use crate::flow::random;
use crate::handover::Redeemed;
use crate::load::standing::Standing;
use crate::vault::answered;
use crate::{Entry, SignIn, codes};

/// The longest name of a security key, in characters.
const LONGEST_NAME: usize = 60;

/// A factor that is set up.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum NewFactor {
    /// An authenticator app, with a code as proof that its seed was taken down.
    App { code: String },
    /// A security key, base64url.
    Key { name: String, client_data: String, attestation: String },
}

/// What the page sends.
#[derive(Deserialize)]
pub(crate) struct SettingUp {
    ticket: String,
    factor: NewFactor,
}

/// What the page gets: the codes to write down, and the key.
#[derive(Serialize)]
struct SetUp {
    recovery: Vec<String>,
    redeemed: Redeemed,
}

/// Sets up the first factor of a sign-in that waits for it.
pub(crate) async fn set_up(
    serving: Serving,
    standing: Standing,
    headers: HeaderMap,
    setting_up: Result<Json<SettingUp>, JsonRejection>,
) -> Response {
    let Ok(Json(setting_up)) = setting_up else { return StatusCode::BAD_REQUEST.into_response() };
    answered(&standing, &headers, done(&serving, &headers, setting_up).await)
}

async fn done(serving: &Serving, headers: &HeaderMap, SettingUp { ticket, factor }: SettingUp) -> Result<SetUp> {
    if !is_own(serving.at(), headers) {
        return Err(Fault::new(codes::FACTOR_LATE));
    }
    let (applied, now) = (serving.applied(), serving.now());
    let ticket: Ticket<Pending> = Ticket::open(applied, SIGN_IN, &ticket, now)?;
    let pending = &ticket.about;
    let user = serving.stands(&pending.identity, &pending.profile).await?;
    // Whoever has a factor shows it: a second one is no way round the first.
    if !user.factors.is_empty() || pending.identity.idp != applied.idp.entity_id {
        return Err(Fault::new(codes::FACTOR_LATE));
    }
    let none = Factors { since: now, ..Factors::default() };
    let factors = with(serving.at(), &ticket, none, factor, now)?;
    let (recovery, factors) = with_codes(factors)?;
    once(serving, &ticket.name)?;
    serving.set_factors(&pending.identity, &user.factors, factors).await?;
    let facts = vec![("@second_factor".to_owned(), "set_up".to_owned())];
    let who = Some(user.email.as_str().to_owned());
    serving.activity().sign_in(SignIn { who, facts, entry: Entry::Known, ..serving.new_sign_in() });
    // With the factors that were written.
    let user = serving.stands(&pending.identity, &pending.profile).await?;
    if user.factors.is_empty() {
        return Err(Fault::new(codes::HUB_NEEDED));
    }
    Ok(SetUp { recovery, redeemed: handed(serving, pending, &user)? })
}

/// The factors with one more.
///
/// Codes: `FACTOR_WRONG`, `FACTOR_KEYS`.
pub(super) fn with<T: Serialize + serde::de::DeserializeOwned>(
    at: &Urls,
    ticket: &Ticket<T>,
    mut factors: Factors,
    new: NewFactor,
    now: i64,
) -> Result<Factors> {
    let wrong = || Fault::new(codes::FACTOR_WRONG);
    match new {
        NewFactor::App { code } => {
            let app = App { seed: ticket.seed()?.to_vec(), since: now };
            totp::step(&app, code.trim(), now).ok_or_else(wrong)?;
            factors.app = Some(app);
        }
        NewFactor::Key { name, client_data, attestation } => {
            if factors.keys.len() >= MOST_KEYS {
                return Err(Fault::new(codes::FACTOR_KEYS));
            }
            let challenge = ticket.challenge()?;
            let asked = webauthn::Asked { challenge: &challenge, origins: &[at.origin().to_owned()], host: at.host() };
            let decoded = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| wrong());
            let made = webauthn::registered(&asked, &decoded(&client_data)?, &decoded(&attestation)?);
            let made = made.map_err(|_| wrong())?;
            if factors.key(&made.id).is_some() {
                return Err(wrong());
            }
            let name: String = name.trim().chars().filter(|one| !one.is_control()).take(LONGEST_NAME).collect();
            let host = at.host().to_owned();
            factors.keys.push(SecurityKey { id: made.id, key: made.key, host, name, since: now });
        }
    }
    Ok(factors)
}

/// The factors with new recovery codes, and the codes.
///
/// Code: `BUSY`, when there are no random bytes.
pub(super) fn with_codes(factors: Factors) -> Result<(Vec<String>, Factors)> {
    let mut codes = Vec::with_capacity(recovery::CODES);
    for _ in 0..recovery::CODES {
        codes.push(recovery::code(random()?));
    }
    let recovery = codes.iter().filter_map(|code| Recovery::of(code)).collect();
    Ok((codes, Factors { recovery, ..factors }))
}
