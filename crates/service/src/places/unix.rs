//! The places on Unix.

use std::io::Result;
use std::path::{Path, PathBuf};

/// Folder for what the service keeps.
pub fn data() -> PathBuf {
    PathBuf::from("/var/lib/sekisho")
}

/// The list of accounts that may use the admin API.
pub fn admin_accounts() -> PathBuf {
    PathBuf::from("/etc/sekisho/admin-accounts")
}

/// Makes the data folder. What is private in it has a mode of its own.
///
/// # Errors
/// What the file system says.
pub fn make_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path)
}
