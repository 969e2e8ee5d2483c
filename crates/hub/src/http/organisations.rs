//! Founding an organisation.

use axum::Json;
use axum::extract::State;
use sekisho_fault::Fault;
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::{Found, Role, Session};

use super::accounts;
use super::log;
use super::refusal::{Answer, Body};
use super::sessions;
use super::who::organisation_scope;
use crate::app::{App, put};
use crate::setup;
use crate::store::{Batch, Expect};

/// Account, first log entry and recovery kit in one: all of it is there, or nothing.
pub(super) async fn found(State(app): State<App>, Body(body): Body<Found>) -> Answer<Json<Session>> {
    let id = &body.organisation;
    super::who::id(id, 16)?;
    super::who::id(&body.kit.keys, 32)?;
    if body.kit.role != Role::Kit {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    let token = body.setup_token.as_slice();
    setup::check(&app, token).await?;
    accounts::free(&app, &body.account.login).await?;
    let (account, login, generation) = accounts::made(&app, id, &body.account, true)?;
    let scope = organisation_scope(id);
    let changes = vec![
        setup::used(token),
        account,
        put(&scope, "log", &log::row(0), Expect::Absent, body.genesis.0),
        log::credential(id, &body.kit, Expect::Absent),
    ];
    app.commit(Batch { changes, claims: vec![login], ..Batch::default() }).await?;
    // Passphrase and code were proven a moment ago: the founder goes on without waiting for the next code.
    let role = Role::Administrator { login: body.account.login };
    Ok(Json(sessions::founder(&app, body.organisation, role, generation).await?))
}
