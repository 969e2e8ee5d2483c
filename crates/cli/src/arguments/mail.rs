//! Mails about what an administrator should look at, and invitations of users.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum MailCommand {
    /// Sends a test mail by the draft's settings, and says what the mail server answered.
    Test,
    /// Sends a user the text that leads to the vault, by the mail server that is applied; again as often as you like.
    Invitation {
        /// The e-mail address.
        email: String,
        /// In which language; without it as mails to administrators are written.
        #[arg(long, value_enum)]
        language: Option<MailLanguage>,
    },
}

#[derive(Subcommand)]
pub(crate) enum DraftMailCommand {
    /// Sets what is named, and leaves the rest.
    Set(MailSettings),
    /// Writes no mails any more, and forgets the settings.
    Off,
}

/// How the encryption begins.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum MailSecurity {
    /// By STARTTLS (port 587, if no other is set). Without it nothing is sent.
    Starttls,
    /// With the first byte (port 465).
    Tls,
}

/// In which language mails are written.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum MailLanguage {
    /// English.
    En,
    /// Japanese.
    Ja,
}

/// What is set.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct MailSettings {
    /// The mail server, perhaps with a port: `smtp.example.com:587`.
    #[arg(long)]
    pub(crate) server: Option<String>,
    /// How the encryption begins.
    #[arg(long, value_enum)]
    pub(crate) security: Option<MailSecurity>,
    /// File with certificates (PEM) of authorities that are trusted for the mail server besides the system's.
    #[arg(long, value_name = "FILE")]
    pub(crate) authorities_file: Option<PathBuf>,
    /// As whom to sign in at the mail server; empty: as nobody.
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// File with the password (`-`: the standard input).
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Who sends.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: Option<String>,
    /// To whom; several times for several, at most ten.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Vec<String>,
    /// In which language.
    #[arg(long, value_enum)]
    pub(crate) language: Option<MailLanguage>,
}
