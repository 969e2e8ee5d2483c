//! Following by long poll: catching up and waiting are one path.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use sekisho_hub_api::Blob;
use sekisho_hub_api::client::LONGEST_WAIT;
use sekisho_hub_api::wire::{self, Feed};
use serde::Deserialize;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, timeout_at};

use super::refusal::Answer;
use super::who::{Who, connection_scope, organisation_scope};
use crate::app::{App, unavailable};
use crate::store::Row;

/// Rows in one answer: of users, some two megabytes.
const PART: u32 = 1_000;
/// Octets of the rows in one answer, unless one alone is larger: clients take 64 MiB, and these grow on their way.
const OCTETS: usize = 8 * 1024 * 1024;
/// How often a waiting feed looks whether another node has written: each node sees at once only what it writes itself.
const LOOK: Duration = Duration::from_millis(500);

/// From where.
#[derive(Deserialize)]
pub(super) struct From {
    connection: String,
    log: u64,
    after: u64,
    wait: u64,
}

pub(super) fn wire(row: Row) -> wire::Row {
    wire::Row { seq: row.seq, kind: row.kind, id: row.id, rev: row.rev, body: Blob(row.body) }
}

/// What came after the given places, or nothing when the time is over.
pub(super) async fn feed(State(app): State<App>, who: Who, Query(from): Query<From>) -> Answer<Json<Feed>> {
    who.may_read(&app, &from.connection).await?;
    let (log, connection) = (organisation_scope(&who.organisation), connection_scope(&from.connection));
    let end = Instant::now() + Duration::from_secs(from.wait.min(LONGEST_WAIT));
    // Subscribed before the first look: what is written in between wakes us.
    let mut changed = app.changed.subscribe();
    loop {
        // Before the rows: what is written while they are read moves the heads on.
        let before = heads(&app, [&log, &connection]).await?;
        // The connection first: whoever is admitted in between is in the log that is read after it.
        let rows_of_connection = rows(&app, &connection, from.after).await?;
        let head = app.store.head(&connection).await.map_err(unavailable)?;
        let found = Feed { log: rows(&app, &log, from.log).await?, connection: rows_of_connection, head };
        // Whoever was retired while they waited gets nothing of what has come since.
        who.still_stands(&app).await?;
        if !found.log.is_empty() || !found.connection.is_empty() || Instant::now() >= end {
            return Ok(Json(found));
        }
        loop {
            // The wait is over at a change of ours, or when another node has moved the heads on.
            let look = end.min(Instant::now() + LOOK);
            let woken = timeout_at(look, is_changed(&mut changed, [&log, &connection])).await.is_ok();
            if woken || Instant::now() >= end || heads(&app, [&log, &connection]).await? != before {
                break;
            }
        }
    }
}

/// Waits until this node changes one of these scopes.
async fn is_changed(changed: &mut broadcast::Receiver<String>, scopes: [&str; 2]) {
    loop {
        match changed.recv().await {
            Ok(scope) if !scopes.contains(&scope.as_str()) => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending::<()>().await,
        }
    }
}

async fn heads(app: &App, [log, connection]: [&str; 2]) -> Answer<(u64, u64)> {
    let head = async |scope: &str| app.store.head(scope).await.map_err(unavailable);
    Ok((head(log).await?, head(connection).await?))
}

async fn rows(app: &App, scope: &str, after: u64) -> Answer<Vec<wire::Row>> {
    let rows = app.store.feed(scope, after, PART).await.map_err(unavailable)?;
    Ok(at_most(OCTETS, rows).into_iter().map(wire).collect())
}

/// The first rows that have so many octets together, and one at least.
fn at_most(octets: usize, mut rows: Vec<Row>) -> Vec<Row> {
    let mut sum = 0;
    let fits = rows.iter().take_while(|row| {
        sum += row.body.len();
        sum <= octets
    });
    let fits = fits.count().max(1);
    rows.truncate(fits);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(sizes: &[usize]) -> Vec<Row> {
        let row = |(seq, size): (u64, &usize)| Row {
            scope: "c".into(),
            kind: "revision".into(),
            id: seq.to_string(),
            rev: 1,
            seq,
            body: vec![7; *size],
        };
        (1..).zip(sizes).map(row).collect()
    }

    #[test]
    fn large_rows_come_in_several_answers_and_each_comes() {
        let places =
            |octets, sizes: &[usize]| at_most(octets, rows(sizes)).iter().map(|row| row.seq).collect::<Vec<_>>();
        assert_eq!(places(100, &[40, 60, 1]), [1, 2]);
        assert_eq!(places(100, &[400, 60]), [1], "one that is larger alone comes alone");
        assert_eq!(places(100, &[40, 10]), [1, 2]);
        assert!(places(100, &[]).is_empty());
    }
}
