//! Servers that leave, and what follows from it.

use clap::{Args, Subcommand};

use super::Login;

/// Which server, and who says so.
#[derive(Args)]
pub(crate) struct Leaving {
    #[command(flatten)]
    pub(crate) login: Login,
    /// The connection; not needed when there is only one.
    #[arg(long, default_value = "")]
    pub(crate) connection: String,
    /// The server, by its long name, or by the machine's where only one has it.
    pub(crate) server: String,
    /// Does not ask.
    #[arg(long)]
    pub(crate) yes: bool,
    /// How long to watch the other servers seal users anew, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    pub(crate) wait: u16,
}

#[derive(Subcommand)]
pub(crate) enum ServersCommand {
    /// Lists all servers that the connection has and had, with their long names.
    List {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
    },
    /// Takes a server out of its connection for good. Cut off, it goes on when it is run again.
    Retire(Leaving),
    /// The same for a server that is in wrong hands, or was when it was retired; begins the list of what must be made new.
    Compromised(Leaving),
    /// Shows what must be made new after servers were in wrong hands.
    Checklist {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
    },
    /// Marks an item of the list as done.
    Done {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
        /// The server.
        server: String,
        /// Which item.
        #[arg(value_enum)]
        item: MarkedItem,
        /// It is not done after all.
        #[arg(long)]
        undo: bool,
    },
}

/// What administrators mark; the rest of the list is seen by itself.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum MarkedItem {
    /// The identity provider has forgotten the old key.
    IdentityProvider,
    /// Users have changed what they keep.
    UserSecrets,
    /// The disk is wiped.
    Disk,
}
