use std::path::{Path, PathBuf};

mod ssh;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

pub(crate) use platform::open;
pub use ssh::SshHost;
pub(crate) use ssh::connect as connect_by_ssh;

/// Where the admin API listens: a socket's path (Unix) or a pipe's name (Windows).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    path: PathBuf,
    own: bool,
}

impl Endpoint {
    /// The endpoint at this path, of the service or of this account.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), own: false }
    }

    /// The endpoint at this path, of this account alone: what is said there is not for the service.
    pub fn own(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), own: true }
    }

    /// The path, for the operating system.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The endpoint of the installed service, unless `SEKISHO_ADMIN_SOCKET` names another.
pub fn default_endpoint() -> Endpoint {
    Endpoint::at(std::env::var_os("SEKISHO_ADMIN_SOCKET").map_or_else(installed_path, PathBuf::from))
}

/// Where the installed service listens.
pub fn installed_path() -> PathBuf {
    PathBuf::from(platform::INSTALLED)
}
