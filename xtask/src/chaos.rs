//! `cargo xtask chaos`: kills the programs at random moments of what an administrator does.

use std::process::Command;

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{machine, test};

/// Plays so many rounds. `seed`: as an earlier run has printed it.
pub fn chaos(rounds: u32, seed: Option<u64>) -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("build the pages", test::build_ui)?;
    stages.stage("build the programs", || {
        shell::run("", "cargo build -p sekisho-service -p sekisho-hub -p sekisho-cli -p sekisho-tests")
    })?;
    stages.stage("play", || play(rounds, seed))?;
    stages.print();
    Ok(())
}

/// Plays a few rounds with the programs as they were built for testing.
pub fn once() -> Outcome {
    play(25, None)
}

fn play(rounds: u32, seed: Option<u64>) -> Outcome {
    let mut chaos = Command::new(shell::programs().join("sekisho-chaos"));
    chaos.arg(rounds.to_string());
    if let Some(seed) = seed {
        chaos.arg("--seed").arg(seed.to_string());
    }
    shell::finish(&mut chaos)
}
