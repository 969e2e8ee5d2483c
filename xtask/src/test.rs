//! `cargo xtask test`: everything that has to hold before a change lands.

use crate::shell::{self, Outcome};
use crate::stages::Stages;
use crate::{bench, chaos, faults, house, machine, newcomers, package, pool, restore, vault, windows};

/// End-to-end tests of minutes, whose subjects have shorter ones in [`test`]: they are `cargo xtask long`.
const LONG: [&str; 10] = [
    "test(=every_dialog_of_the_console_is_accessible_in_both_languages_and_themes)",
    "test(=every_wizard_of_the_console_is_accessible_in_both_languages_and_themes)",
    "test(=a_hostname_moves_in_the_window_from_the_first_page_to_the_last_with_three_servers_behind_a_balancer)",
    "test(=a_hub_that_was_lost_comes_back_from_its_backup_and_what_is_newer_is_told)",
    "test(=a_month_after_a_removal_the_secret_is_gone_everywhere_and_an_invitation_begins_anew)",
    "test(=a_server_that_dies_in_an_order_is_replaced_in_it_by_another_and_a_name_with_a_star_is_had_by_dns)",
    "test(=a_server_that_was_away_for_longer_than_a_removal_can_be_taken_back_brings_nobody_back)",
    "test(=a_server_that_was_away_when_a_removal_was_taken_back_shreds_nobody)",
    "test(=a_running_service_sees_new_metadata_by_itself_and_keys_that_were_all_replaced_wait_for_approval)",
    "test(=thirty_of_forty_users_removed_at_once_wait_at_every_server_until_an_administrator_agrees)",
];

/// Runs the end-to-end tests of minutes.
pub fn long() -> Outcome {
    let mut stages = Stages::default();
    stages.stage("machine: install what is missing", machine::prepare)?;
    stages.stage("ui: build", || shell::run("ui", "npm run --silent build"))?;
    stages.stage("build", || shell::run("", "cargo build --workspace --all-targets"))?;
    stages.stage("end to end, the long ones", || end_to_end(&LONG.join("+")))?;
    stages.print();
    Ok(())
}

fn end_to_end(which: &str) -> Outcome {
    shell::run(
        "",
        &format!("cargo nextest run --workspace --no-fail-fast --failure-output final --test-threads 3 -E {which}"),
    )
}

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
        end_to_end(&format!("package(sekisho-tests)-({})", LONG.join("+")))
    })?;
    stages.stage("bench: one short round", bench::once)?;
    stages.stage("pool: sign-ins while it changes", pool::short)?;
    stages.stage("restore: a few users", restore::short)?;
    stages.stage("newcomers: some, and the hub goes away", newcomers::short)?;
    stages.stage("vault: some records", vault::short)?;
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
    reproducible()
}

/// Whoever builds the vault page gets the same one: its fingerprint can be compared with what a service says that it serves.
fn reproducible() -> Outcome {
    let fingerprint = || shell::output("ui", "node scripts/fingerprint.mjs");
    let first = fingerprint();
    shell::run("ui", "npm run --silent build:vault")?;
    if first.is_some() && first == fingerprint() {
        Ok(())
    } else {
        Err("the vault page is another at each build".to_owned())
    }
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
