//! What every store does, in sentences.

use sekisho_hub::store::{
    Batch, Change, Expect, Later, MAX_BODY, MAX_NAME, Marked, PAGE, Refused, Store, Unmoved, is_name,
};

use crate::support::{
    KIND, changes, claim, claims, feed, get, heads, mark, missing, put, releases, remove, require, row, stale, taken,
};

macro_rules! sentences {
    ($($name:ident)+) => {
        /// Checks a fresh store, one sentence after the other.
        pub async fn check(store: &dyn Store) {
            $(
                println!("{}", stringify!($name));
                let sentence: Later<'_, ()> = Box::pin($name(store));
                sentence.await;
            )+
        }
    };
}

sentences! {
    a_row_that_was_put_is_read_back
    each_put_takes_the_next_number_and_revision
    what_is_not_as_expected_is_refused_with_what_is_there
    a_batch_is_done_whole_or_not_at_all
    rows_of_a_batch_get_consecutive_numbers_in_its_order
    scopes_are_counted_apart
    a_required_row_must_be_there
    what_is_required_is_judged_before_the_changes
    a_scope_that_has_moved_on_is_told
    a_removed_row_leaves_no_trace_and_no_gap
    a_row_comes_once_in_the_feed_at_its_newest_place
    ids_are_listed_in_the_order_of_their_bytes
    a_name_has_one_holder
    a_name_is_given_back_by_its_holder_only
    a_name_passes_from_one_holder_to_another_in_one_batch
    a_refused_batch_leaves_the_names_alone
    what_may_happen_once_is_marked_once_until_its_end
    the_marks_of_a_scope_are_bounded_and_in_no_feed
    a_session_lives_until_its_end
    a_session_is_replaced_by_who_knows_it_as_it_is
    what_no_store_can_do_is_refused
    reading_what_cannot_be_a_name_finds_nothing
    large_bodies_and_any_bytes_are_kept
    a_feed_is_read_in_parts_that_fit_into_memory
    an_empty_batch_does_nothing
}

async fn a_row_that_was_put_is_read_back(store: &dyn Store) {
    assert_eq!(store.head("read").await, Ok(0));
    assert_eq!(get(store, "read", "a").await, None);
    assert_eq!(store.commit(changes([put("read", "a", Expect::Absent, "one")])).await, heads([("read", 1)]));
    assert_eq!(get(store, "read", "a").await, Some(row("read", "a", 1, 1, "one")));
    assert_eq!(store.get("read", "other", "a").await, Ok(None));
    assert_eq!(store.head("read").await, Ok(1));
}

async fn each_put_takes_the_next_number_and_revision(store: &dyn Store) {
    for (turn, expect) in [(1, Expect::Absent), (2, Expect::Rev(1)), (3, Expect::Any), (4, Expect::Rev(3))] {
        assert_eq!(store.commit(changes([put("turns", "a", expect, "x")])).await, heads([("turns", turn)]));
        assert_eq!(get(store, "turns", "a").await, Some(row("turns", "a", turn, turn, "x")));
    }
}

async fn what_is_not_as_expected_is_refused_with_what_is_there(store: &dyn Store) {
    let absent = stale("stale", "a", None);
    assert_eq!(store.commit(changes([put("stale", "a", Expect::Rev(1), "x")])).await, absent);
    assert_eq!(store.commit(changes([remove("stale", "a", Expect::Rev(1))])).await, absent);
    store.commit(changes([put("stale", "a", Expect::Any, "x")])).await.unwrap();
    let there = stale("stale", "a", Some(row("stale", "a", 1, 1, "x")));
    assert_eq!(store.commit(changes([put("stale", "a", Expect::Absent, "y")])).await, there);
    assert_eq!(store.commit(changes([put("stale", "a", Expect::Rev(2), "y")])).await, there);
    assert_eq!(store.commit(changes([remove("stale", "a", Expect::Absent)])).await, there);
    assert_eq!(feed(store, "stale").await, [row("stale", "a", 1, 1, "x")]);
}

async fn a_batch_is_done_whole_or_not_at_all(store: &dyn Store) {
    store.commit(changes([put("whole", "c", Expect::Absent, "c")])).await.unwrap();
    let batch = changes([
        put("whole", "a", Expect::Absent, "a"),
        remove("whole", "c", Expect::Any),
        put("whole-other", "b", Expect::Absent, "b"),
        put("whole", "d", Expect::Rev(7), "d"),
    ]);
    assert_eq!(store.commit(batch).await, stale("whole", "d", None));
    assert_eq!(feed(store, "whole").await, [row("whole", "c", 1, 1, "c")]);
    assert_eq!((store.head("whole").await, store.head("whole-other").await), (Ok(1), Ok(0)));
}

async fn rows_of_a_batch_get_consecutive_numbers_in_its_order(store: &dyn Store) {
    let batch = ["c", "a", "b"].map(|id| put("order", id, Expect::Absent, id));
    assert_eq!(store.commit(changes(batch)).await, heads([("order", 3)]));
    let rows = [("c", 1), ("a", 2), ("b", 3)].map(|(id, seq)| row("order", id, 1, seq, id));
    assert_eq!(feed(store, "order").await, rows);
}

async fn scopes_are_counted_apart(store: &dyn Store) {
    let batch = [("apart/b", "1"), ("apart/a", "2"), ("apart/b", "3")];
    let batch = changes(batch.map(|(scope, id)| put(scope, id, Expect::Absent, id)));
    assert_eq!(store.commit(batch).await, heads([("apart/a", 1), ("apart/b", 2)]));
    assert_eq!(feed(store, "apart/a").await, [row("apart/a", "2", 1, 1, "2")]);
    assert_eq!(store.head("apart").await, Ok(0));
}

async fn a_required_row_must_be_there(store: &dyn Store) {
    let batch = |id, rev| Batch {
        requires: vec![require("needed", id, rev)],
        ..changes([put("needing", "a", Expect::Any, "x")])
    };
    assert_eq!(store.commit(batch("a", None)).await, missing("needed", "a"));
    store.commit(changes([put("needed", "a", Expect::Absent, "x")])).await.unwrap();
    assert_eq!(store.commit(batch("a", Some(2))).await, missing("needed", "a"));
    assert_eq!(store.commit(batch("b", None)).await, missing("needed", "b"));
    assert_eq!(store.head("needing").await, Ok(0));
    assert_eq!(store.commit(batch("a", Some(1))).await, heads([("needing", 1)]));
    assert_eq!(store.commit(batch("a", None)).await, heads([("needing", 2)]));
    assert_eq!(get(store, "needed", "a").await, Some(row("needed", "a", 1, 1, "x")));
}

async fn what_is_required_is_judged_before_the_changes(store: &dyn Store) {
    let batch = |rev| Batch {
        requires: vec![require("before", "a", Some(rev))],
        ..changes([put("before", "a", Expect::Any, "x")])
    };
    assert_eq!(store.commit(batch(1)).await, missing("before", "a"));
    store.commit(changes([put("before", "a", Expect::Absent, "x")])).await.unwrap();
    assert_eq!(store.commit(batch(2)).await, missing("before", "a"));
    assert_eq!(store.commit(batch(1)).await, heads([("before", 2)]));
}

async fn a_scope_that_has_moved_on_is_told(store: &dyn Store) {
    let at = |head| Batch {
        unmoved: vec![Unmoved { scope: "watched".to_owned(), head }],
        ..changes([put("beside", "a", Expect::Any, "x")])
    };
    let moved = |head: &str| {
        Err(Refused::Missing { scope: "watched".to_owned(), kind: "head".to_owned(), id: head.to_owned() })
    };
    assert_eq!(store.commit(at(1)).await, moved("1"));
    assert_eq!(store.commit(at(0)).await, heads([("beside", 1)]));
    assert_eq!(store.commit(changes([put("watched", "a", Expect::Any, "x")])).await, heads([("watched", 1)]));
    assert_eq!(store.commit(at(0)).await, moved("0"));
    assert_eq!(store.commit(at(1)).await, heads([("beside", 2)]));
}

async fn a_removed_row_leaves_no_trace_and_no_gap(store: &dyn Store) {
    store.commit(changes(["a", "b"].map(|id| put("gone", id, Expect::Absent, id)))).await.unwrap();
    assert_eq!(store.commit(changes([remove("gone", "a", Expect::Rev(1))])).await, heads([("gone", 2)]));
    assert_eq!(store.commit(changes([remove("gone", "a", Expect::Any)])).await, heads([("gone", 2)]));
    assert_eq!(store.commit(changes([remove("gone", "a", Expect::Absent)])).await, heads([("gone", 2)]));
    assert_eq!(feed(store, "gone").await, [row("gone", "b", 1, 2, "b")]);
    assert_eq!(store.commit(changes([put("gone", "a", Expect::Absent, "new")])).await, heads([("gone", 3)]));
    assert_eq!(get(store, "gone", "a").await, Some(row("gone", "a", 1, 3, "new")));
}

async fn a_row_comes_once_in_the_feed_at_its_newest_place(store: &dyn Store) {
    for id in ["a", "b", "c", "a"] {
        store.commit(changes([put("feed", id, Expect::Any, id)])).await.unwrap();
    }
    let rows = [("b", 1, 2), ("c", 1, 3), ("a", 2, 4)].map(|(id, rev, seq)| row("feed", id, rev, seq, id));
    assert_eq!(feed(store, "feed").await, rows);
    assert_eq!(store.feed("feed", 0, 2).await.unwrap(), rows[..2]);
    assert_eq!(store.feed("feed", 2, 1).await.unwrap(), rows[1..2]);
    assert_eq!(store.feed("feed", 4, 9).await.unwrap(), []);
    assert_eq!(store.feed("feed", u64::MAX, 9).await.unwrap(), []);
    assert_eq!(store.feed("feed", 0, 0).await.unwrap(), []);
}

async fn a_feed_is_read_in_parts_that_fit_into_memory(store: &dyn Store) {
    let large = "x".repeat(PAGE / 2 + 1);
    for (id, body) in [("a", "small"), ("b", &large), ("c", &large), ("d", "small")] {
        store.commit(changes([put("parts", id, Expect::Absent, body)])).await.unwrap();
    }
    let part = async |after| {
        let rows = store.feed("parts", after, 9).await.unwrap();
        rows.iter().map(|row| row.id.clone()).collect::<String>()
    };
    assert_eq!(part(0).await, "abc", "the row that fills the part is in it");
    assert_eq!(part(3).await, "d");
    assert_eq!(part(1).await, "bc");
}

async fn ids_are_listed_in_the_order_of_their_bytes(store: &dyn Store) {
    // A database that sorts by the rules of a language puts some of these elsewhere.
    let mut ids = ["a", "B", "b", "-a", "a-b", "aB", "ab", "a.b", "a/b", "_", "10", "9"];
    store.commit(changes(ids.map(|id| put("list", id, Expect::Absent, "")))).await.unwrap();
    let other = Change::Put {
        scope: "list".into(),
        kind: "other".into(),
        id: "aa".into(),
        expect: Expect::Any,
        body: Vec::new(),
    };
    store.commit(changes([other])).await.unwrap();
    ids.sort_unstable();
    let listed = async |after, limit| -> Vec<String> {
        store.list("list", KIND, after, limit).await.unwrap().into_iter().map(|row| row.id).collect()
    };
    assert_eq!(listed(None, 99).await, ids);
    assert_eq!(listed(None, 3).await, ids[..3]);
    assert_eq!(listed(Some(ids[2]), 3).await, ids[3..6]);
    assert_eq!(listed(Some("a.a"), 1).await, ["a.b"], "an id that is not there is a place all the same");
    assert!(listed(Some("zzz"), 9).await.is_empty());
}

async fn a_name_has_one_holder(store: &dyn Store) {
    assert_eq!(store.holder("one@example.com").await, Ok(None));
    let both = [claim("one@example.com", "alice"), claim("two.example.com", "alice")];
    assert_eq!(store.commit(claims(both.clone())).await, heads([]));
    assert_eq!(store.commit(claims(both)).await, heads([]), "what one has, one may claim");
    assert_eq!(store.commit(claims([claim("one@example.com", "bob")])).await, taken("one@example.com"));
    assert_eq!(store.holder("one@example.com").await, Ok(Some("alice".into())));
    let quarrel = claims([claim("three", "alice"), claim("three", "bob")]);
    assert_eq!(store.commit(quarrel).await, taken("three"));
    assert_eq!(store.holder("three").await, Ok(None));
}

async fn a_name_is_given_back_by_its_holder_only(store: &dyn Store) {
    store.commit(claims([claim("back", "alice")])).await.unwrap();
    assert_eq!(store.commit(releases([claim("back", "bob"), claim("nobody-has-it", "bob")])).await, heads([]));
    assert_eq!(store.holder("back").await, Ok(Some("alice".into())));
    assert_eq!(store.commit(releases([claim("back", "alice")])).await, heads([]));
    assert_eq!(store.holder("back").await, Ok(None));
}

async fn a_name_passes_from_one_holder_to_another_in_one_batch(store: &dyn Store) {
    store.commit(claims([claim("passed", "alice")])).await.unwrap();
    let batch = Batch { releases: vec![claim("passed", "alice")], ..claims([claim("passed", "bob")]) };
    assert_eq!(store.commit(batch).await, heads([]));
    assert_eq!(store.holder("passed").await, Ok(Some("bob".into())));
}

async fn a_refused_batch_leaves_the_names_alone(store: &dyn Store) {
    store.commit(claims([claim("kept-a", "alice"), claim("kept-b", "bob")])).await.unwrap();
    let batch = Batch {
        changes: vec![put("names", "a", Expect::Absent, "")],
        claims: vec![claim("kept-new", "alice"), claim("kept-b", "alice"), claim("kept-a", "bob")],
        releases: vec![claim("kept-a", "alice")],
        ..Batch::default()
    };
    assert_eq!(store.commit(batch).await, taken("kept-b"));
    assert_eq!(store.head("names").await, Ok(0));
    assert_eq!(store.holder("kept-a").await, Ok(Some("alice".into())));
    assert_eq!(store.holder("kept-new").await, Ok(None));
}

async fn what_may_happen_once_is_marked_once_until_its_end(store: &dyn Store) {
    let made = async |scope, id, ends, now| store.mark(mark(scope, id, ends), now, 99).await.unwrap();
    assert_eq!(made("once", "a", 100, 0).await, Marked::First);
    assert_eq!(made("once", "a", 200, 99).await, Marked::Again);
    assert_eq!(made("once", "b", 300, 0).await, Marked::First);
    assert_eq!(made("once-other", "a", 100, 0).await, Marked::First, "scopes are apart");
    assert_eq!(
        made("once", "a", 200, 100).await,
        Marked::First,
        "at its end it has ended; whoever came between moved it not"
    );
    assert_eq!(made("once", "a", 300, 199).await, Marked::Again);
    store.sweep(200).await.unwrap();
    assert_eq!(made("once", "a", 300, 0).await, Marked::First, "a swept mark is not there at any time");
    assert_eq!(made("once", "b", 400, 0).await, Marked::Again, "what has not ended stays");
}

async fn the_marks_of_a_scope_are_bounded_and_in_no_feed(store: &dyn Store) {
    let made = async |id, ends, now| store.mark(mark("marks", id, ends), now, 2).await.unwrap();
    assert_eq!(made("a", 100, 0).await, Marked::First);
    assert_eq!(made("b", 200, 0).await, Marked::First);
    assert_eq!(made("c", 200, 0).await, Marked::Full);
    assert_eq!(made("a", 200, 0).await, Marked::Again, "what is there is known, full or not");
    assert_eq!(made("c", 200, 100).await, Marked::First, "what has ended takes no room");
    assert_eq!((store.head("marks").await, feed(store, "marks").await), (Ok(0), Vec::new()));
    assert_eq!(store.mark(mark("marks ", "a", 9), 0, 2).await, Ok(Marked::Full));
}

async fn a_session_lives_until_its_end(store: &dyn Store) {
    let (one, two) = ([1; 32], [2; 32]);
    let session = async |key, now| store.session(key, now).await.unwrap();
    store.put_session(one, b"first".to_vec(), 100).await.unwrap();
    store.put_session(one, b"again".to_vec(), 200).await.unwrap();
    store.put_session(two, b"two".to_vec(), 200).await.unwrap();
    assert_eq!(session(&one, 199).await, Some(b"again".to_vec()));
    assert_eq!(session(&one, 200).await, None, "at its end it has ended");
    assert_eq!(session(&[3; 32], 0).await, None);
    store.sweep(199).await.unwrap();
    assert_eq!(session(&two, 0).await, Some(b"two".to_vec()));
    assert!(store.end_session(&one).await.unwrap(), "it was there");
    assert!(!store.end_session(&one).await.unwrap(), "it was not there any more");
    assert_eq!(session(&one, 0).await, None);
    store.sweep(200).await.unwrap();
    assert_eq!(session(&two, 0).await, None, "a swept session is not there at any time");
}

async fn a_session_is_replaced_by_who_knows_it_as_it_is(store: &dyn Store) {
    let key = [8; 32];
    let swap = async |before: Option<&[u8]>, after: &[u8], now| {
        store.swap_session(&key, before, after.to_vec(), 100, now).await.unwrap()
    };
    assert!(!swap(Some(b"one"), b"two", 1).await, "there is none");
    assert!(swap(None, b"one", 1).await);
    assert!(!swap(None, b"two", 1).await, "there is one");
    assert!(!swap(Some(b"other"), b"two", 1).await);
    assert_eq!(store.session(&key, 1).await, Ok(Some(b"one".to_vec())));
    assert!(swap(Some(b"one"), b"two", 1).await);
    assert!(!swap(Some(b"two"), b"three", 100).await, "it has ended");
    assert!(swap(None, b"three", 100).await, "one that has ended is none");
    assert_eq!(store.session(&key, 1).await, Ok(Some(b"three".to_vec())));
}

async fn what_no_store_can_do_is_refused(store: &dyn Store) {
    let long = "x".repeat(MAX_NAME + 1);
    let body = "x".repeat(MAX_BODY + 1);
    let twice = changes([put("odd", "a", Expect::Any, "1"), remove("odd", "a", Expect::Any)]);
    let batches = [
        changes([put("", "a", Expect::Any, "")]),
        changes([put(&long, "a", Expect::Any, "")]),
        changes([put("odd", "a b", Expect::Any, "")]),
        changes([put("odd", "a\0", Expect::Any, "")]),
        changes([remove("odd", "関所", Expect::Any)]),
        changes([put("odd", "a", Expect::Any, &body)]),
        Batch { requires: vec![require("odd", "'", None)], ..Batch::default() },
        claims([claim("a name", "alice")]),
        claims([claim("name", "")]),
        releases([claim("\0", "alice")]),
        twice,
    ];
    for batch in batches {
        let refused = store.commit(batch).await.unwrap_err();
        assert!(matches!(refused, Refused::Malformed { .. }), "{refused:?}");
    }
    assert_eq!(store.head("odd").await, Ok(0));
    assert!(is_name("a.B_c:d/e-9") && is_name(&long[1..]) && !is_name(&long) && !is_name(""));
}

async fn reading_what_cannot_be_a_name_finds_nothing(store: &dyn Store) {
    store.commit(changes([put("plain", "a", Expect::Any, "")])).await.unwrap();
    assert_eq!(store.get("plain", KIND, "a\0").await, Ok(None));
    assert_eq!(store.list("plain", KIND, Some("\0"), 9).await, Ok(Vec::new()));
    assert_eq!(store.list("plain", "' OR 1=1 --", None, 9).await, Ok(Vec::new()));
    assert_eq!(store.feed("plain\0", 0, 9).await, Ok(Vec::new()));
    assert_eq!(store.head("\0").await, Ok(0));
    assert_eq!(store.holder("\0").await, Ok(None));
}

async fn large_bodies_and_any_bytes_are_kept(store: &dyn Store) {
    let body: Vec<u8> = (0..MAX_BODY).map(|at| u8::try_from(at % 256).unwrap()).collect();
    let long = "y".repeat(MAX_NAME);
    let change = Change::Put {
        scope: "large".into(),
        kind: long.clone(),
        id: long.clone(),
        expect: Expect::Absent,
        body: body.clone(),
    };
    assert_eq!(store.commit(changes([change, put("large", "empty", Expect::Absent, "")])).await, heads([("large", 2)]));
    assert!(store.get("large", &long, &long).await.unwrap().is_some_and(|row| row.body == body));
    assert_eq!(get(store, "large", "empty").await, Some(row("large", "empty", 1, 2, "")));
}

async fn an_empty_batch_does_nothing(store: &dyn Store) {
    assert_eq!(store.commit(Batch::default()).await, heads([]));
}
