//! What users keep in their vaults: sealed by the page that they open it in, and signed by it, so that no server can write in a user's
//! name what the user's key has not signed. The hub orders it and tells changes apart, and can read none of it.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::Json;
use axum::extract::{Path, Query, State};
use data_encoding::HEXLOWER;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::{
    LARGEST_VAULT_RECORD, MOST_VAULT_CHANGES, NewVaultChanges, VaultChange, VaultPart, VaultRow, vault_statement,
};
use serde::Deserialize;

use super::deletion;
use super::refusal::Answer;
use super::sessions::SKEW;
use super::signed::Signed;
use super::who::{Who, connection_scope, id};
use crate::app::{App, put, unavailable};
use crate::store::{Batch, Expect, Row};

const KIND: &str = "record";
/// Rows in one answer.
const PART: u32 = 1_000;

/// A scope of its own: those who follow the connection need none of it. It goes with the connection.
fn scope(connection: &str, account: &str) -> String {
    format!("{}/vault/{account}", connection_scope(connection))
}

/// From where.
#[derive(Deserialize)]
pub(super) struct From {
    after: u64,
}

/// What has come to a vault since.
pub(super) async fn read(
    State(app): State<App>,
    who: Who,
    Path((connection, account)): Path<(String, String)>,
    Query(from): Query<From>,
) -> Answer<Json<VaultPart>> {
    who.server_of(&connection)?;
    who.may_read(&app, &connection).await?;
    let scope = scope(&connection, id(&account, 32)?);
    // Before the rows: what is written in between comes with the next part.
    let head = app.store.head(&scope).await.map_err(unavailable)?;
    let rows = app.store.feed(&scope, from.after, PART).await.map_err(unavailable)?;
    let head = rows.last().map_or(head, |last| last.seq.max(head));
    Ok(Json(VaultPart { rows: rows.into_iter().map(wire).collect(), head }))
}

fn wire(Row { seq, id, rev, body, .. }: Row) -> VaultRow {
    VaultRow { seq, id, rev, body: body.into() }
}

/// Writes what a user's page has changed: all of it, or, where another page was faster with any of it, nothing.
pub(super) async fn write(
    State(app): State<App>,
    Path((connection, account)): Path<(String, String)>,
    Signed { who, body }: Signed<NewVaultChanges>,
) -> Answer<()> {
    who.server_of(&connection)?;
    who.may_read(&app, &connection).await?;
    let changes = signed(&connection, id(&account, 32)?, &body, app.now())?;
    deletion::none(&app, &connection).await?;
    let scope = scope(&connection, &account);
    let changes = changes.into_iter().map(|change| {
        let expect = if change.after == 0 { Expect::Absent } else { Expect::Rev(change.after) };
        put(&scope, KIND, &change.id, expect, change.body.0)
    });
    let changes: Vec<_> = changes.collect();
    // Whoever is retired in between writes nothing any more.
    let requires = who.still_stands(&app).await?.into_iter().collect();
    match app.commit(Batch { requires, changes: changes.clone(), ..Batch::default() }).await {
        // The same bytes again are not a second write: the answer to the first may be lost.
        Err(fault) if fault.code == codes::STALE && is_written(&app, &changes).await? => Ok(()),
        outcome => Ok(outcome?),
    }
}

async fn is_written(app: &App, changes: &[crate::store::Change]) -> Result<bool> {
    for change in changes {
        let crate::store::Change::Put { scope, kind, id, body, .. } = change else { return Ok(false) };
        let found = app.store.get(scope, kind, id).await.map_err(unavailable)?;
        if found.is_none_or(|found| found.body != *body) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The changes, if the account's key has signed them for this vault and a moment ago.
///
/// Codes: `NOT_SIGNED`, `CLOCK`, `REQUEST`.
fn signed(connection: &str, account: &str, body: &NewVaultChanges, now: i64) -> Result<Vec<VaultChange>> {
    let wrong = |detail: String| Fault::new(codes::REQUEST).with("detail", detail);
    // The account is the public key itself.
    let key = HEXLOWER.decode(account.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    let statement = vault_statement(body.time, connection, account, &body.changes);
    let key = UnparsedPublicKey::new(&ED25519, key);
    key.verify(&statement, body.signature.as_slice()).map_err(|_| Fault::new(codes::NOT_SIGNED))?;
    let apart = body.time.saturating_sub(now);
    if apart.abs() > SKEW {
        return Err(Fault::new(codes::CLOCK).with("seconds", apart));
    }
    let changes: Vec<VaultChange> = serde_json::from_str(&body.changes).map_err(|error| wrong(error.to_string()))?;
    if changes.is_empty() || changes.len() > MOST_VAULT_CHANGES {
        return Err(wrong("changes".to_owned()));
    }
    for change in &changes {
        id(&change.id, 16)?;
        if change.body.0.len() > LARGEST_VAULT_RECORD {
            return Err(wrong("size".to_owned()));
        }
    }
    Ok(changes)
}
