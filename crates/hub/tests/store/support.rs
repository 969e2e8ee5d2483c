//! Short ways to say what a batch is.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_hub::store::{Batch, Change, Claim, Done, Expect, Mark, Refused, Require, Row, Store};

pub const KIND: &str = "note";

pub fn put(scope: &str, id: &str, expect: Expect, body: &str) -> Change {
    Change::Put { scope: scope.into(), kind: KIND.into(), id: id.into(), expect, body: body.into() }
}

pub fn remove(scope: &str, id: &str, expect: Expect) -> Change {
    Change::Remove { scope: scope.into(), kind: KIND.into(), id: id.into(), expect }
}

pub fn require(scope: &str, id: &str, rev: Option<u64>) -> Require {
    Require { scope: scope.into(), kind: KIND.into(), id: id.into(), rev }
}

pub fn claim(name: &str, holder: &str) -> Claim {
    Claim { name: name.into(), holder: holder.into() }
}

pub fn mark(scope: &str, id: &str, ends: i64) -> Mark {
    Mark { scope: scope.into(), id: id.into(), ends }
}

pub fn changes(changes: impl Into<Vec<Change>>) -> Batch {
    Batch { changes: changes.into(), ..Batch::default() }
}

pub fn claims(claims: impl Into<Vec<Claim>>) -> Batch {
    Batch { claims: claims.into(), ..Batch::default() }
}

pub fn releases(releases: impl Into<Vec<Claim>>) -> Batch {
    Batch { releases: releases.into(), ..Batch::default() }
}

#[allow(clippy::unnecessary_wraps, reason = "it is compared with outcomes")]
pub fn heads<const N: usize>(heads: [(&str, u64); N]) -> Result<Done, Refused> {
    Ok(Done { heads: heads.into_iter().map(|(scope, head)| (scope.to_owned(), head)).collect() })
}

pub fn stale(scope: &str, id: &str, now: Option<Row>) -> Result<Done, Refused> {
    Err(Refused::Stale { scope: scope.into(), kind: KIND.into(), id: id.into(), now: now.map(Box::new) })
}

pub fn missing(scope: &str, id: &str) -> Result<Done, Refused> {
    Err(Refused::Missing { scope: scope.into(), kind: KIND.into(), id: id.into() })
}

pub fn taken(name: &str) -> Result<Done, Refused> {
    Err(Refused::Taken { name: name.into() })
}

pub fn row(scope: &str, id: &str, rev: u64, seq: u64, body: &str) -> Row {
    Row { scope: scope.into(), kind: KIND.into(), id: id.into(), rev, seq, body: body.into() }
}

pub async fn get(store: &dyn Store, scope: &str, id: &str) -> Option<Row> {
    store.get(scope, KIND, id).await.unwrap()
}

pub async fn feed(store: &dyn Store, scope: &str) -> Vec<Row> {
    store.feed(scope, 0, u32::MAX).await.unwrap()
}

/// A follower of one scope: what it has, and up to where.
#[derive(Default)]
pub struct Follower {
    pub rows: BTreeMap<(String, String), Row>,
    pub cursor: u64,
}

impl Follower {
    /// Reads one page of three. False when there is nothing new.
    pub async fn page(&mut self, store: &Arc<dyn Store>, scope: &str) -> bool {
        let page = store.feed(scope, self.cursor, 3).await.unwrap();
        assert!(page.len() <= 3);
        for row in &page {
            assert!(row.seq > self.cursor, "{row:?} comes again, or out of order");
            self.cursor = row.seq;
            let old = self.rows.insert((row.kind.clone(), row.id.clone()), row.clone());
            assert!(old.is_none_or(|old| old.rev < row.rev), "{row:?} comes again without having been written again");
        }
        !page.is_empty()
    }
}
