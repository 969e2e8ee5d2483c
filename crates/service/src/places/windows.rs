//! The places on Windows.

use std::io::Result;
use std::path::{Path, PathBuf};

/// Folder for what the service keeps.
pub fn data() -> PathBuf {
    let folder = std::env::var_os("ProgramData").map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
    folder.join("Sekisho")
}

/// The list of accounts that may use the admin API.
pub fn admin_accounts() -> PathBuf {
    data().join("admin-accounts")
}

/// Makes the data folder for the service's account, administrators and Windows itself: what is made in it inherits that.
///
/// # Errors
/// What the file system says, or that others may use a folder which is there already.
pub fn make_folder(path: &Path) -> Result<()> {
    sekisho_windows::private::make_folder(path)
}
