//! Random batches, done by the model and by a database: outcomes, rows, feeds, heads and holders are the same.

use std::sync::atomic::{AtomicU32, Ordering};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sekisho_hub::store::{Batch, Change, Claim, Expect, MemoryStore, Require, Store, Unmoved};
use tokio::runtime::Runtime;

const SCOPES: [&str; 2] = ["a", "b"];
const KINDS: [&str; 2] = ["k", "l"];
const IDS: [&str; 3] = ["1", "2", "3"];
const NAMES: [&str; 3] = ["x", "y", "z"];
const HOLDERS: [&str; 2] = ["alice", "bob"];

fn one_of<const N: usize>(texts: &'static [&'static str; N]) -> impl Strategy<Value = String> {
    (0..N).prop_map(|at| texts[at].to_owned())
}

fn place() -> impl Strategy<Value = (String, String, String)> {
    (one_of(&SCOPES), one_of(&KINDS), one_of(&IDS))
}

fn expect() -> impl Strategy<Value = Expect> {
    prop_oneof![4 => Just(Expect::Any), 1 => Just(Expect::Absent), 2 => (1..4_u64).prop_map(Expect::Rev)]
}

fn change() -> impl Strategy<Value = Change> {
    (place(), expect(), prop::option::weighted(0.8, vec(any::<u8>(), 0..4))).prop_map(
        |((scope, kind, id), expect, body)| match body {
            Some(body) => Change::Put { scope, kind, id, expect, body },
            None => Change::Remove { scope, kind, id, expect },
        },
    )
}

fn requires() -> impl Strategy<Value = Vec<Require>> {
    let one = (place(), prop::option::of(1..4_u64));
    let one = one.prop_map(|((scope, kind, id), rev)| Require { scope, kind, id, rev });
    prop_oneof![3 => Just(Vec::new()), 1 => vec(one, 1..3)]
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let one = (one_of(&NAMES), one_of(&HOLDERS)).prop_map(|(name, holder)| Claim { name, holder });
    prop_oneof![2 => Just(Vec::new()), 1 => vec(one, 1..3)]
}

fn unmoved() -> impl Strategy<Value = Vec<Unmoved>> {
    let one = (one_of(&SCOPES), 0..6_u64).prop_map(|(scope, head)| Unmoved { scope, head });
    prop_oneof![4 => Just(Vec::new()), 1 => vec(one, 1..2)]
}

fn batch() -> impl Strategy<Value = Batch> {
    (requires(), unmoved(), vec(change(), 0..4), claims(), claims()).prop_map(
        |(requires, unmoved, changes, claims, releases)| Batch { requires, unmoved, changes, claims, releases },
    )
}

/// The batch in a corner of the store that only one case uses.
fn apart(case: u32, mut batch: Batch) -> Batch {
    let scopes =
        batch.requires.iter_mut().map(|require| &mut require.scope).chain(batch.changes.iter_mut().map(|change| {
            match change {
                Change::Put { scope, .. } | Change::Remove { scope, .. } => scope,
            }
        }));
    let scopes = scopes.chain(batch.unmoved.iter_mut().map(|unmoved| &mut unmoved.scope));
    let names = batch.claims.iter_mut().chain(&mut batch.releases).map(|claim| &mut claim.name);
    for text in scopes.chain(names) {
        *text = format!("{case}/{text}");
    }
    batch
}

/// Compares a store with the model.
pub fn compare(runtime: &Runtime, store: &dyn Store, cases: u32) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let case = AtomicU32::new(0);
    let outcome = TestRunner::new(config).run(&vec(batch(), 1..16), |batches| {
        let case = case.fetch_add(1, Ordering::Relaxed);
        let batches = batches.into_iter().map(|batch| apart(case, batch)).collect();
        runtime.block_on(same(case, &MemoryStore::new(), store, batches))
    });
    if let Err(failed) = outcome {
        panic!("{failed}");
    }
}

async fn same(case: u32, model: &MemoryStore, store: &dyn Store, batches: Vec<Batch>) -> Result<(), TestCaseError> {
    for batch in batches {
        prop_assert_eq!(model.commit(batch.clone()).await, store.commit(batch.clone()).await, "{:?}", batch);
    }
    for scope in SCOPES.map(|scope| format!("{case}/{scope}")) {
        let head = model.head(&scope).await;
        prop_assert_eq!(&head, &store.head(&scope).await);
        for after in 0..=head.unwrap() {
            for limit in [1, 3, 99] {
                prop_assert_eq!(model.feed(&scope, after, limit).await, store.feed(&scope, after, limit).await);
            }
        }
        for kind in KINDS {
            for (after, limit) in [(None, 99), (None, 2), (Some("1"), 1), (Some("2"), 99)] {
                let (said, done) = (model.list(&scope, kind, after, limit), store.list(&scope, kind, after, limit));
                prop_assert_eq!(said.await, done.await);
            }
            for id in IDS {
                prop_assert_eq!(model.get(&scope, kind, id).await, store.get(&scope, kind, id).await);
            }
        }
    }
    for name in NAMES.map(|name| format!("{case}/{name}")) {
        prop_assert_eq!(model.holder(&name).await, store.holder(&name).await);
    }
    Ok(())
}
