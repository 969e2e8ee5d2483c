//! Inviting an administrator: invited, accepted, admitted. The hub passes on; who is admitted, the log says.

use axum::Json;
use axum::extract::State;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::{Accept, NewInvitation, PendingInvitation, Role};
use sekisho_hub_api::{Blob, codes};
use serde::{Deserialize, Serialize};

use super::accounts;
use super::log;
use super::refusal::{Answer, Body};
use super::who::Who;
use crate::app::{App, HUB, account_id, json, put, unavailable};
use crate::store::{Batch, Change, Expect};

#[derive(Serialize, Deserialize)]
struct Held {
    invitation: NewInvitation,
    accepted: Option<(Blob, Blob)>,
}

fn scope(organisation: &str) -> String {
    format!("o/{organisation}/invitations")
}

/// Invites.
pub(super) async fn invite(State(app): State<App>, who: Who, Body(body): Body<NewInvitation>) -> Answer<()> {
    who.administrator()?;
    super::who::id(&body.invitation, 16)?;
    super::who::id(&body.credential.keys, 32)?;
    let named = Role::Invitation { invitation: body.invitation.clone(), login: body.login.clone() };
    if body.credential.role != named {
        return Err(Fault::new(codes::REQUEST).with("detail", "role").into());
    }
    let id = body.invitation.clone();
    let changes = vec![
        log::credential(&who.organisation, &body.credential, Expect::Absent),
        put(
            &scope(&who.organisation),
            "invitation",
            &id,
            Expect::Absent,
            json(&Held { invitation: body, accepted: None }),
        ),
    ];
    Ok(app.commit(Batch { changes, ..Batch::default() }).await?)
}

/// The open invitations.
pub(super) async fn list(State(app): State<App>, who: Who) -> Answer<Json<Vec<PendingInvitation>>> {
    who.administrator()?;
    let rows = app.store.list(&scope(&who.organisation), "invitation", None, 1000).await.map_err(unavailable)?;
    let held = rows.iter().filter_map(|row| serde_json::from_slice::<Held>(&row.body).ok());
    Ok(Json(held.map(|held| PendingInvitation { invitation: held.invitation, accepted: held.accepted }).collect()))
}

/// Whether an invitation may still be accepted.
pub(super) async fn is_open(app: &App, organisation: &str, invitation: &str) -> Result<bool> {
    let row = app.store.get(&scope(organisation), "invitation", invitation).await.map_err(unavailable)?;
    let held: Option<Held> = row.and_then(|row| serde_json::from_slice(&row.body).ok());
    Ok(held.is_some_and(|held| held.accepted.is_none() && app.now() <= held.invitation.ends))
}

/// Leaves the invited administrator's keys and account. It opens nothing until somebody has admitted them.
pub(super) async fn accept(State(app): State<App>, who: Who, Body(body): Body<Accept>) -> Answer<()> {
    let Role::Invitation { invitation, login } = &who.role else {
        return Err(Fault::new(codes::FORBIDDEN).into());
    };
    if *login != body.account.login {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    let scope = scope(&who.organisation);
    let row = app.store.get(&scope, "invitation", invitation).await.map_err(unavailable)?;
    let row = row.ok_or_else(|| Fault::new(codes::NOT_FOUND).with("what", "invitation"))?;
    let mut held: Held = serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))?;
    if held.accepted.is_some() || app.now() > held.invitation.ends {
        return Err(Fault::new(codes::NOT_FOUND).with("what", "invitation").into());
    }
    held.accepted = Some((body.keys, body.mark));
    let (account, claim, _) = accounts::made(&app, &who.organisation, &body.account, false)?;
    // The way in was used.
    let used = Change::Remove {
        scope: HUB.to_owned(),
        kind: "credential".to_owned(),
        id: who.stands_on.clone(),
        expect: Expect::Any,
    };
    let accepted = put(&scope, "invitation", invitation, Expect::Rev(row.rev), json(&held));
    Ok(app.commit(Batch { changes: vec![account, accepted, used], claims: vec![claim], ..Batch::default() }).await?)
}

/// What follows when an invited administrator was admitted: the account counts, the invitation is used up.
pub(super) async fn admitted(app: &App, organisation: &str, invitation: &str, batch: &mut Batch) -> Result<()> {
    let missing = || Fault::new(codes::NOT_FOUND).with("what", "invitation");
    let scope = scope(organisation);
    let row = app.store.get(&scope, "invitation", invitation).await.map_err(unavailable)?.ok_or_else(missing)?;
    let held: Held = serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))?;
    let account_row = account_id(&held.invitation.login);
    let account = app.store.get(HUB, "account", &account_row).await.map_err(unavailable)?.ok_or_else(missing)?;
    let mut entry: accounts::Account = serde_json::from_slice(&account.body).map_err(|_| Fault::new(codes::STORE))?;
    if entry.organisation != organisation {
        return Err(missing());
    }
    entry.active = true;
    batch.changes.push(put(HUB, "account", &account_row, Expect::Rev(account.rev), json(&entry)));
    let remove = |scope: &str, kind: &str, id: &str, expect| Change::Remove {
        scope: scope.to_owned(),
        kind: kind.to_owned(),
        id: id.to_owned(),
        expect,
    };
    batch.changes.push(remove(&scope, "invitation", invitation, Expect::Rev(row.rev)));
    batch.changes.push(remove(HUB, "credential", &held.invitation.credential.keys, Expect::Any));
    Ok(())
}
