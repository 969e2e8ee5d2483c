//! Parts of the feed that come twice, in a wrong order, or not at all.

use std::path::Path;
use std::sync::Arc;

use sekisho_hub_api::wire::{Feed, Row};
use sekisho_keys::derive::Secret;
use sekisho_keys::user::Counted;

use crate::codes;
use crate::enrolment::Papers;
use crate::enrolment::example::{TWO, keyring, member, record, user, user_row};
use crate::replication::{Follower, HubLink, Replica};

async fn follower(folder: &Path) -> Follower {
    Follower {
        member: Arc::new(member()),
        replica: Replica::open(folder).await.unwrap(),
        link: Arc::new(HubLink::default()),
        papers: Papers::new(folder, &Secret::new([1; 32])),
    }
}

/// The user that the second server has made with this counter, in the place of the same number.
fn made(counter: u64) -> Row {
    Row { seq: counter, ..user_row(&record(&user(&format!("user{counter}")), &keyring(), None, counter)) }
}

fn page(counters: &[u64], head: u64) -> Feed {
    Feed { log: Vec::new(), connection: counters.iter().copied().map(made).collect(), head }
}

/// How far it has come, how many users there are, and how far the second server's records go.
async fn state(follower: &Follower) -> (u64, u64, u64) {
    let replica = &follower.replica;
    let counted = replica.counters().await.unwrap().first().map_or(0, |counted| counted.counter);
    (replica.place().await.unwrap().0, replica.count("user").await.unwrap(), counted)
}

/// Fault row 20: pages of the feed that come twice, turned round, or not at all.
#[tokio::test]
async fn a_part_that_comes_twice_changes_nothing_and_one_in_a_wrong_order_is_refused_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let follower = follower(folder.path()).await;
    follower.take(page(&[1, 2], 4), 0).await.unwrap();
    assert_eq!(state(&follower).await, (2, 2, 2));
    follower.take(page(&[1, 2], 4), 0).await.unwrap();
    assert_eq!(state(&follower).await, (2, 2, 2), "the same again");
    for wrong in [page(&[4, 3], 4), page(&[2, 3], 4), page(&[3, 5], 4)] {
        assert_eq!(follower.take(wrong, 2).await.unwrap_err().code, codes::WRONG_ROW);
        assert_eq!(state(&follower).await, (2, 2, 2), "nothing of it is stored");
    }
    // One that is left out leaves a gap among the counters, which a Full Sync asks for by its number.
    follower.take(page(&[4], 4), 2).await.unwrap();
    assert_eq!(state(&follower).await, (4, 3, 4));
    let mut seen = sekisho_keys::witness::Seen::default();
    seen.add([1, 2, 4].map(|counter| Counted { server: TWO, counter }));
    assert_eq!(seen.complete(&[]).unwrap_err().code, sekisho_keys::codes::WITHHELD);
}

#[tokio::test]
async fn the_first_download_ends_where_the_ticket_says_and_not_before_the_hub_has_shown_all_that_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let follower = follower(folder.path()).await;
    let floor = |follower: &Follower| follower.papers.heads().unwrap().floor;
    follower.papers.raise(|heads| heads.floor = Some(3)).unwrap();
    follower.take(page(&[1, 2], 2), 0).await.unwrap();
    assert_eq!(floor(&follower), Some(3), "the hub shows less than the ticket names");
    follower.take(page(&[3], 5), 2).await.unwrap();
    assert_eq!(floor(&follower), Some(3), "there is more at the hub");
    follower.take(page(&[4, 5], 5), 3).await.unwrap();
    assert_eq!(floor(&follower), None);
}
