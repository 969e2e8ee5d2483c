//! The measurements in their order, each in a file of its own.

mod applied;
mod console;
mod cores;
mod figure;
mod fill;
mod idp;
mod load;
mod machine;
mod newcomers;
mod page;
mod pool;
mod process_tree;
mod programs;
mod provisioning;
mod restore;
mod screen;
mod shibboleth;
mod sign_in;
mod start;
mod validate;
mod vault;

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use sekisho_tests::site::Site;

use figure::Report;
use idp::Idp;
use tokio::runtime::Runtime;
use validate::{Effort, Peers};

/// How the bench is called.
#[derive(Parser)]
struct Arguments {
    /// Everything once and small: shows that the bench works, not how fast the programs are.
    #[arg(long)]
    once: bool,
    /// Measures these alone; everything when none is named.
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Where the figures are written as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Script that starts the peer of the sign-ins.
    #[arg(long)]
    peer: Option<PathBuf>,
    /// Folder of the peers that validate messages.
    #[arg(long)]
    peers: Option<PathBuf>,
    /// Instead of measuring: signs in for so many seconds in each phase of a pool that changes, and fails if a sign-in does.
    #[arg(long, value_name = "SECONDS")]
    pool: Option<u64>,
    /// Instead of the rest: lets a new server take in connections of so many users.
    #[arg(long, value_name = "USERS", value_delimiter = ',')]
    restore: Vec<usize>,
    /// Instead of the rest: so many users who never existed sign in at three servers, and the hub is killed in the middle; fails if
    /// one is lost or doubled.
    #[arg(long, value_name = "USERS", num_args = 0..=1, default_missing_value = "10000")]
    newcomers: Option<usize>,
    /// Instead of the rest: first sign-ins beside known ones, by both stores, at hubs with so many users.
    #[arg(long, value_name = "USERS", num_args = 0..=1, default_missing_value = "1000", value_delimiter = ',')]
    provisioning: Vec<usize>,
    /// Instead of the rest: a vault with so many records in a real browser.
    #[arg(long, value_name = "RECORDS", num_args = 0..=1, default_missing_value = "10000", value_delimiter = ',')]
    vault: Vec<usize>,
    /// Validates the messages of this file on order, as the peers do.
    #[arg(long, hide = true)]
    validator: Option<PathBuf>,
}

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Programs,
    Validate,
    Start,
    Console,
    Save,
    SignIn,
}

/// How often each thing is done.
struct Repeats {
    starts: usize,
    idles: usize,
    consoles: usize,
    saves: usize,
    users: usize,
    /// Known users who sign in at Sekisho.
    crowd: usize,
    /// Pairs of Sekisho and its peer.
    pairs: usize,
    /// Sign-ins of one round.
    sign_ins: usize,
    /// Sign-ins of one round at the peer, which takes longer for each.
    peers: usize,
    validate: Effort,
    provisioning: provisioning::Turns,
}

const FULL: Repeats = Repeats {
    starts: 21,
    idles: 5,
    consoles: 11,
    saves: 240,
    users: 50,
    crowd: 1000,
    pairs: 7,
    sign_ins: 4000,
    peers: 1000,
    validate: Effort { warm_up: 3, rounds: 9, turn: 400_000.0 },
    provisioning: provisioning::Turns { rounds: 7, first: 300, known: 2000 },
};
const ONCE: Repeats = Repeats {
    starts: 1,
    idles: 1,
    consoles: 1,
    saves: 2,
    users: 2,
    crowd: 6,
    pairs: 1,
    sign_ins: 12,
    peers: 12,
    validate: Effort { warm_up: 1, rounds: 1, turn: 5_000.0 },
    provisioning: provisioning::Turns { rounds: 1, first: 12, known: 12 },
};

/// Measures everything.
pub fn run() {
    let arguments = Arguments::parse();
    if let Some(task) = &arguments.validator {
        return validate::serve(task);
    }
    let repeats = if arguments.once { ONCE } else { FULL };
    // Two parts of this process want a provider; both take this one, and a second time changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // The peer's account has to reach its files.
    let home = tempfile::Builder::new().prefix("sekisho-bench-").tempdir().expect("a scratch folder");
    if let Some(seconds) = arguments.pool {
        return pool::prove(home.path(), std::time::Duration::from_secs(seconds));
    }
    if let Some(users) = arguments.newcomers {
        return newcomers::prove(home.path(), users);
    }

    let mut report = Report::begin();
    if !arguments.restore.is_empty() {
        report.add(restore::measure(&runtime, home.path(), &arguments.restore));
    } else if !arguments.vault.is_empty() {
        report.add(vault::measure(home.path(), &arguments.vault));
    } else if !arguments.provisioning.is_empty() {
        for users in &arguments.provisioning {
            report.add(provisioning::measure(&runtime, home.path(), *users, repeats.provisioning));
        }
    } else {
        of_all(&arguments, &repeats, &runtime, home.path(), &mut report);
    }

    report.end();
    report.print();
    if let Some(path) = arguments.json {
        report.write(&path);
        println!("\nwritten: {}", path.display());
    }
}

impl Arguments {
    fn want(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// What is measured in every round.
fn of_all(arguments: &Arguments, repeats: &Repeats, runtime: &Runtime, home: &Path, report: &mut Report) {
    if arguments.want(Part::Programs) {
        report.add(programs::measure());
    }
    if [Part::Start, Part::Console, Part::Save, Part::SignIn].into_iter().any(|part| arguments.want(part)) {
        of_a_site(arguments, repeats, runtime, home, report);
    }
    if arguments.want(Part::Validate) {
        // The short round has started this peer already, for the sign-ins.
        let script = arguments.peer.as_deref().filter(|_| !arguments.once);
        let peers = Peers { programs: arguments.peers.as_deref(), script };
        report.add(validate::measure(runtime, repeats.validate, peers, home));
    }
}

/// What is measured of programs that run.
fn of_a_site(arguments: &Arguments, repeats: &Repeats, runtime: &Runtime, home: &Path, report: &mut Report) {
    let mut site = Site::found(home);
    let sp = site.draft(&[]);
    let idp = Idp::new();
    site.save(&idp.write_metadata(home));
    let users: Vec<String> = (0..repeats.users).map(|number| format!("user{number}@example.com")).collect();
    let sekisho = sign_in::Sekisho::new(&sp, &idp);
    runtime.block_on(sekisho.provision(&users));

    if arguments.want(Part::Start) {
        report.add(start::measure(runtime, &mut site, &sp, repeats.starts, repeats.idles));
    }
    if arguments.want(Part::Console) {
        report.add(console::measure(&site, repeats.consoles));
    }
    if arguments.want(Part::Save) {
        report.add(runtime.block_on(applied::measure(&site, repeats.saves)));
    }
    if arguments.want(Part::SignIn) {
        let peer = arguments.peer.as_deref();
        report.add(runtime.block_on(sign_in::measure(&site, &sekisho, repeats, peer)));
    }
}
