//! What is left of connections whose deletion nobody can take back any more goes, a day after that: clocks differ.

use std::ops::ControlFlow;

use sekisho_fault::Result;
use sekisho_hub_api::wire::Role;

use crate::app::{App, HUB, unavailable};
use crate::http::{Deleted, Held, KIND_DELETED, MAIL_DOMAIN, Reserved, SIGNPOST, connection_scope};
use crate::store::{Batch, Change, Claim, Expect, Item, Row};

/// How long after the last moment of an undo, in seconds.
const GRACE: i64 = 24 * 60 * 60;
/// Deletions that are looked at in one go.
const MOST: u32 = 1000;
/// Rows and names that go in one batch.
const PART: usize = 500;

/// What is to go of one connection. What says that it is deleted, and whose it was, goes last: a purge that is cut off is
/// begun again.
#[derive(Default)]
struct Rest {
    rows: Vec<[String; 3]>,
    names: Vec<Claim>,
    last: Vec<[String; 3]>,
    last_names: Vec<Claim>,
}

impl Rest {
    fn take(&mut self, connection: &str, item: Item) {
        match item {
            Item::Row(row) => self.take_row(connection, row),
            Item::Name(name) if name.name.starts_with(&format!("email/{connection}/")) => self.names.push(name),
            Item::Name(name) if name.name.starts_with("enterprise-domain/") && name.holder == connection => {
                self.last_names.push(name);
            }
            Item::Name(_) | Item::Head { .. } => {}
        }
    }

    fn take_row(&mut self, connection: &str, row: Row) {
        let scope = connection_scope(connection);
        let place = [row.scope, row.kind, row.id];
        let [of, kind, id] = &place;
        if *of == scope || of.starts_with(&format!("{scope}/")) {
            self.rows.push(place);
        } else if of == HUB && kind == "credential" {
            let held = serde_json::from_slice::<Held>(&row.body).ok();
            let of_server = held.is_some_and(|held| match held.credential.role {
                Role::Server { connection: own, .. } | Role::Retired { connection: own, .. } => own == connection,
                _ => false,
            });
            if of_server {
                self.rows.push(place);
            }
        } else if of == HUB && kind == MAIL_DOMAIN {
            let reserved = serde_json::from_slice::<Reserved>(&row.body).ok();
            if reserved.is_some_and(|reserved| reserved.connection == connection) {
                self.rows.push(place);
            }
        } else if of == HUB
            && (id == connection && ["connection", "epoch", SIGNPOST, KIND_DELETED].contains(&kind.as_str())
                || kind == "owner" && id.ends_with(&format!("/{connection}")))
        {
            self.last.push(place);
        }
    }
}

fn removal(place: &[String; 3]) -> Change {
    let [scope, kind, id] = place.clone();
    Change::Remove { scope, kind, id, expect: Expect::Any }
}

impl App {
    /// Removes what is left of connections that were deleted for good, by the hub's clock. How many there were.
    ///
    /// Code: `STORE`.
    pub async fn purge(&self) -> Result<usize> {
        let rows = self.store.list(HUB, KIND_DELETED, None, MOST).await.map_err(unavailable)?;
        let now = self.now();
        let over = rows.iter().filter(|row| {
            let deleted = serde_json::from_slice::<Deleted>(&row.body).ok();
            deleted.is_some_and(|deleted| now > deleted.ends.saturating_add(GRACE))
        });
        let mut purged = 0;
        for row in over {
            self.purge_one(&row.id).await?;
            tracing::info!(connection = %row.id, "a deleted connection is purged");
            purged += 1;
        }
        Ok(purged)
    }

    async fn purge_one(&self, connection: &str) -> Result<()> {
        let mut rest = Rest::default();
        let mut take = |item| {
            rest.take(connection, item);
            ControlFlow::Continue(())
        };
        self.store.read_all(&mut take).await.map_err(unavailable)?;
        for part in rest.rows.chunks(PART) {
            self.commit(Batch { changes: part.iter().map(removal).collect(), ..Batch::default() }).await?;
        }
        for part in rest.names.chunks(PART) {
            self.commit(Batch { releases: part.to_vec(), ..Batch::default() }).await?;
        }
        let changes = rest.last.iter().map(removal).collect();
        self.commit(Batch { changes, releases: rest.last_names, ..Batch::default() }).await
    }
}
