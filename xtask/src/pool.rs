//! `cargo xtask pool`: users sign in all the time while servers are added, killed and retired and the hub goes away.

use std::process::Command;

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{machine, package};

/// Seconds of each phase of the short row in `cargo xtask test`: each takes as long as what happens in it.
const SHORT: u64 = 3;

/// With the programs as they are released, `seconds` in each phase.
pub fn pool(seconds: u64) -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("build the pages", || shell::run("ui", "npm run --silent build"))?;
    stages.stage("build the programs", package::build)?;
    stages.stage("build the crowd", || package::cargo("build --release -p sekisho-bench"))?;
    stages.stage("sign in while everything changes", || {
        shell::finish(Command::new(shell::release().join("sekisho-bench")).args(["--pool", &seconds.to_string()]))
    })?;
    stages.print();
    Ok(())
}

/// The short row, with the programs as they were built for testing.
pub fn short() -> Outcome {
    shell::finish(Command::new(shell::programs().join("sekisho-bench")).args(["--pool", &SHORT.to_string()]))
}
