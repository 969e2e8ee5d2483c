//! What servers come to by ACME: two rows of a connection, sealed and signed by the server that writes. The hub reads nothing of
//! them, and sees that nobody writes over what they have not seen: so one server orders at a time.

use axum::Json;
use axum::extract::{Path, State};
use sekisho_fault::Fault;
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::{NewAcme, Row};

use super::deletion;
use super::epochs;
use super::feed::wire;
use super::refusal::Answer;
use super::signed::Signed;
use super::who::{Who, connection_scope};
use crate::app::{App, put, unavailable};
use crate::store::{Batch, Expect};

const KIND: &str = "acme";
/// The rows that there may be.
const ROWS: [&str; 2] = ["certificate", "work"];
/// The largest record, in bytes.
const LARGEST: usize = 32 * 1024;

/// Writes one of the rows, for a server. The same bytes again are not a second write.
pub(super) async fn write(
    State(app): State<App>,
    Path((connection, row)): Path<(String, String)>,
    Signed { who, body }: Signed<NewAcme>,
) -> Answer<()> {
    who.server_of(&connection)?;
    who.may_read(&app, &connection).await?;
    if !ROWS.contains(&row.as_str()) {
        return Err(Fault::new(codes::REQUEST).with("detail", "id").into());
    }
    if body.record.0.len() > LARGEST {
        return Err(Fault::new(codes::REQUEST).with("detail", "size").into());
    }
    deletion::none(&app, &connection).await?;
    let scope = connection_scope(&connection);
    let mut requires = epochs::in_force(&app, &connection, body.epoch).await?;
    // Whoever is retired in between writes nothing any more.
    requires.extend(who.still_stands(&app).await?);
    let expect = if body.after == 0 { Expect::Absent } else { Expect::Rev(body.after) };
    let change = put(&scope, KIND, &row, expect, body.record.0.clone());
    match app.commit(Batch { requires, changes: vec![change], ..Batch::default() }).await {
        Err(stale) if stale.code == codes::STALE => {
            deletion::none(&app, &connection).await?;
            epochs::in_force(&app, &connection, body.epoch).await?;
            let found = app.store.get(&scope, KIND, &row).await.map_err(unavailable)?;
            if found.is_some_and(|found| found.body == body.record.0) { Ok(()) } else { Err(stale.into()) }
        }
        outcome => Ok(outcome?),
    }
}

/// Both rows, as they are.
pub(super) async fn read(State(app): State<App>, who: Who, Path(connection): Path<String>) -> Answer<Json<Vec<Row>>> {
    who.may_read(&app, &connection).await?;
    let rows = app.store.list(&connection_scope(&connection), KIND, None, 10).await.map_err(unavailable)?;
    Ok(Json(rows.into_iter().map(wire).collect()))
}
