//! What a SAML response is judged against, offline.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum SamlCommand {
    /// Judges a SAML response as the service would, and says why. Offline; nothing is stored.
    ///
    /// Exits with 0 when it would be accepted, 3 when it would be refused, 2 when it could not be judged.
    Check(SamlCheck),
}

/// What a response is judged against.
#[derive(Args)]
pub(crate) struct SamlCheck {
    /// File with the identity provider's metadata.
    #[arg(long, value_name = "FILE")]
    pub(crate) idp_metadata: PathBuf,
    /// Our Entity ID.
    #[arg(long, value_name = "ID")]
    pub(crate) entity_id: String,
    /// Our ACS URL; may be given several times.
    #[arg(long, value_name = "URL", required = true)]
    pub(crate) acs: Vec<String>,
    /// The ID of the request that it has to answer.
    #[arg(long, value_name = "ID", conflicts_with = "unsolicited")]
    pub(crate) request_id: Option<String>,
    /// It has to answer no request. So it is too when neither is said.
    #[arg(long)]
    pub(crate) unsolicited: bool,
    /// File with our private key, for encrypted assertions.
    #[arg(long, value_name = "FILE", requires = "sp_cert")]
    pub(crate) sp_key: Option<PathBuf>,
    /// File with our certificate, which has to fit the key.
    #[arg(long, value_name = "FILE", requires = "sp_key")]
    pub(crate) sp_cert: Option<PathBuf>,
    /// The moment at which it arrives (RFC 3339); now, if none is given.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// How far the clocks may differ, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u16).range(0..=300))]
    pub(crate) skew: u16,
    /// Takes SHA-1 signatures. Unsafe: only to find out whether they are the only fault.
    #[arg(long)]
    pub(crate) allow_sha1: bool,
    /// The file holds the form field `SAMLResponse` (base64) instead of XML.
    #[arg(long)]
    pub(crate) base64: bool,
    /// The response (`-`: the standard input).
    pub(crate) file: PathBuf,
}
