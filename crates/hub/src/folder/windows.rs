//! The hub's folder on Windows. What is made in it inherits who may use it: its account, administrators, Windows itself.

use std::path::PathBuf;

pub(crate) use sekisho_windows::private::{make_file, make_folder as make};

/// Where it is, if nothing else is named.
pub(crate) fn installed() -> PathBuf {
    let folder = std::env::var_os("ProgramData").map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
    folder.join("Sekisho hub")
}
