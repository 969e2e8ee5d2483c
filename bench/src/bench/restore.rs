//! A new server takes in the users of its connection: how long it takes and what memory it needs, for connections that grow. And how
//! long an administrator waits for one of them.

use std::path::Path;
use std::time::{Duration, Instant};

use sekisho_hub::store::SqliteStore;
use sekisho_tests::service::Service;
use sekisho_tests::site::Site;
use tokio::runtime::Runtime;

use super::figure::{Aim, Figure};
use super::{fill, process_tree};

/// The longest that a million may take.
const LONGEST: f64 = 60.0;
/// The most memory, in MiB.
const MOST: f64 = 200.0;
/// So many users an administrator's session keeps.
const KEPT: usize = 300_000;

/// Measures connections of so many users, one after the other.
pub fn measure(runtime: &Runtime, home: &Path, sizes: &[usize]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut each = Vec::new();
    for users in sizes {
        let restored = restore(runtime, &home.join(users.to_string()), *users);
        each.push(restored.took.as_secs_f64() / count(*users));
        let (time, memory) = match users {
            1_000_000 => (Aim::Below(LONGEST), Aim::Below(MOST)),
            _ => (Aim::None, Aim::None),
        };
        figures.push(Figure::median(format!("restore_{users}_s"), time, &[restored.took.as_secs_f64()]));
        figures.push(Figure::median(format!("restore_{users}_peak_mib"), memory, &[restored.peak_mib]));
        figures.push(Figure::median(format!("restore_{users}_disk_mib"), Aim::None, &[restored.disk_mib]));
        let looks = [("first_look", &restored.first_look), ("find", &restored.find), ("lock", &restored.lock)];
        for (what, seconds) in looks.into_iter().filter(|(_, seconds)| !seconds.is_empty()) {
            figures.push(Figure::median(format!("users_{users}_{what}_s"), Aim::None, seconds));
        }
    }
    if let ([_, middle, ..], Some(last)) = (each.as_slice(), each.last()) {
        // Per user, of the largest beside the second: 1 when it grows as they do.
        figures.push(Figure::median("restore_growth", Aim::AtMost(1.2), &[last / middle]));
    }
    figures
}

#[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn count(users: usize) -> f64 {
    users as f64
}

struct Restored {
    took: Duration,
    peak_mib: f64,
    disk_mib: f64,
    /// Seconds of the command line, with its start: until the first search has read all users; then for a search, and to lock one.
    first_look: Vec<f64>,
    find: Vec<f64>,
    lock: Vec<f64>,
}

fn restore(runtime: &Runtime, home: &Path, users: usize) -> Restored {
    std::fs::create_dir_all(home).expect("a scratch folder");
    let mut site = Site::found(home);
    // The first server writes them, and is not there while another one takes them in.
    site.service.kill();
    site.hub.kill();
    runtime.block_on(async {
        let store = SqliteStore::open(&site.hub.folder.join("hub.sqlite")).await.expect("the hub's store");
        fill::fill(&site, &store, users).await;
        store.close().await;
    });
    site.hub.start_again();
    let fresh = Service::start(&home.join("two"));
    let cli = site.founder.at(&fresh.socket);
    let begun = Instant::now();
    let joined = cli.run(&["enrol"]);
    let took = begun.elapsed();
    assert_eq!(joined["users"], users, "{joined}");
    let folder = fresh.folder.join("data");
    let bytes: u64 = std::fs::read_dir(folder).expect("the data folder").flatten().map(|file| size(&file)).sum();
    let peak_mib = process_tree::peak_mib(fresh.id());
    let seconds = |words: &[&str]| {
        let begun = Instant::now();
        let done = site.founder.run(words);
        assert!(done["matches"].is_null() || done["matches"].as_u64() > Some(0), "{words:?}: {done}");
        begun.elapsed().as_secs_f64()
    };
    let first_look = vec![seconds(&["users", "find", "user7"])];
    // Of more, all are read at each look.
    let times = if users <= KEPT { 3 } else { 0 };
    let find = ["user1", "user2@", "example"][..times].iter().map(|word| seconds(&["users", "find", word])).collect();
    let lock = ["user3@example.com", "user5@example.com", "user7@example.com"];
    let lock = lock[..times].iter().map(|email| seconds(&["users", "lock", email])).collect();
    Restored { first_look, find, lock, took, peak_mib, disk_mib: count(usize::try_from(bytes).unwrap()) / 1_048_576.0 }
}

fn size(file: &std::fs::DirEntry) -> u64 {
    file.metadata().map_or(0, |about| about.len())
}
