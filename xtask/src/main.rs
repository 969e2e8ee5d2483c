//! The project's own commands. `cargo xtask --help` lists them.

mod audit;
mod bench;
mod chaos;
mod faults;
mod fuzz;
mod house;
mod machine;
mod newcomers;
mod package;
mod pool;
mod provisioning;
mod restore;
mod run;
mod shell;
mod stages;
mod test;
mod vault;
mod windows;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Sekisho's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing, builds, and opens the console with a hub and a service in a scratch folder.
    Run,
    /// Everything that has to hold before a change lands.
    Test,
    /// Licences, sources and bans of all dependencies; advisories where their database can be reached.
    Audit,
    /// Builds the Debian package: console, service, command line and hub.
    Package {
        /// Then installs, sets up, upgrades and removes it in a copy of this machine (needs root and systemd-nspawn).
        #[arg(long)]
        prove: bool,
    },
    /// Measures the programs as they are released, and writes `target/bench.json`.
    Bench,
    /// Signs users in, twenty a second, while servers are added, killed and retired and the hub goes away.
    Pool {
        /// Seconds of each phase.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Lets a new server take in the users of its connection, and measures time, memory and growth.
    Restore {
        /// How many users, one connection after the other.
        #[arg(long, default_value = "1000,100000,1000000")]
        users: String,
    },
    /// Lets users who never existed sign in at three servers at once, kills the hub in the middle, and looks whether everybody is
    /// there once.
    Newcomers {
        /// How many.
        #[arg(long, default_value_t = 10_000)]
        users: usize,
    },
    /// Measures first sign-ins beside known ones, on SQLite and on PostgreSQL.
    Provisioning {
        /// How many users the hub has already, one measurement after the other.
        #[arg(long, default_value = "1000")]
        users: String,
    },
    /// Measures a vault with many records in a real browser.
    Vault {
        /// How many records it has, one measurement after the other.
        #[arg(long, default_value = "10000")]
        records: String,
    },
    /// Runs the end-to-end tests of minutes that `test` leaves out.
    Long,
    /// Kills hub, services and command line at random moments, and looks whether everything is whole afterwards.
    Chaos {
        /// How many times.
        #[arg(default_value_t = 1_000)]
        rounds: u32,
        /// The seed that an earlier run has printed, to play it again.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Lets coverage lead the bodies in `fuzz/`, and says what they found.
    Fuzz {
        /// Minutes for each body.
        #[arg(long, default_value_t = 30)]
        minutes: u32,
        /// So many bodies at a time.
        #[arg(long, default_value_t = 2)]
        at_once: usize,
        /// These bodies alone.
        #[arg(long)]
        only: Vec<String>,
    },
    /// Builds everything for Windows, and runs service, hub and command line under wine.
    Windows,
    /// Installs what this machine lacks, and nothing else.
    Setup,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Run => run::run(),
        Command::Test => test::test(),
        Command::Audit => audit::audit(),
        Command::Package { prove } => package::package(prove),
        Command::Bench => bench::bench(),
        Command::Pool { seconds } => pool::pool(seconds),
        Command::Restore { users } => restore::restore(&users),
        Command::Newcomers { users } => newcomers::newcomers(users),
        Command::Provisioning { users } => provisioning::provisioning(&users),
        Command::Vault { records } => vault::vault(&records),
        Command::Long => test::long(),
        Command::Chaos { rounds, seed } => chaos::chaos(rounds, seed),
        Command::Fuzz { minutes, at_once, only } => fuzz::fuzz(minutes, at_once, &only),
        Command::Windows => windows::windows(),
        Command::Setup => machine::prepare(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}
