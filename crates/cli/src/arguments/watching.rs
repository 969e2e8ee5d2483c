//! Being told what happens.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use sekisho_admin_api::diagnostics::installed_data;

#[derive(Subcommand)]
pub(crate) enum WebhookCommand {
    /// Sends a test event to the draft's address, and says what came back.
    Test,
    /// Prints the secret that the receiver checks signatures with. Another address has another secret.
    Secret,
}

/// Where diagnostics come from, and where they go.
#[derive(Args)]
pub(crate) struct DiagnosticsFile {
    /// The file; there must be none of this name yet.
    pub(crate) file: PathBuf,
    /// File with the service's log, if it is neither in the system's journal nor, on Windows, in the data folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// The service's data folder. It is looked at when the service does not answer.
    #[arg(long, value_name = "FOLDER", default_value_os_t = installed_data())]
    pub(crate) data: PathBuf,
}
