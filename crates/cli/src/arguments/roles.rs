//! Roles, nodes, and the groups that choose a role. Both are named by what people read, or by their names for good.

use clap::{Args, Subcommand};

/// Roles of the draft, and what they enforce.
#[derive(Subcommand)]
pub(crate) enum RoleCommand {
    /// Makes a role, or changes the one of this name: what is not said stays as it is.
    Put {
        /// Its name.
        name: String,
        #[command(flatten)]
        policies: PolicyOptions,
    },
    /// Takes a role away that nothing gives.
    Remove {
        /// The role.
        role: String,
    },
    /// Chooses the role of users whom nothing else gives one.
    Default {
        /// The role; without it, none.
        role: Option<String>,
    },
}

/// What a role enforces.
#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct PolicyOptions {
    /// Requires a second factor.
    #[arg(long, overrides_with = "no_two_factor")]
    pub(crate) two_factor: bool,
    /// Requires no second factor.
    #[arg(long)]
    pub(crate) no_two_factor: bool,
    /// Lets users bring what they have in another program.
    #[arg(long, overrides_with = "no_import")]
    pub(crate) import: bool,
    /// Does not let users bring what they have in another program.
    #[arg(long)]
    pub(crate) no_import: bool,
    /// Offers the browser extension, which is to be had at this address (`""`: none).
    #[arg(long, value_name = "URL")]
    pub(crate) extension: Option<String>,
    /// Leads new users through the first steps.
    #[arg(long, overrides_with = "no_onboarding")]
    pub(crate) onboarding: bool,
    /// Does not lead new users through the first steps.
    #[arg(long)]
    pub(crate) no_onboarding: bool,
    /// Minutes without use until the vault closes; 60 where nothing was said.
    #[arg(long, value_name = "MINUTES")]
    pub(crate) session: Option<u16>,
}

/// Nodes of the draft, below the connection's own.
#[derive(Subcommand)]
pub(crate) enum NodeCommand {
    /// Makes a node, or changes the one of this name.
    Put {
        /// Its name.
        name: String,
        /// The node above; without it, the connection's own.
        #[arg(long, value_name = "NODE")]
        below: Option<String>,
        /// The role of its users (`""`: that of the node above). Without it, as it was.
        #[arg(long)]
        role: Option<String>,
    },
    /// Takes a node away that has none below it. Its users are on the connection's own node from then on.
    Remove {
        /// The node.
        node: String,
    },
}

/// The identity provider's groups that choose a role.
#[derive(Subcommand)]
pub(crate) enum GroupsCommand {
    /// Says which, instead of those before. Of a user in several of them, the first one counts.
    Set {
        /// The attribute in which the groups come, to the letter.
        #[arg(long)]
        attribute: String,
        /// A group, to the letter, and its role: `GROUP=ROLE`; the last `=` counts.
        #[arg(required = true, value_name = "GROUP=ROLE")]
        groups: Vec<String>,
    },
    /// Groups choose no role any more.
    Off,
}
