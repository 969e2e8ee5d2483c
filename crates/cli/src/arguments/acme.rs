//! The SSL certificate by ACME.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sekisho_admin_api::acme::AcmeChallenge;

#[derive(Subcommand)]
pub(crate) enum AcmeCommand {
    /// How it stands: the setting, what was issued, the next order and the last failure.
    Show,
    /// Turns it on in the draft, with an account at the authority.
    Set(AcmeWish),
    /// Turns it off in the draft.
    Off,
    /// Orders a certificate now.
    Order,
}

/// How the authority is shown that the names are ours.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Challenge {
    #[default]
    #[value(name = "http-01")]
    Http01,
    #[value(name = "dns-01")]
    Dns01,
}

impl Challenge {
    /// As the service takes it.
    pub(crate) fn wish(self) -> AcmeChallenge {
        match self {
            Self::Http01 => AcmeChallenge::Http01,
            Self::Dns01 => AcmeChallenge::Dns01,
        }
    }
}

#[derive(Args)]
pub(crate) struct AcmeWish {
    /// The authority's directory: an https address, `letsencrypt` or `letsencrypt-staging`.
    #[arg(long)]
    pub(crate) directory: String,
    /// An e-mail address that the authority may write to; may be given several times.
    #[arg(long = "contact")]
    pub(crate) contact: Vec<String>,
    /// How the authority is shown that the names are ours.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) challenge: Challenge,
    /// A name of the certificate, such as `*.example.com` with dns-01; may be given several times. Without any, those that are
    /// served.
    #[arg(long = "name")]
    pub(crate) names: Vec<String>,
    /// The name (key ID) of an account that the authority knows by other ways.
    #[arg(long, requires = "external_key_file")]
    pub(crate) external_account: Option<String>,
    /// File with that account's HMAC key (`-`: the standard input). It is used once, and kept nowhere.
    #[arg(long, value_name = "FILE", requires = "external_account")]
    pub(crate) external_key_file: Option<PathBuf>,
    /// File with the certificates (PEM) of a private authority's root.
    #[arg(long, value_name = "FILE")]
    pub(crate) root_file: Option<PathBuf>,
    /// Agrees to the authority's terms of service.
    #[arg(long)]
    pub(crate) agree_terms: bool,
}
