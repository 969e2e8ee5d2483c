//! From one name to another.

use clap::Subcommand;

/// The names that the servers answer. Save after each step.
#[derive(Subcommand)]
pub(crate) enum NameCommand {
    /// Answers a further name beside the advertised one.
    Add {
        /// The name.
        name: String,
        /// The port that browsers open; without it, that of the advertised name.
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
        port: Option<u16>,
    },
    /// Advertises a name that is answered already; the one before goes on being answered.
    Advertise {
        /// The name.
        name: String,
    },
    /// Answers a further name no longer.
    Remove {
        /// The name.
        name: String,
    },
    /// Has the identity provider's answers come to one name, for identity providers that hold one address.
    Answers {
        /// The name; without it, each name takes its own.
        name: Option<String>,
    },
    /// Takes the name's own certificate away: the advertised name's has to cover it.
    DropCertificate {
        /// The name.
        name: String,
    },
}
