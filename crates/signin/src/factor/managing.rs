//! A user's second factors, from the open vault: `/vault/factors` and `/vault/factors/change`.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::{Fault, Result};
use sekisho_keys::factor::Factors;
use serde::{Deserialize, Serialize};

use super::asked::{NewApp, SecurityKey};
use super::is_required;
use super::proof::once;
use super::set_up::{NewFactor, with, with_codes};
use super::ticket::Ticket;
use crate::face::Serving;
use crate::load::standing::Standing;
use crate::vault::{OpenVault, answered};
use crate::{Entry, SignIn, User, codes};

/// What kind of question it is.
const CHANGE: &str = "factors";

/// What a page asks for.
#[derive(Deserialize)]
pub(crate) struct Asking {
    session: String,
}

/// What a page changes.
#[derive(Deserialize)]
pub(crate) struct Changing {
    session: String,
    ticket: String,
    act: Act,
}

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum Act {
    /// Adds a factor; a new app takes the place of the one before.
    Add { factor: NewFactor },
    /// Removes the app.
    RemoveApp,
    /// Removes a security key.
    RemoveKey { id: String },
    /// Makes new recovery codes in the place of the old ones.
    NewCodes,
}

/// How a user's factors stand. Moments are seconds since 1970.
#[derive(Serialize)]
struct Shown {
    app: Option<i64>,
    keys: Vec<Key>,
    /// How many codes are left.
    recovery: usize,
    required: bool,
    /// Whether they may be changed: the user has signed in a moment ago.
    fresh: bool,
    ticket: String,
    /// What the page shows from now on.
    session: String,
    security_key: SecurityKey,
    new_app: NewApp,
    /// New recovery codes, shown this once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<String>,
}

#[derive(Serialize)]
struct Key {
    id: String,
    name: String,
    host: String,
    since: i64,
}

/// The factors of the user whose vault is open.
pub(crate) async fn list(
    serving: Serving,
    standing: Standing,
    headers: HeaderMap,
    asking: Result<Json<Asking>, JsonRejection>,
) -> Response {
    let Ok(Json(asking)) = asking else { return StatusCode::BAD_REQUEST.into_response() };
    answered(&standing, &headers, listed(&serving, &headers, &asking.session).await)
}

async fn listed(serving: &Serving, headers: &HeaderMap, session: &str) -> Result<Shown> {
    let (opened, user) = OpenVault::shown(serving, headers, session).await?;
    stand(serving, &opened, &user, Vec::new())
}

/// Changes the factors of the user whose vault is open.
pub(crate) async fn change(
    serving: Serving,
    standing: Standing,
    headers: HeaderMap,
    changing: Result<Json<Changing>, JsonRejection>,
) -> Response {
    let Ok(Json(changing)) = changing else { return StatusCode::BAD_REQUEST.into_response() };
    answered(&standing, &headers, changed(&serving, &headers, changing).await)
}

async fn changed(serving: &Serving, headers: &HeaderMap, changing: Changing) -> Result<Shown> {
    let now = serving.now();
    let (opened, mut user) = OpenVault::shown(serving, headers, &changing.session).await?;
    let ticket: Ticket<String> = Ticket::open(serving.applied(), CHANGE, &changing.ticket, now)?;
    if ticket.about != user.account.to_string() {
        return Err(Fault::new(codes::FACTOR_LATE));
    }
    if !opened.is_fresh(now) {
        return Err(Fault::new(codes::FACTOR_LATE));
    }
    let before = user.factors.clone();
    let since = if before.is_empty() { now } else { before.since };
    let start = Factors { since, ..before.clone() };
    let (made, after) = match changing.act {
        Act::Add { factor } => {
            let after = with(serving.at(), &ticket, start, factor, now)?;
            // Codes come with the first factor.
            if after.recovery.is_empty() { with_codes(after)? } else { (Vec::new(), after) }
        }
        Act::RemoveApp => (Vec::new(), Factors { app: None, ..start }),
        Act::RemoveKey { id } => {
            let id = BASE64URL_NOPAD.decode(id.as_bytes()).unwrap_or_default();
            let keys = start.keys.iter().filter(|key| key.id != id).cloned().collect();
            (Vec::new(), Factors { keys, ..start })
        }
        Act::NewCodes if start.is_empty() => return Err(Fault::new(codes::FACTOR_LATE)),
        Act::NewCodes => with_codes(start)?,
    };
    // Codes alone open nothing, and are of no use without what they stand in for.
    let after = if after.is_empty() { Factors::default() } else { after };
    if after.is_empty() && is_required(serving.applied(), &user, &opened.profile) {
        return Err(Fault::new(codes::FACTOR_REQUIRED));
    }
    once(serving, &ticket.name)?;
    serving.set_factors(&opened.identity, &before, after.clone()).await?;
    let facts = vec![("@second_factor".to_owned(), "changed".to_owned())];
    let who = Some(user.email.as_str().to_owned());
    serving.activity().sign_in(SignIn { who, facts, entry: Entry::Known, ..serving.new_sign_in() });
    // As they were written: the time may have been moved on behind factors that were voided.
    user.factors = serving.stands(&opened.identity, &opened.profile).await?.factors;
    stand(serving, &opened.with_factors(&user), &user, made)
}

fn stand(serving: &Serving, opened: &OpenVault, user: &User, codes: Vec<String>) -> Result<Shown> {
    let (applied, now) = (serving.applied(), serving.now());
    let ticket = Ticket::new(user.account.to_string(), now)?;
    let keys = user.factors.keys.iter().map(|key| Key {
        id: BASE64URL_NOPAD.encode(&key.id),
        name: key.name.clone(),
        host: key.host.clone(),
        since: key.since,
    });
    Ok(Shown {
        app: user.factors.app.as_ref().map(|app| app.since),
        keys: keys.collect(),
        recovery: user.factors.recovery.len(),
        required: is_required(applied, user, &opened.profile),
        fresh: opened.is_fresh(now),
        security_key: SecurityKey::of(serving, &ticket),
        new_app: NewApp::of(&ticket.seed()?, user, &applied.configuration.provider)?,
        ticket: ticket.seal(applied, CHANGE, now)?,
        session: opened.seal(applied)?,
        codes,
    })
}
