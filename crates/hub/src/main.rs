//! The hub's program.

#[cfg_attr(unix, path = "folder/unix.rs")]
#[cfg_attr(windows, path = "folder/windows.rs")]
mod folder;
mod safekeeping;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use sekisho_fault::{Fault, Result};
use sekisho_hub::app::{App, system_clock};
use sekisho_hub::store::{PostgresStore, SqliteStore, Store};
use sekisho_hub::{certificate, codes, http, listener, setup};
use sekisho_hub_api::HubAddress;
use tokio::net::TcpListener;

/// The hub: keeps and orders what it cannot read.
#[derive(Parser)]
#[command(name = "sekisho-hub", version)]
struct Arguments {
    /// Folder for certificate and database.
    #[arg(long, default_value_os_t = folder::installed())]
    data: PathBuf,
    /// Uses this `PostgreSQL` database instead of a file: the variable of the environment that holds its address.
    #[arg(long, value_name = "VARIABLE")]
    postgres: Option<String>,
    /// A name or address of this machine, for a certificate that is made at the first start.
    #[arg(long = "name", default_value = "localhost")]
    names: Vec<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves.
    Serve {
        /// Where to listen.
        #[arg(long, default_value = "0.0.0.0:8444")]
        listen: SocketAddr,
        /// A balancer before this hub, by its address, which says in the PROXY protocol (version 1) for whom it connects.
        #[arg(long = "balancer", value_name = "ADDRESS")]
        balancers: Vec<IpAddr>,
    },
    /// Prints a set-up code, with which an organisation is founded, once, within an hour.
    SetupCode {
        /// The hub's address as administrators and servers reach it.
        #[arg(long)]
        url: String,
        /// Leaves the pin out: a system root vouches for the hub's certificate.
        #[arg(long)]
        no_pin: bool,
    },
    /// Writes everything into a file, while the hub runs: the hub's data, its keys and its certificate.
    Backup {
        /// The file; there must be none of the name. Nobody but its owner may read it.
        file: PathBuf,
    },
    /// Makes this hub the one of a backup. No node of it may run.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Also where there is data: it goes.
        #[arg(long)]
        replace: bool,
    },
    /// Proves a backup: restores it into a database that is made for it, compares, and removes it again.
    ///
    /// With --postgres, into that database, which has to be empty.
    RehearseRestore {
        /// The backup.
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no threads");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            let (reason, remedy) = sekisho_messages::explain(language(), &fault);
            eprintln!("sekisho-hub: {reason}\n{remedy}");
            ExitCode::FAILURE
        }
    }
}

fn language() -> sekisho_messages::Language {
    let wish = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok());
    sekisho_messages::Language::preferred(&wish.unwrap_or_default())
}

async fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.command {
        Command::SetupCode { url, no_pin } => {
            let (app, identity) = node(arguments).await?;
            let address = HubAddress::new(url, (!no_pin).then_some(identity.pin))?;
            println!("{}", setup::new_code(&app, address).await?);
        }
        Command::Serve { listen, balancers } => {
            let (app, identity) = node(arguments).await?;
            let socket = TcpListener::bind(listen).await;
            let socket = socket.map_err(|error| {
                Fault::new(codes::BIND).with("address", listen.to_string()).with("detail", error.to_string())
            })?;
            tracing::info!(%listen, "serving");
            tokio::spawn(sweep(app.clone()));
            tokio::select! {
                () = listener::serve(socket, identity.tls, http::router(app), balancers) => {}
                () = told_to_stop() => {}
            }
        }
        Command::Backup { file } => safekeeping::back_up(&arguments.place(), file).await?,
        Command::Restore { file, replace } => safekeeping::restore(&arguments.place(), file, *replace).await?,
        Command::RehearseRestore { file } => safekeeping::rehearse(&arguments.place(), file).await?,
    }
    Ok(())
}

/// A node, with everything that its first start makes.
async fn node(arguments: &Arguments) -> Result<(App, certificate::Identity)> {
    let place = arguments.place();
    folder::make(&place.folder).map_err(|error| file_fault(&place.folder, &error))?;
    let identity = certificate::read_or_make(&place.folder, &arguments.names)?;
    Ok((App::open(place.store().await?, system_clock).await?, identity))
}

/// Where a hub's data are.
struct Place {
    folder: PathBuf,
    /// The address of a `PostgreSQL` database.
    postgres: Option<String>,
}

impl Arguments {
    fn place(&self) -> Place {
        // The address holds a password: it comes by the environment, never by the command line.
        let postgres = self.postgres.as_ref().map(|variable| std::env::var(variable).unwrap_or_default());
        Place { folder: self.data.clone(), postgres }
    }
}

impl Place {
    /// The database file of a hub without `PostgreSQL`.
    fn file(&self) -> PathBuf {
        self.folder.join("hub.sqlite")
    }

    async fn store(&self) -> Result<Arc<dyn Store>> {
        match &self.postgres {
            Some(address) => Ok(Arc::new(PostgresStore::open(address).await?)),
            None => Ok(Arc::new(SqliteStore::open(&self.file()).await?)),
        }
    }

    /// That no node uses the database.
    async fn nobody_uses(&self) -> Result<()> {
        match &self.postgres {
            Some(address) => PostgresStore::nobody_uses(address).await,
            None => SqliteStore::nobody_uses(&self.file()).await,
        }
    }

    /// The database in words, without its password.
    fn name(&self) -> String {
        self.postgres.as_ref().map_or_else(|| self.file().display().to_string(), |_| "PostgreSQL".to_owned())
    }
}

fn file_fault(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(codes::DATABASE).with("place", path.display().to_string()).with("detail", error.to_string())
}

/// Forgets ended sessions, and connections that were deleted for good, every ten minutes.
async fn sweep(app: App) {
    let mut ticks = tokio::time::interval(Duration::from_mins(10));
    loop {
        ticks.tick().await;
        app.sweep().await;
        if let Err(fault) = app.purge().await {
            tracing::error!(%fault, "what was deleted is not purged yet");
        }
    }
}

/// Waits for Ctrl-C, or for what systemd sends.
async fn told_to_stop() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
