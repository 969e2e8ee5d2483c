//! `cargo xtask newcomers`: users who never existed sign in at three servers at once, and the hub is killed in the middle.

use std::process::Command;

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{machine, package};

/// How many come in the short row of `cargo xtask test`.
const FEW: usize = 150;

/// With the programs as they are released, so many of them.
pub fn newcomers(users: usize) -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("build the pages", || shell::run("ui", "npm run --silent build"))?;
    stages.stage("build the programs", package::build)?;
    stages.stage("build the crowd", || package::cargo("build --release -p sekisho-bench"))?;
    stages.stage("let newcomers in", || {
        shell::finish(Command::new(shell::release().join("sekisho-bench")).args(["--newcomers", &users.to_string()]))
    })?;
    stages.print();
    Ok(())
}

/// The short row, with the programs as they were built for testing.
pub fn short() -> Outcome {
    shell::finish(Command::new(shell::programs().join("sekisho-bench")).args(["--newcomers", &FEW.to_string()]))
}
