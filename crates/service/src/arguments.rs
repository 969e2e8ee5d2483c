//! The command line of the service.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
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
    /// Serves metrics for Prometheus at this address (GET /metrics), such as 127.0.0.1:9464. Without encryption, and for
    /// whoever reaches it: this machine alone, unless --metrics-to-others is given.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<SocketAddr>,
    /// Lets other machines reach the metrics.
    #[arg(long, requires = "metrics_listen")]
    pub metrics_to_others: bool,
    /// Runs under Windows' service control manager instead of in the foreground.
    #[cfg(windows)]
    #[arg(long)]
    pub service: bool,
}

impl Arguments {
    /// Reads the command line. What cannot be meant ends the process with a word about it.
    pub fn read() -> Self {
        let arguments = Self::parse();
        if arguments.tells_others_unasked() {
            let wrong =
                "--metrics-listen names an address that other machines reach: add --metrics-to-others if that is meant";
            Self::command().error(ErrorKind::ValueValidation, wrong).exit();
        }
        arguments
    }

    fn tells_others_unasked(&self) -> bool {
        !self.metrics_to_others && self.metrics_listen.is_some_and(|address| !address.ip().is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_for_this_machine_alone_unless_it_is_said() {
        let unasked = |more: &[&str]| {
            let line = [&["sekishod", "--metrics-listen"], more].concat();
            Arguments::try_parse_from(line).unwrap().tells_others_unasked()
        };
        assert!(!unasked(&["127.0.0.1:9464"]) && !unasked(&["[::1]:9464"]));
        assert!(unasked(&["0.0.0.0:9464"]) && unasked(&["192.0.2.7:9464"]));
        assert!(!unasked(&["0.0.0.0:9464", "--metrics-to-others"]));
    }
}
