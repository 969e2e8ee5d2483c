//! What goes into the package, checked without building it: whatever a typing error could break at somebody's machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::deb::SCRIPTS;
use super::files::{self, Entry};
use super::read;
use crate::shell::{self, Outcome};

/// The highest exposure of a unit, in tenths, as `systemd-analyze security` counts it: 100 is a unit without a sandbox.
const EXPOSURE: &str = "20";

/// Checks the list of files, the units, the desktop entry and the maintainer scripts.
pub fn check() -> Outcome {
    let list = files::list()?;
    complete(&list)?;
    let scripts = shell::root().join("packaging/deb");
    for script in SCRIPTS {
        let path = scripts.join(script);
        shell::finish(Command::new("sh").arg("-n").arg(&path))?;
        if shell::succeeds("shellcheck --version") {
            shell::finish(Command::new("shellcheck").arg(&path))?;
        }
        known_units(&read(&path)?, &list).map_err(|unit| format!("{script} names {unit}, which is not installed"))?;
    }
    for entry in &list {
        if entry.source.ends_with(".service") {
            unit(entry, &list)?;
        }
        if entry.source.ends_with(".desktop") {
            desktop(entry, &list)?;
        }
    }
    Ok(())
}

/// Every source is there, none of ours is forgotten, and no two land in one place.
fn complete(list: &[Entry]) -> Outcome {
    let mut targets = BTreeSet::new();
    for entry in list {
        if !entry.is_built() && !entry.path().is_file() {
            return Err(format!("{} is not there", entry.source));
        }
        if !targets.insert(&entry.target) {
            return Err(format!("two files for {}", entry.target));
        }
    }
    for folder in ["packaging/systemd", "packaging/desktop"] {
        let found = fs::read_dir(shell::root().join(folder)).map_err(|error| format!("{folder}: {error}"))?;
        for file in found.flatten() {
            let source = format!("{folder}/{}", file.file_name().display());
            if !list.iter().any(|entry| entry.source == source) {
                return Err(format!("{source} is not in packaging/deb/files"));
            }
        }
    }
    Ok(())
}

/// The first unit that a script names and the package does not have.
fn known_units(script: &str, list: &[Entry]) -> Result<(), String> {
    let words = script.split(|letter: char| !(letter.is_ascii_alphanumeric() || "-.".contains(letter)));
    let mut units = words.filter(|word| word.strip_suffix(".service").is_some_and(|name| !name.is_empty()));
    let missing = units.find(|unit| !list.iter().any(|entry| entry.target.ends_with(&format!("/{unit}"))));
    missing.map_or(Ok(()), |unit| Err(unit.to_owned()))
}

/// A unit that systemd reads without a word, that starts what is installed, and that is shut in.
fn unit(entry: &Entry, list: &[Entry]) -> Outcome {
    let text = read(&entry.path())?;
    let start = value(&text, "ExecStart").ok_or_else(|| format!("{} starts nothing", entry.source))?;
    let program = start.split(' ').next().unwrap_or_default();
    installed(program, list)?;
    if !shell::succeeds("systemd-analyze --version") {
        println!("systemd-analyze is not here: {} was not checked by it", entry.source);
        return Ok(());
    }
    // The program is not installed here: any other stands for it.
    let folder = shell::target().join("package/units");
    let copy = folder.join(Path::new(&entry.source).file_name().unwrap_or_default());
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&copy, text.replace(program, "/bin/true")));
    written.map_err(|error| format!("{}: {error}", copy.display()))?;
    shell::finish(Command::new("systemd-analyze").arg("verify").arg(&copy))?;
    let mut security = Command::new("systemd-analyze");
    let threshold = format!("--threshold={EXPOSURE}");
    security.args(["security", "--offline=yes", "--no-pager", &threshold]).arg(&copy);
    let output = security.output().map_err(|error| format!("systemd-analyze: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{}", text.lines().last().unwrap_or_default());
    if output.status.success() { Ok(()) } else { Err(format!("{} is too open:\n{text}", entry.source)) }
}

/// A desktop entry with names in both languages, whose program and icon are installed.
fn desktop(entry: &Entry, list: &[Entry]) -> Outcome {
    let text = read(&entry.path())?;
    for key in ["Name", "Name[ja]", "Comment", "Comment[ja]"] {
        value(&text, key).ok_or_else(|| format!("{} has no {key}", entry.source))?;
    }
    let program = value(&text, "Exec").unwrap_or_default();
    installed(&format!("/usr/bin/{program}"), list)?;
    let icon = format!("/apps/{}.png", value(&text, "Icon").unwrap_or_default());
    if !list.iter().any(|entry| entry.target.ends_with(&icon)) {
        return Err(format!("{} has an icon that is not installed", entry.source));
    }
    if shell::succeeds("desktop-file-validate --help") {
        shell::finish(Command::new("desktop-file-validate").arg(entry.path()))?;
    }
    Ok(())
}

fn installed(program: &str, list: &[Entry]) -> Outcome {
    let found = list.iter().any(|entry| entry.mode == "755" && program.strip_prefix('/') == Some(&entry.target));
    if found { Ok(()) } else { Err(format!("{program} is not installed")) }
}

/// The value of a key, in units and desktop entries.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_names_a_unit_which_is_not_installed_is_found() {
        let list = files::list().unwrap();
        assert_eq!(known_units("deb-systemd-invoke start sekisho.service sekisho-hub.service || true", &list), Ok(()));
        assert_eq!(known_units("start sekisho-hubb.service", &list), Err("sekisho-hubb.service".to_owned()));
        assert_eq!(known_units("*.service", &list), Ok(()));
    }

    #[test]
    fn a_value_belongs_to_the_whole_key() {
        assert_eq!(value("Name[ja]=関所\nName=Sekisho\n", "Name"), Some("Sekisho"));
    }
}
