//! The records of an open vault, as the hub keeps them: sealed and signed by the page. This service adds who may.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use super::opened::OpenVault;
use crate::capabilities::{Sealed, VaultChanges};
use crate::face::Serving;
use crate::load::standing::Standing;
use crate::roles::Enforced;
use crate::{codes, pages};

/// What a page asks for.
#[derive(Deserialize)]
pub(crate) struct Asking {
    session: String,
    /// Since which place of the vault.
    after: u64,
    /// Whether the user is at it: else the time until it closes goes on.
    used: bool,
}

/// What has come to the vault since.
#[derive(Serialize)]
struct Part {
    rows: Vec<Sealed>,
    head: u64,
    #[serde(flatten)]
    opened: Renewed,
}

/// What every answer brings.
#[derive(Serialize)]
struct Renewed {
    /// To be shown the next time.
    session: String,
    /// The time here, by which the page signs: seconds since 1970.
    time: i64,
    policies: Enforced,
}

/// What a page writes.
#[derive(Deserialize)]
pub(crate) struct Writing {
    session: String,
    #[serde(flatten)]
    changes: VaultChanges,
}

/// Answers with what has come to the vault.
pub(crate) async fn read(
    serving: Serving,
    standing: Standing,
    headers: HeaderMap,
    asking: Result<Json<Asking>, JsonRejection>,
) -> Response {
    let Ok(Json(asking)) = asking else { return StatusCode::BAD_REQUEST.into_response() };
    answered(&standing, &headers, part(&serving, &headers, &asking).await)
}

async fn part(serving: &Serving, headers: &HeaderMap, asking: &Asking) -> Result<Part> {
    let (opened, user) = OpenVault::shown(serving, headers, &asking.session).await?;
    let found = serving.vaults().read(user.account, asking.after).await?;
    let (applied, now) = (serving.applied(), serving.now());
    let policies = Enforced::of(&applied.configuration.document, &user, &opened.profile);
    let opened = if asking.used { opened.used(applied, &user, now) } else { opened };
    let opened = Renewed { session: opened.seal(applied)?, time: now, policies };
    Ok(Part { rows: found.rows, head: found.head, opened })
}

/// Writes what the page has changed.
pub(crate) async fn write(
    serving: Serving,
    standing: Standing,
    headers: HeaderMap,
    writing: Result<Json<Writing>, JsonRejection>,
) -> Response {
    let Ok(Json(writing)) = writing else { return StatusCode::BAD_REQUEST.into_response() };
    answered(&standing, &headers, written(&serving, &headers, writing).await)
}

async fn written(serving: &Serving, headers: &HeaderMap, writing: Writing) -> Result<Renewed> {
    let (opened, user) = OpenVault::shown(serving, headers, &writing.session).await?;
    serving.vaults().write(user.account, &writing.changes).await?;
    let (applied, now) = (serving.applied(), serving.now());
    let policies = Enforced::of(&applied.configuration.document, &user, &opened.profile);
    Ok(Renewed { session: opened.used(applied, &user, now).seal(applied)?, time: now, policies })
}

/// The answer to a page: what came of it, or the code of why nothing did.
pub(crate) fn answered<T: Serialize>(standing: &Standing, headers: &HeaderMap, outcome: Result<T>) -> Response {
    match outcome {
        Ok(body) => Json(body).into_response(),
        Err(fault) if [codes::VAULT_CLOSED, codes::FACTOR_LATE].contains(&fault.code) => {
            // It has shown nothing that was sealed here.
            let refused = |fault| (StatusCode::UNAUTHORIZED, Json(fault)).into_response();
            standing.refused(fault, pages::language(headers), refused)
        }
        Err(fault) => (status(&fault), Json(Fault::new(fault.code))).into_response(),
    }
}

fn status(fault: &Fault) -> StatusCode {
    let code = &fault.code;
    if *code == codes::VAULT_STALE {
        StatusCode::PRECONDITION_FAILED
    } else if [codes::HUB_NEEDED, codes::USERS, codes::BUSY].contains(code) {
        StatusCode::SERVICE_UNAVAILABLE
    } else if *code == codes::VAULT_CHANGE {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::FORBIDDEN
    }
}
