//! Small precious state: one sealed file, replaced as a whole, with the one before kept.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::sealed;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::replace::rename;
use crate::codes;
use crate::secret::{file_fault, sync, write_private};

/// A file under this server's own secret. Its name is bound into the seal: no file can stand in for another.
#[derive(Clone, Debug)]
pub struct SealedFile {
    path: PathBuf,
    key: Secret,
    name: &'static str,
}

impl SealedFile {
    /// The file of this name in the data folder.
    pub fn new(folder: &Path, name: &'static str, secret: &Secret) -> Self {
        Self { path: folder.join(name), key: secret.derive(Purpose::Local, name.as_bytes()), name }
    }

    /// What is in it; nothing when it was never written. A damaged file is set aside, and the one before counts.
    ///
    /// Codes: `FILE`, `NOT_AUTHENTIC` of the keys when both are damaged.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        match self.read_at(&self.path) {
            Ok(Some(found)) => Ok(Some(found)),
            // Never written, or cut off between the two renames of a write.
            Ok(None) => self.read_at(&self.before()),
            // The disk or the system failed: what is there may be whole, and must not give way to what is older.
            Err(fault) if fault.code == codes::FILE => Err(fault),
            Err(fault) => {
                tracing::error!(%fault, path = %self.path.display(), "a sealed file is damaged");
                // Without one before, the damaged file stays and is told each time: it must not count as never written.
                let before = self.read_at(&self.before()).ok().flatten().ok_or(fault)?;
                let _ = fs::rename(&self.path, self.path.with_extension("damaged"));
                Ok(Some(before))
            }
        }
    }

    fn before(&self) -> PathBuf {
        self.path.with_extension("before")
    }

    fn read_at<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<T>> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file_fault(path, &error)),
        };
        let plain = zeroize::Zeroizing::new(sealed::open(&self.key, self.name.as_bytes(), &bytes)?);
        serde_json::from_slice(&plain).map(Some).map_err(|_| Fault::new(sekisho_keys::codes::FORMAT))
    }

    /// Replaces what is in it: after a power cut there is the old or the new, never a part.
    ///
    /// Code: `FILE`.
    pub fn write<T: Serialize>(&self, value: &T) -> Result<()> {
        let failed = |error: std::io::Error| file_fault(&self.path, &error);
        let unready = || Fault::new(codes::FILE).with("path", self.path.display().to_string()).with("detail", "");
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(|_| unready())?);
        let mut nonce = [0; sealed::NONCE];
        rand::fill(&mut nonce).map_err(|_| unready())?;
        let bytes = sealed::seal(&self.key, nonce, self.name.as_bytes(), &plain)?;
        let fresh = self.path.with_extension("new");
        write_private(&fresh, &bytes).map_err(failed)?;
        if self.path.exists() {
            rename(&self.path, &self.before()).map_err(failed)?;
        }
        rename(&fresh, &self.path).map_err(failed)?;
        self.path.parent().map_or(Ok(()), sync).map_err(failed)
    }

    /// Whether something is in it.
    pub fn is_there(&self) -> bool {
        self.path.exists() || self.before().exists()
    }

    /// Sets it aside as damaged, for whoever wants to look at it: it counts as never written from here on.
    pub fn set_aside(&self) {
        let _ = fs::rename(&self.path, self.path.with_extension("damaged"));
        self.remove();
    }

    /// Forgets it, and the one before.
    pub fn remove(&self) {
        for path in [self.before(), self.path.clone()] {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, name: &'static str) -> SealedFile {
        SealedFile::new(folder, name, &Secret::new([1; 32]))
    }

    #[test]
    fn a_damaged_file_gives_way_to_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = file(folder.path(), "x.sealed");
        assert_eq!(sealed.read::<u8>().unwrap(), None);
        sealed.write(&1).unwrap();
        sealed.write(&2).unwrap();
        assert_eq!(sealed.read::<u8>().unwrap(), Some(2));
        fs::write(folder.path().join("x.sealed"), b"garbage").unwrap();
        assert_eq!(sealed.read::<u8>().unwrap(), Some(1));
    }

    #[test]
    fn a_damaged_file_with_none_before_is_told_each_time() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.sealed"), b"garbage").unwrap();
        let sealed = file(folder.path(), "x.sealed");
        for _ in 0..2 {
            assert_eq!(sealed.read::<u8>().unwrap_err().code, sekisho_keys::codes::NOT_AUTHENTIC);
        }
    }

    #[test]
    fn a_file_between_two_renames_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = file(folder.path(), "x.sealed");
        sealed.write(&1).unwrap();
        sealed.write(&2).unwrap();
        // A kill between the two renames leaves only the one before and the fresh one.
        fs::rename(folder.path().join("x.sealed"), folder.path().join("x.new")).unwrap();
        assert_eq!(sealed.read::<u8>().unwrap(), Some(1));
    }

    #[test]
    fn one_file_does_not_stand_in_for_another() {
        let folder = tempfile::tempdir().unwrap();
        file(folder.path(), "x.sealed").write(&1).unwrap();
        fs::copy(folder.path().join("x.sealed"), folder.path().join("y.sealed")).unwrap();
        assert!(file(folder.path(), "y.sealed").read::<u8>().is_err());
    }
}
