//! A connection that is deleted, until nobody can take that back any more. Its servers and its administrators read on, so
//! that they see the undo; what the connection says is written by nobody. Servers' reports of themselves and the claims by
//! which an answer counts once go on: users still sign in.

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::epochs;
use super::refusal::Answer;
use crate::app::{App, HUB, json, put, unavailable};
use crate::store::{Batch, Change, Expect};

pub(crate) const KIND: &str = "deleted";

/// How long a deletion can be taken back, in seconds.
const UNDO: i64 = 30 * 24 * 60 * 60;

/// A deletion.
#[derive(Serialize, Deserialize)]
pub(crate) struct Deleted {
    pub(crate) organisation: String,
    /// Until when it can be taken back: seconds since 1970, by the hub's clock.
    pub(crate) ends: i64,
    /// What a newer node has written besides: it is kept as it is.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

fn refusal(deleted: &Deleted) -> Fault {
    Fault::new(codes::DELETED).with("until", sekisho_fault::Arg::Time(deleted.ends))
}

/// Refuses what would be written of a connection that is deleted.
///
/// Codes: `DELETED`, `STORE`.
pub(super) async fn none(app: &App, connection: &str) -> Result<()> {
    let deleted: Option<Deleted> = app.read(KIND, connection).await?;
    deleted.map_or(Ok(()), |deleted| Err(refusal(&deleted)))
}

/// Deletes a connection with a batch. Who writes of it in the same moment comes too late.
pub(super) async fn delete(app: &App, organisation: &str, connection: &str, batch: &mut Batch) -> Answer<()> {
    none(app, connection).await?;
    let (organisation, ends) = (organisation.to_owned(), app.now().saturating_add(UNDO));
    let deleted = Deleted { organisation, ends, rest: Map::new() };
    batch.changes.push(put(HUB, KIND, connection, Expect::Absent, json(&deleted)));
    batch.changes.push(epochs::written_again(app, connection).await?);
    Ok(())
}

/// Takes a deletion back with a batch.
pub(super) async fn undelete(app: &App, connection: &str, batch: &mut Batch) -> Answer<()> {
    let row = app.store.get(HUB, KIND, connection).await.map_err(unavailable)?;
    let row = row.ok_or_else(|| Fault::new(codes::NOT_FOUND).with("what", KIND))?;
    let deleted: Deleted = serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))?;
    if app.now() > deleted.ends {
        return Err(refusal(&deleted).into());
    }
    let (scope, kind, id) = (HUB.to_owned(), KIND.to_owned(), connection.to_owned());
    batch.changes.push(Change::Remove { scope, kind, id, expect: Expect::Rev(row.rev) });
    Ok(())
}
