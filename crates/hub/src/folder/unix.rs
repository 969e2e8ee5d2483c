//! The hub's folder on Unix.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Makes a folder that is its owner's alone, if it is not there.
pub(crate) fn make(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes a file that nobody reads but its owner. There must be none of the name before.
pub(crate) fn make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Where it is, if nothing else is named.
pub(crate) fn installed() -> PathBuf {
    PathBuf::from("/var/lib/sekisho-hub")
}
