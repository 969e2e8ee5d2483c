//! Which file goes where: `packaging/deb/files`.

use std::path::{Path, PathBuf};

use super::read;
use crate::shell;

/// Before the names of programs that cargo builds.
const BUILT: &str = "release/";

/// One file of the package.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it comes from: below the repository's root, or a program that cargo builds.
    pub(super) source: String,
    /// Where it is installed, from the root of the machine.
    pub(super) target: String,
    /// Its mode, in octal digits.
    pub(super) mode: String,
}

impl Entry {
    /// Whether cargo builds it.
    pub(super) fn is_built(&self) -> bool {
        self.source.starts_with(BUILT)
    }

    /// Whether it is packed by gzip on its way, as Debian wants its longer documents.
    pub(super) fn is_packed(&self) -> bool {
        Path::new(&self.target).extension().is_some_and(|end| end == "gz")
    }

    /// The file itself.
    pub(super) fn path(&self) -> PathBuf {
        match self.source.strip_prefix(BUILT) {
            Some(program) => shell::release().join(program),
            None => shell::root().join(&self.source),
        }
    }
}

/// Reads the list of the repository.
pub(super) fn list() -> Result<Vec<Entry>, String> {
    parse(&read(&shell::root().join("packaging/deb/files"))?)
}

fn parse(text: &str) -> Result<Vec<Entry>, String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entry = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [source, target, mode] = words[..] else { return Err(format!("source, target and mode: {line}")) };
        if target.starts_with('/') || target.split('/').any(|part| part == "..") {
            return Err(format!("a target is below the root: {target}"));
        }
        if !["644", "755"].contains(&mode) {
            return Err(format!("a mode is 644 or 755: {line}"));
        }
        Ok(Entry { source: source.to_owned(), target: target.to_owned(), mode: mode.to_owned() })
    };
    lines.map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_source_a_target_and_a_mode() {
        let list = parse("# files\n\nrelease/sekisho  usr/bin/sekisho  755\n").unwrap();
        assert_eq!((list.len(), list[0].is_built(), list[0].target.as_str()), (1, true, "usr/bin/sekisho"));
    }

    #[test]
    fn what_would_land_elsewhere_or_be_writable_by_others_is_refused() {
        for line in ["a /etc/a 644", "a usr/../a 644", "a usr/a 666", "a usr/a", "a usr/a 644 more"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
