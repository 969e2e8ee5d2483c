//! Many writers at once, on one or several handles of the same store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sekisho_hub::store::{Batch, Expect, Marked, Refused, Store};
use tokio::task::JoinSet;

use crate::support::{Follower, changes, claim, claims, feed, mark, put, require};

const TASKS: usize = 8;
const COMMITS: usize = 50;

/// One handle for each hub node.
type Nodes<'a> = &'a [Arc<dyn Store>];

pub async fn run(nodes: Nodes<'_>) {
    writers_on_one_scope_leave_no_gap(nodes).await;
    one_of_many_puts_an_absent_row(nodes).await;
    one_of_many_takes_a_name(nodes).await;
    one_of_many_makes_a_mark(nodes).await;
    batches_that_touch_the_same_things_crosswise_all_get_through(nodes).await;
    nothing_is_written_after_what_it_requires_has_changed(nodes).await;
    a_follower_in_small_pages_misses_nothing(nodes).await;
    a_batch_that_nobody_waits_for_is_done_all_the_same(nodes).await;
}

/// Runs `work(node, task)` in eight tasks, each on its own thread where there is one.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    nodes: Nodes<'_>,
    work: impl Fn(Arc<dyn Store>, usize) -> F,
) -> Vec<T> {
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        tasks.spawn(work(Arc::clone(&nodes[task % nodes.len()]), task));
    }
    tasks.join_all().await
}

async fn writers_on_one_scope_leave_no_gap(nodes: Nodes<'_>) {
    let heads = at_once(nodes, async |node, task| {
        let mut heads = Vec::new();
        for turn in 0..COMMITS {
            let batch = changes([put("race", &format!("{task}-{turn}"), Expect::Absent, "")]);
            heads.push(node.commit(batch).await.unwrap().heads["race"]);
        }
        assert!(heads.is_sorted(), "a writer's own numbers rise");
        heads
    })
    .await;
    let mut heads: Vec<u64> = heads.into_iter().flatten().collect();
    heads.sort_unstable();
    let all: Vec<u64> = (1..=(TASKS * COMMITS) as u64).collect();
    assert_eq!(heads, all, "each number was given once");
    for node in nodes {
        assert_eq!(feed(&**node, "race").await.iter().map(|row| row.seq).collect::<Vec<_>>(), all);
    }
}

async fn one_of_many_puts_an_absent_row(nodes: Nodes<'_>) {
    for turn in 0..10 {
        let won = at_once(nodes, |node, task| async move {
            let body = task.to_string();
            match node.commit(changes([put("first", &format!("{turn}"), Expect::Absent, &body)])).await {
                Ok(_) => Ok(body),
                Err(Refused::Stale { now: Some(now), .. }) => Err(String::from_utf8(now.body).unwrap()),
                Err(refused) => panic!("{refused}"),
            }
        })
        .await;
        let winners: Vec<_> = won.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(winners.len(), 1);
        let told = won.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(told.eq(std::iter::repeat_n(winners[0], TASKS - 1)), "every loser sees the winner's row");
    }
    assert_eq!(nodes[0].head("first").await, Ok(10));
}

async fn one_of_many_makes_a_mark(nodes: Nodes<'_>) {
    for turn in 0..10 {
        let id = format!("{turn}");
        let made = at_once(nodes, |node, _| {
            let mark = mark("raced", &id, 100);
            async move { node.mark(mark, 0, 99).await.unwrap() }
        });
        let made = made.await;
        assert_eq!(made.iter().filter(|made| **made == Marked::First).count(), 1, "{made:?}");
        assert!(!made.contains(&Marked::Full), "{made:?}");
    }
}

async fn one_of_many_takes_a_name(nodes: Nodes<'_>) {
    for turn in 0..10 {
        let name = format!("raced-{turn}");
        let won = at_once(nodes, |node, task| {
            let name = name.clone();
            async move {
                match node.commit(claims([claim(&name, &format!("{task}"))])).await {
                    Ok(_) => Some(format!("{task}")),
                    Err(Refused::Taken { .. }) => None,
                    Err(refused) => panic!("{refused}"),
                }
            }
        })
        .await;
        let winners: Vec<String> = won.into_iter().flatten().collect();
        assert_eq!(winners, [nodes[0].holder(&name).await.unwrap().unwrap()]);
    }
}

async fn batches_that_touch_the_same_things_crosswise_all_get_through(nodes: Nodes<'_>) {
    let setup = ["cross/a", "cross/b"].map(|scope| put(scope, "base", Expect::Any, ""));
    nodes[0].commit(changes(setup)).await.unwrap();
    at_once(nodes, async |node, task| {
        for turn in 0..COMMITS / 2 {
            let (one, other) = if task % 2 == 0 { ("cross/a", "cross/b") } else { ("cross/b", "cross/a") };
            let id = format!("{task}-{turn}");
            let batch = match task % 4 {
                0 | 1 => Batch {
                    claims: vec![claim(&format!("{one}-{turn}"), "all"), claim(&format!("{other}-{turn}"), "all")],
                    ..changes([one, other].map(|scope| put(scope, &id, Expect::Absent, "")))
                },
                _ => Batch {
                    requires: vec![require(other, "base", Some(1))],
                    ..changes([put(one, &id, Expect::Absent, "")])
                },
            };
            node.commit(batch).await.unwrap();
        }
    })
    .await;
    let expected = (1 + (TASKS / 2 + TASKS / 4) * (COMMITS / 2)) as u64;
    for scope in ["cross/a", "cross/b"] {
        assert_eq!(nodes[0].head(scope).await, Ok(expected));
    }
}

/// All write to one scope under a row of another, until one of them changes that row. It then counts what was
/// written, and nothing comes later.
async fn nothing_is_written_after_what_it_requires_has_changed(nodes: Nodes<'_>) {
    nodes[0].commit(changes([put("gate", "open", Expect::Absent, "")])).await.unwrap();
    let counted = at_once(nodes, async |node, task| {
        for turn in 0.. {
            if task == 0 && turn == 10 {
                node.commit(changes([put("gate", "open", Expect::Rev(1), "")])).await.unwrap();
                return node.head("gated").await.unwrap();
            }
            let write = changes([put("gated", &format!("{task}-{turn}"), Expect::Absent, "")]);
            match node.commit(Batch { requires: vec![require("gate", "open", Some(1))], ..write }).await {
                Ok(_) => {}
                Err(Refused::Missing { .. }) => break,
                Err(refused) => panic!("{refused}"),
            }
        }
        0
    })
    .await;
    assert_eq!(nodes[0].head("gated").await.unwrap(), counted.into_iter().max().unwrap());
}

async fn a_follower_in_small_pages_misses_nothing(nodes: Nodes<'_>) {
    let ended = Arc::new(AtomicBool::new(false));
    let (store, told) = (Arc::clone(&nodes[nodes.len() - 1]), Arc::clone(&ended));
    let follower = tokio::spawn(async move {
        let mut follower = Follower::default();
        loop {
            // Asked before the page is read: an empty page after the last write is the end.
            let was_ended = told.load(Ordering::SeqCst);
            if !follower.page(&store, "paged").await && was_ended {
                return follower;
            }
            tokio::task::yield_now().await;
        }
    });
    at_once(nodes, async |node, task| {
        for turn in 0..COMMITS / 2 {
            // Seven ids for eight writers: rows move on in the feed while they are followed.
            let ids = [(task + turn) % 7, (task * 3 + turn) % 7 + 7];
            node.commit(changes(ids.map(|id| put("paged", &id.to_string(), Expect::Any, "")))).await.unwrap();
        }
    })
    .await;
    ended.store(true, Ordering::SeqCst);
    let mut seen: Vec<_> = follower.await.unwrap().rows.into_values().collect();
    seen.sort_by_key(|row| row.seq);
    assert_eq!(seen, feed(&*nodes[0], "paged").await);
    assert_eq!(nodes[0].head("paged").await, Ok((TASKS * COMMITS) as u64));
}

/// A client that hangs up drops the future of its request anywhere.
async fn a_batch_that_nobody_waits_for_is_done_all_the_same(nodes: Nodes<'_>) {
    at_once(nodes, async |node, task| {
        for turn in 0..COMMITS {
            let batch = ["a", "b", "c"].map(|id| put("dropped", &format!("{task}-{turn}-{id}"), Expect::Absent, ""));
            let patience = async {
                for _ in 0..turn {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                biased;
                done = node.commit(changes(batch)) => drop(done.unwrap()),
                () = patience => {}
            }
        }
    })
    .await;
    let mut follower = Follower::default();
    while follower.rows.len() < TASKS * COMMITS * 3 {
        follower.page(&nodes[0], "dropped").await;
    }
    let rows = feed(&*nodes[0], "dropped").await;
    assert!(rows.iter().map(|row| row.seq).eq(1..=(TASKS * COMMITS * 3) as u64));
    for batch in rows.chunks(3) {
        let ids: Vec<_> = batch.iter().map(|row| row.id.rsplit_once('-').unwrap()).collect();
        assert!(ids.iter().map(|(_, id)| *id).eq(["a", "b", "c"]), "{ids:?}");
        assert!(ids.iter().all(|(stem, _)| *stem == ids[0].0), "{ids:?}");
    }
}
