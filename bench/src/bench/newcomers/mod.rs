//! Users who never existed sign in for the first time at three servers of one hub, every tenth at two or three of them in the same
//! moment, and in the middle the hub is killed and started again. Afterwards everybody is there once, with one vault wherever they come.

mod crowd;
mod town;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use sekisho_tests::hub::Hub;
use sekisho_tests::wait::wait_within;

use super::idp::Idp;
use crowd::{Came, Crowd, SERVERS, Tally, Visit, address};
use town::Town;

/// The longest that the first half may take: of a million at a slow machine.
const LONGEST: Duration = Duration::from_hours(12);

/// The hub is away until each server has refused one of so many newcomers,
const REFUSED_OF: usize = 400;
/// and no more than so many: as come to a server at once.
const REFUSED_MOST: usize = 8;

/// What came of the visits, or why they ended.
type Outcome = Result<Vec<Came>, String>;

/// Lets so many newcomers in, counts them, and lets them in again somewhere else; panics if one of them is lost, doubled, refused without
/// need, or finds another vault.
pub fn prove(home: &Path, newcomers: usize) {
    let idp = Idp::new();
    let mut town = Town::start(home, &idp);
    let crowd = Crowd::at(&town.sp.origin, &idp);
    let tally = Tally::default();
    let (sp, hub) = (town.sp.origin.clone(), &mut town.site.hub);
    println!("{newcomers} newcomers at {sp}, on {} servers", SERVERS.len());
    let (first, gap) = std::thread::scope(|scope| {
        let coming = scope.spawn(|| block_on(crowd.come(first_visits(newcomers), &tally)));
        let gap = take_away(hub, &tally, newcomers, &coming);
        (coming.join().expect("the crowd"), gap)
    });
    let first = checked("first sign-ins", first, &tally);
    let gap = gap.expect("the hub was away while they came");
    report_first(&first, &tally, gap);

    let users = town.seen(newcomers);
    println!("{:<44} {users:>9}", "users at the hub");
    let taken_in = town.taken_in();
    println!("{:<44} {taken_in:>9}", "records that a new server took in");
    assert_eq!(taken_in, newcomers, "one record for each");
    // A status counts those who were there when the feed was last heard: all have just heard of the new server.
    town.settle(newcomers);

    let tally = Tally::default();
    let begun = Instant::now();
    let again = checked("known sign-ins", block_on(crowd.come(later_visits(newcomers), &tally)), &tally);
    println!("{:<44} {:>9.1}", "known sign-ins per second, elsewhere", per_second(again.len(), begun.elapsed()));
    report_took("known sign-in", &again);
    let vaults = one_vault_each(newcomers, first.iter().chain(&again));
    println!("{:<44} {vaults:>9}", "vaults, each the same at every server");
    assert_eq!(town.seen(newcomers), users, "nobody is made by a known sign-in");
}

fn block_on<T>(act: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(act)
}

/// Everybody once, at one of the servers; every tenth at two of them, every twentieth at all three.
fn first_visits(newcomers: usize) -> Vec<Visit> {
    let visit = |user: usize| {
        let at_once = if user.is_multiple_of(20) { 3 } else { 1 + usize::from(user.is_multiple_of(10)) };
        Visit { user, servers: (0..at_once).map(|next| (user + next) % SERVERS.len()).collect() }
    };
    (0..newcomers).map(visit).collect()
}

/// Everybody at a server where they have not been, if there is one.
fn later_visits(newcomers: usize) -> Vec<Visit> {
    (0..newcomers).map(|user| Visit { user, servers: vec![(user + 2) % SERVERS.len()] }).collect()
}

/// Kills the hub when half of them are in, and starts it again when every server has refused some. Nothing, if the crowd has ended
/// before: it says why.
fn take_away(
    hub: &mut Hub,
    tally: &Tally,
    newcomers: usize,
    coming: &ScopedJoinHandle<'_, Outcome>,
) -> Option<(Instant, Instant)> {
    let until = |condition: &str, is: &dyn Fn() -> bool| {
        wait_within(LONGEST, condition, || (is() || coming.is_finished()).then_some(()), || "");
        !coming.is_finished()
    };
    if !until("half of them are in", &|| tally.came.load(Ordering::Relaxed) >= newcomers / 2) {
        return None;
    }
    let from = *tally.gone.get_or_init(Instant::now);
    hub.kill();
    let enough = (newcomers / REFUSED_OF).clamp(1, REFUSED_MOST);
    if !until("every server has refused some", &|| tally.refused().iter().all(|count| *count >= enough)) {
        return None;
    }
    hub.start_again();
    Some((from, *tally.back.get_or_init(Instant::now)))
}

/// Those who came; panics with what has come so far where one was refused.
fn checked(what: &str, outcome: Outcome, tally: &Tally) -> Vec<Came> {
    outcome.unwrap_or_else(|why| {
        let (came, refused) = (tally.came.load(Ordering::Relaxed), tally.refused());
        panic!("{what}: {came} came, {refused:?} were refused for now, then: {why}")
    })
}

/// How many vaults there are; everybody has one, which is the same wherever they came, and nobody else's.
fn one_vault_each<'a>(newcomers: usize, came: impl Iterator<Item = &'a Came>) -> usize {
    let mut keys = BTreeMap::<usize, BTreeSet<&str>>::new();
    for one in came {
        keys.entry(one.user).or_default().insert(&one.key);
    }
    assert_eq!(keys.len(), newcomers, "everybody came");
    let several: Vec<_> = keys.iter().filter(|(_, keys)| keys.len() > 1).map(|(user, _)| address(*user)).collect();
    assert!(several.is_empty(), "with more than one vault: {several:?}");
    let vaults: BTreeSet<&str> = keys.into_values().flatten().collect();
    assert_eq!(vaults.len(), newcomers, "two have one vault");
    vaults.len()
}

fn report_first(first: &[Came], tally: &Tally, (from, to): (Instant, Instant)) {
    let mut moments: Vec<Instant> = first.iter().map(|one| one.when).collect();
    moments.sort_unstable();
    // Nobody came from the last that was on the way when the hub was killed to the first that found it again.
    let pause = moments.windows(2).map(|two| two[1] - two[0]).max().unwrap_or_default();
    let whole = moments.last().zip(moments.first()).map_or(Duration::ZERO, |(last, first)| *last - *first);
    let refused = tally.refused();
    println!("{:<44} {:>9}", "first sign-ins", first.len());
    println!(
        "{:<44} {:>9.1}",
        "first sign-ins per second, but for the gap",
        per_second(first.len(), whole.saturating_sub(pause))
    );
    report_took("first sign-in", first);
    println!("{:<44} {:>9}  at each: {refused:?}", "refused for now, and came again", refused.iter().sum::<usize>());
    let waited = tally.waited.load(Ordering::Relaxed);
    println!("{:<44} {waited:>9}", "the longest wait for such a refusal, ms");
    println!("{:<44} {:>9}", "the hub was away, ms", (to - from).as_millis());
    println!("{:<44} {:>9}", "nobody came in for, ms", pause.as_millis());
}

fn report_took(what: &str, came: &[Came]) {
    let mut took: Vec<u128> = came.iter().map(|one| one.took.as_millis()).collect();
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len() - 1)).copied().unwrap_or_default();
    println!("{what:<22} p50 / p99 / most, ms {:>9} / {} / {}", at(50), at(99), at(100));
}

#[allow(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn per_second(count: usize, wall: Duration) -> f64 {
    count as f64 / wall.as_secs_f64().max(0.001)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(user: usize, key: &str) -> Came {
        Came { user, key: key.to_owned(), when: Instant::now(), took: Duration::ZERO }
    }

    #[test]
    fn every_tenth_comes_to_several_servers_at_once_and_everybody_is_elsewhere_later() {
        let (first, later) = (first_visits(600), later_visits(600));
        let at_once = |count: usize| first.iter().filter(|visit| visit.servers.len() == count).count();
        assert_eq!([1, 2, 3].map(at_once), [540, 30, 30]);
        for server in 0..SERVERS.len() {
            let here = |visits: &[Visit]| visits.iter().filter(|visit| visit.servers.contains(&server)).count();
            assert_eq!((here(&first), here(&later)), (230, 200), "the servers share them");
        }
        let elsewhere = |(first, later): (&Visit, &Visit)| !first.servers.contains(&later.servers[0]);
        assert_eq!(first.iter().zip(&later).filter(|both| elsewhere(*both)).count(), 570);
    }

    #[test]
    fn everybody_has_one_vault() {
        let all = [came(0, "a"), came(1, "b"), came(0, "a")];
        assert_eq!(one_vault_each(2, all.iter()), 2);
    }

    #[test]
    #[should_panic(expected = "with more than one vault: [\"newcomer1@example.com\"]")]
    fn who_finds_another_vault_elsewhere_is_told() {
        one_vault_each(2, [came(0, "a"), came(1, "b"), came(1, "c")].iter());
    }

    #[test]
    #[should_panic(expected = "two have one vault")]
    fn a_vault_of_two_is_told() {
        one_vault_each(2, [came(0, "a"), came(1, "a")].iter());
    }
}
