//! `cargo xtask audit`: what the project depends on.

use crate::shell::{self, Outcome};

/// Runs cargo-deny with the rules of `deny.toml`.
pub fn audit() -> Outcome {
    if !shell::succeeds("cargo deny --version") {
        println!("cargo-deny is missing; it is built once now, which takes some minutes.");
        shell::run("", "cargo install --locked cargo-deny")?;
    }
    shell::run("", "cargo deny check licenses bans sources")?;
    if shell::run("", "cargo deny check advisories").is_err() {
        println!("The advisories were not checked, or one applies: see above. The other checks passed.");
        return Err("advisories".into());
    }
    Ok(())
}
