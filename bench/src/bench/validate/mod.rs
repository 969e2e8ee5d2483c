//! `validate_*`: what the validation of one message costs without HTTP around it, beside the bare cryptography and beside
//! peers that validate the same messages in the same run.

mod bare;
mod figures;
mod kind;
mod lane;
mod over_http;
mod own;
mod peers;
mod task;
mod validator;

use std::path::Path;
use std::process::Command;

use tokio::runtime::Runtime;

pub use own::serve;

use super::cores::Cores;
use super::figure::Figure;
use super::idp::Idp;
use kind::Kind;
use lane::{Lane, Lanes};
use over_http::OverHttp;
use validator::Validator;

/// How much is done.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Turns before it counts: caches fill, and what compiles while it runs does so.
    pub warm_up: usize,
    /// Rounds; in each, all take their turn.
    pub rounds: usize,
    /// Microseconds of processor time that a turn takes.
    pub turn: f64,
}

/// The peers that there may be.
#[derive(Clone, Copy)]
pub struct Peers<'a> {
    /// The folder of those that are programs of their own.
    pub programs: Option<&'a Path>,
    /// The script that starts the one that is reached over HTTP.
    pub script: Option<&'a Path>,
}

/// Who validates: told a kind of message and a number.
trait Validates {
    /// Microseconds of processor time for one message, or why it was not accepted.
    fn validate(&mut self, what: &str, count: u32) -> Result<f64, String>;
    /// Its memory in MiB.
    fn mib(&self) -> f64;
}

/// Sekisho, or a peer: started, or why it is not.
struct Contestant<'a> {
    /// As its figures are called.
    name: &'static str,
    who: Result<Box<dyn Validates + 'a>, String>,
}

/// Everything in turn, as often as there are rounds.
pub fn measure(runtime: &Runtime, effort: Effort, peers: Peers<'_>, home: &Path) -> Vec<Figure> {
    let idp = Idp::new();
    let task = task::write(&idp, home);
    if let Some(cores) = Cores::find() {
        cores.keep_load();
    }
    let itself = std::env::current_exe().expect("a program has a path");
    let own = Validator::start(Command::new(itself).arg("--validator").arg(&task)).expect("our own validator");
    let mut contestants = vec![Contestant { name: "", who: Ok(Box::new(own)) }];
    contestants.extend(peers::start(peers.programs, &task));
    contestants.push(Contestant {
        name: "shibboleth",
        who: OverHttp::start(runtime, peers.script, &idp, home).map(|peer| Box::new(peer) as Box<dyn Validates>),
    });

    let lanes = Kind::ALL.map(|kind| Lanes {
        kind,
        bare: Lane::new(0, format!("{}{}", own::BARE, kind.name())),
        own: Lane::new(0, kind.name().to_owned()),
        peers: (1..contestants.len()).map(|who| Lane::new(who, kind.name().to_owned())).collect(),
    });
    let mut lanes = lanes;
    for lane in lanes.iter_mut().flat_map(Lanes::all) {
        lane.warm_up(&mut contestants, effort);
    }
    for _ in 0..effort.rounds {
        for lane in lanes.iter_mut().flat_map(Lanes::all) {
            lane.turn(&mut contestants);
        }
    }
    figures::of(&contestants, &lanes)
}
