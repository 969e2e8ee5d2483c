//! Which key epoch of a connection is in force. The hub cannot look into what is sealed: whoever writes says under which
//! epoch, and what is said is bound to what is signed for those who verify it.

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes;

use crate::app::{App, HUB, json, put, unavailable};
use crate::store::{Change, Expect, Require};

const KIND: &str = "epoch";

/// Refuses what is sealed under another epoch than the one in force; what is required says that it still is when the
/// batch is done.
///
/// Code: `RETIRED_EPOCH`.
pub(super) async fn in_force(app: &App, connection: &str, epoch: u32) -> Result<Vec<Require>> {
    let row = app.store.get(HUB, KIND, connection).await.map_err(unavailable)?;
    let now = match &row {
        Some(row) => serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))?,
        None => 1,
    };
    if epoch != now {
        return Err(Fault::new(codes::RETIRED_EPOCH));
    }
    let (scope, kind, id) = (HUB.to_owned(), KIND.to_owned(), connection.to_owned());
    Ok(row.map(|row| Require { scope, kind, id, rev: Some(row.rev) }).into_iter().collect())
}

/// The change that leaves the epoch as it is, and lets nothing through that was judged before it.
///
/// Code: `STORE`.
pub(super) async fn written_again(app: &App, connection: &str) -> Result<Change> {
    let epoch: Option<u32> = app.read(KIND, connection).await?;
    Ok(begun(connection, epoch.unwrap_or(1)))
}

/// The change by which an epoch begins.
pub(super) fn begun(connection: &str, epoch: u32) -> Change {
    put(HUB, KIND, connection, Expect::Any, json(&epoch))
}
