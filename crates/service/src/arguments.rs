//! The command line of the service.

use std::path::PathBuf;

use clap::Parser;

/// The SSO Connect service.
#[derive(Clone, Debug, Parser)]
#[command(name = "sekishod", version, about = "Sekisho's SSO Connect service")]
pub struct Arguments {
    /// Folder for what the service keeps.
    #[arg(long, default_value = "/var/lib/sekisho")]
    pub data: PathBuf,
    /// File with the numbers of accounts (one a line) that may use the admin API besides this one and root.
    #[arg(long, default_value = "/etc/sekisho/admin-accounts")]
    pub admin_accounts: PathBuf,
    /// Socket of the admin API, in a folder that only this account can write to.
    #[arg(long, default_value = "/run/sekisho/admin.sock")]
    pub admin_socket: PathBuf,
}
