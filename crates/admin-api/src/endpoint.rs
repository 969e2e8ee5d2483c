use std::path::PathBuf;

/// Where the admin API listens: a socket's path (Unix) or a pipe's name (Windows).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(PathBuf);

impl Endpoint {
    /// The endpoint at this path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The path, for the operating system.
    pub fn path(&self) -> &std::path::Path {
        &self.0
    }
}

/// The endpoint of the installed service, unless `SEKISHO_ADMIN_SOCKET` names another.
pub fn default_endpoint() -> Endpoint {
    let installed = if cfg!(windows) { r"\\.\pipe\sekisho-admin" } else { "/run/sekisho/admin.sock" };
    Endpoint(std::env::var_os("SEKISHO_ADMIN_SOCKET").map_or_else(|| PathBuf::from(installed), PathBuf::from))
}
