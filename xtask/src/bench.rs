//! `cargo xtask bench`: builds everything for release and lets `sekisho-bench` measure it.

use std::process::Command;

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{machine, package, test};

/// Starts the peer that sign-ins are compared with. It is handed out beside the repository and not a part of it: where it
/// is missing, the bench says so in place of the figure.
const PEER: &str = "../shared/idps/apache-peers.sh";
/// The folder of the peers that validate messages.
const PEERS: &str = "bench/peers";

/// Measures, prints the table, and writes `target/bench.json`.
pub fn bench() -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("install the peers", || {
        machine::prepare_peers();
        Ok(())
    })?;
    stages.stage("build the pages", test::build_ui)?;
    // What is measured is what is shipped; what measures is built apart and changes nothing of it.
    stages.stage("build the programs", package::build)?;
    stages.stage("build the bench", || package::cargo("build --release -p sekisho-bench"))?;
    stages.stage("measure", || {
        let mut bench = Command::new(shell::release().join("sekisho-bench"));
        bench.arg("--json").arg(shell::root().join("target/bench.json"));
        shell::finish(beside_peers(&mut bench))
    })?;
    stages.print();
    Ok(())
}

/// One short round with the programs as they were built for testing: it shows that the bench still works.
pub fn once() -> Outcome {
    let mut bench = Command::new(shell::programs().join("sekisho-bench"));
    shell::finish(beside_peers(bench.arg("--once")))
}

/// The peers that are installed take part.
fn beside_peers(bench: &mut Command) -> &mut Command {
    bench.arg("--peer").arg(shell::root().join(PEER)).arg("--peers").arg(shell::root().join(PEERS))
}
