//! The hub's folder on Unix. What is private in it has a mode of its own.

pub(crate) use std::fs::create_dir_all as make;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Makes a file that nobody reads but its owner. There must be none of the name before.
pub(crate) fn make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Where it is, if nothing else is named.
pub(crate) fn installed() -> PathBuf {
    PathBuf::from("/var/lib/sekisho-hub")
}
