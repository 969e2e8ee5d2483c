//! What belongs to a connection: revisions, objects, user records, facts about users, wishes for a Full Sync,
//! servers' reports.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Path, State};
use sekisho_fault::Fault;
use sekisho_hub_api::wire::{MOST_FACTS, NewFact, NewFacts, NewRecord, NewRevision, Resealed, Row};
use sekisho_hub_api::{Blob, codes};

use super::deletion;
use super::epochs;
use super::feed::wire;
use super::refusal::Answer;
use super::signed::Signed;
use super::signposts;
use super::who::{Who, connection_scope, id};
use crate::app::{App, json, put, unavailable};
use crate::store::{Batch, Claim, Expect, Require};

fn row(revision: u64) -> String {
    format!("{revision:020}")
}

fn missing(what: &str) -> Fault {
    Fault::new(codes::NOT_FOUND).with("what", what)
}

/// Records, facts, reports and keys are small: nobody fills the hub with them.
fn small(body: &Blob) -> Answer<()> {
    if body.0.len() <= 32 * 1024 { Ok(()) } else { Err(Fault::new(codes::REQUEST).with("detail", "size").into()) }
}

async fn find(app: &App, connection: &str, kind: &str, name: &str) -> Answer<Json<Row>> {
    let found = app.store.get(&connection_scope(connection), kind, name).await.map_err(unavailable)?;
    Ok(Json(wire(found.ok_or_else(|| missing(kind))?)))
}

async fn newest(app: &App, connection: &str) -> Answer<u64> {
    let found = app.store.get(&connection_scope(connection), "newest", "revision").await.map_err(unavailable)?;
    Ok(found.and_then(|row| serde_json::from_slice(&row.body).ok()).unwrap_or(0))
}

/// One revision, by number or `newest`.
pub(super) async fn revision(
    State(app): State<App>,
    who: Who,
    Path((connection, name)): Path<(String, String)>,
) -> Answer<Json<Row>> {
    who.may_read(&app, &connection).await?;
    let number = if name == "newest" { newest(&app, &connection).await? } else { name.parse().unwrap_or(0) };
    find(&app, &connection, "revision", &row(number)).await
}

/// Saves a revision if it is the next one. The same bytes again are not a second save.
pub(super) async fn save(
    State(app): State<App>,
    Path((connection, revision)): Path<(String, u64)>,
    Signed { who, body }: Signed<NewRevision>,
) -> Answer<()> {
    who.administrator_of(&app, &connection).await?;
    deletion::none(&app, &connection).await?;
    let before = revision.checked_sub(1).ok_or_else(|| missing("revision"))?;
    let scope = connection_scope(&connection);
    let requires = epochs::in_force(&app, &connection, body.epoch).await?;
    let mut batch = Batch { requires, ..Batch::default() };
    if before > 0 {
        let (kind, name) = ("revision".to_owned(), row(before));
        batch.requires.push(Require { scope: scope.clone(), kind, id: name, rev: None });
    }
    // Objects first: who follows the feed has them before the revision that names them.
    for (object, sealed) in body.objects {
        id(&object, 32)?;
        small(&sealed)?;
        // A key that is there stays as it is: which of two seals of it does not matter.
        if app.store.get(&scope, "object", &object).await.map_err(unavailable)?.is_none() {
            batch.changes.push(put(&scope, "object", &object, Expect::Absent, sealed.0));
        }
    }
    batch.changes.push(put(&scope, "revision", &row(revision), Expect::Absent, body.revision.0.clone()));
    batch.changes.push(put(&scope, "newest", "revision", Expect::Any, json(&revision)));
    batch.changes.push(signposts::put_up(&connection, body.signpost.as_ref())?);
    signposts::learn(&app, &who, &connection, &body.domains, &mut batch).await?;
    match app.commit(batch).await {
        Err(fault) if fault.code == codes::STALE => {
            deletion::none(&app, &connection).await?;
            let found = app.store.get(&scope, "revision", &row(revision)).await.map_err(unavailable)?;
            if found.is_some_and(|found| found.body == body.revision.0) { Ok(()) } else { Err(fault.into()) }
        }
        outcome => Ok(outcome?),
    }
}

/// A sealed object.
pub(super) async fn object(
    State(app): State<App>,
    who: Who,
    Path((connection, object)): Path<(String, String)>,
) -> Answer<Json<Row>> {
    who.may_read(&app, &connection).await?;
    find(&app, &connection, "object", &object).await
}

/// Writes a user record; the e-mail address (blinded) belongs to one user. The same bytes again are not a second write.
pub(super) async fn put_user(
    State(app): State<App>,
    Path((connection, user)): Path<(String, String)>,
    Signed { who, body }: Signed<NewRecord>,
) -> Answer<()> {
    who.server_of(&connection)?;
    who.may_read(&app, &connection).await?;
    id(&user, 32)?;
    id(&body.email, 32)?;
    small(&body.record)?;
    let scope = connection_scope(&connection);
    let expect = if body.after == 0 { Expect::Absent } else { Expect::Rev(body.after) };
    // Written before, though the answer was lost: so it stays, whatever has ended since.
    let found = app.store.get(&scope, "user", &user).await.map_err(unavailable)?;
    if found.is_some_and(|found| found.body == body.record.0) {
        return Ok(());
    }
    deletion::none(&app, &connection).await?;
    let mut requires = epochs::in_force(&app, &connection, body.epoch).await?;
    // Whoever is retired in between writes nothing any more.
    requires.extend(who.still_stands(&app).await?);
    let changes = vec![put(&scope, "user", &user, expect, body.record.0.clone())];
    let name = |email: &String| Claim { name: format!("email/{connection}/{email}"), holder: user.clone() };
    let claims = vec![name(&body.email)];
    if let Some(former) = &body.former {
        id(former, 32)?;
    }
    // What another holds is not given back.
    let releases = body.former.iter().filter(|former| **former != body.email).map(name).collect();
    match app.commit(Batch { requires, changes, claims, releases, ..Batch::default() }).await {
        Err(fault) if fault.code == codes::STALE => {
            deletion::none(&app, &connection).await?;
            epochs::in_force(&app, &connection, body.epoch).await?;
            let found = app.store.get(&scope, "user", &user).await.map_err(unavailable)?;
            if found.is_some_and(|found| found.body == body.record.0) { Ok(()) } else { Err(fault.into()) }
        }
        outcome => Ok(outcome?),
    }
}

/// Writes what an administrator says of a user.
pub(super) async fn put_fact(
    State(app): State<App>,
    Path((connection, fact)): Path<(String, String)>,
    Signed { who, body }: Signed<NewFact>,
) -> Answer<()> {
    who.administrator_of(&app, &connection).await?;
    put_all(&app, &connection, &BTreeMap::from([(fact, body)])).await
}

/// Writes what an administrator says of several users: all of it, or nothing.
pub(super) async fn put_facts(
    State(app): State<App>,
    Path(connection): Path<String>,
    Signed { who, body }: Signed<NewFacts>,
) -> Answer<()> {
    who.administrator_of(&app, &connection).await?;
    if body.facts.is_empty() || body.facts.len() > MOST_FACTS {
        return Err(Fault::new(codes::REQUEST).with("detail", "facts").into());
    }
    put_all(&app, &connection, &body.facts).await
}

async fn put_all(app: &App, connection: &str, facts: &BTreeMap<String, NewFact>) -> Answer<()> {
    deletion::none(app, connection).await?;
    let scope = connection_scope(connection);
    let mut batch = Batch::default();
    for epoch in facts.values().map(|body| body.epoch).collect::<BTreeSet<_>>() {
        batch.requires.extend(epochs::in_force(app, connection, epoch).await?);
    }
    for (name, body) in facts {
        id(name, 32)?;
        small(&body.fact)?;
        let expect = match body.after {
            None => Expect::Any,
            Some(0) => Expect::Absent,
            Some(rev) => Expect::Rev(rev),
        };
        batch.changes.push(put(&scope, "fact", name, expect, body.fact.0.clone()));
    }
    match app.commit(batch).await {
        // The same bytes again are not a second write.
        Err(stale) if stale.code == codes::STALE => {
            for (name, body) in facts {
                let found = app.store.get(&scope, "fact", name).await.map_err(unavailable)?;
                if found.is_none_or(|found| found.body != body.fact.0) {
                    return Err(stale.into());
                }
            }
            Ok(())
        }
        outcome => Ok(outcome?),
    }
}

/// Writes an object that an administrator has sealed anew. What is inside stays the same, as its name says.
pub(super) async fn reseal_object(
    State(app): State<App>,
    Path((connection, object)): Path<(String, String)>,
    Signed { who, body }: Signed<Resealed>,
) -> Answer<()> {
    who.administrator_of(&app, &connection).await?;
    deletion::none(&app, &connection).await?;
    id(&object, 32)?;
    small(&body.object)?;
    let requires = epochs::in_force(&app, &connection, body.epoch).await?;
    let change = put(&connection_scope(&connection), "object", &object, Expect::Rev(body.after), body.object.0);
    Ok(app.commit(Batch { requires, changes: vec![change], ..Batch::default() }).await?)
}

fn checklists_scope(connection: &str) -> String {
    // A scope of its own: those who follow the connection need none of them.
    format!("{}/checklists", connection_scope(connection))
}

/// Writes administrators' notes about a server.
pub(super) async fn put_checklist(
    State(app): State<App>,
    Path((connection, server)): Path<(String, String)>,
    Signed { who, body }: Signed<Blob>,
) -> Answer<()> {
    who.administrator_of(&app, &connection).await?;
    deletion::none(&app, &connection).await?;
    id(&server, 16)?;
    small(&body)?;
    let change = put(&checklists_scope(&connection), "checklist", &server, Expect::Any, body.0);
    Ok(app.commit(Batch { changes: vec![change], ..Batch::default() }).await?)
}

/// Administrators' notes about servers.
pub(super) async fn checklists(
    State(app): State<App>,
    who: Who,
    Path(connection): Path<String>,
) -> Answer<Json<Vec<Row>>> {
    who.administrator_of(&app, &connection).await?;
    let rows = app.store.list(&checklists_scope(&connection), "checklist", None, 1000).await.map_err(unavailable)?;
    Ok(Json(rows.into_iter().map(wire).collect()))
}

/// Tells the servers an administrator's wish that they read everything again. There is one row: the newest wish counts.
pub(super) async fn ask_for_sync(
    State(app): State<App>,
    Path(connection): Path<String>,
    Signed { who, body }: Signed<Blob>,
) -> Answer<()> {
    who.administrator_of(&app, &connection).await?;
    deletion::none(&app, &connection).await?;
    small(&body)?;
    let change = put(&connection_scope(&connection), "sync", "all", Expect::Any, body.0);
    Ok(app.commit(Batch { changes: vec![change], ..Batch::default() }).await?)
}

/// Leaves a server's report of itself.
pub(super) async fn report(
    State(app): State<App>,
    Path((connection, server)): Path<(String, String)>,
    Signed { who, body }: Signed<Blob>,
) -> Answer<()> {
    if who.server_of(&connection)? != server {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    small(&body)?;
    // A scope of its own: reports come often, and those who follow the connection need none of them.
    let change = put(&format!("{}/reports", connection_scope(&connection)), "report", &server, Expect::Any, body.0);
    Ok(app.commit(Batch { changes: vec![change], ..Batch::default() }).await?)
}

/// All servers' reports.
pub(super) async fn reports(
    State(app): State<App>,
    who: Who,
    Path(connection): Path<String>,
) -> Answer<Json<Vec<Row>>> {
    who.may_read(&app, &connection).await?;
    let scope = format!("{}/reports", connection_scope(&connection));
    let rows = app.store.list(&scope, "report", None, 1000).await.map_err(unavailable)?;
    Ok(Json(rows.into_iter().map(wire).collect()))
}
