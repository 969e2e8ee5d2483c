//! The hub's folder on Unix. What is private in it has a mode of its own.

pub(crate) use std::fs::create_dir_all as make;
use std::path::PathBuf;

/// Where it is, if nothing else is named.
pub(crate) fn installed() -> PathBuf {
    PathBuf::from("/var/lib/sekisho-hub")
}
