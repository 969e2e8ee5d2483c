//! Users.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Login;

/// Of which connection, and who asks.
#[derive(Args)]
pub(crate) struct OfConnection {
    #[command(flatten)]
    pub(crate) login: Login,
    /// The connection; not needed when there is only one.
    #[arg(long, default_value = "")]
    pub(crate) connection: String,
}

#[derive(Subcommand)]
pub(crate) enum UsersCommand {
    /// Lists the users, who is invited, and who was removed.
    List(OfConnection),
    /// Finds users by words of the address or the name. The first two hundred are shown.
    Find {
        #[command(flatten)]
        of: OfConnection,
        /// The words; all of them have to be there.
        words: Vec<String>,
        /// Only those who stand so.
        #[arg(long)]
        state: Option<StateWish>,
    },
    /// Writes the users into a file (CSV, UTF-8): address, name, state, when they were removed, node and role.
    Export {
        #[command(flatten)]
        of: OfConnection,
        /// The file; one of this name is replaced.
        file: PathBuf,
    },
    /// Lets a user sign in for the first time.
    Invite {
        #[command(flatten)]
        of: OfConnection,
        /// The e-mail address.
        email: String,
        /// On this node below the connection's own.
        #[arg(long)]
        node: Option<String>,
        /// Under this role.
        #[arg(long)]
        role: Option<String>,
    },
    /// Moves users to a node below the connection's own (`""`: back to its own).
    Move {
        #[command(flatten)]
        of: OfConnection,
        /// The node.
        #[arg(long)]
        node: String,
        /// The e-mail addresses.
        #[arg(required = true)]
        emails: Vec<String>,
    },
    /// Gives users a role (`""`: the one that groups, node or connection give).
    Role {
        #[command(flatten)]
        of: OfConnection,
        /// The role.
        #[arg(long)]
        role: String,
        /// The e-mail addresses.
        #[arg(required = true)]
        emails: Vec<String>,
    },
    /// Voids users' second factors: after they were lost, with the recovery codes. Where the role requires one, the next sign-in asks
    /// for a new one.
    ResetFactors {
        #[command(flatten)]
        of: OfConnection,
        /// The e-mail addresses.
        #[arg(required = true)]
        emails: Vec<String>,
    },
    /// Newcomers who wait because another user has their address.
    #[command(subcommand)]
    Waiting(WaitingCommand),
    /// Removes users: they sign in at no server any more. Within thirty days it can be taken back.
    ///
    /// More than ten at once, where that is more than one in twenty, wait until `users removals approve`.
    Remove {
        #[command(flatten)]
        of: OfConnection,
        /// The e-mail addresses.
        #[arg(required_unless_present = "file")]
        emails: Vec<String>,
        /// File with e-mail addresses, one in a line (`-`: the standard input).
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Locks users: they sign in at no server until they are unlocked, and lose nothing.
    Lock {
        #[command(flatten)]
        of: OfConnection,
        /// The e-mail addresses.
        #[arg(required = true)]
        emails: Vec<String>,
    },
    /// Unlocks users.
    Unlock {
        #[command(flatten)]
        of: OfConnection,
        /// The e-mail addresses.
        #[arg(required = true)]
        emails: Vec<String>,
    },
    /// Takes removals back.
    Restore {
        #[command(flatten)]
        of: OfConnection,
        /// The e-mail addresses.
        #[arg(required = true)]
        emails: Vec<String>,
    },
    /// Removals that wait because they were many at once.
    #[command(subcommand)]
    Removals(RemovalsCommand),
}

#[derive(Subcommand)]
pub(crate) enum WaitingCommand {
    /// Shows them, each beside the user who has the address.
    List(OfConnection),
    /// They are the same person: the newcomer opens the vault of the user who has the address.
    Approve {
        #[command(flatten)]
        of: OfConnection,
        /// The e-mail address.
        email: String,
        /// What the identity provider calls the newcomer; needed when several wait with one address.
        #[arg(long)]
        subject: Option<String>,
    },
    /// They are somebody else, and stay outside.
    Reject {
        #[command(flatten)]
        of: OfConnection,
        /// The e-mail address.
        email: String,
        /// What the identity provider calls the newcomer.
        #[arg(long)]
        subject: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum RemovalsCommand {
    /// Shows them.
    List(OfConnection),
    /// Agrees: these users go.
    Approve {
        #[command(flatten)]
        of: OfConnection,
        /// Does not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Takes them back: these users stay.
    Reject(OfConnection),
}

/// How a user stands.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum StateWish {
    /// May sign in for the first time.
    Invited,
    /// Signs in.
    Active,
    /// Does not sign in until they are unlocked.
    Locked,
    /// Is removed, which waits for approval.
    Waiting,
    /// Is removed, which can be taken back.
    Removed,
    /// Is removed for good.
    Gone,
}
