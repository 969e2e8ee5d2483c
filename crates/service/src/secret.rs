//! This server's own secret: made at the first start, kept in a file that only the service's account can read.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::Secret;

use crate::codes;

/// Reads the secret of this data folder, or makes it.
///
/// A secret that is there but not whole is never replaced: what it sealed would be lost. Code: `FILE`.
pub fn read_or_make(folder: &Path) -> Result<Secret> {
    let path = folder.join("server.key");
    let failed = |error: &std::io::Error| file_fault(&path, error);
    match fs::read(&path) {
        Ok(bytes) => {
            let bytes: [u8; 32] = bytes.try_into().map_err(|_| failed(&ErrorKind::InvalidData.into()))?;
            return Ok(Secret::new(bytes));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed(&error)),
    }
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| failed(&ErrorKind::Other.into()))?;
    let fresh = folder.join("server.key.new");
    write_private(&fresh, &bytes)
        .and_then(|()| fs::rename(&fresh, &path))
        .and_then(|()| sync(folder))
        .map_err(|e| failed(&e))?;
    Ok(Secret::new(bytes))
}

/// Removes files that were being written when the service was killed: each would take the place of another when it was
/// whole, and the other one counts.
pub fn remove_unfinished(folder: &Path) {
    let unfinished = |path: &PathBuf| path.extension().is_some_and(|end| end == "new") && path.is_file();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(unfinished) {
        tracing::info!(path = %path.display(), "a file that was never finished is removed");
        let _ = fs::remove_file(path);
    }
}

/// A fault that names a file.
pub fn file_fault(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(codes::FILE).with("path", path.display().to_string()).with("detail", error.to_string())
}

pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
pub(crate) fn sync(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "Unix may fail")]
pub(crate) fn sync(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let made = read_or_make(folder.path()).unwrap();
        assert_eq!(read_or_make(folder.path()).unwrap(), made);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let bits = fs::metadata(folder.path().join("server.key")).unwrap().permissions().mode();
            assert_eq!(bits & 0o777, 0o600);
        }
    }

    #[test]
    fn what_was_being_written_when_the_service_was_killed_is_removed_and_nothing_else() {
        // Fault row 1.
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["server.key", "draft.new", "draft.sealed", "draft.before", "replica.sqlite"] {
            fs::write(path(name), b"part").unwrap();
        }
        remove_unfinished(folder.path());
        remove_unfinished(&path("no-such-folder"));
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["draft.before", "draft.sealed", "replica.sqlite", "server.key"]);
    }

    #[test]
    fn a_damaged_secret_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("server.key"), b"short").unwrap();
        assert_eq!(read_or_make(folder.path()).unwrap_err().code, codes::FILE);
        assert_eq!(fs::read(folder.path().join("server.key")).unwrap(), b"short");
    }
}
