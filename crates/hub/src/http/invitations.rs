//! Inviting an administrator: invited, accepted, admitted. The hub passes on; who is admitted, the log says.

use axum::Json;
use axum::extract::{Path, State};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::{Accept, NewInvitation, PendingInvitation, Role};
use sekisho_hub_api::{Blob, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::accounts;
use super::log;
use super::refusal::Answer;
use super::signed::Signed;
use super::who::Who;
use crate::app::{App, HUB, account_id, json, put, unavailable};
use crate::store::{Batch, Change, Claim, Expect};

#[derive(Serialize, Deserialize)]
struct Held {
    invitation: NewInvitation,
    accepted: Option<(Blob, Blob)>,
    /// Withdrawn ones stay, so that the request that made one does not bring it back.
    #[serde(default)]
    withdrawn: bool,
    /// What a newer node has written besides: it is kept as it is.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Held {
    fn is_open(&self, now: i64) -> bool {
        !self.withdrawn && self.accepted.is_none() && now <= self.invitation.ends
    }
}

fn scope(organisation: &str) -> String {
    format!("o/{organisation}/invitations")
}

/// Invites.
pub(super) async fn invite(State(app): State<App>, Signed { who, body }: Signed<NewInvitation>) -> Answer<()> {
    who.administrator()?;
    super::who::id(&body.invitation, 16)?;
    super::who::id(&body.credential.keys, 32)?;
    let named = Role::Invitation { invitation: body.invitation.clone(), login: body.login.clone() };
    if body.credential.role != named {
        return Err(Fault::new(codes::REQUEST).with("detail", "role").into());
    }
    let (scope, id) = (scope(&who.organisation), body.invitation.clone());
    let credential = log::credential(&who.organisation, &body.credential, Expect::Absent);
    let held = json(&Held { invitation: body, accepted: None, withdrawn: false, rest: Map::new() });
    let changes = vec![credential, put(&scope, "invitation", &id, Expect::Absent, held.clone())];
    match app.commit(Batch { changes, ..Batch::default() }).await {
        // The same again, since the answer was lost.
        Err(fault) if fault.code == codes::STALE => {
            let found = app.store.get(&scope, "invitation", &id).await.map_err(unavailable)?;
            if found.is_some_and(|found| found.body == held) { Ok(()) } else { Err(fault.into()) }
        }
        outcome => Ok(outcome?),
    }
}

/// The open invitations.
pub(super) async fn list(State(app): State<App>, who: Who) -> Answer<Json<Vec<PendingInvitation>>> {
    who.administrator()?;
    let rows = app.store.list(&scope(&who.organisation), "invitation", None, 300).await.map_err(unavailable)?;
    let held = rows.iter().filter_map(|row| serde_json::from_slice::<Held>(&row.body).ok());
    let held = held.filter(|held| !held.withdrawn);
    Ok(Json(held.map(|held| PendingInvitation { invitation: held.invitation, accepted: held.accepted }).collect()))
}

/// Whether an invitation may still be accepted.
pub(super) async fn is_open(app: &App, organisation: &str, invitation: &str) -> Result<bool> {
    let row = app.store.get(&scope(organisation), "invitation", invitation).await.map_err(unavailable)?;
    let held: Option<Held> = row.and_then(|row| serde_json::from_slice(&row.body).ok());
    Ok(held.is_some_and(|held| held.is_open(app.now())))
}

/// Leaves the invited administrator's keys and account. It opens nothing until somebody has admitted them.
pub(super) async fn accept(State(app): State<App>, Signed { who, body }: Signed<Accept>) -> Answer<()> {
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
    let said = Some((body.keys, body.mark));
    if held.accepted == said && !held.withdrawn {
        return Ok(());
    }
    if !held.is_open(app.now()) {
        return Err(Fault::new(codes::NOT_FOUND).with("what", "invitation").into());
    }
    accounts::free(&app, login).await?;
    held.accepted = said;
    let (account, claim, _) = accounts::made(&app, &who.organisation, &body.account, false)?;
    // The way in opens no other session from here on; this one is told the same when it asks again.
    let accepted = put(&scope, "invitation", invitation, Expect::Rev(row.rev), json(&held));
    Ok(app.commit(Batch { changes: vec![account, accepted], claims: vec![claim], ..Batch::default() }).await?)
}

/// Takes an invitation back, accepted or not: its way in ends, and the name that was taken by it is free again.
pub(super) async fn withdraw(
    State(app): State<App>,
    Path(invitation): Path<String>,
    Signed { who, body: () }: Signed<()>,
) -> Answer<()> {
    who.administrator()?;
    let missing = || Fault::new(codes::NOT_FOUND).with("what", "invitation");
    let scope = scope(&who.organisation);
    let row = app.store.get(&scope, "invitation", &invitation).await.map_err(unavailable)?.ok_or_else(missing)?;
    let mut held: Held = serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))?;
    if held.withdrawn {
        return Ok(());
    }
    held.withdrawn = true;
    let changes = vec![
        put(&scope, "invitation", &invitation, Expect::Rev(row.rev), json(&held)),
        remove(HUB, "credential", &held.invitation.credential.keys, Expect::Any),
    ];
    let mut batch = Batch { changes, ..Batch::default() };
    let id = account_id(&held.invitation.login);
    if let Some(account) = app.store.get(HUB, "account", &id).await.map_err(unavailable)? {
        let entry: accounts::Account = serde_json::from_slice(&account.body).map_err(|_| Fault::new(codes::STORE))?;
        // Only the account that this very invitation has made, and only while nobody has admitted it.
        if held.accepted.is_some() && !entry.active && entry.organisation == who.organisation {
            batch.changes.push(remove(HUB, "account", &id, Expect::Rev(account.rev)));
            batch.releases.push(Claim { name: format!("login/{id}"), holder: who.organisation.clone() });
        }
    }
    Ok(app.commit(batch).await?)
}

fn remove(scope: &str, kind: &str, id: &str, expect: Expect) -> Change {
    Change::Remove { scope: scope.to_owned(), kind: kind.to_owned(), id: id.to_owned(), expect }
}

/// What follows when an invited administrator was admitted: the account counts, the invitation is used up.
pub(super) async fn admitted(app: &App, organisation: &str, invitation: &str, batch: &mut Batch) -> Result<()> {
    let missing = || Fault::new(codes::NOT_FOUND).with("what", "invitation");
    let scope = scope(organisation);
    let row = app.store.get(&scope, "invitation", invitation).await.map_err(unavailable)?.ok_or_else(missing)?;
    let held: Held = serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))?;
    if held.withdrawn {
        return Err(missing());
    }
    let account_row = account_id(&held.invitation.login);
    let account = app.store.get(HUB, "account", &account_row).await.map_err(unavailable)?.ok_or_else(missing)?;
    let mut entry: accounts::Account = serde_json::from_slice(&account.body).map_err(|_| Fault::new(codes::STORE))?;
    if entry.organisation != organisation {
        return Err(missing());
    }
    entry.active = true;
    batch.changes.push(put(HUB, "account", &account_row, Expect::Rev(account.rev), json(&entry)));
    batch.changes.push(remove(&scope, "invitation", invitation, Expect::Rev(row.rev)));
    batch.changes.push(remove(HUB, "credential", &held.invitation.credential.keys, Expect::Any));
    Ok(())
}
