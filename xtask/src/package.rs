//! `cargo xtask package`: the Debian package with console, service, command line and hub.

mod container;
mod deb;
mod files;
pub mod inputs;
mod notices;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::machine;
use crate::shell::{self, Outcome};
use crate::stages::Stages;

/// Builds the package; with `prove`, installs, sets up, upgrades and removes it in a copy of this machine.
pub fn package(prove: bool) -> Outcome {
    let mut stages = Stages::default();
    stages.stage("install what is missing", machine::prepare)?;
    stages.stage("what goes into the package", inputs::check)?;
    stages.stage("build the pages", || shell::run("ui", "npm run --silent build"))?;
    stages.stage("build the programs", build)?;
    let folder = shell::target().join("package");
    let version = env!("CARGO_PKG_VERSION");
    let mut built = PathBuf::new();
    stages.stage("the package", || deb::build(&folder, version).map(|package| built = package))?;
    if prove {
        // The next build: the same programs under a version that dpkg takes for a later one.
        let mut next = PathBuf::new();
        stages.stage("the next package", || deb::build(&folder, &format!("{version}+next")).map(|deb| next = deb))?;
        stages.stage("build the proof", || cargo("build --release -p sekisho-tests --bin sekisho-installed"))?;
        stages.stage("install, set up, upgrade, remove", || {
            let program = shell::release().join("sekisho-installed");
            container::run(&folder.join("proof"), &program, &[&built, &next])
        })?;
    }
    stages.print();
    println!("{}", built.display());
    Ok(())
}

/// Builds all programs in one command, so that what they share is compiled once.
pub fn build() -> Outcome {
    let packages = ["console", "service", "cli", "hub"].map(|name| format!(" -p sekisho-{name}"));
    // The feature that the Tauri command line sets for a release.
    cargo(&format!("build --release{} --features tauri/custom-protocol", packages.concat()))
}

/// Runs cargo so that what it builds tells nothing of the builder's folders.
pub fn cargo(line: &str) -> Outcome {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let folders = [(shell::root(), "/sekisho"), (home, "/cargo")];
    let map = |flag: &str, (folder, name): &(PathBuf, &str)| format!("{flag}={}={name}", folder.display());
    let rust: Vec<String> = folders.iter().map(|folder| map("--remap-path-prefix", folder)).collect();
    let mut command = Command::new("cargo");
    command.args(line.split_whitespace()).current_dir(shell::root());
    // Between flags stands the one character that no path has.
    command.env("CARGO_ENCODED_RUSTFLAGS", rust.join("\u{1f}"));
    command.env("CFLAGS", map("-ffile-prefix-map", &folders[1]));
    shell::finish(&mut command)
}

/// A file of the repository, as text.
fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
