//! What certificates cover, and what is served.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum CertificatesCommand {
    /// Judges a certificate from files, with or without its key, beside the names in play; nothing of it is kept.
    Check(CheckCertificate),
    /// Shakes hands with this server and with whatever its name leads to.
    Served,
}

#[derive(Args)]
pub(crate) struct CheckCertificate {
    /// The files.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// A name that is asked for besides those in play; may be given several times.
    #[arg(long = "name")]
    pub(crate) names: Vec<String>,
    /// File with the container's password (`-`: the standard input).
    #[arg(long, value_name = "FILE")]
    pub(crate) store_password_file: Option<PathBuf>,
    /// File with the key's password, where it is another one.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_password_file: Option<PathBuf>,
}
