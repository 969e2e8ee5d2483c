//! What certificates cover, and what is served.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sekisho_admin_api::draft::{KeyKind, RequestWish};

#[derive(Subcommand)]
pub(crate) enum CertificatesCommand {
    /// Judges a certificate from files, with or without its key, beside the names in play; nothing of it is kept.
    Check(CheckCertificate),
    /// Shakes hands with this server and with whatever its name leads to.
    Served {
        /// Another one of the names than the advertised one.
        #[arg(long, value_name = "NAME")]
        for_name: Option<String>,
    },
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

/// The kind of a new key.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Key {
    #[default]
    Rsa2048,
    Rsa3072,
    Rsa4096,
    P256,
    P384,
}

#[derive(Args)]
pub(crate) struct RequestedCertificate {
    /// The host that it is for above all; without it, the advertised one.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) for_name: String,
    /// A name or address besides that host; may be given several times.
    #[arg(long = "name")]
    pub(crate) names: Vec<String>,
    /// The kind of the key.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) key: Key,
    /// The organisation's legal name, for authorities that vouch for it.
    #[arg(long, default_value = "")]
    pub(crate) organisation: String,
    /// A unit of the organisation.
    #[arg(long, default_value = "")]
    pub(crate) unit: String,
    /// City or ward.
    #[arg(long, default_value = "")]
    pub(crate) locality: String,
    /// State or prefecture.
    #[arg(long, default_value = "")]
    pub(crate) state: String,
    /// Country, two letters.
    #[arg(long, default_value = "")]
    pub(crate) country: String,
}

impl RequestedCertificate {
    /// As the service takes it.
    pub(crate) fn wish(self) -> RequestWish {
        let Self { for_name: host, names, key, organisation, unit, locality, state, country } = self;
        let key = match key {
            Key::Rsa2048 => KeyKind::Rsa2048,
            Key::Rsa3072 => KeyKind::Rsa3072,
            Key::Rsa4096 => KeyKind::Rsa4096,
            Key::P256 => KeyKind::P256,
            Key::P384 => KeyKind::P384,
        };
        RequestWish { host, names, key, organisation, unit, locality, state, country }
    }
}
