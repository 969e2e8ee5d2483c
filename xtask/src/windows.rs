//! `cargo xtask windows`: what can be built for Windows, and seen of it, from Debian.

mod cross;
mod walk;
mod wine;

use crate::shell::Outcome;
use crate::stages::Stages;
use crate::{machine, test};

/// Checks and builds everything for Windows, and runs hub, service and command line under wine.
pub fn windows() -> Outcome {
    let mut stages = Stages::default();
    stages.stage("machine: install what is missing", || {
        machine::prepare()?;
        cross::prepare()?;
        wine::prepare()
    })?;
    stages.stage("build the pages", test::build_ui)?;
    stages.stage("all but the app compiles", check)?;
    stages.stage("build service, hub and command line", || {
        cross::cargo("build -p sekisho-service -p sekisho-hub -p sekisho-cli")
    })?;
    stages.stage("crates' tests that are Windows' own", || {
        cross::cargo("test --no-run -p sekisho-windows -p sekisho-admin-api")?;
        walk::tests()
    })?;
    stages.stage("service, pipe and hub under wine", walk::walk)?;
    stages.stage("build the app", || cross::cargo("build -p sekisho-console"))?;
    stages.stage("the app has its loader", walk::loader)?;
    stages.print();
    Ok(())
}

/// Checks what is Windows' own, and what links neither a database nor cryptography in C: the short row of `cargo xtask test`.
pub fn check_own() -> Outcome {
    cross::prepare()?;
    cross::cargo("check -p sekisho-windows -p sekisho-admin-api")
}

/// Checks all but the app.
fn check() -> Outcome {
    cross::prepare()?;
    cross::cargo("check --workspace --exclude sekisho-console")
}
