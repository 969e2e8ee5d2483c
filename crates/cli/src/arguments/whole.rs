//! A connection as a whole.

use std::path::PathBuf;

use clap::Subcommand;

use super::Login;

#[derive(Subcommand)]
pub(crate) enum WholeConnection {
    /// Writes the connection into one encrypted file, and prints the passphrase that opens it, once.
    Export {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
        /// The file; there must be none of the name yet. Nobody but its owner may read it.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Puts what was exported into this server's draft. `save` makes it the next revision; retired keys stay retired.
    Import {
        #[command(flatten)]
        login: Login,
        /// The exported file.
        file: PathBuf,
        /// File with the passphrase that was printed with it (`-`: the standard input); else it is asked for.
        #[arg(long, value_name = "FILE")]
        export_passphrase_file: Option<PathBuf>,
        /// Makes the users of the file at once, too, with their secrets: their vaults open as before. Who is there stays.
        #[arg(long)]
        users: bool,
    },
    /// Deletes the connection. Its servers go on signing known users in; for thirty days it can be taken back.
    Delete {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when there is only one.
        #[arg(long, default_value = "")]
        connection: String,
        /// Makes the export that is needed first, into this file.
        #[arg(long, value_name = "FILE")]
        export_to: Option<PathBuf>,
        /// The connection's name, typed here instead of when it is asked for.
        #[arg(long)]
        name: Option<String>,
    },
    /// Lists the connections that are deleted, and until when that can be taken back.
    Deleted {
        #[command(flatten)]
        login: Login,
    },
    /// Takes a deletion back.
    Undelete {
        #[command(flatten)]
        login: Login,
        /// The connection; not needed when only one is deleted.
        #[arg(long, default_value = "")]
        connection: String,
    },
}
