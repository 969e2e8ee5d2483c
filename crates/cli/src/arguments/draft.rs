//! The draft.

use std::path::PathBuf;

use clap::Subcommand;
use sekisho_config::document::IdpType;

use super::{DraftMailCommand, GroupsCommand, NameCommand, NodeCommand, RequestedCertificate, RoleCommand, idp_type};

/// A step in the change of SAML's key.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum SamlKeyStep {
    /// A key that comes next is made and published.
    Prepare,
    /// The next key signs; the former one still decrypts.
    Switch,
    /// The former key goes, or a next one that is not saved.
    Finish,
    /// Undoes a step that is not saved; else the next key is given up, or the former one signs again.
    Back,
}

#[derive(Subcommand)]
pub(crate) enum DraftCommand {
    /// Shows the draft.
    Show,
    /// Sets a field; an empty value clears it.
    Set {
        /// The field's name, as `show` prints it.
        field: String,
        /// The value.
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Imports a certificate with its key, from one file or several.
    Certificate {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// For a further name, as its own (see `name`).
        #[arg(long, value_name = "NAME", conflicts_with_all = ["saml", "saml_next"])]
        for_name: Option<String>,
        /// For SAML instead of TLS.
        #[arg(long)]
        saml: bool,
        /// For SAML, to be used when the identity provider knows it (see `saml-key`).
        #[arg(long, conflicts_with = "saml")]
        saml_next: bool,
        /// File with the container's password (`-`: the standard input).
        #[arg(long, value_name = "FILE")]
        store_password_file: Option<PathBuf>,
        /// File with the key's password.
        #[arg(long, value_name = "FILE")]
        key_password_file: Option<PathBuf>,
    },
    /// Takes a trial certificate for the advertised host.
    TrialCertificate,
    /// Changes SAML's key without a failed sign-in. Save after each step, and give the identity provider the metadata.
    SamlKey {
        /// prepare: publishes the next key; switch: signs with it; finish: forgets the other one; back: a step back.
        #[arg(value_enum)]
        step: SamlKeyStep,
    },
    /// Moves from one name to another, without a failed sign-in.
    #[command(subcommand)]
    Name(NameCommand),
    /// Takes the SSL certificate that was replaced last, and its key, while it can be put back.
    CertificateBack,
    /// Recognises users by their e-mail addresses for a time, after what names them has changed: each once.
    Relink {
        /// For so many days from now on.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=90), conflicts_with = "off")]
        days: u16,
        /// Not any more.
        #[arg(long)]
        off: bool,
    },
    /// Makes a key, and prints the request for a certificate.
    Request(RequestedCertificate),
    /// Chooses the identity provider, and fills in what it usually sends where nothing was entered.
    Idp {
        /// Which one.
        #[arg(value_name = "TYPE", value_parser = idp_type)]
        idp: IdpType,
    },
    /// Takes the identity provider's metadata from a file (`-`: the standard input) or an `https://` address.
    Metadata {
        /// File or address.
        from: String,
    },
    /// Roles, and what they enforce.
    #[command(subcommand)]
    Role(RoleCommand),
    /// Nodes below the connection's own.
    #[command(subcommand)]
    Node(NodeCommand),
    /// The identity provider's groups that choose a role.
    #[command(subcommand)]
    Groups(GroupsCommand),
    /// Mails about what an administrator should look at.
    #[command(subcommand)]
    Mail(DraftMailCommand),
    /// Goes back to what is applied.
    Discard,
    /// Brings the draft together with what was saved in between.
    Rebase,
}
