//! This server's own settings, in a file of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sekisho_config::ThisServer;
use sekisho_fault::Result;

use crate::secret::{file_fault, sync, write_private};
use crate::store::rename;

/// The settings, and where they are kept.
pub struct Settings {
    path: PathBuf,
    current: Mutex<ThisServer>,
}

impl Settings {
    /// Reads the settings of a data folder. A file that cannot be read is told, not taken for the defaults.
    ///
    /// Code: `FILE`.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("server.json");
        let current = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| file_fault(&path, &std::io::Error::new(std::io::ErrorKind::InvalidData, error)))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => ThisServer::default(),
            Err(error) => return Err(file_fault(&path, &error)),
        };
        Ok(Self { path, current: Mutex::new(current) })
    }

    /// The settings.
    pub fn read(&self) -> ThisServer {
        self.lock().clone()
    }

    /// Keeps new settings.
    ///
    /// Code: `FILE`.
    pub fn write(&self, settings: &ThisServer) -> Result<()> {
        let failed = |error: std::io::Error| file_fault(&self.path, &error);
        let bytes = serde_json::to_vec_pretty(settings).unwrap_or_default();
        let fresh = self.path.with_extension("new");
        write_private(&fresh, &bytes).and_then(|()| rename(&fresh, &self.path)).map_err(failed)?;
        self.path.parent().map_or(Ok(()), sync).map_err(failed)?;
        *self.lock() = settings.clone();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, ThisServer> {
        // The settings are replaced as a whole.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
