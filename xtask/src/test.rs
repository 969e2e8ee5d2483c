//! `cargo xtask test`: everything that has to hold before a change lands.

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{bench, chaos, faults, house, machine, package, pool, restore, windows};

/// Runs all stages.
pub fn test() -> Outcome {
    let mut stages = Stages::default();
    stages.stage("machine: install what is missing", machine::prepare)?;
    stages.stage("format", || {
        shell::run("", "cargo fmt --all --check")?;
        shell::run("ui", "npm run --silent format:check")
    })?;
    stages.stage("house: links between crates, texts", || {
        house::check()?;
        faults::check()
    })?;
    stages.stage("package: files, units, scripts", package::inputs::check)?;
    stages.stage("ui: types, texts, tests, build", build_ui)?;
    stages.stage("clippy", || shell::run("", "cargo clippy --workspace --all-targets -- -D warnings"))?;
    stages.stage("build", || shell::run("", "cargo build --workspace --all-targets"))?;
    stages.stage("crates", || shell::run("", "cargo nextest run --workspace -E not(package(sekisho-tests))"))?;
    stages.stage("generated types are checked in", generated_types)?;
    stages.stage("windows: what is its own compiles", windows::check_own)?;
    stages.stage("end to end", || {
        // A third of each test is waiting for somebody else: three of them keep two cores busy.
        shell::run("", "cargo nextest run --workspace --no-fail-fast --test-threads 3 -E package(sekisho-tests)")
    })?;
    stages.stage("bench: one short round", bench::once)?;
    stages.stage("pool: sign-ins while it changes", pool::short)?;
    stages.stage("restore: a few users", restore::short)?;
    stages.stage("chaos: a few rounds", chaos::once)?;
    stages.stage("tour of the window", || crate::run::tour(&shell::root().join("target/tour")))?;
    stages.print();
    Ok(())
}

/// Checks, tests and builds the pages.
pub fn build_ui() -> Outcome {
    for script in ["messages:check", "check", "test", "build"] {
        shell::run("ui", &format!("npm run --silent {script}"))?;
    }
    Ok(())
}

/// The crates' tests write the admin API's types as TypeScript; what is checked in (or staged) must be the same.
fn generated_types() -> Outcome {
    let list = |what: &str| shell::output("", &format!("git ls-files {what} -- ui/src/lib/backend/types"));
    let changed: String = ["--modified", "--deleted", "--others"].into_iter().filter_map(list).collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!("the admin API's types have changed; commit the new ones:\n{changed}"))
}
