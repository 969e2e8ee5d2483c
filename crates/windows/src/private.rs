//! Folders and files that one account keeps for itself. What is made in such a folder inherits its list.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use windows_sys::Win32::Storage::FileSystem::{FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, READ_CONTROL};

use crate::system::{self, Descriptor};
use crate::{Account, descriptor};

/// Makes a folder for this account, administrators and Windows itself. One that is there must be no wider: somebody else
/// may have made it first, to read or to change what is put there.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let wanted = wanted()?;
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent)?;
    }
    match system::make_folder(path, &wanted) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => return other,
    }
    let found = access(path)?;
    if descriptor::no_wider(&found, &wanted.text()?) {
        return Ok(());
    }
    let reason = format!("other accounts may use this folder ({found})");
    Err(io::Error::new(io::ErrorKind::PermissionDenied, reason))
}

/// Makes a file for the same; there must be none of this name.
pub fn make_file(path: &Path) -> io::Result<File> {
    system::make_file(path, &wanted()?)
}

pub(crate) fn wanted() -> io::Result<Descriptor> {
    Descriptor::new(&descriptor::private(&Account::own()?))
}

/// Whether a file or folder is for this account, administrators and Windows itself alone.
pub fn is_private(path: &Path) -> io::Result<bool> {
    let wanted = wanted()?;
    Ok(descriptor::no_wider(&access(path)?, &wanted.text()?))
}

pub(crate) fn access(path: &Path) -> io::Result<String> {
    // What is there itself, not what a link in its place leads to.
    let mut options = OpenOptions::new();
    options.access_mode(READ_CONTROL).custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT);
    system::access(&options.open(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(test: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("sekisho-test-{}-{test}", std::process::id()))
    }

    #[test]
    fn a_private_folder_is_made_once_and_accepted_again() {
        let folder = folder("private").join("below");
        make_folder(&folder).unwrap();
        make_folder(&folder).unwrap();
        assert!(is_private(&folder).unwrap(), "{:?}", access(&folder));
        fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    }

    #[test]
    #[ignore = "wine 8 hands no list down; Windows does"]
    fn what_is_made_in_a_private_folder_is_private() {
        let folder = folder("inherited");
        make_folder(&folder).unwrap();
        fs::write(folder.join("file"), b"").unwrap();
        assert!(is_private(&folder.join("file")).unwrap(), "{:?}", access(&folder.join("file")));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_private_file_is_made_and_never_opened_over_another() {
        let file = folder("file");
        make_file(&file).unwrap();
        assert!(is_private(&file).unwrap(), "{:?}", access(&file));
        assert_eq!(make_file(&file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        fs::remove_file(file).unwrap();
    }

    #[test]
    fn a_folder_that_others_may_enter_is_not_taken() {
        let folder = folder("open");
        let everybody = Descriptor::new("D:P(A;OICI;FA;;;WD)").unwrap();
        system::make_folder(&folder, &everybody).unwrap();
        assert_eq!(make_folder(&folder).unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        fs::remove_dir(folder).unwrap();
    }
}
