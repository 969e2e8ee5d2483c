//! Drafts that are put aside until their window.

use clap::Subcommand;

use super::Login;

/// What to do with them.
#[derive(Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one, read once")]
pub(crate) enum PlanCommand {
    /// Lists them.
    List,
    /// Puts the draft aside under a name. What is applied is the draft from then on.
    Park {
        /// The name.
        name: String,
    },
    /// Makes a plan the draft, on top of what is applied now.
    Take {
        /// The name.
        name: String,
    },
    /// Takes a plan up and saves it, unless somebody has changed the same meanwhile.
    Apply {
        #[command(flatten)]
        login: Login,
        /// The name.
        name: String,
        /// Signs what the plan changes without asking.
        #[arg(long)]
        yes: bool,
        /// Why, for the history.
        #[arg(long, default_value = "")]
        reason: String,
        /// The number under which the change was asked for.
        #[arg(long, default_value = "")]
        change_number: String,
        /// How long to watch the other servers apply it, in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 15)]
        wait: u16,
    },
    /// Throws a plan away, with the private keys that were imported for it.
    Discard {
        /// The name.
        name: String,
    },
}
