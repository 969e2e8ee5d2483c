//! The organisation log, as sealed rows in order. What they say, only those who verify them know.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Query, State};
use sekisho_fault::Fault;
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::{Append, Credential, Role, Row};
use serde::Deserialize;
use serde_json::Map;

use super::accounts;
use super::deletion;
use super::epochs;
use super::feed::wire;
use super::refusal::Answer;
use super::signed::Signed;
use super::signposts;
use super::who::{Who, connection_scope, id, organisation_scope};
use crate::app::{App, HUB, account_id, json, put, unavailable};
use crate::store::{Batch, Change, Claim, Expect, Require, Unmoved};

/// Entries in one answer.
const PART: u32 = 500;

/// Mail domains in one request.
const DOMAINS: usize = 20;

/// The largest entry, in bytes.
const ENTRY: usize = 64 * 1024;

/// Which entries.
#[derive(Deserialize)]
pub(super) struct After {
    after: u64,
}

/// The name of an entry's row: numbers in the order of their bytes.
pub(super) fn row(sequence: u64) -> String {
    format!("{sequence:020}")
}

/// Reads the log after an entry. Everyone of the organisation may.
pub(super) async fn read(State(app): State<App>, who: Who, Query(query): Query<After>) -> Answer<Json<Vec<Row>>> {
    let rows = app.store.feed(&organisation_scope(&who.organisation), query.after, PART).await.map_err(unavailable)?;
    // Places in the feed begin at 1, and each entry has one.
    Ok(Json(rows.into_iter().filter(|row| row.seq <= who.log_ends()).map(wire).collect()))
}

/// The change that lets keys sign in.
pub(super) fn credential(organisation: &str, credential: &Credential, expect: Expect) -> Change {
    let (organisation, credential) = (organisation.to_owned(), credential.clone());
    held(&super::sessions::Held { organisation, credential, rest: Map::new() }, expect)
}

fn held(held: &super::sessions::Held, expect: Expect) -> Change {
    put(HUB, "credential", &held.credential.keys, expect, json(held))
}

/// Appends entries, with what follows from them, if nobody else appended in between. The same entries again are not
/// appended twice.
pub(super) async fn append(State(app): State<App>, Signed { who, body }: Signed<Append>) -> Answer<()> {
    let kit = who.role == Role::Kit;
    if !kit {
        who.administrator()?;
    }
    if kit != body.account.is_some() {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    // Nothing follows from no entry: the same request a second time is then told by its place.
    if body.entries.is_empty() || body.entries.iter().any(|entry| entry.0.len() > ENTRY) {
        return Err(Fault::new(codes::REQUEST).with("detail", "entry").into());
    }
    let scope = organisation_scope(&who.organisation);
    // Appended before, or in this moment, though the answer was lost: what follows from the entries was done with them.
    if appended_already(&app, &scope, &body).await? {
        return Ok(());
    }
    match append_once(&app, &who, &body, &scope).await {
        Err(_) if appended_already(&app, &scope, &body).await? => Ok(()),
        outcome => outcome,
    }
}

async fn append_once(app: &App, who: &Who, body: &Append, scope: &str) -> Answer<()> {
    let (kit, organisation) = (who.role == Role::Kit, &who.organisation);
    let mut batch = Batch::default();
    if body.after > 0 {
        let before = row(body.after - 1);
        batch.requires.push(Require { scope: scope.to_owned(), kind: "log".to_owned(), id: before, rev: None });
    }
    for (entry, sequence) in body.entries.iter().zip(body.after..) {
        batch.changes.push(put(scope, "log", &row(sequence), Expect::Absent, entry.0.clone()));
    }
    if !kit {
        one_kit_for_another(app, organisation, body).await?;
    }
    for keys in &body.admit {
        if let Role::Server { connection, .. } = &keys.role {
            not_deleted(app, body, connection).await?;
        }
        admit(who, body, keys, &mut batch)?;
    }
    for keys in &body.revoke {
        revoke(app, organisation, keys, &mut batch).await?;
    }
    let of_administrators = body.retire.is_empty() && body.epochs.is_empty() && body.mail_domains.is_empty();
    if kit && !(of_administrators && body.delete.is_none() && body.undelete.is_none()) {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    for keys in &body.retire {
        retire(app, organisation, keys, body.after + body.entries.len() as u64, &mut batch).await?;
    }
    for epoch in &body.epochs {
        not_deleted(app, body, &epoch.connection).await?;
        owned(who, &epoch.connection, &mut batch)?;
        batch.changes.push(epochs::begun(&epoch.connection, epoch.number));
    }
    for unmoved in &body.unmoved {
        owned(who, &unmoved.connection, &mut batch)?;
        batch.unmoved.push(Unmoved { scope: connection_scope(&unmoved.connection), head: unmoved.head });
    }
    if let Some(connection) = &body.delete {
        owned(who, connection, &mut batch)?;
        deletion::delete(app, organisation, connection, &mut batch).await?;
    }
    if let Some(connection) = &body.undelete {
        owned(who, connection, &mut batch)?;
        deletion::undelete(app, connection, &mut batch).await?;
    }
    if let Some(domain) = &body.enterprise_domain {
        id(&domain.connection, 16)?;
        batch.changes.push(put(HUB, "connection", &domain.connection, Expect::Absent, json(organisation)));
        let owner = format!("{organisation}/{}", domain.connection);
        batch.changes.push(put(HUB, "owner", &owner, Expect::Absent, Vec::new()));
        batch.changes.push(epochs::begun(&domain.connection, 1));
        let name = format!("enterprise-domain/{}", domain.name.to_lowercase());
        batch.claims.push(Claim { name, holder: domain.connection.clone() });
    }
    if body.mail_domains.len() > DOMAINS {
        return Err(Fault::new(codes::REQUEST).with("detail", "mail_domains").into());
    }
    for domain in &body.mail_domains {
        owned(who, &domain.connection, &mut batch)?;
        signposts::reserve(app, who, domain, &mut batch).await?;
    }
    if let Some(invitation) = &body.invitation {
        super::invitations::admitted(app, organisation, invitation, &mut batch).await?;
    }
    if let Some(account) = &body.account {
        let (change, claim, _) = accounts::made(app, organisation, account, true)?;
        batch.changes.push(change);
        batch.claims.push(claim);
    }
    if let Some(login) = &body.end_account {
        end_account(app, organisation, login, &mut batch).await?;
    }
    Ok(app.commit(batch).await?)
}

/// Nothing else follows for a connection that is deleted, unless that is taken back by the same entries.
async fn not_deleted(app: &App, body: &Append, connection: &str) -> Answer<()> {
    if body.undelete.as_deref() == Some(connection) {
        return Ok(());
    }
    Ok(deletion::none(app, connection).await?)
}

/// Which keys may be admitted by whom: servers of the organisation's own connections, and the next kit of a recovery.
fn admit(who: &Who, body: &Append, keys: &Credential, batch: &mut Batch) -> Answer<()> {
    id(&keys.keys, 32)?;
    match &keys.role {
        Role::Server { connection, server } if who.role != Role::Kit => {
            id(server, 16)?;
            let fresh = body.enterprise_domain.as_ref().is_some_and(|domain| domain.connection == *connection);
            if !fresh {
                owned(who, connection, batch)?;
            }
        }
        Role::Kit => {}
        _ => return Err(Fault::new(codes::FORBIDDEN).into()),
    }
    batch.changes.push(credential(&who.organisation, keys, Expect::Absent));
    Ok(())
}

/// There is one recovery kit at a time: an administrator admits one only in the place of one that is revoked with it, by
/// an entry of the log. Two of these at once cannot both be the next entry.
async fn one_kit_for_another(app: &App, organisation: &str, body: &Append) -> Answer<()> {
    let admitted = body.admit.iter().filter(|keys| keys.role == Role::Kit).count();
    let revoked: BTreeSet<&String> = body.revoke.iter().collect();
    let mut kits = 0;
    for keys in revoked {
        let held: Option<super::sessions::Held> = app.read("credential", keys).await?;
        kits += usize::from(
            held.is_some_and(|held| held.organisation == organisation && held.credential.role == Role::Kit),
        );
    }
    if admitted > 0 && admitted != kits {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    Ok(())
}

/// The batch is done only if the connection is the organisation's.
fn owned(who: &Who, connection: &str, batch: &mut Batch) -> Answer<()> {
    id(connection, 16)?;
    let owner = format!("{}/{connection}", who.organisation);
    batch.requires.push(Require { scope: HUB.to_owned(), kind: "owner".to_owned(), id: owner, rev: None });
    Ok(())
}

async fn appended_already(app: &App, scope: &str, body: &Append) -> Answer<bool> {
    for (entry, sequence) in body.entries.iter().zip(body.after..) {
        let found = app.store.get(scope, "log", &row(sequence)).await.map_err(unavailable)?;
        if found.is_none_or(|found| found.body != entry.0) {
            return Ok(false);
        }
    }
    Ok(!body.entries.is_empty())
}

async fn revoke(app: &App, organisation: &str, keys: &str, batch: &mut Batch) -> Answer<()> {
    let held: Option<super::sessions::Held> = app.read("credential", keys).await?;
    // Gone already, or somebody else's: nothing to revoke.
    if held.is_none_or(|held| held.organisation != organisation) {
        return Ok(());
    }
    let remove = |kind: &str, id: String| Change::Remove {
        scope: HUB.to_owned(),
        kind: kind.to_owned(),
        id,
        expect: Expect::Any,
    };
    batch.changes.push(remove("credential", keys.to_owned()));
    Ok(())
}

/// The keys of a server open nothing any more but the log, up to the entry that says so: that is how it learns of it.
async fn retire(app: &App, organisation: &str, keys: &str, until: u64, batch: &mut Batch) -> Answer<()> {
    let row = app.store.get(HUB, "credential", keys).await.map_err(unavailable)?;
    // Gone already: nothing to retire.
    let Some(row) = row else { return Ok(()) };
    let mut server: super::sessions::Held = serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))?;
    let Role::Server { connection, server: name } = server.credential.role else {
        return Err(Fault::new(codes::FORBIDDEN).into());
    };
    if server.organisation != organisation {
        return Err(Fault::new(codes::FORBIDDEN).into());
    }
    server.credential.role = Role::Retired { connection, server: name, until };
    batch.changes.push(held(&server, Expect::Rev(row.rev)));
    Ok(())
}

async fn end_account(app: &App, organisation: &str, login: &str, batch: &mut Batch) -> Answer<()> {
    let row = account_id(login);
    let account: Option<accounts::Account> = app.read("account", &row).await?;
    if account.is_none_or(|account| account.organisation != organisation) {
        return Err(Fault::new(codes::NOT_FOUND).with("what", login).into());
    }
    batch.releases.push(Claim { name: format!("login/{row}"), holder: organisation.to_owned() });
    let (scope, kind) = (HUB.to_owned(), "account".to_owned());
    batch.changes.push(Change::Remove { scope, kind, id: row, expect: Expect::Any });
    Ok(())
}
