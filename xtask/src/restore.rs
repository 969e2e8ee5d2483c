//! `cargo xtask restore`: a new server takes in the users of its connection, a thousand, a hundred thousand, a million.

use std::process::Command;

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{machine, package};

/// With the programs as they are released.
pub fn restore(users: &str) -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("build the pages", || shell::run("ui", "npm run --silent build"))?;
    stages.stage("build the programs", package::build)?;
    stages.stage("build the bench", || package::cargo("build --release -p sekisho-bench"))?;
    stages.stage("take users in", || {
        shell::finish(Command::new(shell::release().join("sekisho-bench")).args(["--restore", users]))
    })?;
    stages.print();
    Ok(())
}

/// The short row, with the programs as they were built for testing.
pub fn short() -> Outcome {
    shell::finish(Command::new(shell::programs().join("sekisho-bench")).args(["--restore", "100,1000,2000"]))
}
