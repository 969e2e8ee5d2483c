//! `cargo xtask provisioning`: first sign-ins beside known ones, on SQLite and on PostgreSQL, at hubs with more and more users.

use std::process::Command;

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{machine, package};

/// With the programs as they are released, at hubs with so many users. Writes `target/provisioning.json`.
pub fn provisioning(users: &str) -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("build the pages", || shell::run("ui", "npm run --silent build"))?;
    stages.stage("build the programs", package::build)?;
    stages.stage("build the bench", || package::cargo("build --release -p sekisho-bench"))?;
    stages.stage("measure first sign-ins", || {
        let mut bench = Command::new(shell::release().join("sekisho-bench"));
        bench.args(["--provisioning", users]).arg("--json").arg(shell::root().join("target/provisioning.json"));
        shell::finish(&mut bench)
    })?;
    stages.print();
    Ok(())
}
