//! Adding a server.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Login;

/// Where a server joins, and by whom it is admitted.
#[derive(Args)]
pub(crate) struct Enrol {
    #[command(flatten)]
    pub(crate) login: Login,
    /// The connection's name, Enterprise Domain or id; not needed when there is only one, or with a join file.
    #[arg(long, default_value = "", conflicts_with_all = ["join", "token"])]
    pub(crate) connection: String,
    /// The join file of a running server: says the hub, the way to it, the organisation and the connection.
    #[arg(long, value_name = "FILE")]
    pub(crate) join: Option<PathBuf>,
    /// A token of `pool token` (`-`: the standard input): nobody has to sign in.
    #[arg(long, value_name = "FILE", conflicts_with = "join")]
    pub(crate) token: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum PoolCommand {
    /// Writes the join file that a server needs to be added. It holds no secret.
    JoinFile {
        /// Where to (`-`: the standard output).
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Admits a server that is not there yet, and writes the secret that it joins by within an hour, once.
    Token {
        #[command(flatten)]
        login: Box<Login>,
        /// The name that the server is to be listed by.
        #[arg(long)]
        name: String,
        /// Where to; only this account can read it.
        file: PathBuf,
    },
    /// Asks this server for `/ping` on its own address, and whatever its name leads to.
    Probe,
    /// Takes this server out of the pool: `/ping` answers 503, so that balancers send nobody new; whoever comes is served.
    Drain,
    /// Puts it back.
    Undrain,
    /// Carries what this server and others have seen of the hub from one to the other over ssh: a hub that shows each of them
    /// another past is found out.
    Compare {
        /// The others, as `ssh://[user@]host[:port]`.
        #[arg(required = true)]
        hosts: Vec<String>,
    },
    /// Follows the hub again, although another server has seen something else.
    FollowAgain,
}
