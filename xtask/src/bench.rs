//! `cargo xtask bench`: builds everything for release and lets `sekisho-bench` measure it.

use std::process::Command;

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{machine, package, test};

/// Starts the peer that sign-ins are compared with. It is handed out beside the repository and not a part of it: where it
/// is missing, the bench says so in place of the figure.
const PEER: &str = "../shared/idps/apache-peers.sh";

/// Measures, prints the table, and writes `target/bench.json`.
pub fn bench() -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("build the pages", test::build_ui)?;
    // What is measured is what is shipped; what measures is built apart and changes nothing of it.
    stages.stage("build the programs", package::build)?;
    stages.stage("build the bench", || package::cargo("build --release -p sekisho-bench"))?;
    stages.stage("measure", || {
        let mut bench = Command::new(shell::release().join("sekisho-bench"));
        bench.arg("--json").arg(shell::root().join("target/bench.json"));
        shell::finish(bench.arg("--peer").arg(shell::root().join(PEER)))
    })?;
    stages.print();
    Ok(())
}

/// One short round with the programs as they were built for testing: it shows that the bench still works.
pub fn once() -> Outcome {
    let mut bench = Command::new(shell::programs().join("sekisho-bench"));
    shell::finish(bench.arg("--once").arg("--peer").arg(shell::root().join(PEER)))
}
