//! The command line of the service.

use std::path::PathBuf;

use clap::Parser;
use sekisho_admin_api::installed_path;

use crate::places;

/// The SSO Connect service.
#[derive(Clone, Debug, Parser)]
#[command(name = "sekishod", version, about = "Sekisho's SSO Connect service")]
pub struct Arguments {
    /// Folder for what the service keeps.
    #[arg(long, default_value_os_t = places::data())]
    pub data: PathBuf,
    /// File with accounts (one a line) that may use the admin API besides this one and root or administrators: their
    /// numbers, or on Windows their security identifiers (S-1-…). Nobody else may write to it.
    #[arg(long, default_value_os_t = places::admin_accounts())]
    pub admin_accounts: PathBuf,
    /// Socket of the admin API, in a folder that only this account can write to, or name of its pipe on Windows.
    #[arg(long, default_value_os_t = installed_path())]
    pub admin_socket: PathBuf,
    /// Runs under Windows' service control manager instead of in the foreground.
    #[cfg(windows)]
    #[arg(long)]
    pub service: bool,
}
