//! Founding an organisation.

use axum::Json;
use axum::extract::State;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::{Found, Role, Session};

use super::accounts::{self, Account};
use super::log;
use super::refusal::{Answer, Body};
use super::sessions;
use super::who::organisation_scope;
use crate::app::{App, account_id, put, unavailable};
use crate::setup;
use crate::store::{Batch, Expect};

/// Account, first log entry and recovery kit in one: all of it is there, or nothing. The same request again founds nothing
/// more, and opens the session whose answer was lost.
pub(super) async fn found(State(app): State<App>, Body(body): Body<Found>) -> Answer<Json<Session>> {
    super::who::id(&body.organisation, 16)?;
    super::who::id(&body.kit.keys, 32)?;
    if body.kit.role != Role::Kit {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    let generation = match make(&app, &body).await {
        Ok(generation) => generation,
        Err(fault) => made_already(&app, &body).await?.ok_or(fault)?,
    };
    // Passphrase and code were proven a moment ago: the founder goes on without waiting for the next code.
    let role = Role::Administrator { login: body.account.login };
    Ok(Json(sessions::founder(&app, body.organisation, role, generation).await?))
}

/// Founds, and gives the account's generation.
async fn make(app: &App, body: &Found) -> Result<String> {
    let id = &body.organisation;
    let used = setup::used(app, body.setup_token.as_slice(), id).await?;
    accounts::free(app, &body.account.login).await?;
    let (account, login, generation) = accounts::made(app, id, &body.account, true)?;
    let scope = organisation_scope(id);
    let changes = vec![
        used,
        account,
        put(&scope, "log", &log::row(0), Expect::Absent, body.genesis.0.clone()),
        log::credential(id, &body.kit, Expect::Absent),
    ];
    app.commit(Batch { changes, claims: vec![login], ..Batch::default() }).await?;
    Ok(generation)
}

/// The generation of the founder's account, if this very request has founded the organisation.
async fn made_already(app: &App, body: &Found) -> Result<Option<String>> {
    if !setup::has_founded(app, body.setup_token.as_slice(), &body.organisation).await? {
        return Ok(None);
    }
    let scope = organisation_scope(&body.organisation);
    let genesis = app.store.get(&scope, "log", &log::row(0)).await.map_err(unavailable)?;
    let account: Option<Account> = app.read("account", &account_id(&body.account.login)).await?;
    let account = account.filter(|account| {
        account.organisation == body.organisation
            && account.envelope == body.account.envelope
            && account.signing == body.account.signing
            && genesis.is_some_and(|genesis| genesis.body == body.genesis.0)
    });
    Ok(account.map(|account| account.generation))
}
