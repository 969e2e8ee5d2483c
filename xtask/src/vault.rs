//! `cargo xtask vault`: a vault with ten thousand records, in a real browser.

use std::process::Command;

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{machine, package};

/// With the programs as they are released.
pub fn vault(records: &str) -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("build the pages", || shell::run("ui", "npm run --silent build"))?;
    stages.stage("build the programs", package::build)?;
    stages.stage("build the bench", || package::cargo("build --release -p sekisho-bench"))?;
    stages.stage("open, search, save", || {
        shell::finish(Command::new(shell::release().join("sekisho-bench")).args(["--vault", records]))
    })?;
    stages.print();
    Ok(())
}

/// The short row, with the programs as they were built for testing.
pub fn short() -> Outcome {
    shell::finish(Command::new(shell::programs().join("sekisho-bench")).args(["--vault", "300"]))
}
