//! Runs other programs in the repository's root.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command of this crate ends with: the reason as one line.
pub type Outcome = Result<(), String>;

/// The repository's root.
pub fn root() -> PathBuf {
    // Asked for when it runs, not when it is built: clones that share a target folder share this program too.
    // xtask always stands one folder below the root, and cargo always starts it.
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    own.as_deref().and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default()
}

/// The folder that cargo builds in.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The folder with the programs that cargo built for testing.
pub fn programs() -> PathBuf {
    target().join("debug")
}

/// The folder with the programs that cargo built for a release.
pub fn release() -> PathBuf {
    target().join("release")
}

/// A command in `folder` below the root, shown before it runs.
pub fn command(folder: &str, line: &str) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(root().join(folder));
    command
}

/// Runs a command line and waits for it.
pub fn run(folder: &str, line: &str) -> Outcome {
    if !folder.is_empty() {
        println!("in {folder}/:");
    }
    finish(&mut command(folder, line))
}

/// Runs a command with arguments that may hold spaces, and waits for it.
pub fn finish(command: &mut Command) -> Outcome {
    let words: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
    let line = words.join(" ".as_ref()).to_string_lossy().into_owned();
    println!("+ {line}");
    let status = command.status().map_err(|error| format!("{line}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})")) }
}

/// What a command line prints, if it succeeds.
pub fn output(folder: &str, line: &str) -> Option<String> {
    let output = command(folder, line).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a command line succeeds, silently.
pub fn succeeds(line: &str) -> bool {
    command("", line).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
