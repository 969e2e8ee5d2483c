//! Programs are killed (SIGKILL) at random moments of what an administrator does, round after round in one organisation.
//!
//! After every round all of them start clean; every server serves one revision of the history whole; what was acknowledged
//! is there, and nothing is there twice; no server has joined by half; nothing is left lying about.

mod act;
mod agent;
mod dice;
mod judge;
mod round;
mod table;
mod town;

use std::path::Path;
use std::time::Instant;

use act::Act;
use dice::Dice;
use round::Player;
use table::Table;
use tempfile::TempDir;

/// Plays so many rounds, and prints the table. Panics at the first that ends badly; the seed gives the same rounds again,
/// as far as the machine's own timing does.
pub fn play(rounds: u32, seed: u64) {
    println!("{rounds} rounds, --seed {seed}");
    let home = Home(Some(tempfile::tempdir().unwrap()));
    let mut player = Player::new(home.path(), Dice::new(seed));
    let mut table = Table::default();
    // One of each undisturbed: how long it takes.
    for act in Act::ALL {
        player.rehearse(act);
    }
    for round in 1..=rounds {
        let begun = Instant::now();
        let outcome = player.play(round);
        table.add(outcome.act, &outcome.kills, outcome.new, begun.elapsed().as_secs_f64());
        if round.is_multiple_of(50) || round == rounds {
            println!("after {round} rounds:\n{}", table.text());
        }
    }
}

/// Where all of it is; it stays after a round that has ended badly.
struct Home(Option<TempDir>);

impl Home {
    fn path(&self) -> &Path {
        self.0.as_ref().expect("it goes when this is dropped").path()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(home) = self.0.take()
            && std::thread::panicking()
        {
            println!("all files and logs stay in {}", home.keep().display());
        }
    }
}
